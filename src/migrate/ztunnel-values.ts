import type { Platform } from '../control-plane/component';
import type { ZtunnelProps } from '../control-plane/ztunnel/ztunnel-props';
import { ztunnelDefaults } from '../control-plane/ztunnel/ztunnel-settings';
import type { Json, JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { differingProps } from './differing-props';
import { ifSet, isSet, printed, printedText, printedTexts, unquoted } from './go-values';
import { environmentValues, resourceQuotaRules, indifferent, updateStrategyRules } from './node-agent-values';
import { propsFrom } from './props-from';
import { textOnly } from './refused-values';
import { resourceValues } from './resource-values';
import { TRUST_BUNDLE_FLAG, trustBundleFlag } from './trust-bundle-flag';
import type { ValueRule } from './value-rule';
import type { ValuesContext } from './values-context';

const DEFAULT_RESOURCES = ztunnelDefaults(undefined).resources;

/** The values of the chart `ztunnel`, and the props of a Ztunnel that they become. All of them may stand under `global` too. */
export const ztunnelValueRules: readonly ValueRule[] = [
  { path: 'resourceName', prop: 'name', convert: printedText },
  { path: 'platform', prop: 'platform', convert: ifSet },
  { path: 'revision', prop: 'revision', convert: (name) => ifSet(textOnly('revision')(name)) },
  { path: 'resourceScope', prop: 'resourceScope' },
  { path: 'istioNamespace', prop: 'istioNamespace', convert: printed },

  { path: 'hub', prop: 'image.hub', convert: printed },
  { path: 'tag', prop: 'image.tag', convert: printed },
  { path: 'variant', prop: 'image.variant', convert: printedText },
  { path: 'image', prop: 'image.name', convert: (name) => ifSet(textOnly('image')(name)) },
  { path: 'imagePullPolicy', prop: 'image.pullPolicy', convert: ifSet },
  { path: 'imagePullSecrets', prop: 'image.pullSecrets', convert: printedTexts },

  { path: 'logLevel', prop: 'logging.level', convert: printed },
  { path: 'logAsJson', prop: 'logging.json', convert: isSet },
  { path: 'caAddress', prop: 'caAddress', convert: printedText },
  { path: 'xdsAddress', prop: 'xdsAddress', convert: printedText },
  { path: 'network', prop: 'network', convert: printedText },
  { path: 'multiCluster.clusterName', prop: 'clusterName', convert: printedText },
  { path: 'peerCaCrl.enabled', prop: 'peerCaCrl', convert: isSet },
  { path: 'trustBundleName', prop: 'trustBundleName', convert: printedText },
  { path: `env.${TRUST_BUNDLE_FLAG}`, prop: 'clusterTrustBundle', convert: trustBundleFlag },
  { path: 'env', prop: 'env', convert: environment },
  { path: 'meshConfig.defaultConfig.proxyMetadata', prop: 'proxyMetadata', convert: (metadata) => environmentValues(metadata, 'meshConfig.defaultConfig.proxyMetadata') },

  { path: 'resources', prop: 'resources', convert: (resources) => resourceValues(resources ?? { limits: null, requests: null }, DEFAULT_RESOURCES) },
  { path: 'nodeSelector', prop: 'nodeSelector', convert: ifSet },
  { path: 'affinity', prop: 'affinity', convert: ifSet },
  { path: 'tolerations', prop: 'tolerations', convert: (tolerations) => tolerations ?? [] },
  ...updateStrategyRules,
  { path: 'terminationGracePeriodSeconds', prop: 'terminationGracePeriodSeconds', convert: (seconds) => unquoted(seconds) ?? undefined },
  { path: 'dnsPolicy', prop: 'dnsPolicy', convert: ifSet },
  { path: 'dnsConfig', prop: 'dnsConfig', convert: ifSet },
  { path: 'volumes', prop: 'volumes', convert: ifSet },
  { path: 'volumeMounts', prop: 'volumeMounts', convert: ifSet },
  { path: 'labels', prop: 'labels', convert: ifSet },
  { path: 'annotations', prop: 'annotations', convert: ifSet },
  { path: 'podLabels', prop: 'podLabels', convert: ifSet },
  { path: 'podAnnotations', prop: 'podAnnotations', convert: podAnnotations },
  { path: 'seLinuxOptions', prop: 'seLinuxOptions', convert: (options) => options ?? {} },
  ...resourceQuotaRules,
  { path: 'global.networkPolicy.enabled', prop: 'networkPolicy', convert: isSet },

  indifferent('ownerName', 'it is the value of a label that nothing reads'),
];

const FILLED_UP = ['image', 'logging', 'resources', 'updateStrategy', 'podAnnotations'];

/** The props of the Ztunnel that a values file of the chart `ztunnel` stands for. */
export function ztunnelProps(values: JsonObject, context: ValuesContext): ZtunnelProps {
  const props = propsFrom(ztunnelValueRules, values);
  if (context.istio.startsWith('1.29.')) {
    // the chart of 1.29 does nothing with them
    delete props['dnsPolicy'];
    delete props['dnsConfig'];
  }
  const defaults = { ...ztunnelDefaults(props['platform'] as Platform | undefined), image: { name: 'ztunnel' } };
  return { istio: context.istio, namespace: context.releaseNamespace, ...differingProps(props, defaults, FILLED_UP) };
}

function environment(value: Json): Record<string, string> | undefined {
  const all = environmentValues(value, 'env');
  if (all === undefined || !isJsonObject(value) || value[TRUST_BUNDLE_FLAG] !== true) return all;
  const { [TRUST_BUNDLE_FLAG]: _prop, ...others } = all;
  return others;
}

/** Without any, not even those by which Prometheus finds the pods. */
function podAnnotations(value: Json): Json | undefined {
  if (value !== null) return ifSet(value);
  return Object.fromEntries(Object.keys(ztunnelDefaults(undefined).podAnnotations).map((name) => [name, null]));
}
