import type { IstiodProps } from '../control-plane/istiod/istiod-props';
import type { RemoteIstiodProps } from '../control-plane/remote-istiod/remote-istiod-props';
import { meshError } from '../errors/mesh-error';
import type { Json, JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { entriesBetweenQuotes, ifSet, isSet, printed, printedText, printedTexts, unquoted } from './go-values';
import { TRUST_BUNDLE_FLAG, trustBundleFlag } from './trust-bundle-flag';
import { injectionValueRules } from './injection-values';
import { meshConfigRules, requireTracer, withDiscoveryAddress } from './istiod-mesh-values';
import { propsFrom, valueAt } from './props-from';
import { badValue, textOnly } from './refused-values';
import { resourceValues } from './resource-values';
import { templateValues } from './template-values';
import type { ValueRule } from './value-rule';
import type { ValuesContext } from './values-context';

type Convert = NonNullable<ValueRule['convert']>;

/** istiod's resources by default, of which a `null` takes some away. */
const RESOURCES = { requests: { cpu: '500m', memory: '2048Mi' } };
/** What the chart gives where all of these are taken away. */
const LEAST_RESOURCES = { requests: { cpu: '10m' } };

const isTrue: Convert = (value) => (isSet(value) ? true : undefined);
const printsTrue: Convert = (value) => (printed(value) === 'true' ? true : undefined);
const isFalse: Convert = (value) => (isSet(value) ? undefined : false);

const scalingRules: readonly ValueRule[] = [
  { path: 'autoscaleEnabled', prop: 'autoscaling', convert: (_, values) => (isScaled(values) ? undefined : false) },
  { path: 'autoscaleMin', prop: 'autoscaling', convert: (_, values) => (isScaled(values) ? undefined : false) },
  { path: 'autoscaleMax', prop: 'autoscaling', convert: (_, values) => (isScaled(values) ? undefined : false) },
  { path: 'autoscaleMin', prop: 'autoscaling.minReplicas', convert: whenScaled(unquoted) },
  { path: 'autoscaleMax', prop: 'autoscaling.maxReplicas', convert: whenScaled(unquoted) },
  { path: 'cpu.targetAverageUtilization', prop: 'autoscaling.targetCpuUtilization', convert: whenScaled(unquoted) },
  { path: 'memory.targetAverageUtilization', prop: 'autoscaling.targetMemoryUtilization', convert: whenScaled((percent) => (isSet(percent) ? unquoted(percent) : undefined)) },
  { path: 'autoscaleBehavior', prop: 'autoscaling.behavior', convert: whenScaled(ifSet) },
  { path: 'autoscaleMin', prop: 'replicas', convert: unmanaged },
  { path: 'autoscaleMax', prop: 'replicas', convert: unmanaged },
  { path: 'replicaCount', prop: 'replicas', convert: (count, values) => (isAutoscaled(values) ? undefined : isSet(count) ? unquoted(count) : 'unmanaged'), note: 'counts with `autoscaling: false`; 0 is `unmanaged`' },
  { path: 'global.defaultPodDisruptionBudget.enabled', prop: 'disruptionBudget', convert: isFalse },
  { path: 'pdb.minAvailable', prop: 'disruptionBudget.minAvailable', convert: inBudget((count, values) => (hasMaxUnavailable(values) ? undefined : isSet(count) ? unquoted(count) : null)) },
  { path: 'pdb.maxUnavailable', prop: 'disruptionBudget', convert: inBudget((count) => (isSet(count) ? { maxUnavailable: unquoted(count) } : { minAvailable: null })) },
  { path: 'pdb.unhealthyPodEvictionPolicy', prop: 'disruptionBudget.unhealthyPodEvictionPolicy', convert: inBudget(printedText) },
  { path: 'rollingMaxSurge', prop: 'rollingUpdate.maxSurge', convert: unquoted },
  { path: 'rollingMaxUnavailable', prop: 'rollingUpdate.maxUnavailable', convert: unquoted },
];

const podRules: readonly ValueRule[] = [
  { path: 'hub', prop: 'istiodImage.hub', convert: printedText },
  { path: 'tag', prop: 'istiodImage.tag', convert: printedText },
  { path: 'variant', prop: 'istiodImage.variant', convert: printedText },
  { path: 'image', prop: 'istiodImage.name', convert: (name) => (isSet(textOnly('image')(name)) && name !== 'pilot' ? name : undefined) },
  { path: 'resources', prop: 'resources', convert: resources },
  { path: 'global.defaultResources', prop: '', convert: () => undefined, note: 'counts with `resources: null`, see there' },
  { path: 'env', prop: 'env', convert: (env) => (isSet(env) ? entriesBetweenQuotes(env, 'env') : undefined) },
  { path: `env.${TRUST_BUNDLE_FLAG}`, prop: '', convert: (flag) => void trustBundleFlag(flag), note: 'goes with `env`' },
  { path: 'envVarFrom', prop: 'envVarFrom', convert: ifSet },
  { path: 'extraContainerArgs', prop: 'extraContainerArgs', convert: ifSet },
  { path: 'volumes', prop: 'volumes', convert: ifSet },
  { path: 'volumeMounts', prop: 'volumeMounts', convert: ifSet },
  { path: 'initContainers', prop: 'initContainers', convert: initContainers },
  { path: 'seccompProfile', prop: 'seccompProfile', convert: ifSet },
  { path: 'terminationMessagePolicy', prop: 'terminationMessagePolicy', convert: ifSet },
  { path: 'traceSampling', prop: 'traceSampling', convert: (percent) => (isSet(percent) ? unquoted(percent) : false) },
  { path: 'keepaliveMaxServerConnectionAge', prop: 'keepaliveMaxServerConnectionAge', convert: printed },
  { path: 'trustedZtunnelNamespace', prop: 'trustedZtunnel.namespace', convert: printedText, note: 'empty on OpenShift, it is the namespace of istiod' },
  { path: 'trustedZtunnelName', prop: 'trustedZtunnel.name', convert: printedText },
  { path: 'taint.enabled', prop: 'nodeUntaint.enabled', convert: isTrue },
  { path: 'taint.namespace', prop: 'nodeUntaint.cniNamespace', convert: printedText },
  { path: 'taint.name', prop: 'nodeUntaint.taint', convert: printed },
  { path: 'nodeSelector', prop: 'nodeSelector', convert: withoutNulls },
  { path: 'affinity', prop: 'affinity', convert: ifSet },
  { path: 'tolerations', prop: 'tolerations', convert: ifSet },
  { path: 'topologySpreadConstraints', prop: 'topologySpreadConstraints', convert: ifSet },
  { path: 'global.priorityClassName', prop: 'priorityClassName', convert: printedText },
  { path: 'podLabels', prop: 'podLabels', convert: (labels) => (isSet(labels) ? entriesBetweenQuotes(labels, 'podLabels') : undefined) },
  { path: 'podAnnotations', prop: 'podAnnotations', convert: annotations },
  { path: 'deploymentLabels', prop: 'deploymentLabels', convert: (labels) => (isSet(labels) ? entriesBetweenQuotes(labels, 'deploymentLabels') : undefined) },
  { path: 'deploymentAnnotations', prop: 'deploymentAnnotations', convert: annotations },
  { path: 'serviceAccountAnnotations', prop: 'serviceAccountAnnotations', convert: annotations },
  { path: 'serviceAnnotations', prop: 'service.annotations', convert: annotations },
  { path: 'ipFamilyPolicy', prop: 'service.ipFamilyPolicy', convert: printedText },
  { path: 'ipFamilies', prop: 'service.ipFamilies', convert: ifSet },
  { path: 'trafficDistribution', prop: 'service.trafficDistribution', convert: printedText },
];

const webhookRules: readonly ValueRule[] = [
  { path: 'global.operatorManageWebhooks', prop: 'injectorWebhook', convert: (managed) => (isSet(managed) ? false : undefined), note: 'true is `injectorWebhook: false`' },
  { path: 'istiodRemote.injectionURL', prop: 'injectorWebhook.url', convert: inInjectorWebhook(printedText) },
  { path: 'istiodRemote.injectionPath', prop: 'injectorWebhook.path', convert: inInjectorWebhook(printed) },
  { path: 'istiodRemote.injectionCABundle', prop: 'injectorWebhook.caBundle', convert: inInjectorWebhook(printedText) },
  { path: 'sidecarInjectorWebhookAnnotations', prop: 'injectorWebhook.annotations', convert: inInjectorWebhook(annotations) },
  { path: 'global.configValidation', prop: 'validationWebhook', convert: isFalse },
  { path: 'base.validationURL', prop: 'validationWebhook.url', convert: inValidationWebhook(printedText) },
  { path: 'base.validationCABundle', prop: 'validationWebhook.caBundle', convert: inValidationWebhook(printedText) },
  { path: 'base.validationFailurePolicy', prop: 'validationWebhook.failurePolicy', convert: inValidationWebhook(printedText) },
  { path: 'experimental.stableValidationPolicy', prop: 'stableValidationPolicy', convert: isTrue },
];

/** Values of an istiod that runs outside of the cluster, which a RemoteIstiod is made of. */
const remoteRules: readonly ValueRule[] = [
  { path: 'istiodRemote.enabled', prop: 'externalService', convert: (_, values) => (isRemote(values) && !saysWhere(values) ? true : undefined), note: 'makes it a `RemoteIstiod`' },
  { path: 'istiodRemote.enabledLocalInjectorIstiod', prop: 'localInjector', convert: inRemote(isTrue) },
  { path: 'global.remotePilotAddress', prop: 'address', convert: inRemote(printedText), note: 'of a `RemoteIstiod`; else of `meshConfig.defaultConfig.discoveryAddress`' },
  { path: 'global.configCluster', prop: 'configCluster', convert: inRemote(isTrue) },
  { path: 'global.ipFamilyPolicy', prop: 'remoteService.ipFamilyPolicy', convert: inRemote(printedText) },
  { path: 'global.ipFamilies', prop: 'remoteService.ipFamilies', convert: inRemote(ifSet) },
  // a RemoteIstiod makes these ConfigMaps only where it injects, whereas the chart always does
  { path: 'istiodRemote.enabled', prop: 'meshConfigMap', convert: inRemote((_, values) => whereNot(injectsHere(values), isOn(values, 'configMap'))) },
  { path: 'istiodRemote.enabled', prop: 'injectorConfigMap', convert: inRemote((_, values) => whereNot(injectsHere(values), !isSet(valueAt(values, 'global.omitSidecarInjectorConfigMap')))) },
  { path: 'configMap', prop: 'meshConfigMap', convert: (make, values) => (isRemote(values) || isSet(make) ? undefined : false) },
  { path: 'global.omitSidecarInjectorConfigMap', prop: 'injectorConfigMap', convert: (omit, values) => (isRemote(values) || !isSet(omit) ? undefined : false) },
];

/** The values of the chart `istiod`, and the props of an Istiod or a RemoteIstiod that they become. */
export const istiodValueRules: readonly ValueRule[] = [
  { path: 'revision', prop: 'revision', convert: (name) => ifSet(textOnly('revision')(name)) },
  { path: 'revisionTags', prop: 'revisionTags', convert: (tags) => (isSet(tags) && Array.isArray(tags) ? (tags as readonly Json[]).map(textOnly('revisionTags')) : undefined) },
  { path: 'platform', prop: 'platform', convert: ifSet },
  { path: 'platform', prop: 'injectionPlatform', convert: (_, values) => (isSet(values['platform']) && !isSet(valueAt(values, 'global.platform')) ? false : undefined) },
  { path: 'global.platform', prop: 'platform', convert: onePlatform },
  { path: 'global.istioNamespace', prop: 'istioNamespace', convert: () => undefined, note: 'it is `namespace` where the release is in it' },
  { path: 'global.resourceScope', prop: 'resourceScope', convert: (scope) => (scope === 'all' ? undefined : scope) },
  { path: 'global.hub', prop: 'image.hub', convert: printed },
  { path: 'global.tag', prop: 'image.tag', convert: printed },
  { path: 'global.variant', prop: 'image.variant', convert: printedText },
  { path: 'global.imagePullPolicy', prop: 'image.pullPolicy', convert: printedText },
  { path: 'global.imagePullSecrets', prop: 'image.pullSecrets', convert: printedTexts },
  { path: 'global.logging.level', prop: 'logging.level', convert: (level) => printedText(level) ?? '' },
  { path: 'global.logAsJson', prop: 'logging.json', convert: isTrue },
  { path: 'global.networkPolicy.enabled', prop: 'networkPolicy', convert: isTrue },
  { path: 'global.istiod.enableAnalysis', prop: 'analysis', convert: printsTrue },
  { path: 'global.externalIstiod', prop: 'externalIstiod', convert: isTrue },
  { path: 'global.enableReaderRBAC', prop: 'readerRbac', convert: isFalse },
  { path: 'global.readerServiceAccount', prop: 'readerServiceAccount', convert: readerServiceAccount },
  { path: 'gatewayClasses', prop: 'gatewayClasses', convert: ifSet },
  { path: 'cni.enabled', prop: 'cni.enabled', convert: (enabled) => isSet(enabled) },
  { path: 'cni.provider', prop: 'cni.provider', convert: printed },
  { path: 'global.nativeNftables', prop: 'nativeNftables', convert: isTrue },

  { path: 'global.pilotCertProvider', prop: 'pilotCertProvider', convert: textOnly('global.pilotCertProvider') },
  { path: 'global.certSigners', prop: 'certSigners', convert: printedTexts },
  { path: 'global.sds.token.aud', prop: 'tokenAudience', convert: printed },
  { path: 'global.trustBundleName', prop: 'trustBundleName', convert: printedText },
  { path: 'crlConfigMapName', prop: 'crlConfigMapName', convert: printedText },
  { path: 'jwksResolverExtraRootCA', prop: 'jwksExtraRootCa', convert: printedText },

  ...meshConfigRules,
  ...scalingRules,
  ...podRules,
  ...webhookRules,
  ...remoteRules,
  ...injectionValueRules,
  { path: 'ownerName', prop: '', convert: () => undefined, note: 'a label for `istioctl`, which is not made' },
];

/** Class of the construct that a values file of the chart `istiod` stands for. */
export function istiodConstruct(values: JsonObject): 'Istiod' | 'RemoteIstiod' {
  return isRemote(values) ? 'RemoteIstiod' : 'Istiod';
}

/** The props of the construct that a values file of the chart `istiod` stands for. */
export function istiodProps(values: JsonObject, context: ValuesContext): IstiodProps | RemoteIstiodProps {
  const { releaseNamespace: namespace } = context;
  const named = valueAt(values, 'global.istioNamespace');
  const istioNamespace = named === undefined ? 'istio-system' : printed(named);
  const told = templateValues(values);
  requireTracer(values);
  return {
    istio: context.istio,
    namespace,
    ...(istioNamespace !== namespace && { istioNamespace }),
    ...(told !== undefined && { templateValues: told }),
    ...withZtunnelNamespace(withDiscoveryAddress(propsFrom(istiodValueRules, values), values, namespace), values, namespace),
  };
}

/** An empty namespace undoes the one that OpenShift has. */
function withZtunnelNamespace(props: Record<string, unknown>, values: JsonObject, namespace: string): Record<string, unknown> {
  const given = values['trustedZtunnelNamespace'];
  if (given === undefined || isSet(given) || props['platform'] !== 'openshift') return props;
  return { ...props, trustedZtunnel: { ...(props['trustedZtunnel'] as object | undefined), namespace } };
}

function isRemote(values: JsonObject): boolean {
  return isSet(valueAt(values, 'istiodRemote.enabled'));
}

function injectsHere(values: JsonObject): boolean {
  return isSet(valueAt(values, 'istiodRemote.enabledLocalInjectorIstiod'));
}

function saysWhere(values: JsonObject): boolean {
  const paths = ['global.remotePilotAddress', 'istiodRemote.injectionURL', 'global.operatorManageWebhooks'];
  return paths.some((path) => isSet(valueAt(values, path)));
}

function inRemote(convert: Convert): Convert {
  return (value, values) => (isRemote(values) ? convert(value, values) : undefined);
}

function inInjectorWebhook(convert: Convert): Convert {
  return (value, values) => (isSet(valueAt(values, 'global.operatorManageWebhooks')) ? undefined : convert(value, values));
}

function inValidationWebhook(convert: Convert): Convert {
  return (value, values) => (isOn(values, 'global.configValidation') ? convert(value, values) : undefined);
}

function inBudget(convert: Convert): Convert {
  return (value, values) => (isOn(values, 'global.defaultPodDisruptionBudget.enabled') ? convert(value, values) : undefined);
}

/** Also a key without a value keeps the chart from its default, which is the other key. */
function hasMaxUnavailable(values: JsonObject): boolean {
  return valueAt(values, 'pdb.maxUnavailable') !== undefined;
}

function isAutoscaled(values: JsonObject): boolean {
  return isOn(values, 'autoscaleEnabled');
}

/** The chart makes an autoscaler only where both ends of its range are set. */
function isScaled(values: JsonObject): boolean {
  return ['autoscaleEnabled', 'autoscaleMin', 'autoscaleMax'].every((path) => isOn(values, path));
}

function whenScaled(convert: Convert): Convert {
  return (value, values) => (isScaled(values) ? convert(value, values) : undefined);
}

/** With autoscaling but without an autoscaler, the chart sets no number of pods. */
function unmanaged(_: Json, values: JsonObject): 'unmanaged' | undefined {
  return isAutoscaled(values) && !isScaled(values) ? 'unmanaged' : undefined;
}

/** Whether a value that is set by default still is. */
function isOn(values: JsonObject, path: string): boolean {
  const value = valueAt(values, path);
  return value === undefined || isSet(value);
}

function whereNot(fallback: boolean, value: boolean): boolean | undefined {
  return value === fallback ? undefined : value;
}

function withoutNulls(value: Json): JsonObject | undefined {
  if (!isJsonObject(value) || !isSet(value)) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null));
}

function annotations(value: Json): Record<string, string> | undefined {
  if (!isJsonObject(value) || !isSet(value)) return undefined;
  return Object.fromEntries(Object.entries(value).flatMap(([key, each]) => (each === null ? [] : [[key, printed(each)]])));
}

function resources(value: Json, values: JsonObject): unknown {
  if (value !== null) return resourceValues(value, RESOURCES);
  const least = resourceValues(valueAt(values, 'global.defaultResources') ?? {}, LEAST_RESOURCES);
  return { ...least, requests: { memory: null, ...LEAST_RESOURCES.requests, ...least?.requests } };
}

/** The chart takes defaults of the platform at the top, and tells istiod the one under `global`. */
function onePlatform(platform: Json, values: JsonObject): Json | undefined {
  const top = values['platform'];
  if (platform !== 'openshift' || !isSet(top) || top === platform) return ifSet(platform);
  throw badValue('platform', top, '"openshift", as global.platform says: istiod would be told of one platform and set up for another', 'give one of the two');
}

function readerServiceAccount(account: Json): unknown {
  if (!isJsonObject(account) || !isSet(account['name'])) return undefined;
  return { name: printed(account['name']), namespace: printed(account['namespace'] ?? '') };
}

/** The chart runs these as a template once more. */
function initContainers(containers: Json): Json | undefined {
  if (!isSet(containers)) return undefined;
  if (!JSON.stringify(containers).includes('{{')) return containers;
  throw meshError({
    code: 'unsupported-value',
    property: 'initContainers',
    got: 'containers with a template ({{ … }})',
    expected: 'containers without templates',
    fix: 'write what the template gives',
  });
}
