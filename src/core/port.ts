import type { MeshError } from '../errors/mesh-error';
import { isDnsLabel, isQualifiedName } from './kubernetes-names';
import { MANIFEST_VALUE } from './manifest-value';
import { describeValue, refusal } from './refusal';
import type { ValuePlace } from './refusal';
import { requireKnown } from './unknown';
import type { Known } from './unknown';

const BRAND = Symbol.for('mesh-constructs.Port');
const HIGHEST = 65535;
const LONGEST_CONTAINER_PORT_NAME = 15;

/** What Istio takes the bytes of a port for, in Istio's own words; `auto`: it looks at each connection to find out. */
export type PortProtocol =
  | 'HTTP' | 'HTTP2' | 'GRPC' | 'GRPC-Web' | 'HTTP_PROXY' | 'HTTPS' | 'TLS' | 'TCP' | 'UDP' | 'Mongo' | 'MySQL' | 'Redis'
  | 'auto';

/** Kubernetes calls this a port's `protocol`. */
export type Transport = 'TCP' | 'UDP' | 'SCTP';

export interface PortProps {
  /** From 1 to 65535. */
  readonly number: Known<number>;
  /**
   * Name of the port; its part before the first dash tells Istio the protocol, e.g. `http` or `grpc-web-admin`.
   * @default - no name; Kubernetes wants one where a service has several ports
   */
  readonly name?: Known<string>;
  /**
   * The application protocol; it counts more than the name.
   * @default - the protocol is told by the name
   */
  readonly appProtocol?: Known<string>;
  /** @default 'TCP' */
  readonly transport?: Transport;
}

/** How names of ports are checked. */
export interface PortOptions extends ValuePlace {
  /**
   * What the port belongs to: a name in a service is a DNS label of 63 characters, one in a container an IANA service
   * name of 15.
   * @default 'service'
   */
  readonly of?: 'service' | 'container';
}

/**
 * A port: its number, and what Istio takes its traffic for.
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export class Port {
  /** @throws MeshError when the number, the name or the protocol cannot be. */
  public static of(value: Port | PortProps | Known<number>, options: PortOptions = {}): Port {
    if (Port.isPort(value)) return value;
    requireKnown<unknown>(value, { ...options, property: options.property ?? 'port' });
    const props: Partial<PortProps> = typeof value === 'object' && value !== null ? value : { number: value };
    const { number, name, appProtocol, transport = 'TCP' } = props;
    for (const [field, part] of Object.entries({ number, name, appProtocol, transport })) {
      requireKnown<unknown>(part, { ...options, property: `${options.property ?? 'port'}.${field}` });
    }
    if (!isPortNumber(number)) throw badNumber(number, options);
    if (name !== undefined) requireName(name, options);
    if (appProtocol !== undefined && !isQualifiedName(appProtocol)) throw badAppProtocol(appProtocol, options);
    if (!TRANSPORTS.has(transport)) throw badTransport(transport, options);
    return new Port(number, name, appProtocol, transport);
  }

  /** True for a Port of any copy of this library. */
  public static isPort(value: unknown): value is Port {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  private constructor(
    public readonly number: number,
    public readonly name: string | undefined,
    public readonly appProtocol: string | undefined,
    public readonly transport: Transport,
  ) {
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }

  /** What Istio takes the traffic for: by `appProtocol`, else by the name, else by the number. */
  public get protocol(): PortProtocol {
    if (this.transport === 'UDP') return 'UDP';
    const told = this.appProtocol === undefined ? protocolOfName(this.name ?? '') : protocolOfApp(this.appProtocol);
    return told ?? (NEVER_SNIFFED.has(this.number) ? 'TCP' : 'auto');
  }

  /** True where Istio is sure to see requests: routes by path or header, and retries, work. */
  public get isHttp(): boolean {
    return HTTP_PROTOCOLS.has(this.protocol);
  }

  public equals(other: Port): boolean {
    return this.toString() === other.toString();
  }

  /** E.g. `9080 (http)`. */
  public toString(): string {
    const details = [this.name, this.appProtocol, this.transport === 'TCP' ? undefined : this.transport];
    const told = details.filter((detail) => detail !== undefined);
    return told.length === 0 ? `${this.number}` : `${this.number} (${told.join(', ')})`;
  }

  /** In a manifest it stands as its number. @internal */
  public [MANIFEST_VALUE](): number {
    return this.number;
  }
}

const TRANSPORTS: ReadonlySet<unknown> = new Set<Transport>(['TCP', 'UDP', 'SCTP']);

const PROTOCOLS: ReadonlyMap<string, PortProtocol> = new Map(
  (['HTTP', 'HTTP2', 'GRPC', 'HTTP_PROXY', 'HTTPS', 'TLS', 'TCP', 'UDP', 'Mongo', 'MySQL', 'Redis'] as const).map(
    (protocol) => [protocol.toLowerCase(), protocol],
  ),
);
const HTTP_PROTOCOLS: ReadonlySet<PortProtocol> = new Set<PortProtocol>(['HTTP', 'HTTP2', 'GRPC', 'GRPC-Web', 'HTTP_PROXY']);

/** Names that Kubernetes itself gives to application protocols. */
const KUBERNETES_PROTOCOLS: ReadonlyMap<string, PortProtocol> = new Map([
  ['kubernetes.io/h2c', 'HTTP2'],
  ['kubernetes.io/ws', 'HTTP'],
  ['kubernetes.io/wss', 'HTTPS'],
]);

/** SMTP, DNS, MySQL and MongoDB: where the server speaks first there is nothing to look at. */
const NEVER_SNIFFED: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

function protocolOfApp(appProtocol: string): PortProtocol | undefined {
  return KUBERNETES_PROTOCOLS.get(appProtocol) ?? protocolOfName(appProtocol);
}

function protocolOfName(name: string): PortProtocol | undefined {
  const lower = name.toLowerCase();
  // the only protocol with a dash of its own; Istio looks no further
  if (lower.startsWith('grpc-web')) return 'GRPC-Web';
  return PROTOCOLS.get(lower.split('-')[0] ?? '');
}

function isPortNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= HIGHEST;
}

function requireName(name: string, options: PortOptions): void {
  const inContainer = options.of === 'container';
  if (inContainer ? isContainerPortName(name) : isDnsLabel(name)) return;
  throw refusal(options, 'port.name', {
    code: 'bad-port',
    got: describeValue(name),
    expected: inContainer
      ? 'an IANA service name: 1 to 15 of a-z, 0-9 and single dashes within, with a letter'
      : 'a DNS label: 1 to 63 of a-z, 0-9 and dashes within',
    fix: 'name it after its protocol, e.g. "http" or "grpc-admin"',
  });
}

function isContainerPortName(name: string): boolean {
  return isDnsLabel(name) && name.length <= LONGEST_CONTAINER_PORT_NAME && /[a-z]/.test(name) && !name.includes('--');
}

function badNumber(value: unknown, options: PortOptions): MeshError {
  const isDigits = typeof value === 'string' && /^[0-9]{1,5}$/.test(value);
  return refusal(options, 'port.number', {
    code: 'bad-port',
    got: describeValue(value),
    expected: 'a whole number from 1 to 65535',
    fix: isDigits ? `did you mean the number ${Number(value)}?` : 'give the number that clients connect to, e.g. 8080',
  });
}

function badAppProtocol(value: unknown, options: PortOptions): MeshError {
  return refusal(options, 'port.appProtocol', {
    code: 'bad-port',
    got: describeValue(value),
    expected: 'the name of a protocol, such as "http", or "kubernetes.io/h2c"',
    fix: `Istio knows ${[...PROTOCOLS.keys(), 'grpc-web', ...KUBERNETES_PROTOCOLS.keys()].sort().join(', ')}`,
  });
}

function badTransport(value: unknown, options: PortOptions): MeshError {
  return refusal(options, 'port.transport', {
    code: 'bad-port',
    got: describeValue(value),
    expected: '"TCP", "UDP" or "SCTP"',
    fix: 'what is spoken over it, such as "http", goes to name or appProtocol',
  });
}
