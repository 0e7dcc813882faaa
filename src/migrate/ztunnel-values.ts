import type { Platform } from '../control-plane/component';
import type { ZtunnelProps } from '../control-plane/ztunnel/ztunnel-props';
import { ztunnelDefaults } from '../control-plane/ztunnel/ztunnel-settings';
import { describeValue } from '../core/refusal';
import { meshError } from '../errors/mesh-error';
import type { Json, JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { differingProps } from './differing-props';
import { ifSet, isSet, printed, unquoted } from './go-values';
import { environmentValues, printedText, resourceQuotaRules, indifferent, updateStrategyRules } from './node-agent-values';
import { propsFrom } from './props-from';
import { resourceValues } from './resource-values';
import type { ValueRule } from './value-rule';
import type { ValuesContext } from './values-context';

const DEFAULT_RESOURCES = ztunnelDefaults(undefined).resources;
const TRUST_BUNDLE_FLAG = 'ENABLE_CLUSTER_TRUST_BUNDLE_API';

/** The values of the chart `ztunnel`, and the props of a Ztunnel that they become. All of them may stand under `global` too. */
export const ztunnelValueRules: readonly ValueRule[] = [
  { path: 'resourceName', prop: 'name', convert: printedText },
  { path: 'platform', prop: 'platform', convert: ifSet },
  { path: 'revision', prop: 'revision', convert: revision },
  { path: 'resourceScope', prop: 'resourceScope' },
  { path: 'istioNamespace', prop: 'istioNamespace', convert: printedText },

  { path: 'hub', prop: 'image.hub', convert: printedText },
  { path: 'tag', prop: 'image.tag', convert: printedText },
  { path: 'variant', prop: 'image.variant', convert: printedText },
  { path: 'image', prop: 'image.name', convert: ifSet },
  { path: 'imagePullPolicy', prop: 'image.pullPolicy', convert: ifSet },
  { path: 'imagePullSecrets', prop: 'image.pullSecrets', convert: ifSet },

  { path: 'logLevel', prop: 'logging.level', convert: printed },
  { path: 'logAsJson', prop: 'logging.json', convert: isSet },
  { path: 'caAddress', prop: 'caAddress', convert: printedText },
  { path: 'xdsAddress', prop: 'xdsAddress', convert: printedText },
  { path: 'network', prop: 'network', convert: printedText },
  { path: 'multiCluster.clusterName', prop: 'clusterName', convert: printedText },
  { path: 'peerCaCrl.enabled', prop: 'peerCaCrl', convert: isSet },
  { path: 'trustBundleName', prop: 'trustBundleName', convert: printedText },
  { path: `env.${TRUST_BUNDLE_FLAG}`, prop: 'clusterTrustBundle', convert: trustBundle },
  { path: 'env', prop: 'env', convert: environment },
  { path: 'meshConfig.defaultConfig.proxyMetadata', prop: 'proxyMetadata', convert: environmentValues },

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

/** With a null, the chart would have ztunnel look for istiod at `istiod-.istio-system.svc`. */
function revision(value: Json): string | undefined {
  if (value !== null) return printedText(value);
  throw meshError({
    code: 'bad-value',
    property: 'revision',
    got: 'null',
    expected: 'the name of a revision, or an empty text for the default one',
    fix: 'leave it out for the default revision',
  });
}

/** The chart compares the variable with the truth value, and fails on a text. */
function trustBundle(value: Json): true | undefined {
  if (typeof value === 'boolean') return value || undefined;
  throw meshError({
    code: 'wrong-value-type',
    property: `env.${TRUST_BUNDLE_FLAG}`,
    got: describeValue(value),
    expected: 'true or false',
    fix: 'leave out the quotes',
  });
}

function environment(value: Json): Record<string, string> | undefined {
  const all = environmentValues(value);
  if (all === undefined || !isJsonObject(value) || value[TRUST_BUNDLE_FLAG] !== true) return all;
  const { [TRUST_BUNDLE_FLAG]: _prop, ...others } = all;
  return others;
}

/** Without any, not even those by which Prometheus finds the pods. */
function podAnnotations(value: Json): Json | undefined {
  if (value !== null) return ifSet(value);
  return Object.fromEntries(Object.keys(ztunnelDefaults(undefined).podAnnotations).map((name) => [name, null]));
}
