import { Lazy } from 'cdk8s';
import { createHash } from 'node:crypto';
import { Gateway } from '../../../imports/istio/gateway';
import type { GatewayServers, GatewayServersTls } from '../../../imports/istio/gateway';
import { compareConstructs } from '../../core/construct-path';
import { chartNamespace } from '../../core/references';
import type { GatewayPlan, HostPlan, HttpContribution, TcpContribution } from '../ingress-plan';
import { labelOf } from '../object-names';
import type { Tls } from '../tls';

const ID = 'gateway';
/** What istiod appends to the name of a certificate's Secret to look for the certificates of clients' authorities. */
const CA_SUFFIX = '-cacert';
const HASH = 6;
/** How a Gateway's name tells the way that TLS is spoken. */
const KINDS = { NONE: 'plain-text', PASSTHROUGH: 'passthrough', SIMPLE: undefined, MUTUAL: 'mutual', OPTIONAL_MUTUAL: 'optional-mutual' } as const;
/** Asked for by each object of a gateway. */
const GROUPS = new WeakMap<GatewayPlan, ReadonlyMap<string, readonly HostPlan[]>>();

/**
 * Hosts that become one Gateway object: those of one certificate and the same settings, as browsers reuse a connection for hosts
 * that share one, and a second Gateway does not know the other's hosts. But for a wildcard, whose routes Istio would mix into
 * those of every host of its Gateway that it covers.
 */
export function serverGroups(plan: GatewayPlan): ReadonlyMap<string, readonly HostPlan[]> {
  const known = GROUPS.get(plan);
  if (known !== undefined) return known;
  const groups = new Map<string, HostPlan[]>();
  for (const host of plan.hosts) {
    const key = serversKey(host);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [host]);
    else group.push(host);
  }
  GROUPS.set(plan, groups);
  return groups;
}

function serversKey({ tlsKey, secretName = '', host, ports }: HostPlan): string {
  return [tlsKey, secretName, host.includes('*') ? host : '', ports.http ?? '', ports.https ?? ''].join('\n');
}

/** The Gateway object of some hosts. */
export function gatewayObject(plan: HostPlan, group: () => readonly HostPlan[]): () => Gateway {
  return () =>
    new Gateway(plan.first.scope, ID, {
      metadata: { name: gatewayName(plan), namespace: objectsNamespace(plan.first) },
      spec: {
        selector: { ...plan.first.gateway.selector },
        servers: Lazy.any({ produce: () => servers(plan, group()) }) as never,
      },
    });
}

/** Name of the Gateway object that serves a host. */
export function gatewayName(plan: HostPlan): string {
  const { tls, host, first, secretName } = plan;
  const certificate = tls.certificate?.kind === 'cert-manager' && tls.secretName === undefined ? host : (secretName ?? tls.certificate?.kind);
  const kind = KINDS[tls.mode];
  const parts = [certificate, kind, settingsHash(plan), host.includes('*') ? host : undefined];
  return labelOf(first.gateway.name, ...parts.filter((part): part is string => part !== undefined));
}

/**
 * Where the objects are: with the gateway that this program makes. A gateway of another program is not ours to add to: two
 * programs that write to its namespace would take each other's objects of one name.
 */
export function objectsNamespace({ owner, gateway }: HttpContribution | TcpContribution): string {
  return gateway.isNamed ? (chartNamespace(owner) ?? gateway.namespace) : gateway.namespace;
}

/** Where the Gateway object of a host is: with the first of those that share it. */
export function serversNamespace(plan: HostPlan, current: GatewayPlan): string {
  return objectsNamespace((serverGroups(current).get(serversKey(plan))?.[0] ?? plan).first);
}

/** What other Tls of the same certificate, or of none in a Secret, has to have another name for. */
function settingsHash({ tls, redirects, first }: HostPlan): string | undefined {
  const { settings, clientCa, certificate } = tls;
  // without a port for plain requests there is one way only
  const isBare = tls.mode !== 'NONE' && !redirects && first.gateway.serving.http !== undefined;
  const told = [settings, clientCa?.name ?? null, certificate?.kind === 'files' ? certificate : null, isBare];
  if (JSON.stringify(told) === '[{},null,null,false]' && !isLikeAnother(tls)) return undefined;
  return createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, HASH);
}

/** A Secret may be called as the Gateway of a host is that has its own certificate, or none. */
function isLikeAnother({ certificate }: Tls): boolean {
  if (certificate?.kind !== 'secret') return false;
  const { name } = certificate.secret;
  return name.includes('.') || name === KINDS.NONE || name === KINDS.PASSTHROUGH;
}

function servers({ tls, ports }: HostPlan, group: readonly HostPlan[]): GatewayServers[] {
  const hosts = [...new Set(group.map(({ host }) => host))].sort();
  const plain = ports.http === undefined ? [] : [{ port: { number: ports.http, name: 'http', protocol: 'HTTP' }, hosts }];
  if (tls.mode === 'NONE' || ports.https === undefined) return plain;
  const protocol = tls.mode === 'PASSTHROUGH' ? 'TLS' : 'HTTPS';
  const encrypted = { port: { number: ports.https, name: protocol.toLowerCase(), protocol }, hosts, tls: serverTls(tls, group[0]?.secretName) };
  return [...plain.map((server) => (redirectsItself(ports) ? { ...server, tls: { httpsRedirect: true } } : server)), encrypted];
}

/** On the usual ports a server redirects by itself; it would leave any other port in the address as it is. */
export function redirectsItself({ http, https }: HostPlan['ports']): boolean {
  return http === 80 && https === 443;
}

function serverTls(tls: Tls, secretName: string | undefined): GatewayServersTls {
  if (tls.mode === 'PASSTHROUGH') return { mode: 'PASSTHROUGH' };
  const { certificate, settings, clientCa } = tls;
  const { minProtocolVersion = 'TLSV1_2', maxProtocolVersion, cipherSuites, subjectAltNames } = settings;
  const shown =
    certificate?.kind === 'files'
      ? { serverCertificate: certificate.certificate, privateKey: certificate.privateKey, ...(certificate.ca === undefined ? {} : { caCertificates: certificate.ca }) }
      : { credentialName: secretName ?? '' };
  return {
    mode: tls.mode as 'SIMPLE',
    ...shown,
    // without the suffix istiod would take the Secret for a server's certificate; with it, it finds the Secret of either name
    ...(clientCa === undefined ? {} : { caCertCredentialName: clientCa.name.endsWith(CA_SUFFIX) ? clientCa.name : `${clientCa.name}${CA_SUFFIX}` }),
    minProtocolVersion,
    ...(maxProtocolVersion === undefined ? {} : { maxProtocolVersion }),
    ...(cipherSuites === undefined ? {} : { cipherSuites: [...cipherSuites] }),
    ...(subjectAltNames === undefined ? {} : { subjectAltNames: [...subjectAltNames] }),
  };
}

/** Contributions in the order of their constructs' paths. */
export function byPath<T extends HttpContribution>(all: readonly T[]): T[] {
  return [...all].sort((a, b) => compareConstructs(a.owner, b.owner));
}
