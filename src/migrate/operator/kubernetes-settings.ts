import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';
import type { ObjectOverlay } from '../installation';
import { valueAt } from '../props-from';
import type { OperatorComponent } from './components';

/**
 * What the Kubernetes settings of a component change in the objects of its chart: each is merged into the workload, its
 * autoscaler, its disruption budget or its Service, and then come the overlays.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.operator.v1alpha1/#KubernetesResources
 */
export function overlaysOf(component: OperatorComponent): ObjectOverlay[] {
  const { k8s, kind } = component;
  if (k8s === undefined) return [];
  const merges = kind.workload === undefined ? [] : settings(component, k8s, kind.workload);
  return [...merges, ...pathOverlays(k8s)];
}

function settings(component: OperatorComponent, k8s: JsonObject, workload: NonNullable<OperatorComponent['kind']['workload']>): ObjectOverlay[] {
  const name = nameOf(component, workload.name);
  const podSpec = pick(k8s, ['affinity', 'nodeSelector', 'priorityClassName', 'securityContext', 'tolerations']);
  const container = pick(k8s, ['env', 'imagePullPolicy', 'readinessProbe', 'resources']);
  if (Object.keys(container).length > 0) podSpec['containers'] = [{ name: workload.container, ...container }];
  const template = { ...(given(k8s, 'podAnnotations') ? { metadata: { annotations: k8s['podAnnotations'] as Json } } : {}), ...section('spec', podSpec) };
  const spec = {
    ...(given(k8s, 'replicaCount') ? { replicas: k8s['replicaCount'] as Json } : {}),
    ...(given(k8s, 'strategy') ? { strategy: k8s['strategy'] as Json } : {}),
    ...section('template', template),
  };
  const service = {
    ...(given(k8s, 'serviceAnnotations') ? { metadata: { annotations: k8s['serviceAnnotations'] as Json } } : {}),
    ...section('spec', serviceSpec(component, k8s)),
  };
  return [
    merge(workload.kind, name, section('spec', spec)),
    merge('HorizontalPodAutoscaler', name, section('spec', k8s['hpaSpec'])),
    merge('PodDisruptionBudget', name, section('spec', k8s['podDisruptionBudget'])),
    merge('Service', name, service),
  ].flat();
}

/** A revision's objects are named after it, which istioctl minds for istiod only. */
function nameOf({ kind, name, values }: OperatorComponent, fallback: string): string {
  if (kind.isGateway === true && name !== undefined) return name;
  const revision = valueAt(values, 'revision');
  const suffix = kind.name === 'pilot' && typeof revision === 'string' && revision !== '' && revision !== 'default' ? `-${revision}` : '';
  return fallback + suffix;
}

/** The ports of a gateway's Service are values of its chart. */
function serviceSpec({ kind }: OperatorComponent, k8s: JsonObject): Json | undefined {
  const service = k8s['service'];
  if (kind.isGateway !== true || !isJsonObject(service)) return service;
  const { ports: _ports, ...rest } = service;
  return rest;
}

function pathOverlays(k8s: JsonObject): ObjectOverlay[] {
  const overlays = Array.isArray(k8s['overlays']) ? (k8s['overlays'] as readonly Json[]) : [];
  return overlays.filter(isJsonObject).map(({ kind, name, patches }) => ({
    kind: String(kind),
    name: String(name),
    patches: Array.isArray(patches) ? (patches as readonly JsonObject[]) : [],
  }));
}

function merge(kind: string, name: string, patch: JsonObject): ObjectOverlay[] {
  return Object.keys(patch).length === 0 ? [] : [{ kind, name, merge: patch, patches: [] }];
}

function section(key: string, value: Json | undefined): JsonObject {
  return isJsonObject(value) && Object.keys(value).length > 0 ? { [key]: value } : {};
}

function pick(values: JsonObject, keys: readonly string[]): Record<string, Json> {
  return Object.fromEntries(keys.filter((key) => given(values, key)).map((key) => [key, values[key] as Json]));
}

function given(values: JsonObject, key: string): boolean {
  return values[key] !== undefined;
}
