import type { StandaloneGatewayProps } from '../control-plane/standalone-gateway/standalone-gateway-props';
import type { Json, JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { entriesBetweenQuotes, ifSet, isSet, printed, printedText, printedTexts, quotedEntries, texts, unquoted } from './go-values';
import { propsFrom, valueAt } from './props-from';
import { cpuAndMemory } from './resource-values';
import type { ValueRule } from './value-rule';
import type { ValuesContext } from './values-context';

type Direction = 'ingress' | 'egress';

/** The values of the gateways that istioctl installs, under `gateways.istio-ingressgateway` or `gateways.istio-egressgateway`. */
export function standaloneGatewayValueRules(direction: Direction): readonly ValueRule[] {
  const gateway = `gateways.istio-${direction}gateway`;
  const whenScaled = (convert: (value: Json) => unknown) => (value: Json, values: JsonObject) => (isScaled(values, gateway) ? convert(value) : undefined);
  const ofService = (convert: (value: Json) => unknown) => (value: Json, values: JsonObject) =>
    isSet(valueAt(values, `${gateway}.customService`)) ? undefined : convert(value);
  return [
    { path: `${gateway}.name`, prop: 'name', convert: (name) => (isSet(name) && name !== `istio-${direction}gateway` ? printed(name) : undefined) },
    { path: 'revision', prop: 'revision', convert: printedText },
    { path: `${gateway}.labels`, prop: 'labels', convert: texts },
    { path: `${gateway}.podAnnotations`, prop: 'podAnnotations', convert: texts },
    { path: `${gateway}.replicaCount`, prop: 'replicas', convert: (count, values) => (!isScaled(values, gateway) && isSet(count) ? unquoted(count) : undefined) },
    { path: `${gateway}.autoscaleEnabled`, prop: 'autoscaling', convert: (enabled) => (isSet(enabled) ? undefined : false) },
    { path: `${gateway}.autoscaleMin`, prop: 'autoscaling.minReplicas', convert: whenScaled(unquoted) },
    { path: `${gateway}.autoscaleMax`, prop: 'autoscaling.maxReplicas', convert: whenScaled(unquoted) },
    { path: `${gateway}.cpu.targetAverageUtilization`, prop: 'autoscaling.targetCpuUtilization', convert: whenScaled(unquoted) },
    { path: `${gateway}.memory`, prop: 'autoscaling', convert: () => undefined, note: 'the chart takes no notice of it' },
    { path: 'global.defaultPodDisruptionBudget.enabled', prop: 'disruptionBudget', convert: (enabled) => (isSet(enabled) ? undefined : false) },
    { path: `${gateway}.rollingMaxSurge`, prop: 'rollingUpdate.maxSurge', convert: unquoted },
    { path: `${gateway}.rollingMaxUnavailable`, prop: 'rollingUpdate.maxUnavailable', convert: unquoted },

    { path: 'global.proxy.image', prop: 'image.name', convert: (image) => (isSet(image) && image !== 'proxyv2' ? printed(image) : undefined) },
    { path: 'global.hub', prop: 'image.hub', convert: printedText },
    { path: 'global.tag', prop: 'image.tag', convert: printedText },
    { path: `${gateway}.tag`, prop: 'image.tag', convert: printedText },
    { path: 'global.variant', prop: 'image.variant', convert: printedText },
    { path: 'global.proxy.variant', prop: 'image.variant', convert: printedText },
    { path: 'global.imagePullPolicy', prop: 'image.pullPolicy', convert: ifSet },
    { path: 'global.imagePullSecrets', prop: 'image.pullSecrets', convert: printedTexts },
    { path: 'global.defaultResources', prop: 'resources', convert: (given, values) => (isEmptyMap(valueAt(values, `${gateway}.resources`)) ? cpuAndMemory(given) : undefined) },
    { path: `${gateway}.resources`, prop: 'resources', convert: cpuAndMemory },

    { path: `${gateway}.customService`, prop: 'service', convert: (custom) => (isSet(custom) ? false : undefined) },
    { path: `${gateway}.type`, prop: 'service.type', convert: ofService(ifSet) },
    { path: `${gateway}.serviceAnnotations`, prop: 'service.annotations', convert: ofService((given) => (isSet(given) ? quotedEntries(given, `${gateway}.serviceAnnotations`) : undefined)) },
    { path: `${gateway}.ingressPorts`, prop: 'service.extraPorts', convert: ofService(extraPorts) },
    { path: `${gateway}.loadBalancerIP`, prop: 'service.loadBalancerIP', convert: ofService(printedText) },
    { path: `${gateway}.loadBalancerSourceRanges`, prop: 'service.loadBalancerSourceRanges', convert: ofService(ifSet) },
    { path: `${gateway}.externalTrafficPolicy`, prop: 'service.externalTrafficPolicy', convert: ofService(ifSet) },
    { path: `${gateway}.ipFamilyPolicy`, prop: 'service.ipFamilyPolicy', convert: ofService(ifSet) },
    { path: `${gateway}.ipFamilies`, prop: 'service.ipFamilies', convert: ofService(ifSet) },
    { path: `${gateway}.ports`, prop: 'ports', convert: (ports) => (Array.isArray(ports) ? (ports as readonly Json[]).map(unquotedEntries) : undefined) },

    { path: `${gateway}.secretVolumes`, prop: 'secretVolumes', convert: (volumes) => volumes ?? [] },
    { path: `${gateway}.configVolumes`, prop: 'configVolumes', convert: ifSet },
    { path: `${gateway}.additionalContainers`, prop: 'additionalContainers', convert: ifSet },
    { path: `${gateway}.env`, prop: 'env', convert: (env) => (isSet(env) ? quotedEntries(env, `${gateway}.env`) : undefined) },
    { path: `${gateway}.serviceAccount.annotations`, prop: 'serviceAccountAnnotations', convert: texts },
    { path: 'global.defaultNodeSelector', prop: 'nodeSelector', convert: (labels, values) => (isSet(labels) && !isSet(valueAt(values, `${gateway}.nodeSelector`)) ? quotedEntries(labels, `${gateway}.nodeSelector`) : undefined) },
    { path: `${gateway}.nodeSelector`, prop: 'nodeSelector', convert: (labels) => (isSet(labels) ? quotedEntries(labels, `${gateway}.nodeSelector`) : undefined) },
    { path: 'global.arch', prop: 'architectures', convert: ifSet },
    { path: `${gateway}.podAntiAffinityLabelSelector`, prop: 'podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution', convert: requiredTerms },
    { path: `${gateway}.podAntiAffinityTermLabelSelector`, prop: 'podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution', convert: preferredTerms },
    { path: 'global.defaultTolerations', prop: 'tolerations', convert: ifSet },
    { path: `${gateway}.tolerations`, prop: 'tolerations', convert: ifSet },
    { path: 'global.priorityClassName', prop: 'priorityClassName', convert: printedText },
    { path: `${gateway}.runAsRoot`, prop: 'runAsRoot', convert: (asRoot) => (isSet(asRoot) ? true : undefined) },
    { path: `${gateway}.injectionTemplate`, prop: 'injectionTemplate', convert: printedText },
    { path: 'global.platform', prop: 'platform', convert: ifSet },
    { path: 'platform', prop: 'platform', convert: ifSet },
    { path: 'global.networkPolicy.enabled', prop: 'networkPolicy', convert: (enabled) => (isSet(enabled) ? true : undefined) },

    { path: 'global.logging.level', prop: 'logging.level', convert: (level) => (level === null ? '' : printed(level)) },
    { path: 'global.logAsJson', prop: 'logging.json', convert: (json) => (isSet(json) ? true : undefined) },
    { path: 'global.proxy.logLevel', prop: 'proxy.logLevel', convert: (level) => (level === null ? '' : printed(level)) },
    { path: 'global.proxy.componentLogLevel', prop: 'proxy.componentLogLevel', convert: (level) => (level === null ? '' : printed(level)) },
    { path: 'global.proxy.clusterDomain', prop: 'proxy.clusterDomain', convert: printedText },
    { path: 'global.istioNamespace', prop: 'proxy.istioNamespace', convert: (namespace) => (namespace === 'istio-system' ? undefined : printedText(namespace)) },
    { path: 'global.caAddress', prop: 'proxy.caAddress', convert: printedText },
    { path: 'global.pilotCertProvider', prop: 'proxy.pilotCertProvider', convert: printedText },
    { path: 'global.sds.token.aud', prop: 'proxy.tokenAudience', convert: printedText },
    { path: 'global.trustBundleName', prop: 'proxy.trustBundleName', convert: printedText },
    { path: 'pilot.env.ENABLE_CLUSTER_TRUST_BUNDLE_API', prop: 'proxy.clusterTrustBundle', convert: (enabled) => (enabled === true ? true : undefined) },
    { path: 'global.mountMtlsCerts', prop: 'proxy.mountMtlsCerts', convert: (mount) => (isSet(mount) ? true : undefined) },
    { path: 'global.sts.servicePort', prop: 'proxy.stsPort', convert: (port) => (isSet(port) ? unquoted(port) : undefined) },
    { path: 'global.meshID', prop: 'proxy.meshId', convert: printedText },
    { path: 'meshConfig.trustDomain', prop: 'proxy.trustDomain', convert: (domain) => printed(domain) },
    { path: 'global.network', prop: 'proxy.network', convert: printedText },
    { path: 'global.multiCluster.clusterName', prop: 'proxy.clusterName', convert: printedText },
    { path: 'meshConfig.defaultConfig.proxyMetadata', prop: 'proxy.proxyMetadata', convert: (metadata) => (isSet(metadata) ? entriesBetweenQuotes(metadata, 'meshConfig.defaultConfig.proxyMetadata') : undefined) },
    { path: 'meshConfig.enablePrometheusMerge', prop: 'enablePrometheusMerge', convert: (merge) => (isSet(merge) ? undefined : false) },
  ];
}

/** The props of the StandaloneGateway that istioctl's values for a gateway stand for. */
export function standaloneGatewayProps(direction: Direction, values: JsonObject, context: ValuesContext): StandaloneGatewayProps {
  return {
    istio: context.istio,
    ...(direction === 'egress' && { direction }),
    namespace: context.releaseNamespace,
    ...propsFrom(standaloneGatewayValueRules(direction), values),
  };
}

function isScaled(values: JsonObject, gateway: string): boolean {
  const enabled = valueAt(values, `${gateway}.autoscaleEnabled`);
  return enabled === undefined || isSet(enabled);
}

function isEmptyMap(value: Json | undefined): boolean {
  return value === null || (isJsonObject(value) && Object.keys(value).length === 0);
}

function unquotedEntries(value: Json): Json {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unquoted(each)]));
}

function extraPorts(ports: Json): unknown {
  if (!Array.isArray(ports) || ports.length === 0) return undefined;
  return (ports as readonly JsonObject[]).map(({ port, name }) => ({ port, name }));
}

/** The chart's own shape of an anti-affinity: values and namespaces are texts, separated by commas. */
function requiredTerms(terms: Json): unknown {
  if (!isSet(terms)) return undefined;
  return (terms as readonly JsonObject[]).map((term) => ({
    labelSelector: { matchExpressions: [expression(term)] },
    topologyKey: term['topologyKey'],
    ...(isSet(term['namespaces']) && { namespaces: printed(term['namespaces']).split(',') }),
  }));
}

function preferredTerms(terms: Json): unknown {
  if (!isSet(terms)) return undefined;
  return (terms as readonly JsonObject[]).map((term) => ({
    podAffinityTerm: { labelSelector: { matchExpressions: [expression(term)] }, topologyKey: term['topologyKey'] },
    weight: 100,
  }));
}

function expression({ key, operator, values }: JsonObject): unknown {
  return { key, operator, ...(isSet(values) && { values: printed(values).split(',') }) };
}
