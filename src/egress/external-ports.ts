import type { ServiceEntryPorts } from '../../imports/istio/service-entry';
import { Port } from '../core/port';
import { describeValue, refusal } from '../core/refusal';
import { requireKeys } from '../traffic/rules/refuse';
import type { ExternalPort, ExternalProtocol } from './external-service-props';
import { TlsOrigination } from './tls-origination';

/** A port that is right, with all defaults. */
export interface CheckedPort {
  readonly port: number;
  readonly protocol: ExternalProtocol;
  readonly targetPort: number;
  readonly tls: TlsOrigination | undefined;
  /** What proxies tell the traffic by: requests, the name in TLS, or nothing but the address. */
  readonly seenAs: 'requests' | 'tls' | 'bytes';
}

const SEEN_AS: Readonly<Record<ExternalProtocol, CheckedPort['seenAs']>> = {
  HTTP: 'requests',
  HTTP2: 'requests',
  GRPC: 'requests',
  TLS: 'tls',
  HTTPS: 'tls',
  TCP: 'bytes',
  MONGO: 'bytes',
  MYSQL: 'bytes',
  REDIS: 'bytes',
};
const BY_NUMBER: Readonly<Record<number, ExternalProtocol>> = { 80: 'HTTP', 443: 'TLS' };
const DEFAULT: readonly ExternalPort[] = [{ port: 443, protocol: 'TLS' }];

/**
 * The ports of an external service.
 *
 * @throws MeshError for a port that cannot be, is there twice, or whose TLS would be none or be doubled.
 */
export function checkedPorts(construct: string, given: readonly ExternalPort[] = DEFAULT): readonly CheckedPort[] {
  if (!Array.isArray(given) || given.length === 0) {
    const got = Array.isArray(given) ? '[]' : describeValue(given);
    throw refusal({ construct }, 'ports', { code: 'bad-ports', got, expected: 'a list of at least one port', fix: 'leave it out for 443, on which callers speak TLS' });
  }
  const ports = (given as readonly ExternalPort[]).map((port, index) => checkedPort(construct, port, `ports[${index}]`));
  const second = ports.findIndex(({ port }, index) => ports.findIndex((other) => other.port === port) < index);
  if (second === -1) return ports;
  throw refusal({ construct }, `ports[${second}].port`, { code: 'bad-ports', got: `a second port ${ports[second]?.port}`, expected: 'each port once', fix: 'take one of them out' });
}

/** As a ServiceEntry says it. */
export function entryPorts(ports: readonly CheckedPort[]): ServiceEntryPorts[] {
  return ports.map((each) => ({
    number: each.port,
    name: portName(each),
    protocol: each.protocol,
    ...(each.targetPort !== each.port && { targetPort: each.targetPort }),
  }));
}

/** The name that a ServiceEntry knows a port by. */
export function portName({ port, protocol }: Pick<CheckedPort, 'port' | 'protocol'>): string {
  return `${protocol.toLowerCase()}-${port}`;
}

function checkedPort(construct: string, given: ExternalPort, property: string): CheckedPort {
  requireKeys({ construct, property }, given, ['port', 'protocol', 'targetPort', 'tls']);
  const port = Port.of(given.port, { construct, property: `${property}.port` }).number;
  const protocol = requireProtocol(construct, given.protocol ?? BY_NUMBER[port], `${property}.protocol`);
  const { tls } = given;
  refuseDoubleTls(construct, property, port, protocol, tls);
  const target = given.targetPort ?? (tls !== undefined && port === 80 ? 443 : port);
  const targetPort = Port.of(target, { construct, property: `${property}.targetPort` }).number;
  return { port, protocol, targetPort, tls, seenAs: SEEN_AS[protocol] };
}

function requireProtocol(construct: string, protocol: unknown, property: string): ExternalProtocol {
  if (typeof protocol === 'string' && Object.hasOwn(SEEN_AS, protocol)) return protocol as ExternalProtocol;
  throw refusal({ construct }, property, {
    code: 'bad-protocol',
    got: protocol === undefined ? 'none, for a port other than 80 and 443' : describeValue(protocol),
    expected: `one of ${Object.keys(SEEN_AS).join(', ')}`,
    fix: 'say what the callers speak: HTTP where proxies are to see requests, TLS where callers encrypt, else TCP',
  });
}

/** Encrypted twice, a server reads garbage; in plain text on the port for TLS, it refuses. */
function refuseDoubleTls(construct: string, property: string, port: number, protocol: ExternalProtocol, tls: unknown): void {
  if (tls !== undefined && !TlsOrigination.isTlsOrigination(tls)) {
    throw refusal({ construct }, `${property}.tls`, {
      code: 'bad-tls',
      got: describeValue(tls),
      expected: 'TlsOrigination.simple() or TlsOrigination.mutual({ … })',
      fix: 'leave it out where callers encrypt themselves, or nobody does',
    });
  }
  if (tls !== undefined && SEEN_AS[protocol] === 'tls') {
    throw refusal({ construct }, `${property}.tls`, {
      code: 'tls-twice',
      got: `TLS origination on port ${port}, on which callers speak ${protocol}`,
      expected: 'a port on which callers send plain text: they would be encrypted twice',
      fix: "leave tls out, or have callers speak HTTP: { port: 80, protocol: 'HTTP', tls }",
    });
  }
  if (tls === undefined && port === 443 && SEEN_AS[protocol] === 'requests') {
    throw refusal({ construct }, `${property}.protocol`, {
      code: 'plain-on-tls-port',
      got: `${protocol} on port 443, without TLS`,
      expected: 'TLS on 443: calls of https:// fail on a port that Istio takes for plain HTTP',
      fix: "say protocol: 'TLS' where callers encrypt, or give tls: TlsOrigination.simple() where the proxy is to",
    });
  }
}
