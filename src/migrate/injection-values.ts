import type { Json, JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { ifSet, isSet, printed, quotedEntries, unquoted } from './go-values';
import { valueAt } from './props-from';
import type { ValueRule } from './value-rule';

const unread = (path: string, note: string): ValueRule => ({ path, prop: '', convert: () => undefined, note });

/** Values of the chart `istiod` that become props of the injector: of proxies, of injection, of waypoints and of gateways' pods. */
export const injectionValueRules: readonly ValueRule[] = [
  { path: 'global.network', prop: 'network', convert: textIfSet },
  { path: 'global.caAddress', prop: 'proxy.caAddress', convert: textIfSet },
  { path: 'global.caName', prop: 'proxy.caName', convert: textIfSet },
  { path: 'global.mountMtlsCerts', prop: 'proxy.mountMtlsCerts', convert: isSet },
  { path: 'global.sts.servicePort', prop: 'proxy.stsPort', convert: (port) => (isSet(port) ? unquoted(port) : undefined) },

  { path: 'global.proxy.image', prop: 'proxy.image', convert: text },
  { path: 'global.proxy_init.image', prop: 'proxy.init.image', convert: text },
  { path: 'global.proxy_init.forceApplyIptables', prop: 'proxy.init.forceApplyIptables', convert: isSet },
  unread('global.proxy_init.resources', 'no chart reads it: the init container has the resources of the proxy'),
  { path: 'global.proxy.clusterDomain', prop: 'proxy.clusterDomain', convert: text },
  { path: 'global.proxy.logLevel', prop: 'proxy.logLevel', convert: text },
  { path: 'global.proxy.componentLogLevel', prop: 'proxy.componentLogLevel', convert: text },
  { path: 'global.proxy.outlierLogPath', prop: 'proxy.outlierLogPath', convert: textIfSet },
  { path: 'global.proxy.resources', prop: 'proxy.resources', convert: resources },
  { path: 'global.proxy.privileged', prop: 'proxy.privileged', convert: unquotedIfThere },
  { path: 'global.proxy.capNetBindService', prop: 'proxy.capNetBindService', convert: (value) => printed(value) === 'true' },
  { path: 'global.proxy.seccompProfile', prop: 'proxy.seccompProfile', convert: ifSet },
  { path: 'global.proxy.lifecycle', prop: 'proxy.lifecycle', convert: ifSet },
  { path: 'global.proxy.holdApplicationUntilProxyStarts', prop: 'proxy.holdApplicationUntilProxyStarts', convert: flag },
  { path: 'global.proxy.tracer', prop: 'proxy.tracer', convert: text },
  unread('global.proxy.enableCoreDump', 'no chart reads it'),

  { path: 'global.proxy.includeIPRanges', prop: 'proxy.trafficCapture.outbound.ipRanges', convert: ranges },
  { path: 'global.proxy.excludeIPRanges', prop: 'proxy.trafficCapture.outbound.excludeIpRanges', convert: ranges },
  { path: 'global.proxy.includeOutboundPorts', prop: 'proxy.trafficCapture.outbound.ports', convert: ports },
  { path: 'global.proxy.excludeOutboundPorts', prop: 'proxy.trafficCapture.outbound.excludePorts', convert: ports },
  { path: 'global.proxy.includeInboundPorts', prop: 'proxy.trafficCapture.inbound.ports', convert: ports },
  { path: 'global.proxy.excludeInboundPorts', prop: 'proxy.trafficCapture.inbound.excludePorts', convert: ports },

  { path: 'global.proxy.statusPort', prop: 'proxy.statusPort', convert: statusPort, note: '0 is `statusPort: false`' },
  { path: 'global.proxy.readinessInitialDelaySeconds', prop: 'proxy.readinessProbe.initialDelaySeconds', convert: unquotedIfThere },
  { path: 'global.proxy.readinessPeriodSeconds', prop: 'proxy.readinessProbe.periodSeconds', convert: unquotedIfThere },
  { path: 'global.proxy.readinessFailureThreshold', prop: 'proxy.readinessProbe.failureThreshold', convert: unquotedIfThere },
  { path: 'global.proxy.startupProbe.enabled', prop: 'proxy.startupProbe', convert: (enabled) => (isSet(enabled) ? undefined : false) },
  { path: 'global.proxy.startupProbe.failureThreshold', prop: 'proxy.startupProbe.failureThreshold', convert: startupFailures },

  { path: 'global.proxy.autoInject', prop: 'injection.policy', convert: text },
  { path: 'sidecarInjectorWebhook.alwaysInjectSelector', prop: 'injection.alwaysInjectSelector', convert: ifSet },
  { path: 'sidecarInjectorWebhook.neverInjectSelector', prop: 'injection.neverInjectSelector', convert: ifSet },
  { path: 'sidecarInjectorWebhook.injectedAnnotations', prop: 'injection.injectedAnnotations', convert: (given) => (isSet(given) ? quotedEntries(given, 'sidecarInjectorWebhook.injectedAnnotations') : undefined) },
  { path: 'sidecarInjectorWebhook.templates', prop: 'injection.templates', convert: ifSet },
  { path: 'sidecarInjectorWebhook.defaultTemplates', prop: 'injection.defaultTemplates', convert: ifSet },
  { path: 'sidecarInjectorWebhook.enableNamespacesByDefault', prop: 'injection.enableNamespacesByDefault', convert: isSet },
  { path: 'sidecarInjectorWebhook.reinvocationPolicy', prop: 'injection.reinvocationPolicy', convert: text },
  { path: 'sidecarInjectorWebhook.rewriteAppHTTPProbe', prop: 'injection.rewriteAppHTTPProbe', convert: unquotedIfThere },
  unread('sidecarInjectorWebhook.injectionURL', 'no chart reads it: see `istiodRemote.injectionURL`'),

  { path: 'global.waypoint.resources', prop: 'waypoint.resources', convert: resources },
  { path: 'global.waypoint.affinity', prop: 'waypoint.affinity', convert: ifSet },
  { path: 'global.waypoint.topologySpreadConstraints', prop: 'waypoint.topologySpreadConstraints', convert: ifSet },
  { path: 'global.waypoint.nodeSelector', prop: 'waypoint.nodeSelector', convert: ifSet },
  { path: 'global.waypoint.tolerations', prop: 'waypoint.tolerations', convert: ifSet },
  unread('global.waypoint.toleration', 'no chart reads it: see `global.waypoint.tolerations`'),

  { path: 'gateways.securityContext', prop: 'gateways.securityContext', convert: ifSet },
  { path: 'gateways.seccompProfile', prop: 'gateways.seccompProfile', convert: ifSet },
  { path: 'global.agentgateway.image', prop: 'gateways.agentgatewayImage', convert: textIfSet },
];

function text(value: Json): string | undefined {
  return value === null ? undefined : printed(value);
}

function textIfSet(value: Json): string | undefined {
  return isSet(value) ? printed(value) : undefined;
}

function unquotedIfThere(value: Json): Json | undefined {
  return value === null ? undefined : unquoted(value);
}

/** Lists are texts in the chart, with commas. */
function ranges(value: Json): '*' | string[] | undefined {
  if (value === null) return undefined;
  const list = printed(value);
  if (list === '*') return '*';
  return list === '' ? [] : list.split(',');
}

function ports(value: Json): '*' | (number | string)[] | undefined {
  const list = ranges(value);
  return typeof list === 'object' ? list.map((port) => (/^[1-9][0-9]*$/.test(port) ? Number(port) : port)) : list;
}

/** What takes away all amounts takes away each that there is by default. */
function resources(value: Json): JsonObject | undefined {
  const none = { cpu: null, memory: null };
  if (value === null) return { requests: none, limits: none };
  if (!isJsonObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, amounts]) => [key, amounts ?? none]));
}

/** How often a probe may fail that there is. */
function startupFailures(count: Json, values: JsonObject): Json | undefined {
  const enabled = valueAt(values, 'global.proxy.startupProbe.enabled');
  return enabled === undefined || isSet(enabled) ? unquotedIfThere(count) : undefined;
}

function statusPort(port: Json): Json | undefined {
  return printed(port) === '0' ? false : unquotedIfThere(port);
}

function flag(value: Json): boolean | undefined {
  return value === null ? undefined : isSet(value);
}
