import type { Json, JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { ifSet, isSet, printed, printedText, unquoted } from './go-values';
import { valueAt } from './props-from';
import { badValue } from './refused-values';
import type { ValueRule } from './value-rule';

/** Values of the chart `istiod` that end up in the mesh's configuration. */

const PROXY_CONFIG = 'meshConfig.defaultConfig';

/** What `meshConfig` says itself wins, so these come after it and leave alone what is there. */
const legacyRules: readonly ValueRule[] = [
  tracerRule('zipkin', 'address'),
  tracerRule('datadog', 'address'),
  tracerRule('lightstep', 'address'),
  tracerRule('lightstep', 'accessToken'),
  ...['debug', 'maxNumberOfAttributes', 'maxNumberOfAnnotations', 'maxNumberOfMessageEvents'].map((field) => ({
    path: `global.tracer.stackdriver.${field}`,
    prop: '',
    unsupported: 'it is gone from Istio: leave it out',
  })),
  { path: 'global.proxy.variant', prop: `${PROXY_CONFIG}.image.imageType`, convert: unlessSaid(`${PROXY_CONFIG}.image.imageType`, printedText) },
];

const isOff = (path: string, values: JsonObject): boolean => {
  const value = valueAt(values, path);
  return value !== undefined && !isSet(value);
};

export const meshConfigRules: readonly ValueRule[] = [
  { path: 'meshConfig', prop: 'meshConfig', convert: ifSet },
  ...legacyRules,
  { path: 'global.meshNetworks', prop: 'meshNetworks', convert: ifSet },
  { path: 'global.meshID', prop: 'meshId', convert: printedText },
  { path: 'global.multiCluster.clusterName', prop: 'clusterName', convert: printedText },
  { path: 'telemetry.enabled', prop: 'telemetry', convert: (_, values) => (hasTelemetry(values) ? undefined : false) },
  { path: 'telemetry.v2.enabled', prop: 'telemetry', convert: (_, values) => (hasTelemetry(values) ? undefined : false) },
  { path: 'telemetry.v2.prometheus.enabled', prop: 'telemetry.prometheus', convert: (enabled, values) => (hasTelemetry(values) && printed(enabled) !== 'true' ? false : undefined) },
  { path: 'telemetry.v2.stackdriver.enabled', prop: 'telemetry.stackdriver', convert: (enabled, values) => (hasTelemetry(values) && printed(enabled) === 'true' ? true : undefined) },
];

/**
 * An istiod of the cluster, told of the address of another one, has proxies of every revision look for the Service of the
 * default one.
 */
export function withDiscoveryAddress(props: Record<string, unknown>, values: JsonObject, namespace: string): Record<string, unknown> {
  const path = `${PROXY_CONFIG}.discoveryAddress`;
  const isRemote = isSet(valueAt(values, 'istiodRemote.enabled'));
  const isNamed = isSet(values['revision']) && isSet(valueAt(values, 'global.remotePilotAddress'));
  if (isRemote || !isNamed || isSaid(values, path)) return props;
  const meshConfig = (props['meshConfig'] ?? {}) as JsonObject;
  const defaultConfig = { ...(meshConfig['defaultConfig'] as JsonObject | undefined), discoveryAddress: `istiod.${namespace}.svc:15012` };
  return { ...props, meshConfig: { ...meshConfig, defaultConfig } };
}

/** @throws MeshError where the chart would look for an address below nothing */
export function requireTracer(values: JsonObject): void {
  if (valueAt(values, 'global.proxy.tracer') !== 'lightstep' || isJsonObject(valueAt(values, 'global.tracer.lightstep'))) return;
  throw badValue('global.tracer.lightstep', null, 'the address and the accessToken of Lightstep', 'give both, or another global.proxy.tracer');
}

function tracerRule(tracer: string, field: string): ValueRule {
  const prop = `${PROXY_CONFIG}.tracing.${tracer}.${field}`;
  const convert = (value: Json, values: JsonObject): unknown =>
    valueAt(values, 'global.proxy.tracer') === tracer && isSet(value) ? unquoted(printed(value)) : undefined;
  return { path: `global.tracer.${tracer}.${field}`, prop, convert: unlessSaid(prop, convert) };
}

function unlessSaid(path: string, convert: (value: Json, values: JsonObject) => unknown): (value: Json, values: JsonObject) => unknown {
  return (value, values) => (isSaid(values, path) ? undefined : convert(value, values));
}

/** Whether the values say something at a path, if only by a `null` or by something else above it. */
function isSaid(values: JsonObject, path: string): boolean {
  let value: Json | undefined = values;
  for (const key of path.split('.')) {
    if (value === undefined) return false;
    if (!isJsonObject(value)) return true;
    value = value[key];
  }
  return value !== undefined;
}

function hasTelemetry(values: JsonObject): boolean {
  return !isOff('telemetry.enabled', values) && !isOff('telemetry.v2.enabled', values);
}
