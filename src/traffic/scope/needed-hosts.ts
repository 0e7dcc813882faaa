import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { SynthSession } from '../../core/synth-session';
import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import type { ProgramManifests } from './program-manifests';
import { labelsIn, listIn, objectIn, textIn } from './reading';

/** What proxies call on their own account: traces, logs, rate limits, authorization. */
export interface NeededHost {
  /** The host, perhaps with its namespace in front, as the mesh's configuration names it. */
  readonly host: string;
  /** Pods whose proxies call it; undefined for all. */
  readonly pods: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> } | undefined;
}

/**
 * Hosts that are called by proxies and named by no service: those of the mesh's extension providers, and clusters that an
 * EnvoyFilter names. Istio hands a proxy with a Sidecar no cluster for them unless it may see the host.
 */
export function neededHosts(manifests: ProgramManifests, roots: readonly string[]): NeededHost[] {
  return [...providerHosts(manifests), ...filterHosts(manifests, roots)];
}

/** Namespaces of the control planes that a program knows of; `istio-system` where it knows none. */
export function controlPlaneNamespaces(root: IConstruct, cluster: string): string[] {
  const meshes = SynthSession.of(root).constructs().flatMap((construct) => {
    const { namespace, injectionLabels } = construct as { readonly namespace?: unknown; readonly injectionLabels?: unknown };
    return typeof injectionLabels === 'object' && typeof namespace === 'string' && Cluster.pathOf(construct) === cluster ? [namespace] : [];
  });
  return meshes.length === 0 ? ['istio-system'] : [...new Set(meshes)].sort();
}

function providerHosts(manifests: ProgramManifests): NeededHost[] {
  const texts = manifests.of('/ConfigMap').map(({ whole }) => textIn(objectIn(whole, 'data'), 'mesh') ?? '');
  return texts.filter((text) => text.includes('extensionProviders')).flatMap((text) => {
    const services = listIn(parsed(text), 'extensionProviders').flatMap((provider) => Object.values(provider).filter(isJsonObject).map((settings) => textIn(settings, 'service')));
    return services.flatMap((host) => (host === undefined ? [] : [{ host, pods: undefined }]));
  });
}

/** Read by the few programs only that have providers. */
function parsed(text: string): JsonObject {
  const { parse } = require('yaml') as typeof import('yaml');
  try {
    const value: unknown = parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Such as `outbound|8081||ratelimit.platform.svc.cluster.local`. */
const CLUSTER_NAME = /outbound\|\d+\|[^|"]*\|([A-Za-z0-9.*-]+)/g;

function filterHosts(manifests: ProgramManifests, roots: readonly string[]): NeededHost[] {
  return manifests.of('networking.istio.io/EnvoyFilter').flatMap(({ namespace, spec }) => {
    const labels = labelsIn(objectIn(spec, 'workloadSelector'), 'labels');
    // in a root namespace filters hold for all
    const pods = roots.includes(namespace) && Object.keys(labels).length === 0 ? undefined : { namespace, labels };
    // what it adds, and not where: a match may name a cluster that it only changes
    const added = listIn(spec, 'configPatches').map((patch) => objectIn(patch, 'patch'));
    const hosts = [...JSON.stringify(added).matchAll(CLUSTER_NAME)].map(([, host = '']) => host);
    return [...new Set(hosts)].map((host) => ({ host, pods }));
  });
}
