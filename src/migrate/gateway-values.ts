import type { GatewayProps } from '../control-plane/gateway/gateway-props';
import type { Json, JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { ifSet, isSet, printed, quotedEntries, texts, unquoted } from './go-values';
import { propsFrom, valueAt } from './props-from';
import { badValue } from './refused-values';
import { cpuAndMemory } from './resource-values';
import type { ValueRule } from './value-rule';
import type { ValuesContext } from './values-context';

/** The values of the chart `gateway`, and the props of a Gateway that they become. */
export const gatewayValueRules: readonly ValueRule[] = [
  { path: 'name', prop: 'name', convert: ifSet },
  { path: 'revision', prop: 'revision', convert: ifSet },
  { path: 'kind', prop: 'kind', convert: (kind) => (isSet(kind) && kind !== 'Deployment' ? kind : undefined) },
  { path: 'platform', prop: 'platform', convert: ifSet },
  { path: 'replicaCount', prop: 'replicas', convert: (count, values) => (isScaled(values) || count === null ? undefined : unquoted(count)) },

  { path: 'autoscaling.enabled', prop: 'autoscaling', convert: (enabled) => (isSet(enabled) ? undefined : false) },
  { path: 'autoscaling.minReplicas', prop: 'autoscaling.minReplicas', convert: whenScaled(unquoted) },
  { path: 'autoscaling.maxReplicas', prop: 'autoscaling.maxReplicas', convert: whenScaled(unquoted) },
  { path: 'autoscaling.targetCPUUtilizationPercentage', prop: 'autoscaling.targetCpuUtilization', convert: whenScaled((percent) => (isSet(percent) ? unquoted(percent) : false)) },
  { path: 'autoscaling.targetMemoryUtilizationPercentage', prop: 'autoscaling.targetMemoryUtilization', convert: whenScaled((percent) => (isSet(percent) ? unquoted(percent) : undefined)) },
  { path: 'autoscaling.autoscaleBehavior', prop: 'autoscaling.behavior', convert: whenScaled(ifSet) },
  { path: 'podDisruptionBudget', prop: 'disruptionBudget', convert: ifSet },

  { path: 'labels', prop: 'labels', convert: labels },
  { path: 'annotations', prop: 'annotations', convert: texts },
  { path: 'podAnnotations', prop: 'podAnnotations', convert: texts },
  { path: 'rbac.enabled', prop: 'rbac', convert: (enabled) => (isSet(enabled) ? undefined : false) },
  { path: 'serviceAccount.create', prop: 'serviceAccount.create', convert: (create) => (isSet(create) ? undefined : false) },
  { path: 'serviceAccount.name', prop: 'serviceAccount.name', convert: ifSet },
  { path: 'serviceAccount.annotations', prop: 'serviceAccount.annotations', convert: texts },

  { path: 'service.type', prop: 'service', convert: (type) => (type === 'None' ? false : undefined), note: '`None` is `service: false`' },
  { path: 'service.type', prop: 'service.type', convert: inService((type) => (type === 'LoadBalancer' ? undefined : type)) },
  { path: 'service.ports', prop: 'service.ports', convert: servicePorts },
  { path: 'service.annotations', prop: 'service.annotations', convert: inService(texts) },
  { path: 'service.selectorLabels', prop: 'service.selectorLabels', convert: inService(ifSet) },
  { path: 'service.clusterIP', prop: 'service.clusterIP', convert: inService(ifSet) },
  { path: 'service.loadBalancerIP', prop: 'service.loadBalancerIP', convert: inService((address) => (isSet(address) ? printed(address) : undefined)) },
  { path: 'service.loadBalancerSourceRanges', prop: 'service.loadBalancerSourceRanges', convert: inService(ifSet) },
  { path: 'service.loadBalancerClass', prop: 'service.loadBalancerClass', convert: inService((name) => name ?? undefined) },
  { path: 'service.allocateLoadBalancerNodePorts', prop: 'service.allocateLoadBalancerNodePorts', convert: inService((allocate) => allocate ?? undefined) },
  { path: 'service.externalTrafficPolicy', prop: 'service.externalTrafficPolicy', convert: inService(ifSet) },
  { path: 'service.internalTrafficPolicy', prop: 'service.internalTrafficPolicy', convert: inService(ifSet) },
  { path: 'service.healthCheckNodePort', prop: 'service.healthCheckNodePort', convert: inService(ifSet) },
  { path: 'service.externalIPs', prop: 'service.externalIPs', convert: inService(ifSet) },
  { path: 'service.ipFamilyPolicy', prop: 'service.ipFamilyPolicy', convert: inService(ifSet) },
  { path: 'service.ipFamilies', prop: 'service.ipFamilies', convert: inService(ifSet) },
  { path: 'networkGateway', prop: 'networkGateway.network', convert: (network) => (isSet(network) ? printed(network) : undefined) },
  { path: 'networkGatewayPorts', prop: 'networkGateway.ports', convert: (ports, values) => (isSet(values['networkGateway']) && isSet(ports) ? ports : undefined) },
  { path: 'global.networkPolicy.enabled', prop: 'networkPolicy', convert: networkPolicy },

  { path: 'resources', prop: 'resources', convert: (given) => cpuAndMemory(inQuotes(given)) },
  { path: 'env', prop: 'env', convert: (env) => (isSet(env) ? quotedEntries(env, 'env') : undefined) },
  { path: 'envVarFrom', prop: 'envFrom', convert: ifSet },
  { path: 'securityContext', prop: 'podSecurityContext', convert: ifSet },
  { path: 'containerSecurityContext', prop: 'containerSecurityContext', convert: ifSet },
  { path: 'strategy', prop: 'strategy', convert: ifSet },
  { path: 'minReadySeconds', prop: 'minReadySeconds', convert: ifSet },
  { path: 'readinessProbe', prop: 'readinessProbe', convert: ifSet },
  { path: 'lifecycle', prop: 'lifecycle', convert: ifSet },
  { path: 'terminationGracePeriodSeconds', prop: 'terminationGracePeriodSeconds', convert: (seconds) => (seconds === null ? undefined : unquoted(seconds)) },
  { path: 'volumes', prop: 'volumes', convert: ifSet },
  { path: 'volumeMounts', prop: 'volumeMounts', convert: ifSet },
  { path: 'initContainers', prop: 'initContainers', convert: ifSet },
  { path: 'additionalContainers', prop: 'additionalContainers', convert: ifSet },
  { path: 'dnsPolicy', prop: 'dnsPolicy', convert: ifSet },
  { path: 'dnsConfig', prop: 'dnsConfig', convert: ifSet },
  { path: 'nodeSelector', prop: 'nodeSelector', convert: ifSet },
  { path: 'affinity', prop: 'affinity', convert: ifSet },
  { path: 'tolerations', prop: 'tolerations', convert: ifSet },
  { path: 'topologySpreadConstraints', prop: 'topologySpreadConstraints', convert: ifSet },
  { path: 'priorityClassName', prop: 'priorityClassName', convert: ifSet },
  { path: 'imagePullPolicy', prop: 'image.pullPolicy', convert: ifSet },
  { path: 'imagePullSecrets', prop: 'image.pullSecrets', convert: pullSecrets },
];

/** The props of the Gateway that a values file of the chart `gateway` stands for. */
export function gatewayProps(values: JsonObject, context: ValuesContext): GatewayProps {
  const fallback = context.releaseName === 'RELEASE-NAME' ? 'istio-ingressgateway' : context.releaseName;
  return { istio: context.istio, name: fallback, namespace: context.releaseNamespace, ...propsFrom(gatewayValueRules, values) };
}

/** Ports of the chart's Service where no others are given. */
const DEFAULT_PORTS = [
  { name: 'status-port', port: 15021, protocol: 'TCP', targetPort: 15021 },
  { name: 'http2', port: 80, protocol: 'TCP', targetPort: 80 },
  { name: 'https', port: 443, protocol: 'TCP', targetPort: 443 },
];

function isScaled(values: JsonObject): boolean {
  const enabled = isJsonObject(values['autoscaling']) ? values['autoscaling']['enabled'] : undefined;
  return enabled === undefined || isSet(enabled);
}

function whenScaled(convert: (value: Json) => unknown): (value: Json, values: JsonObject) => unknown {
  return (value, values) => (isScaled(values) ? convert(value) : undefined);
}

function serviceOf(values: JsonObject): JsonObject {
  return isJsonObject(values['service']) ? values['service'] : {};
}

function inService(convert: (value: Json) => unknown): (value: Json, values: JsonObject) => unknown {
  return (value, values) => (serviceOf(values)['type'] === 'None' ? undefined : convert(value));
}

/** The ports of a gateway between networks are its own; an empty list is refused by the construct, as by the chart. */
function servicePorts(ports: Json, values: JsonObject): Json | undefined {
  if (isSet(values['networkGateway']) || serviceOf(values)['type'] === 'None') return undefined;
  return ports ?? [];
}

/** The chart's policy opens the ports of the Service's list, also where the Service has others. */
function networkPolicy(enabled: Json, values: JsonObject): unknown {
  if (!isSet(enabled)) return undefined;
  const service = serviceOf(values);
  const isOwn = isSet(values['networkGateway']) || service['type'] === 'None';
  return isOwn ? { ports: service['ports'] ?? DEFAULT_PORTS } : true;
}

/** Printed in quotes; without a value `app` and `istio` follow from the name, and any other label is none. */
function labels(value: Json): Record<string, string | null> | undefined {
  if (!isSet(value) || !isJsonObject(value)) return undefined;
  const { app, istio, ...others } = value;
  return texts({ ...others, ...((app ?? null) !== null && { app: app as Json }), ...((istio ?? null) !== null && { istio: istio as Json }) });
}

/** The chart's schema takes amounts of CPU and memory as texts only. */
function inQuotes(resources: Json): Json {
  for (const side of ['limits', 'requests']) {
    for (const name of ['cpu', 'memory']) {
      const amount = valueAt({ resources }, `resources.${side}.${name}`) ?? '';
      if (typeof amount !== 'string') throw badValue(`resources.${side}.${name}`, amount, "a text: the chart's schema takes no other type", 'put it in quotes');
    }
  }
  return resources;
}

function pullSecrets(value: Json): unknown {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return (value as readonly Json[]).map((secret) => (isJsonObject(secret) ? secret['name'] : secret));
}
