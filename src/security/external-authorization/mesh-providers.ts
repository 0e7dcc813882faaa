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
  const given: unknown = settings.props.meshConfig?.extensionProviders;
  const isGiven = Array.isArray(given) && (given as readonly unknown[]).some((each) => isJsonObject(each as JsonObject) && (each as JsonObject)['name'] === name);
  if (isGiven || settings.addedProviders.has(name)) throw refuse(place, 'second-owner', `"${name}", which ${mesh.node.path} has already`, 'a name of its own among the extensionProviders of the mesh', 'give another name, or keep what was made first and hand it on');
  settings.addedProviders.set(name, provider);
  return true;
}

/** Of a mesh of this library, or of what Istio's own installers make, whose control plane is one of its components. */
function settingsOf(mesh: MeshReference): IstiodSettings | undefined {
  const parts = [mesh, ...Object.values((mesh as { readonly components?: object }).components ?? {})] as readonly { readonly settings?: unknown }[];
  return parts.map(({ settings }) => settings).find(isIstiodSettings);
}

function isIstiodSettings(settings: unknown): settings is IstiodSettings {
  return typeof settings === 'object' && settings !== null && 'istioNamespace' in settings && 'addedProviders' in settings;
}
