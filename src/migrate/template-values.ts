import { INJECTOR_VALUE_PATHS } from '../control-plane/injection/injector-value-paths';
import type { Json, JsonObject } from '../rules/json';
import { isJsonObject, setKey } from '../rules/json';
import { isSet } from './go-values';
import { TRUST_BUNDLE_FLAG } from './trust-bundle-flag';

/**
 * The chart hands values on to templates as they are; a prop has the type that it should have. Where the two differ, templates
 * of a user's own can tell, and so can istiod: `global.tag: 1.3` is a number there.
 */

type ScalarType = 'boolean' | 'number' | 'string';

const FLAGS = new Set([
  'global.logAsJson',
  'global.mountMtlsCerts',
  'global.nativeNftables',
  'global.proxy.holdApplicationUntilProxyStarts',
  'global.proxy.privileged',
  'global.proxy.startupProbe.enabled',
  'global.proxy_init.forceApplyIptables',
  'pilot.cni.enabled',
  'sidecarInjectorWebhook.rewriteAppHTTPProbe',
]);

const COUNTS = new Set([
  'global.proxy.readinessFailureThreshold',
  'global.proxy.readinessInitialDelaySeconds',
  'global.proxy.readinessPeriodSeconds',
  'global.proxy.startupProbe.failureThreshold',
  'global.proxy.statusPort',
  'global.sts.servicePort',
]);

/** Without a value these are not there at all, so that an empty one is something else. */
const OPTIONAL = new Set(['global.agentgateway.image', 'global.platform', 'global.proxy.lifecycle', 'global.trustBundleName']);
const AMOUNTS = ['global.proxy.resources', 'global.waypoint.resources'].flatMap((path) =>
  ['limits', 'requests'].flatMap((side) => ['cpu', 'memory'].map((name) => `${path}.${side}.${name}`)),
);
const TRUST_BUNDLE = `pilot.env.${TRUST_BUNDLE_FLAG}`;
/** Of a probe that there is not, no prop says it. */
const STARTUP_FAILURES = 'global.proxy.startupProbe.failureThreshold';
const CAP_NET_BIND = 'global.proxy.capNetBindService';

/** What the chart `istiod` tells templates otherwise than an Istiod with these values as props; undefined for nothing. */
export function templateValues(values: JsonObject): JsonObject | undefined {
  const told: Record<string, Json> = {};
  for (const path of [...INJECTOR_VALUE_PATHS, ...AMOUNTS]) {
    const value = nearest(values, path.startsWith('pilot.') ? path.slice('pilot.'.length) : path);
    if (value !== undefined && differs(path, value)) put(told, path.split('.'), value);
  }
  const failures = nearest(values, STARTUP_FAILURES);
  if (isSet(failures) && nearest(values, 'global.proxy.startupProbe.enabled') === false) put(told, STARTUP_FAILURES.split('.'), failures);
  return Object.keys(told).length === 0 ? undefined : told;
}

function differs(path: string, value: Json): boolean {
  if (path === TRUST_BUNDLE) return value !== true;
  if (path === CAP_NET_BIND) return value !== true;
  if (value === null) return !OPTIONAL.has(path) && !AMOUNTS.includes(path);
  if (OPTIONAL.has(path) && !isSet(value)) return true;
  return typeof value !== 'object' && typeof value !== typeOf(path);
}

/** The value at a path; null where something above it is. */
function nearest(values: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = values;
  for (const key of path.split('.')) {
    if (value === null) return null;
    if (!isJsonObject(value)) return undefined;
    value = value[key];
  }
  return value;
}

function typeOf(path: string): ScalarType {
  if (FLAGS.has(path)) return 'boolean';
  return COUNTS.has(path) ? 'number' : 'string';
}

function put(target: Record<string, Json>, [key = '', ...rest]: readonly string[], value: Json): void {
  if (rest.length === 0) return setKey(target, key, value);
  const inner = (target[key] ?? {}) as Record<string, Json>;
  setKey(target, key, inner);
  put(inner, rest, value);
}
