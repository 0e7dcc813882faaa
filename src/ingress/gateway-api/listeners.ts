import type { GatewayListeners } from '../../../imports/gateway-api/gateway';
import { noForm } from '../../traffic/gateway-api/no-form';
import { namespaceOf } from '../../core/references';
import { placeOf, refuse, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import type { GatewayPlan, HostPlan } from '../ingress-plan';
import { labelOf } from '../object-names';
import type { TlsSecret } from '../tls';
import { routesNamespace } from './places';

/** What one Gateway takes. */
const MOST_LISTENERS = 64;
/** What istiod appends to the name of a certificate's Secret to look for those of clients' authorities. */
const CA_SUFFIX = '-cacert';
const MODE = 'gateway.istio.io/tls-terminate-mode';
const CIPHERS = 'gateway.istio.io/tls-cipher-suites';

/** Name of the listener of a host. */
export function listenerName(kind: 'http' | 'https' | 'tls', host: string): string {
  return `${kind}-${labelOf(host)}`;
}

/** The listeners of a gateway: for each host one for requests in plain text, one for TLS, or both; for each port of TCP one. */
export function listenersOf({ gateway, hosts, tcp }: GatewayPlan): GatewayListeners[] {
  const listeners = [
    ...hosts.flatMap(hostListeners),
    ...tcp.map((route): GatewayListeners => ({ name: `tcp-${route.port}`, port: route.port, protocol: 'TCP', allowedRoutes: allowed(routesNamespace(route), gateway.namespace) })),
  ];
  if (listeners.length <= MOST_LISTENERS) return listeners;
  throw refuse(placeOf(gateway), 'too-many-listeners', `${listeners.length} listeners, two for each host with TLS`, `${MOST_LISTENERS} at most`, "take another gateway for some of the hosts, or give this one api: 'istio'");
}

function hostListeners(plan: HostPlan): GatewayListeners[] {
  const { tls, ports, first } = plan;
  const place = within(placeOf(first.owner), 'tls');
  const hostname = requireHostname(plan);
  const common = { ...(hostname === undefined ? {} : { hostname }), allowedRoutes: allowed(routesNamespace(first), first.gateway.namespace) };
  const plain: GatewayListeners[] = ports.http === undefined ? [] : [{ name: listenerName('http', plan.host), port: ports.http, protocol: 'HTTP', ...common }];
  if (tls.mode === 'NONE' || ports.https === undefined) return plain;
  if (tls.mode === 'PASSTHROUGH') return [...plain, { name: listenerName('tls', plan.host), port: ports.https, protocol: 'TLS', tls: { mode: 'Passthrough' }, ...common }];
  return [...plain, { name: listenerName('https', plan.host), port: ports.https, protocol: 'HTTPS', tls: terminated(plan, place), ...common }];
}

/** In the Gateway API a host is a name, or all that are below one. */
function requireHostname({ host, first }: HostPlan): string | undefined {
  if (host === '*') return undefined;
  if (!host.includes('*') || host.startsWith('*.')) return host;
  throw noForm(within(placeOf(first.owner), 'host'), JSON.stringify(host), 'a whole name, "*.example.com" or "*"', 'name the hosts');
}

/** Only from where the routes of the host are. */
function allowed(namespace: string, own: string): NonNullable<GatewayListeners['allowedRoutes']> {
  if (namespace === own) return { namespaces: { from: 'Same' } };
  return { namespaces: { from: 'Selector', selector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } } };
}

/** The Secret of a host's certificate, and where it is. */
export function certificateOf({ tls, secretName, first }: HostPlan): { readonly name: string; readonly namespace: string } | undefined {
  const { certificate } = tls;
  if (certificate === undefined || certificate.kind === 'files' || secretName === undefined) return undefined;
  const own = certificate.kind === 'secret' ? certificate.secret.construct : undefined;
  return { name: secretName, namespace: (own === undefined ? undefined : namespaceOf(own)) ?? first.gateway.namespace };
}

function terminated(plan: HostPlan, place: Place): NonNullable<GatewayListeners['tls']> {
  const { tls, first } = plan;
  const { minProtocolVersion, maxProtocolVersion, cipherSuites, subjectAltNames } = tls.settings;
  const secret = certificateOf(plan);
  if (secret === undefined) throw noForm(place, tls.toString(), 'a certificate in a Secret, or of cert-manager: listeners know no files', 'put it into a Secret, or give the gateway api: \'istio\'');
  const wish = Object.entries({ minProtocolVersion, maxProtocolVersion, subjectAltNames }).find(([, value]) => value !== undefined);
  if (wish !== undefined) {
    throw noForm(within(place, wish[0]), String(wish[1]), 'TLS 1.2 and up, for any client with a certificate of the authority: listeners say nothing else', "give the gateway api: 'istio'");
  }
  requireBeside(tls.clientCa, secret, within(place, 'clientCa'));
  const options = { ...(tls.mode === 'SIMPLE' ? {} : { [MODE]: tls.mode }), ...(cipherSuites === undefined ? {} : { [CIPHERS]: cipherSuites.join(',') }) };
  return {
    mode: 'Terminate',
    certificateRefs: [{ group: '', kind: 'Secret', name: secret.name, ...(secret.namespace === first.gateway.namespace ? {} : { namespace: secret.namespace }) }],
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

/** istiod finds the authorities of clients by the name of the certificate, in its namespace. */
function requireBeside(clientCa: TlsSecret | undefined, { name, namespace }: { readonly name: string; readonly namespace: string }, place: Place): void {
  if (clientCa === undefined) return;
  if (clientCa.name !== `${name}${CA_SUFFIX}`) {
    throw noForm(place, `the Secret ${clientCa.name}`, `${name}${CA_SUFFIX}, or ca.crt in ${name}: listeners name no other`, 'give the Secret that name, and leave clientCa out');
  }
  const own = clientCa.construct === undefined ? namespace : namespaceOf(clientCa.construct);
  if (own === namespace) return;
  throw refuse(place, 'unread-secret', `the Secret ${clientCa.name} of the namespace ${own ?? '(none)'}`, `a Secret in ${namespace}, where the certificate ${name} is`, `make it there: metadata: { namespace: '${namespace}' }`);
}
