import { isJsonObject } from '../rules/json';
import type { Json, JsonObject } from '../rules/json';

const WORKLOADS = new Set(['CronJob', 'DaemonSet', 'Deployment', 'Job', 'Pod', 'ReplicaSet', 'ReplicationController', 'Rollout', 'StatefulSet']);

/**
 * Whether Istio's injector completes the pods of a workload: the pods' own label counts, else what their namespace says.
 *
 * @param namespace the Namespace that the workload is in, where the program makes it
 * @see https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 */
export function isInjected(workload: JsonObject, namespace: JsonObject | undefined): boolean {
  const { kind } = workload;
  if (typeof kind !== 'string' || !WORKLOADS.has(kind)) return false;
  const own = labelsOf(kind === 'Pod' ? workload : templateOf(workload));
  const wish = own['sidecar.istio.io/inject'];
  if (wish !== undefined) return wish === 'true';
  const around = labelsOf(namespace);
  if (around['istio-injection'] !== undefined) return around['istio-injection'] === 'enabled';
  return around['istio.io/rev'] !== undefined || own['istio.io/rev'] !== undefined;
}

function templateOf(workload: JsonObject): Json | undefined {
  const spec = treeOf(workload['spec']);
  return spec['template'] ?? treeOf(treeOf(spec['jobTemplate'])['spec'])['template'];
}

function labelsOf(object: Json | undefined): JsonObject {
  return treeOf(treeOf(treeOf(object)['metadata'])['labels']);
}

function treeOf(value: Json | undefined): JsonObject {
  return value !== undefined && isJsonObject(value) ? value : {};
}
