import { Cluster } from '../../core/cluster';
import { isObjectConstruct, namespaceOf } from '../../core/references';
import { SynthSession } from '../../core/synth-session';
import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import { policyTarget } from '../access/policy-target';
import type { AccessCaller } from '../callers/access-caller';
import { joins, proxyOf } from '../mtls/pod-proxy';
import type { PodProxy } from '../mtls/pod-proxy';
import type { ProgramPods } from '../mtls/program-pods';
import type { ProgramView } from './program-view';

/** Whether a proxy speaks for the pods of a caller, as far as the program tells; several where they are not alike. */
export function hasProxy(view: ProgramView, caller: AccessCaller): readonly boolean[] {
  const cluster = Cluster.pathOf(caller);
  const pods = callingPods(view, cluster, caller);
  const found = pods === undefined ? [] : proxiesOf(view, cluster, pods.namespace, pods.workloads);
  return found.length === 0 ? [true] : [...new Set(found.map(({ kind }) => kind !== 'none'))].sort();
}

/** Pods of a caller that may have a sidecar or none; a gateway always is a proxy itself. */
function callingPods(view: ProgramView, cluster: string, caller: AccessCaller): { readonly namespace: string; readonly workloads: readonly ProgramPods[] } | undefined {
  if (isObjectConstruct(caller) && caller.kind === 'ServiceAccount') {
    const namespace = namespaceOf(caller) ?? '';
    return { namespace, workloads: view.workloadsIn(cluster, namespace).filter(({ serviceAccount }) => serviceAccount === caller.name) };
  }
  if (!isObjectConstruct(caller) && !('selector' in caller)) return undefined;
  const { of, namespace, selector } = policyTarget(undefined, caller, 'from');
  return of === 'gateway' ? undefined : { namespace, workloads: view.workloads(cluster, namespace, selector?.() ?? {}) };
}

/** The proxies of workloads; of none, what their namespace says of all its pods, where the program makes it. */
export function proxiesOf(view: ProgramView, cluster: string, namespace: string, workloads: readonly ProgramPods[]): readonly PodProxy[] {
  const whole = view.objects(cluster, 'Namespace').find(({ metadata }) => isJsonObject(metadata) && metadata['name'] === namespace);
  const byDefault = injectsUnlabelled(view, cluster);
  if (workloads.length === 0) return whole === undefined ? [] : [byNamespace(whole, namespace, byDefault)];
  return workloads.map((pods) => proxyOf(pods, whole === undefined ? undefined : ({ whole } as Parameters<typeof proxyOf>[1]), byDefault));
}

function byNamespace(whole: JsonObject, name: string, byDefault: boolean): PodProxy {
  const { metadata } = whole;
  const labels = isJsonObject(metadata) && isJsonObject(metadata['labels']) ? (metadata['labels'] as Readonly<Record<string, string>>) : {};
  if (labels['istio.io/dataplane-mode'] === 'ambient' && labels['istio-injection'] !== 'enabled') return { kind: 'ambient', why: '', property: '' };
  return { kind: joins(labels, byDefault) ? 'sidecar' : 'none', why: `pods of the namespace ${name}, which does not join the mesh`, property: '' };
}

/** Whether a mesh of the cluster injects pods of namespaces that say nothing. */
function injectsUnlabelled({ root }: ProgramView, cluster: string): boolean {
  return SynthSession.of(root).constructs().some((construct) => {
    const { settings } = construct as { readonly settings?: { readonly injection?: { readonly injection?: { readonly enableNamespacesByDefault?: unknown } } } };
    return settings?.injection?.injection?.enableNamespacesByDefault === true && Cluster.pathOf(construct) === cluster;
  });
}
