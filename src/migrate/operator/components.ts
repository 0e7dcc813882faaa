import type { Release } from '../../control-plane/release';
import { since } from '../../control-plane/release';
import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject, setKey } from '../../rules/json';
import { valueAt } from '../props-from';
import type { Chart } from '../values/charts';
import { CHARTS, OPERATOR_GATEWAYS } from '../values/charts';
import { mergeValues } from '../values/merge';
import type { MergedOperator } from './merged-operator';

/** A component of an IstioOperator, and how its chart gets its values. */
interface ComponentKind {
  /** Name under `spec.components`. */
  readonly name: string;
  readonly chart: Chart;
  /** Where the component's values are in the tree of all. */
  readonly root: string;
  /** Whether there is a list of them. */
  readonly isGateway?: boolean;
  /** Kind of the workload. @default - none */
  readonly workload?: { readonly kind: 'Deployment' | 'DaemonSet'; readonly name: string; readonly container: string };
  /** A value that switches it on, whatever the component says. */
  readonly switch?: string;
}

/** A component that is to be installed. */
export interface OperatorComponent {
  readonly kind: ComponentKind;
  /** Where the component is in the file, such as `spec.components.ingressGateways[0]`. */
  readonly path: string;
  readonly name: string | undefined;
  readonly namespace: string;
  /** Values as the component's chart takes them. */
  readonly values: JsonObject;
  /** Kubernetes settings: patches of the chart's objects. */
  readonly k8s: JsonObject | undefined;
}

const chartOf = (name: string): Chart => [...CHARTS, ...OPERATOR_GATEWAYS].find((chart) => chart.name === name) as Chart;

/** In the order in which istioctl renders them. */
export const COMPONENT_KINDS: readonly ComponentKind[] = [
  { name: 'base', chart: chartOf('base'), root: 'global' },
  {
    name: 'pilot',
    chart: chartOf('istiod'),
    root: 'pilot',
    workload: { kind: 'Deployment', name: 'istiod', container: 'discovery' },
  },
  ...(['ingress', 'egress'] as const).map((direction): ComponentKind => ({
    name: `${direction}Gateways`,
    chart: chartOf(direction),
    root: `gateways.istio-${direction}gateway`,
    isGateway: true,
    workload: { kind: 'Deployment', name: `istio-${direction}gateway`, container: 'istio-proxy' },
    switch: `gateways.istio-${direction}gateway.enabled`,
  })),
  { name: 'cni', chart: chartOf('cni'), root: 'cni', workload: { kind: 'DaemonSet', name: 'istio-cni-node', container: 'install-cni' } },
  { name: 'ztunnel', chart: chartOf('ztunnel'), root: 'ztunnel', workload: { kind: 'DaemonSet', name: 'ztunnel', container: 'istio-proxy' } },
];

/** The components that an IstioOperator installs, in order. */
export function componentsOf(operator: MergedOperator, release: Release): OperatorComponent[] {
  return COMPONENT_KINDS.flatMap((kind) => {
    const given = operator.components[kind.name];
    const specs: readonly Json[] = kind.isGateway === true ? (Array.isArray(given) ? (given as readonly Json[]) : []) : [given ?? null];
    return specs.flatMap((spec, index) => {
      const path = `spec.components.${kind.name}${kind.isGateway === true ? `[${index}]` : ''}`;
      return isJsonObject(spec) && isInstalled(kind, spec, operator) ? [componentOf(kind, spec, path, operator, release)] : [];
    });
  });
}

function isInstalled(kind: ComponentKind, spec: JsonObject, { values }: MergedOperator): boolean {
  const isSwitchedOn = kind.switch !== undefined && valueAt(values, kind.switch) === true;
  return isSwitchedOn || spec['enabled'] === undefined || spec['enabled'] === null || spec['enabled'] === true;
}

function componentOf(kind: ComponentKind, spec: JsonObject, path: string, operator: MergedOperator, release: Release): OperatorComponent {
  const { name, namespace } = spec;
  const k8s = isJsonObject(spec['k8s']) ? spec['k8s'] : undefined;
  return {
    kind,
    path,
    name: typeof name === 'string' && name !== '' ? name : undefined,
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : operator.namespace,
    values: kind.name === 'ztunnel' ? flattened(valuesOf(kind, spec, k8s, operator, release)) : valuesOf(kind, spec, k8s, operator, release),
    k8s,
  };
}

function valuesOf(kind: ComponentKind, spec: JsonObject, k8s: JsonObject | undefined, operator: MergedOperator, release: Release): JsonObject {
  const own: Record<string, Json> = {};
  const ports = k8s === undefined ? undefined : valueAt(k8s, 'service.ports');
  if (kind.isGateway === true) {
    own['name'] = typeof spec['name'] === 'string' ? spec['name'] : '';
    own['labels'] = isJsonObject(spec['label']) ? spec['label'] : {};
    if (Array.isArray(ports) && ports.length > 0) own['ports'] = ports;
  }
  // a DaemonSet is not scaled; the settings still patch the objects, whatever the chart makes of them
  if (k8s !== undefined && since(release, '1.31')) Object.assign(own, scalingValues(kind, k8s));
  for (const key of ['hub', 'tag'] as const) if (isSet(spec[key])) own[key] = String(spec[key]);
  const values = mergeValues(operator.values, at(kind.root, own));
  // names and labels of one gateway are no defaults of the next: they replace what is there
  return kind.isGateway === true ? replaced(values, kind.root, own) : values;
}

/** Since 1.31 some Kubernetes settings are values, too, so that the chart's own conditions see them. */
function scalingValues(kind: ComponentKind, k8s: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  if (kind.workload?.kind === 'Deployment') {
    const { minReplicas, maxReplicas } = isJsonObject(k8s['hpaSpec']) ? k8s['hpaSpec'] : {};
    if (typeof minReplicas === 'number') result['autoscaleMin'] = minReplicas;
    if (typeof maxReplicas === 'number' && maxReplicas > 0) result['autoscaleMax'] = maxReplicas;
    if (typeof k8s['replicaCount'] === 'number' && k8s['replicaCount'] > 0) result['replicaCount'] = k8s['replicaCount'];
  }
  const [limit, request] = ['limits', 'requests'].map((side) => valueAt(k8s, `resources.${side}.cpu`));
  const cpu = { ...(isAmount(limit) ? { limits: { cpu: String(limit) } } : {}), ...(isAmount(request) ? { requests: { cpu: String(request) } } : {}) };
  return Object.keys(cpu).length === 0 ? result : { ...result, resources: cpu };
}

function isAmount(value: Json | undefined): boolean {
  return (typeof value === 'string' || typeof value === 'number') && !/^0*(\.0*)?m?$/.test(String(value));
}

/** The chart takes its values at the top; of the others it gets the globals and what is no section. */
function flattened(values: JsonObject): JsonObject {
  const others = Object.entries(values).filter(([key, value]) => key === 'global' || !isJsonObject(value));
  const own = isJsonObject(values['ztunnel']) ? values['ztunnel'] : {};
  return { ...Object.fromEntries(others), ...own };
}

function replaced(values: JsonObject, root: string, own: JsonObject): JsonObject {
  const section = { ...(valueAt(values, root) as JsonObject), ...own };
  const keys = root.split('.');
  const put = (owner: JsonObject, index: number): JsonObject => {
    const key = keys[index] ?? '';
    const next = index === keys.length - 1 ? section : put(owner[key] as JsonObject, index + 1);
    return { ...owner, [key]: next };
  };
  return put(values, 0);
}

/** An object with a value at a dotted path. */
function at(path: string, value: JsonObject): JsonObject {
  return path.split('.').reduceRight<JsonObject>((inner, key) => {
    const owner: Record<string, Json> = {};
    setKey(owner, key, inner);
    return owner;
  }, value);
}

function isSet(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}
