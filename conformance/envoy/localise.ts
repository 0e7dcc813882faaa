import { isIP } from 'node:net';
import { asList, asRecord, text } from '../kubernetes/status';
import { ORIGINAL_DST, followsCaller } from './addresses';
import type { Hop } from './case';
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
  /** The local port that stands for an address, or a DNS name, and a port of it. */
  readonly upstream: (host: string, port: number) => number;
  /** The certificate that is meant by a name of istiod's, as the fields of an Envoy secret. */
  readonly secret: (name: string) => JsonObject;
}

export interface ListenerChoice {
  /** The proxy that is asked, and at which of its ports. */
  readonly hop: Hop;
  /**
   * The port of this machine that stands for it. What an inbound listener takes is told apart by port, by chains and by
   * policies, so that for one it has to be known beforehand.
   */
  readonly localPort: number;
  /** Of the Service that an outbound hop says it calls; undefined where it says none. */
  readonly address: string | undefined;
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

function chosen(listeners: readonly JsonObject[], { hop, address }: ListenerChoice): JsonObject {
  const named = (name: string): JsonObject | undefined => listeners.find((listener) => listener['name'] === name);
  const found = ((): JsonObject | undefined => {
    if (hop.direction === 'inbound') return named('virtualInbound');
    if (hop.direction === 'gateway' || hop.to === undefined) return named(hop.port === ALL_OTHERS ? 'virtualOutbound' : `0.0.0.0_${hop.port}`);
    // That of another address is known by the host that it leads to.
    return named(`${address}_${hop.port}`) ?? listeners.find((one) => text(one['name']).endsWith(`_${hop.port}`) && JSON.stringify(one).includes(`|${hop.to}"`));
  })();
  if (found !== undefined) return found;
  throw new Error(`Istio makes no listener for ${JSON.stringify(hop)}, but ${listeners.map(({ name }) => text(name)).join(', ')}`);
}

/** The port to which iptables lead what is for no listener of its own. */
const ALL_OTHERS = 15001;

/** In a sidecar, the client tells by a line of this protocol what iptables would: where the connection was meant to go. */
const PROXY_PROTOCOL = {
  name: 'envoy.filters.listener.proxy_protocol',
  typedConfig: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol',
    'allowRequestsWithoutProxyProtocol': true,
  },
};

/** The listener at its local port. */
function asJudged(listener: JsonObject, { hop, localPort }: ListenerChoice): JsonObject {
  const filters = asList(listener['listenerFilters']);
  return {
    ...without(listener, '@type', 'additionalAddresses', 'bindToPort', 'useOriginalDst', 'accessLog'),
    name: LISTENER,
    address: { socketAddress: { address: '127.0.0.1', portValue: localPort } },
    ...(hop.direction === 'gateway' ? {} : { listenerFilters: [PROXY_PROTOCOL, ...filters] }),
  };
}

/** Every cluster leads to fixed places of this machine: those that istiod would send later, that the DNS would give, or the pod. */
function asStatic(cluster: JsonObject, xds: Xds, local: Local): JsonObject {
  const name = text(cluster['name']);
  const [direction, port] = name.split('|');
  if (direction === 'inbound') {
    // Bound to 127.0.0.6, by which iptables tells what comes from the proxy; not every system has that address.
    return { ...atOnePlace(without(cluster, 'upstreamBindConfig'), '127.0.0.1', Number(port), local) };
  }
  if (followsCaller(cluster)) return atOnePlace(cluster, ORIGINAL_DST, Number(port ?? 0), local);
  if (cluster['type'] === 'EDS') {
    const service = text(field(cluster, 'edsClusterConfig', 'serviceName')) || name;
    const found = xds.endpoints.find(({ clusterName }) => clusterName === service) ?? { endpoints: [] };
    return { ...without(cluster, 'edsClusterConfig'), type: 'STATIC', loadAssignment: localEndpoints({ ...without(found, '@type'), clusterName: name }, local) };
  }
  if (cluster['loadAssignment'] === undefined) return cluster;
  return { ...cluster, type: 'STATIC', loadAssignment: localEndpoints(cluster['loadAssignment'], local) };
}

function atOnePlace(cluster: JsonObject, address: string, portValue: number, local: Local): JsonObject {
  const endpoint = { address: { socketAddress: { address, portValue } } };
  const loadAssignment = localEndpoints({ clusterName: cluster['name'], endpoints: [{ lbEndpoints: [{ endpoint }] }] }, local);
  return { ...without(cluster, 'lbPolicy', 'originalDstLbConfig'), type: 'STATIC', loadAssignment };
}

function localEndpoints(assignment: unknown, local: Local): unknown {
  return rewrite(assignment, (object) => {
    const place = field(object, 'address', 'socketAddress');
    const { address, portValue } = asRecord(place);
    if (typeof address !== 'string' || typeof portValue !== 'number') return object;
    const socketAddress = { address: '127.0.0.1', portValue: local.upstream(address, portValue) };
    // An endpoint found by the DNS is known by its name, which is what goes into requests.
    const hostname = isIP(address) > 0 ? {} : { hostname: address };
    return { ...object, ...hostname, address: { socketAddress } };
  });
}

function adaptObject(object: JsonObject, xds: Xds, local: Local, secrets: Map<string, JsonObject>): JsonObject {
  let result = object;
  const { hop, localPort } = local.listener;
  // Of a chain, or of a policy.
  if (hop.direction !== 'outbound' && object['destinationPort'] === hop.port) result = { ...object, destinationPort: localPort };
  // Of ports at which TLS is not looked for.
  if (hop.direction === 'inbound' && field(object, 'destinationPortRange', 'start') === hop.port) result = { ...object, destinationPortRange: { start: localPort, end: localPort + 1 } };
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
