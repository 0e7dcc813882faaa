import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import type { PlainPolicy, Pods, Policies } from './plain-policies';

const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';

/**
 * Policies that are for some pods: those of their namespace and of the root namespace that select them, by labels or, of pods of a
 * Gateway of the Gateway API, by its name.
 *
 * @see https://istio.io/latest/docs/reference/config/type/workload-selector/
 */
export function applyingPolicies(policies: readonly PlainPolicy[], pods: Pods, rootNamespace: string): readonly PlainPolicy[] {
  return policies
    .filter(({ namespace }) => namespace === rootNamespace || namespace === pods.namespace)
    .filter((policy) => isFor(policy, pods))
    .sort((a, b) => place(a, rootNamespace) - place(b, rootNamespace) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/**
 * Pods of which only some labels are known: such as have no others, and such as have those that a policy selects them by beside these.
 */
export function possiblePods({ mesh, ...policies }: Policies, pods: Pods): readonly Pods[] {
  const found = new Map<string, Pods>([['', pods]]);
  for (const { spec, namespace } of Object.values(policies).flat()) {
    const asked = Object.entries(selectedLabels(spec)).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
    const more = asked.filter(([key]) => !Object.hasOwn(pods.labels, key));
    const isMeant = (namespace === pods.namespace || namespace === mesh.rootNamespace) && more.length > 0 && asked.every(([key, value]) => more.some(([own]) => own === key) || pods.labels[key] === value);
    if (isMeant) found.set(JSON.stringify(more.sort()), { ...pods, labels: { ...pods.labels, ...Object.fromEntries(more) } });
  }
  return [...found.values()];
}

/** Of the mesh first. */
function place({ namespace }: PlainPolicy, rootNamespace: string): number {
  return namespace === rootNamespace ? 0 : 1;
}

function isFor({ spec, namespace }: PlainPolicy, pods: Pods): boolean {
  const gateway = pods.labels[GATEWAY_NAME];
  const refs = targetRefs(spec);
  if (refs.length === 0) return Object.entries(selectedLabels(spec)).every(([key, value]) => Object.hasOwn(pods.labels, key) && pods.labels[key] === value);
  if (gateway === undefined || namespace !== pods.namespace) return false;
  return refs.some(({ kind, name, group, namespace: other = '' }) => kind === 'Gateway' && group === 'gateway.networking.k8s.io' && name === gateway && (other === '' || other === pods.namespace));
}

function targetRefs(spec: JsonObject): readonly JsonObject[] {
  const several = spec['targetRefs'];
  const given = Array.isArray(several) && several.length > 0 ? (several as readonly Json[]) : [spec['targetRef']];
  return given.filter(isJsonObject);
}

function selectedLabels(spec: JsonObject): JsonObject {
  const selector = spec['selector'];
  const labels = isJsonObject(selector) ? selector['matchLabels'] : undefined;
  return isJsonObject(labels) ? labels : {};
}
