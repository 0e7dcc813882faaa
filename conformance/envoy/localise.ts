import { asList, asRecord, text } from '../kubernetes/status';
import type { EnvoyConfig } from './envoy';
import type { Xds } from './istio-xds';
import { field, rewrite, without } from './json';
import type { JsonObject } from './json';

/**
 * Makes what istiod sends fit for a plain Envoy on this machine. Addresses, and what istiod would serve later, are
 * replaced; what decides about a request (matches, routes, weights, policies, TLS) stays as it is.
 */
export interface Local {
  /** The listener that is asked; all others are left out. */
  readonly listener: ListenerChoice;
  /** The local port that stands for a pod's address. */
  readonly upstream: (ip: string, port: number) => number;
  /** The certificate that is meant by a name of istiod's, as the fields of an Envoy secret. */
  readonly secret: (name: string) => JsonObject;
}

export interface ListenerChoice {
  /** `inbound` is what a sidecar takes for its own pod. */
  readonly direction: 'outbound' | 'inbound' | 'gateway';
  /** The port that the client asks. */
  readonly port: number;
  /**
   * The port of this machine that stands for it. What an inbound listener takes is told apart by port, by chains and by
   * policies, so that for one it has to be known beforehand.
   */
  readonly localPort: number;
}

/** The name of the one listener that is left. */
export const LISTENER = 'judged';

/**
 * What is taken out of listeners and clusters, and why. There is little: the filters that only Istio's own build of Envoy
 * has (telemetry, names of protocols in TLS) are switched off where the configuration is made, and any other that is
 * missing here makes Envoy refuse to start.
 */
const TAKEN_OUT: Readonly<Record<string, string>> = {
  'envoy.filters.listener.original_dst': 'requests come to the listener itself: no iptables has caught them',
};

export function localise(xds: Xds, local: Local): EnvoyConfig {
  const secrets = new Map<string, JsonObject>();
  const adapt = (value: unknown): JsonObject => asRecord(rewrite(value, (object) => adaptObject(object, xds, local, secrets)));
  const listener = adapt(asJudged(chosen(xds.listeners, local.listener), local.listener));
  const clusters = xds.clusters.map((cluster) => adapt(asStatic(without(cluster, '@type'), xds, local)));
  return { listeners: [listener], clusters, secrets: [...secrets.values()] };
}

function chosen(listeners: readonly JsonObject[], { direction, port }: ListenerChoice): JsonObject {
  const fits = (listener: JsonObject): boolean => {
    if (direction === 'inbound') return listener['name'] === 'virtualInbound';
    return listener['name'] === `0.0.0.0_${port}`;
  };
  const found = listeners.find(fits);
  if (found !== undefined) return found;
  throw new Error(`Istio makes no ${direction} listener for port ${port}, but ${listeners.map(({ name }) => text(name)).join(', ')}`);
}

/** The listener at its local port. */
function asJudged(listener: JsonObject, { localPort }: ListenerChoice): JsonObject {
  return {
    ...without(listener, '@type', 'additionalAddresses', 'bindToPort', 'useOriginalDst', 'accessLog'),
    name: LISTENER,
    address: { socketAddress: { address: '127.0.0.1', portValue: localPort } },
  };
}

/** Clusters without endpoints of their own get those that istiod would send later; those of the pod itself lead to the upstream. */
function asStatic(cluster: JsonObject, xds: Xds, local: Local): JsonObject {
  const name = text(cluster['name']);
  if (name.startsWith('inbound|')) {
    const port = Number(name.split('|')[1]);
    const loadAssignment = { clusterName: name, endpoints: [{ lbEndpoints: [endpointAt('127.0.0.1', port)] }] };
    // Bound to 127.0.0.6, by which iptables tells what comes from the proxy; not every system has that address.
    const rest = without(cluster, 'upstreamBindConfig', 'lbPolicy', 'originalDstLbConfig');
    return { ...rest, type: 'STATIC', loadAssignment: localEndpoints(loadAssignment, local) };
  }
  if (cluster['type'] !== 'EDS') return cluster;
  const service = text(field(cluster, 'edsClusterConfig', 'serviceName')) || name;
  const found = xds.endpoints.find(({ clusterName }) => clusterName === service) ?? { endpoints: [] };
  const loadAssignment = localEndpoints({ ...without(found, '@type'), clusterName: name }, local);
  return { ...without(cluster, 'edsClusterConfig'), type: 'STATIC', loadAssignment };
}

function endpointAt(address: string, portValue: number): JsonObject {
  return { endpoint: { address: { socketAddress: { address, portValue } } } };
}

function localEndpoints(assignment: JsonObject, local: Local): unknown {
  return rewrite(assignment, (object) => {
    if (typeof object['address'] !== 'string' || typeof object['portValue'] !== 'number') return object;
    return { address: '127.0.0.1', portValue: local.upstream(object['address'], object['portValue']) };
  });
}

function adaptObject(object: JsonObject, xds: Xds, local: Local, secrets: Map<string, JsonObject>): JsonObject {
  let result = object;
  const { direction, port, localPort } = local.listener;
  // Of a chain, or of a policy.
  if (direction === 'inbound' && object['destinationPort'] === port) result = { ...object, destinationPort: localPort };
  if ('rds' in object) result = withRoutes(object, xds);
  if ('sdsConfig' in object) {
    const name = text(object['name']);
    secrets.set(name, { name, ...local.secret(name) });
    // A name alone is that of a secret in the bootstrap.
    result = { name };
  }
  for (const key of ['filters', 'httpFilters', 'listenerFilters']) {
    if (!Array.isArray(result[key])) continue;
    result = { ...result, [key]: asList(result[key]).filter((filter) => !(text(field(filter, 'name')) in TAKEN_OUT)) };
  }
  // Nobody reads the lines, and there are ten thousand of them.
  return 'httpFilters' in result || 'statPrefix' in result ? without(result, 'accessLog', 'tracing') : result;
}

function withRoutes(manager: JsonObject, xds: Xds): JsonObject {
  const name = text(field(manager, 'rds', 'routeConfigName'));
  const routes = xds.routes.find((route) => route['name'] === name);
  if (routes === undefined) throw new Error(`Istio makes no routes ${name}`);
  return { ...without(manager, 'rds'), routeConfig: without(routes, '@type') };
}
