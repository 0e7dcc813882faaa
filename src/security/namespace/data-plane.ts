import type { IConstruct } from 'constructs';
import type { IstiodSettings } from '../../control-plane/istiod/istiod-settings';
import { injectionLabelsOf } from '../../control-plane/mesh-reference';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { Cluster } from '../../core/cluster';
import { SynthSession } from '../../core/synth-session';
import { oneOf, placeOf, refuse, within } from '../../traffic/rules/refuse';

/** How pods take part in the mesh: by a proxy of their own, or by ztunnel, the proxy of their node. */
export type DataPlane = 'sidecar' | 'ambient';

const AMBIENT = 'istio.io/dataplane-mode';

/** The data plane of a mesh's namespaces, unless they say otherwise. */
export function dataPlaneOf({ injectionLabels }: MeshReference): DataPlane {
  return injectionLabels[AMBIENT] === 'ambient' ? 'ambient' : 'sidecar';
}

/**
 * The data plane of a namespace.
 *
 * @throws MeshError for a word that is none, and for ambient where the program's mesh has no ztunnel.
 */
export function checkedDataPlane(namespace: IConstruct, mesh: MeshReference, given: unknown): DataPlane {
  const own = dataPlaneOf(mesh);
  if (given === undefined) return own;
  const place = within(placeOf(namespace), 'dataPlane');
  const dataPlane = oneOf(place, given, ['sidecar', 'ambient'] as const);
  if (dataPlane === 'sidecar' || own === 'ambient' || (mesh as Partial<WithIstiod>).istiod === undefined) return dataPlane;
  throw refuse(place, 'no-ztunnel', `"ambient", in a mesh of sidecars (${mesh.node.path})`, 'a mesh that has ztunnel, which ambient pods are served by', "make the mesh ambient: new Mesh(…, { dataPlane: 'ambient' }), which serves namespaces of sidecars as well");
}

interface WithIstiod {
  readonly istiod: object;
}

/** Labels that have the pods of a namespace join the mesh; the revision, or its tag, stays the mesh's. */
export function dataPlaneLabels(mesh: MeshReference, dataPlane: DataPlane): Readonly<Record<string, string>> {
  if (dataPlane === dataPlaneOf(mesh)) return mesh.injectionLabels;
  if (dataPlane === 'sidecar') return injectionLabelsOf(mesh, mesh.revision);
  return { [AMBIENT]: 'ambient', ...(mesh.revision !== undefined && { 'istio.io/rev': mesh.revision }) };
}

/** How control planes of the program inject pods of a mesh's namespaces; none where other programs make them. */
export function injectorsOf(mesh: MeshReference): readonly IstiodSettings['injection'][] {
  return controlPlanesOf(mesh).map(({ injection }) => injection);
}

/** Control planes of the program that pods of a mesh's namespaces may be of; none where other programs make them. */
export function controlPlanesOf(mesh: MeshReference): readonly IstiodSettings[] {
  // once for all namespaces: it is looked for among all constructs
  const all = SynthSession.of(mesh).once(CONTROL_PLANES, () => controlPlanes(mesh)).get(Cluster.pathOf(mesh)) ?? [];
  const own = all.filter(({ revision }) => revision === mesh.revision);
  // behind a tag may be any of them
  return own.length > 0 ? own : all;
}

const CONTROL_PLANES = {};

/** Settings of the program's control planes, by cluster. */
function controlPlanes(construct: IConstruct): ReadonlyMap<string, readonly IstiodSettings[]> {
  const clusters = new Map<string, IstiodSettings[]>();
  for (const found of SynthSession.of(construct).constructs().filter(isControlPlane)) {
    const cluster = Cluster.pathOf(found);
    clusters.set(cluster, [...(clusters.get(cluster) ?? []), found.settings]);
  }
  return clusters;
}

function isControlPlane(construct: IConstruct): construct is IConstruct & { readonly settings: IstiodSettings } {
  // a Mesh shows the settings of its istiod, which is met by itself
  if (!('settings' in construct) || !('injectionLabels' in construct) || 'istiod' in construct) return false;
  const { settings } = construct as { readonly settings?: Partial<IstiodSettings> };
  return settings?.injection !== undefined;
}
