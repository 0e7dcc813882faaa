import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject, setKey } from '../../rules/json';

/**
 * Strategic merge patches, as far as an IstioOperator's Kubernetes settings need them: of Deployments, DaemonSets, Services,
 * autoscalers and disruption budgets.
 *
 * @see https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
export function strategicMerge(object: JsonObject, patch: JsonObject): JsonObject {
  return mergeObjects(object, patch, '');
}

/** Keys by which the items of a list are the same ones, by the list's name; all other lists are replaced as a whole. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  imagePullSecrets: 'name',
  claims: 'name',
};
/** Ports of a Service and of a container are told apart by different keys. */
const PORT_KEYS = ['port', 'containerPort'] as const;

function mergeObjects(object: JsonObject, patch: JsonObject, name: string): JsonObject {
  const merged: Record<string, Json> = { ...object };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(merged, key);
    else setKey(merged, key, mergeValue(Object.hasOwn(merged, key) ? merged[key] : undefined, value, key, name));
  }
  return merged;
}

function mergeValue(before: Json | undefined, value: Json, key: string, owner: string): Json {
  if (isJsonObject(value)) return mergeObjects(isJsonObject(before) ? before : {}, value, key);
  if (!Array.isArray(value) || !Array.isArray(before)) return value;
  const items = value as readonly Json[];
  const mergeKey = key === 'ports' ? PORT_KEYS.find((each) => [...before, ...items].some((item) => isJsonObject(item) && each in item)) : MERGE_KEYS[key];
  // the metrics of an autoscaler, tolerations, anything in an affinity
  if (mergeKey === undefined || owner === 'affinity') return value;
  return mergeLists(before as readonly JsonObject[], items as readonly JsonObject[], mergeKey);
}

/** Items of both lists in one order: that of the patch for its own, and before what the patch does not name. */
function mergeLists(before: readonly JsonObject[], patch: readonly JsonObject[], mergeKey: string): Json {
  const place = (item: JsonObject): number => before.findIndex((each) => each[mergeKey] === item[mergeKey]);
  const patched = patch.map((item) => mergeObjects(before[place(item)] ?? {}, item, ''));
  const kept = before.filter((item) => !patch.some((each) => each[mergeKey] === item[mergeKey]));
  const result: JsonObject[] = [];
  while (kept.length > 0 || patched.length > 0) {
    const [left, right] = [kept[0], patched[0]];
    const isLeftFirst = right === undefined || (left !== undefined && place(right) >= 0 && place(left) < place(right));
    const next = isLeftFirst ? kept.shift() : patched.shift();
    if (next !== undefined) result.push(next);
  }
  return result;
}
