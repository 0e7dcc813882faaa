import type { IConstruct } from 'constructs';
import { Host } from '../../core/host';
import { badReference, isObjectConstruct, requireSameCluster } from '../../core/references';
import { ExternalService } from '../../egress/external-service';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { portOf } from '../../traffic/kubernetes-service';
import { MeshService } from '../../traffic/mesh-service';
import { refuse, wholeNumber, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';

/** How an authorizer is asked. */
export type AuthorizerKind = 'http' | 'grpc';

/** The service that is asked. */
export interface CheckedAuthorizerService {
  /** As the mesh's configuration names it: a host, perhaps with the namespace that it is declared in. */
  readonly name: string;
  /** Where it is a service of the mesh, whose pods have to let the check in. */
  readonly service: MeshService | undefined;
  /** Where it is declared to some namespaces only. */
  readonly external: ExternalService | undefined;
  /** Read at synthesis, where ports may still change; undefined where `findings` says why. */
  readonly port: () => number | undefined;
  /** What is wrong with the port, at synthesis. */
  readonly findings: () => readonly Finding[];
}

const EXPECTED = 'what answers checks: a MeshService, a Kubernetes Service, an ExternalService, or the full name of a host';
const HIGHEST_PORT = 65_535;

/** A port as far as is asked of it here. */
interface KnownPort {
  readonly number: number;
  readonly protocol: string;
  /** Whether a proxy encrypts what it sends there: by the mesh's mTLS, or by TLS of its own. */
  readonly isEncrypted: boolean;
}

/**
 * The service that an authorizer was given.
 *
 * @throws MeshError when it is none, is in another cluster, or is a host with an asterisk.
 */
export function authorizerService(from: IConstruct, place: Place, kind: AuthorizerKind, given: { readonly service?: unknown; readonly port?: unknown }): CheckedAuthorizerService {
  const at = within(place, 'service');
  const number = given.port === undefined ? undefined : wholeNumber(within(place, 'port'), given.port, 1, HIGHEST_PORT);
  const { service } = given;
  const ports = (known: () => readonly KnownPort[], name: string): Pick<CheckedAuthorizerService, 'port' | 'findings'> => ({
    port: () => number ?? readable(() => only(known())?.number, () => undefined),
    findings: () => readable(() => portFindings({ place, kind, name, number }, known()), (findings) => findings),
  });
  if (typeof service === 'string') {
    const name = checkedHost(at, service);
    if (number === undefined) throw refuse(within(place, 'port'), 'no-port', 'none, for a host', 'the port of the service', 'give its number');
    return { name, service: undefined, external: undefined, port: () => number, findings: () => [] };
  }
  if (ExternalService.isExternalService(service)) {
    requireSameCluster(from, service, at.property, EXPECTED);
    checkedHost(at, service.host);
    const name = `${service.namespace}/${service.host}`;
    if (service.isNamed) {
      if (number === undefined) throw refuse(within(place, 'port'), 'no-port', 'none, for a service of another program', 'the port of the service', 'give its number');
      return { name, service: undefined, external: service, port: () => number, findings: () => [] };
    }
    const known = (): KnownPort[] => service.ports.map((port) => ({ number: port.port, protocol: port.protocol, isEncrypted: port.tls !== undefined }));
    return { name, service: undefined, external: service, ...ports(known, service.host) };
  }
  if (!MeshService.isMeshService(service) && !(isObjectConstruct(service) && service.kind === 'Service')) throw badReference(from, service, at.property, EXPECTED);
  const found = MeshService.of(from, service, at.property);
  const known = (): KnownPort[] => found.ports.map((port) => ({ number: port.port, protocol: portOf(port, { construct: place.construct, property: at.property }).protocol, isEncrypted: true }));
  // with its namespace: of two services of one host Istio takes neither, and a ServiceEntry of any other namespace may be the second
  return { name: `${found.namespace}/${found.host}`, service: found, external: undefined, ...ports(known, found.host) };
}

/** Istio looks the host up among its services, letter by letter. */
function checkedHost(place: Place, given: string): string {
  const [namespace, rest] = given.includes('/') ? [given.slice(0, given.indexOf('/')), given.slice(given.indexOf('/') + 1)] : [undefined, given];
  const host = Host.parse(rest, place);
  if (host.isWildcard || host.isShort) {
    throw refuse(place, 'bad-host', JSON.stringify(given), 'the full name of one host, such as "auth.login.svc.cluster.local"', 'name one host: Istio looks it up among its services as it stands');
  }
  if (namespace === undefined) return host.value;
  // as a service of that namespace would be named, so that the namespace is checked as others are
  Host.service('a', namespace, place);
  return `${namespace}/${host.value}`;
}

/** Ports that cannot be are told by their service. */
function readable<T>(read: () => T, otherwise: (findings: readonly Finding[]) => T): T {
  try {
    return read();
  } catch (error) {
    if (!MeshError.isMeshError(error)) throw error;
    return otherwise(error.findings);
  }
}

function only(ports: readonly KnownPort[]): KnownPort | undefined {
  return ports.length === 1 ? ports[0] : undefined;
}

const SPOKEN: Readonly<Record<AuthorizerKind, readonly string[]>> = {
  http: ['HTTP', 'HTTP2', 'GRPC-Web', 'HTTP_PROXY', 'auto'],
  grpc: ['GRPC', 'HTTP2'],
};

/** A port that there is not, or that speaks something else, answers nothing: every request would be refused, or let in. */
function portFindings({ place, kind, name, number }: { place: Place; kind: AuthorizerKind; name: string; number: number | undefined }, ports: readonly KnownPort[]): Finding[] {
  const finding = (code: string, got: string, expected: string, fix: string): Finding[] => [{ ...within(place, 'port'), code, got, expected, fix }];
  const known = ports.map((port) => port.number).join(', ');
  const port = number === undefined ? only(ports) : ports.find((each) => each.number === number);
  if (port === undefined) {
    if (number === undefined) return finding('no-port', `none, and ${name} has ${ports.length === 0 ? 'none either' : known}`, 'the port that answers checks', 'name it');
    return finding('unknown-port', `${number}, which ${name} does not have`, `one of ${known}`, 'take one of these');
  }
  if (!SPOKEN[kind].includes(port.protocol)) {
    const fix = kind === 'grpc' ? "say appProtocol: 'grpc' of the port, or GRPC of an external service: proxies speak HTTP/1.1 to it otherwise" : 'name the port that speaks plain HTTP: proxies add TLS themselves';
    return finding('bad-protocol', `${port.number} of ${name}, which carries ${port.protocol}`, `a port of ${kind === 'grpc' ? 'gRPC or HTTP/2' : 'HTTP'}`, fix);
  }
  if (port.isEncrypted) return [];
  const warning = finding('plain-text', `${port.number} of ${name}, to which proxies speak plain text`, 'TLS: checks hold what clients log in with', 'say tls: TlsOrigination.simple() of the port');
  return warning.map((each) => ({ ...each, severity: 'warning' as const }));
}
