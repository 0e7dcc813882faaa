import { Port } from '../core/port';
import type { Transport } from '../core/port';
import { describeValue, refusal } from '../core/refusal';
import type { ValuePlace } from '../core/refusal';
import { portOf } from './kubernetes-service';
import type { ServicePort } from './kubernetes-service';

/** A port of a service that is made here. */
export interface NamespaceServicePort extends ServicePort {
  /**
   * Name of the port; its prefix is the protocol that Istio takes it for. What Kubernetes would not take is mended: `HTTP` is
   * written `http`, `grpc_admin` is `grpc-admin`, and the second of two equal names has its number behind. With a name that
   * tells no protocol, such as `web`, the port's `appProtocol` is what the number is known for.
   * @default - what `appProtocol` says, else what the number is known for: 80 and 8080 `http`, 443 and 8443 `https`,
   * 3306, 5432, 6379 and 27017 `tcp` with the database's name; any other port has no name, or `port-9080` where the
   * service has several, and Istio looks at its traffic
   */
  readonly name?: string | undefined;
  /**
   * Port that the pods listen on: its number, or its name in the container.
   * @default - the same as `port`
   */
  readonly targetPort?: number | string | undefined;
}

/** A port as it stands in the manifest of a Service. */
export interface ManifestPort {
  readonly port: number;
  readonly targetPort: number | string;
  readonly name?: string;
  readonly appProtocol?: string;
  readonly protocol?: Transport;
}

/** Ports that say by their number what is spoken there. */
const WELL_KNOWN: ReadonlyMap<number, string> = new Map([
  [80, 'http'],
  [443, 'https'],
  [3306, 'tcp-mysql'],
  [5432, 'tcp-postgresql'],
  [6379, 'tcp-redis'],
  [8080, 'http'],
  [8443, 'https'],
  [27017, 'tcp-mongodb'],
]);

/**
 * The ports of a Service's manifest, with names and target ports filled in, and names mended. A port that would share a name
 * with one before it has its number behind: `http`, then `http-8080`.
 *
 * @throws MeshError when there is no port, or one cannot be.
 */
export function manifestPorts(given: readonly (number | NamespaceServicePort)[], place: ValuePlace): ManifestPort[] {
  requirePorts(given, place);
  const wanted = new Set(given.map((each) => (typeof each === 'object' ? mendedName(each?.name) : undefined)));
  const taken = new Set<string | undefined>();
  return given.map((each, index) => {
    const at = { ...place, property: `${place.property ?? 'ports'}[${index}]` };
    const { targetPort, ...port } = typeof each === 'object' && each !== null ? each : { port: each, targetPort: undefined };
    if (targetPort !== undefined) requireTarget(targetPort, at);
    const checked = portOf({ ...port, name: mendedName(port.name) }, at);
    const own = checked.name === undefined || !taken.has(checked.name) ? checked.name : `${checked.name}-${checked.number}`;
    const name = own ?? freeName(checked, given.length > 1, new Set([...wanted, ...taken]));
    taken.add(name);
    const appProtocol = checked.appProtocol ?? untoldProtocol(checked);
    return {
      port: checked.number,
      targetPort: targetPort ?? checked.number,
      ...(name === undefined ? {} : { name }),
      ...(appProtocol === undefined ? {} : { appProtocol }),
      ...(checked.transport === 'TCP' ? {} : { protocol: checked.transport }),
    };
  });
}

/** The name as Kubernetes takes it; what is no name stays, to be refused with its place. */
function mendedName(name: string | undefined): string | undefined {
  if (typeof name !== 'string') return name;
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

/** A name that tells no protocol must not take away what the number tells. */
function untoldProtocol({ name, number, transport }: Port): string | undefined {
  if (name === undefined || transport !== 'TCP' || Port.of({ number: 1, name }).protocol !== 'auto') return undefined;
  return WELL_KNOWN.get(number)?.split('-')[0];
}

/** The name of a container's port is shorter than that of a Service's. */
function requireTarget(target: unknown, place: ValuePlace): void {
  const property = `${place.property ?? 'ports'}.targetPort`;
  if (typeof target === 'number') Port.of(target, { ...place, property });
  else if (typeof target === 'string' && !/^[0-9]+$/.test(target)) Port.of({ number: 1, name: target }, { ...place, property, of: 'container' });
  else {
    throw refusal({ ...place, property }, property, {
      code: 'bad-port',
      got: describeValue(target),
      expected: 'the number of a port of the container, or its name there',
      fix: typeof target === 'string' ? `did you mean the number ${Number(target)}?` : 'leave it out where it is the same as the port',
    });
  }
}

/** @throws MeshError when it is no list, or there is no port in it. */
export function requirePorts(given: unknown, place: ValuePlace): void {
  if (Array.isArray(given) && given.length > 0) return;
  throw refusal(place, 'ports', {
    code: 'no-ports',
    got: Array.isArray(given) ? 'no ports' : typeof given,
    expected: 'a list of one port or more, such as [8080]',
    fix: 'name the ports that callers connect to',
  });
}

function freeName(port: Port, isNameNeeded: boolean, taken: ReadonlySet<string | undefined>): string | undefined {
  const known = knownName(port);
  if (known === undefined && !isNameNeeded) return undefined;
  return known === undefined || taken.has(known) ? `${known ?? 'port'}-${port.number}` : known;
}

/** The protocol as the name of a port, where it is known. */
function knownName(port: Port): string | undefined {
  if (port.transport !== 'TCP') return port.transport.toLowerCase();
  if (port.appProtocol === undefined) return WELL_KNOWN.get(port.number);
  return port.protocol === 'auto' ? undefined : port.protocol.toLowerCase().replaceAll('_', '-');
}
