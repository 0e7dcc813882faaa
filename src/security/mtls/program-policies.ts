import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { meshConfig } from '../../control-plane/istiod/mesh-config-map';
import type { IstiodSettings } from '../../control-plane/istiod/istiod-settings';
import { Cluster } from '../../core/cluster';
import { SynthSession } from '../../core/synth-session';
import { MeshError } from '../../errors/mesh-error';
import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';

/** An object of the program, as it will be written. */
export interface ProgramObject {
  readonly construct: ApiObject;
  readonly name: string;
  readonly namespace: string;
  readonly spec: JsonObject;
}

/** What a mesh of the program is configured to. */
export interface MeshSettings {
  readonly rootNamespace: string;
  /** Of the mesh, and what counts as the same. */
  readonly trustDomains: readonly string[];
  /** Undefined where it is the release's own default. */
  readonly pathNormalization: string | undefined;
  /** Names of external authorizers. */
  readonly authorizers: readonly string[];
  /** Whether pods of namespaces that say nothing get a sidecar. */
  readonly injectsUnlabelled: boolean;
}

/** What the policies of one cluster have to be judged by. */
export interface ClusterPolicies {
  /** The control planes of the program; none where another program has them. */
  readonly meshes: readonly MeshSettings[];
  /** Namespaces of meshes that the program names, or makes without a control plane. */
  readonly named: readonly string[];
  readonly peerAuthentications: readonly ProgramObject[];
  readonly requestAuthentications: readonly ProgramObject[];
}

const KINDS: Readonly<Record<string, Exclude<keyof ClusterPolicies, 'meshes' | 'named'>>> = {
  'security.istio.io/PeerAuthentication': 'peerAuthentications',
  'security.istio.io/RequestAuthentication': 'requestAuthentications',
};

/** The policies that a program has so far, by the path of their cluster, whoever made them. */
export function programPolicies(root: IConstruct): ReadonlyMap<string, ClusterPolicies> {
  const clusters = new Map<string, { [Key in keyof ClusterPolicies]: ClusterPolicies[Key][number][] }>();
  const of = (construct: IConstruct): { [Key in keyof ClusterPolicies]: ClusterPolicies[Key][number][] } => {
    const path = Cluster.pathOf(construct);
    const known = clusters.get(path) ?? { meshes: [], named: [], peerAuthentications: [], requestAuthentications: [] };
    clusters.set(path, known);
    return known;
  };
  for (const construct of SynthSession.of(root).constructs()) {
    if (isControlPlane(construct)) of(construct).meshes.push(meshSettings(construct.settings));
    else if (isNamedMesh(construct)) of(construct).named.push(construct.namespace);
    else if (ApiObject.isApiObject(construct)) {
      const kind = KINDS[`${construct.apiVersion.split('/')[0] ?? ''}/${construct.kind}`];
      const object = kind === undefined ? undefined : programObject(construct);
      if (kind !== undefined && object !== undefined) of(construct)[kind].push(object);
    }
  }
  return clusters;
}

/** Where a program says nothing. */
export const NO_POLICIES: ClusterPolicies = { meshes: [], named: [], peerAuthentications: [], requestAuthentications: [] };

/** Those of the cluster that a construct is in. */
export function policiesAround(construct: IConstruct, policies: ReadonlyMap<string, ClusterPolicies>): ClusterPolicies {
  return policies.get(Cluster.pathOf(construct)) ?? NO_POLICIES;
}

/** What is refused when it is rendered is a finding already; any other error is one of the program, or ours. */
export function programObject(construct: ApiObject): ProgramObject | undefined {
  try {
    const manifest = construct.toJson() as JsonObject;
    const { name, namespace } = (manifest['metadata'] ?? {}) as { readonly name?: string; readonly namespace?: string };
    const spec = manifest['spec'];
    return { construct, name: name ?? '', namespace: namespace ?? '', spec: isJsonObject(spec) ? spec : {} };
  } catch (error) {
    if (MeshError.isMeshError(error)) return undefined;
    throw error;
  }
}

/** Labels that an object selects pods by; none for all pods. */
export function selectedLabels({ spec }: ProgramObject): Readonly<Record<string, string>> {
  const selector = spec['selector'];
  const labels = isJsonObject(selector) ? selector['matchLabels'] : undefined;
  return isJsonObject(labels) ? (labels as Readonly<Record<string, string>>) : {};
}

/** The root namespaces of the cluster's meshes: of policies there, those without labels hold for the mesh. */
export function rootNamespaces({ meshes, named }: ClusterPolicies): readonly string[] {
  const roots = meshes.length === 0 ? named : meshes.map(({ rootNamespace }) => rootNamespace);
  return roots.length === 0 ? ['istio-system'] : [...new Set(roots)];
}

/** The configuration of a mesh that the program makes. */
export function settingsOf(mesh: object): MeshSettings | undefined {
  return 'settings' in mesh && isIstiodSettings(mesh.settings) ? meshSettings(mesh.settings) : undefined;
}

function isControlPlane(construct: IConstruct): construct is IConstruct & { readonly settings: IstiodSettings } {
  // a Mesh has settings as well: those of its istiod, which is met by itself
  return 'settings' in construct && 'injectionLabels' in construct && !('istiod' in construct) && isIstiodSettings(construct.settings);
}

function isNamedMesh(construct: IConstruct): construct is IConstruct & { readonly namespace: string } {
  const { namespace, injectionLabels } = construct as { readonly namespace?: unknown; readonly injectionLabels?: unknown };
  return typeof namespace === 'string' && typeof injectionLabels === 'object' && injectionLabels !== null;
}

function isIstiodSettings(settings: unknown): settings is IstiodSettings {
  return typeof settings === 'object' && settings !== null && 'istioNamespace' in settings && 'props' in settings;
}

function meshSettings(settings: IstiodSettings): MeshSettings {
  const config = meshConfig(settings);
  const normalization = config['pathNormalization'];
  const kind = isJsonObject(normalization) ? normalization['normalization'] : undefined;
  const federated = list(config['caCertificates']).flatMap((each) => (isJsonObject(each) ? texts(each['trustDomains']) : []));
  return {
    rootNamespace: text(config['rootNamespace']) ?? settings.istioNamespace,
    trustDomains: [...new Set([text(config['trustDomain']) ?? settings.trustDomain, ...texts(config['trustDomainAliases']), ...federated])],
    pathNormalization: text(kind),
    authorizers: list(config['extensionProviders'])
      .filter((each): each is JsonObject => isJsonObject(each) && ('envoyExtAuthzHttp' in each || 'envoyExtAuthzGrpc' in each))
      .flatMap((each) => text(each['name']) ?? []),
    injectsUnlabelled: settings.injection.injection.enableNamespacesByDefault === true,
  };
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function texts(value: Json | undefined): string[] {
  return list(value).flatMap((each) => text(each) ?? []);
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
