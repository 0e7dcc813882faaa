import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { SynthSession } from '../../core/synth-session';
import { inScope } from '../../control-plane/istiod/istiod-settings';
import type { IstiodSettings } from '../../control-plane/istiod/istiod-settings';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import { refuse } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';

/**
 * Adds a provider to the configuration of a mesh, where this program makes that.
 *
 * @param provider asked for at synthesis
 * @returns whether it does
 * @throws MeshError when the mesh has a provider of that name.
 */
export function addProvider(place: Place, mesh: MeshReference, name: string, provider: () => JsonObject): boolean {
  const settings = settingsOf(mesh);
  if (settings === undefined || settings.props.meshConfigMap === false || !inScope(settings, 'namespace')) return false;
  if (hasProvider(settings, name)) throw refuse(place, 'second-owner', `"${name}", which ${mesh.node.path} has already`, 'a name of its own among the extensionProviders of the mesh', 'give another name, or keep what was made first and hand it on');
  settings.addedProviders.set(name, provider);
  return true;
}

/** Whether the configuration has a provider of that name, be it given or added. */
export function hasProvider({ props, addedProviders }: IstiodSettings, name: string): boolean {
  const given: unknown = props.meshConfig?.extensionProviders;
  return addedProviders.has(name) || (Array.isArray(given) && (given as readonly unknown[]).some((each) => isJsonObject(each as JsonObject) && (each as JsonObject)['name'] === name));
}

/** A control plane of the program. */
export interface ControlPlane extends IConstruct {
  readonly settings: IstiodSettings;
  readonly injectionLabels: Readonly<Record<string, string>>;
}

/** Those of the cluster that a construct is in. */
export function controlPlanes(construct: IConstruct): readonly ControlPlane[] {
  const cluster = Cluster.pathOf(construct);
  return SynthSession.of(construct).constructs().filter((each): each is ControlPlane => isControlPlane(each) && Cluster.pathOf(each) === cluster);
}

/** A Mesh has the settings of its control plane as well, which is met by itself. */
function isControlPlane(construct: IConstruct): construct is ControlPlane {
  return 'settings' in construct && 'injectionLabels' in construct && !('istiod' in construct) && isIstiodSettings(construct.settings);
}

/** Of a mesh of this library, or of what Istio's own installers make, whose control plane is one of its components. */
function settingsOf(mesh: MeshReference): IstiodSettings | undefined {
  const parts = [mesh, ...Object.values((mesh as { readonly components?: object }).components ?? {})] as readonly { readonly settings?: unknown }[];
  return parts.map(({ settings }) => settings).find(isIstiodSettings);
}

function isIstiodSettings(settings: unknown): settings is IstiodSettings {
  return typeof settings === 'object' && settings !== null && 'istioNamespace' in settings && 'addedProviders' in settings;
}
