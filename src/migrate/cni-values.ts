import type { CniProps } from '../control-plane/cni/cni-props';
import { cniDefaults } from '../control-plane/cni/cni-settings';
import type { Platform } from '../control-plane/component';
import type { Json, JsonObject } from '../rules/json';
import { differingProps } from './differing-props';
import { ifSet, isSet, printed, printedText, printedTexts, unquoted } from './go-values';
import { askedFlag, environmentValues, printedFlag, resourceQuotaRules, indifferent, updateStrategyRules } from './node-agent-values';
import { propsFrom } from './props-from';
import { textOnly } from './refused-values';
import { resourceValues } from './resource-values';
import type { ValueRule } from './value-rule';
import type { ValuesContext } from './values-context';

const DEFAULT_RESOURCES = cniDefaults(undefined).resources;

/** The values of the chart `cni`, and the props of a Cni that they become. */
export const cniValueRules: readonly ValueRule[] = [
  { path: 'global.platform', prop: 'platform', convert: ifSet },
  { path: 'platform', prop: 'platform', convert: ifSet },
  { path: 'revision', prop: 'revision', convert: printedText },
  { path: 'global.resourceScope', prop: 'resourceScope' },

  { path: 'global.hub', prop: 'image.hub', convert: printed },
  { path: 'hub', prop: 'image.hub', convert: printedText },
  { path: 'global.tag', prop: 'image.tag', convert: printed },
  { path: 'tag', prop: 'image.tag', convert: printedText },
  { path: 'global.variant', prop: 'image.variant', convert: printedText },
  { path: 'variant', prop: 'image.variant', convert: printedText },
  { path: 'image', prop: 'image.name', convert: (name) => ifSet(textOnly('image')(name)) },
  { path: 'global.imagePullPolicy', prop: 'image.pullPolicy', convert: ifSet },
  { path: 'pullPolicy', prop: 'image.pullPolicy', convert: ifSet },
  { path: 'global.imagePullSecrets', prop: 'image.pullSecrets', convert: printedTexts },

  { path: 'global.logging.level', prop: 'logging.level', convert: (level) => printedText(level) ?? '' },
  { path: 'logging.level', prop: 'logging.level', convert: printedText },
  { path: 'global.logAsJson', prop: 'logging.json', convert: isSet },

  askedFlag('ambient.enabled', 'ambient.enabled'),
  { path: 'ambient.enablementSelectors', prop: 'ambient.enablementSelectors', convert: orEmpty },
  printedFlag('ambient.dnsCapture', 'ambient.dnsCapture'),
  printedFlag('ambient.ipv6', 'ambient.ipv6'),
  printedFlag('ambient.reconcileIptablesOnStartup', 'ambient.reconcileIptablesOnStartup'),
  { path: 'ambient.shareHostNetworkNamespace', prop: 'ambient.shareHostNetworkNamespace', convert: isSet },
  printedFlag('ambient.enableAmbientDetectionRetry', 'ambient.enableAmbientDetectionRetry'),

  askedFlag('repair.enabled', 'repair.enabled'),
  askedFlag('repair.repairPods', 'repair.repairPods'),
  printedFlag('repair.deletePods', 'repair.deletePods'),
  printedFlag('repair.labelPods', 'repair.labelPods'),
  { path: 'repair.initContainerName', prop: 'repair.initContainerName', convert: printed },
  { path: 'repair.brokenPodLabelKey', prop: 'repair.brokenPodLabelKey', convert: printed },
  { path: 'repair.brokenPodLabelValue', prop: 'repair.brokenPodLabelValue', convert: printed },

  {
    path: 'cniBinDir',
    prop: 'binDir',
    convert: (folder) => ifSet(folder) ?? DEFAULT_BIN_DIR,
    note: 'the chart finds the folder of GKE out where it can ask the cluster; `platform: gke` has it in any case',
  },
  { path: 'cniConfDir', prop: 'confDir' },
  { path: 'cniConfFileName', prop: 'confFileName', convert: (name) => ifSet(name) ?? '' },
  { path: 'cniNetnsDir', prop: 'netnsDir' },
  printedFlag('chained', 'chained'),
  { path: 'provider', prop: 'provider', convert: (provider) => (textOnly('provider')(provider) === 'multus' ? 'multus' : 'default') },
  askedFlag('istioOwnedCNIConfig', 'istioOwnedConfig'),
  {
    path: 'istioOwnedCNIConfigFileName',
    prop: 'istioOwnedConfigFileName',
    convert: (name, values) => (isSet(values['istioOwnedCNIConfig']) ? printed(name) : undefined),
  },
  { path: 'excludeNamespaces', prop: 'excludeNamespaces', convert: (names) => printedTexts(names) ?? [] },
  printedFlag('global.nativeNftables', 'nativeNftables'),

  {
    path: 'global.defaultResources',
    prop: 'resources',
    convert: (resources, values) => (values['resources'] === null ? resourceValues(resources, DEFAULT_RESOURCES) : undefined),
    note: 'only where `resources` is null',
  },
  { path: 'resources', prop: 'resources', convert: (resources) => resourceValues(resources, DEFAULT_RESOURCES) },
  { path: 'env', prop: 'env', convert: (env) => environmentValues(env, 'env') },
  { path: 'affinity', prop: 'affinity', convert: ifSet },
  { path: 'tolerations', prop: 'tolerations', convert: orEmpty },
  ...updateStrategyRules,
  { path: 'terminationGracePeriodSeconds', prop: 'terminationGracePeriodSeconds', convert: (seconds) => unquoted(seconds) ?? undefined },
  { path: 'daemonSetLabels', prop: 'labels', convert: ifSet },
  { path: 'podLabels', prop: 'podLabels', convert: ifSet },
  { path: 'podAnnotations', prop: 'podAnnotations', convert: ifSet },
  { path: 'seccompProfile', prop: 'seccompProfile', convert: ifSet },
  { path: 'seLinuxOptions', prop: 'seLinuxOptions', convert: (options) => options ?? {} },
  { path: 'useAppArmorAnnotation', prop: 'appArmor', convert: (annotation) => (isSet(annotation) ? 'annotation' : 'field') },
  ...resourceQuotaRules,
  { path: 'global.networkPolicy.enabled', prop: 'networkPolicy', convert: isSet },

  indifferent('ownerName', 'it is the value of a label that nothing reads'),
];

/** The folder of plugins that the chart falls back to, and all it knows without a cluster at hand. */
const DEFAULT_BIN_DIR = '/opt/cni/bin';

const FILLED_UP = ['image', 'logging', 'ambient', 'repair', 'resources', 'updateStrategy'];

/** The props of the Cni that a values file of the chart `cni` stands for. */
export function cniProps(values: JsonObject, context: ValuesContext): CniProps {
  const props = propsFrom(cniValueRules, values);
  // the chart of 1.29 has the annotation in any case
  if (context.istio.startsWith('1.29.')) delete props['appArmor'];
  const defaults = { ...cniDefaults(props['platform'] as Platform | undefined), image: { name: 'install-cni' } };
  return { istio: context.istio, namespace: context.releaseNamespace, ...differingProps(props, defaults, FILLED_UP) };
}

function orEmpty(value: Json): Json {
  return value ?? [];
}
