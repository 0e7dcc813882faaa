import { ApiObject } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { isConstruct } from '../../core/place';
import { badReference, isObjectConstruct, namespaceOf, requireSameCluster } from '../../core/references';
import type { ObjectConstruct } from '../../core/references';
import type { PortProtocol } from '../../core/port';
import { SynthSession } from '../../core/synth-session';
import { portOf } from '../../traffic/kubernetes-service';
import type { ServicePort } from '../../traffic/kubernetes-service';
import { readWorkload } from '../../traffic/kubernetes-workload';
import { manifestOf } from '../../traffic/manifest-of';
import { settingsOf } from '../mtls/program-policies';
import type { MeshReference } from '../../control-plane/mesh-reference';

/** A service as policies see it: a `MeshService`. */
export interface ServiceSubject extends IConstruct {
  readonly name: string;
  readonly namespace: string;
  readonly host: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
}

/** A gateway as policies see it: an `IngressGateway`, an `EgressGateway`, a `Gateway` or a `StandaloneGateway`. */
export interface GatewaySubject extends IConstruct {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
}

/** What a policy can be for: the pods of a service, a gateway or a workload, all pods of a namespace, or of a mesh. */
export type PolicySubject = ServiceSubject | GatewaySubject | ObjectConstruct | MeshReference;

/** A port of pods; undefined numbers are those that only the pods tell. */
export interface PodPort {
  readonly number: number | undefined;
  readonly protocol: PortProtocol;
  /** At a gateway, whether it asks callers for certificates. */
  readonly showsIdentity?: boolean;
}

/** Pods that a policy is for. */
export interface PolicyTarget {
  /** The construct that owns the policies. */
  readonly scope: Construct;
  readonly of: 'service' | 'gateway' | 'workload' | 'namespace' | 'mesh';
  /** What the names of the policies begin with. */
  readonly name: string;
  readonly namespace: string;
  /** Labels of the pods; undefined for all pods of the namespace, or of the mesh. */
  readonly selector: (() => Readonly<Record<string, string>>) | undefined;
  /** Ports of the pods as far as they are declared. */
  readonly ports: () => readonly PodPort[];
}

const EXPECTED = 'a service, a gateway, a workload, a namespace or a mesh';
const FIX = 'name what another program has: MeshService.fromName(), IngressGateway.fromName(), MeshNamespace.fromName() or Mesh.fromName()';

/**
 * What a policy was given to be for.
 *
 * @throws MeshError when it is nothing that has pods, or is in another cluster than `from`.
 */
export function policyTarget(from: IConstruct | undefined, given: unknown, property: string): PolicyTarget {
  if (!isConstruct(given)) throw badReference(from, given, property, EXPECTED, FIX);
  if (from !== undefined) requireSameCluster(from, given, property);
  const scope = given as unknown as Construct;
  if (isService(given)) return { ...common(scope, given), of: 'service', selector: () => given.selector, ports: () => servicePorts(given) };
  if (isMesh(given)) return { scope, of: 'mesh', name: 'mesh', namespace: rootNamespaceOf(given), selector: undefined, ports: () => [] };
  if (isGateway(given)) return gatewayTarget(given);
  if (isObjectConstruct(given)) return objectTarget(from ?? given, given, property);
  throw badReference(from, given, property, EXPECTED);
}

/** The gateways of the program, each once. */
export function gatewaysOf(root: IConstruct): PolicyTarget[] {
  const gateways = SynthSession.of(root).constructs().filter((each): each is IConstruct & GatewaySubject => !ApiObject.isApiObject(each) && !isService(each) && !isMesh(each) && isGateway(each));
  return [...new Map(gateways.map((each) => gatewayTarget(each)).map((target) => [target.scope, target])).values()];
}

/** The proxies that an IngressGateway makes are that gateway: what is said of either is one policy. */
function gatewayTarget(given: GatewaySubject): PolicyTarget {
  const parent = given.node.scope;
  const gateway = parent !== undefined && isGateway(parent) && parent.name === given.name && parent.namespace === given.namespace ? parent : given;
  return { ...common(gateway as unknown as Construct, gateway), of: 'gateway', selector: () => gateway.selector, ports: () => gatewayPorts(gateway) };
}

function objectTarget(from: IConstruct, object: ObjectConstruct, property: string): PolicyTarget {
  const scope = object as unknown as Construct;
  const { kind, name } = object;
  if (kind === 'Namespace') return { scope, of: 'namespace', name: 'namespace', namespace: name, selector: undefined, ports: () => [] };
  const namespace = namespaceOf(object);
  if (namespace === undefined) throw badReference(from, object, property, 'something in a namespace', 'give it or its chart a namespace');
  if (kind === 'Service') {
    const spec = (): ServiceSpec => (manifestOf(object)?.['spec'] ?? {}) as ServiceSpec;
    return { scope, of: 'service', name, namespace, selector: () => spec().selector ?? {}, ports: () => podPorts(spec().ports ?? [], object) };
  }
  if (readWorkload(object) === undefined) throw badReference(from, object, property, EXPECTED);
  const facts = (): { labels: Readonly<Record<string, string>>; ports: readonly ServicePort[] } => readWorkload(object) ?? { labels: {}, ports: [] };
  const ports = (): PodPort[] => facts().ports.map((port) => ({ number: port.port, protocol: portOf(port, { construct: object.node.path }).protocol }));
  // of a name of its own: a service is often called as its workload, and is for other pods
  return { scope, of: 'workload', name: `${name}.${kind.toLowerCase()}`, namespace, selector: () => facts().labels, ports };
}

function common(scope: Construct, { name, namespace }: { readonly name: string; readonly namespace: string }): Pick<PolicyTarget, 'scope' | 'name' | 'namespace'> {
  return { scope, name, namespace };
}

/** Where policies are for the whole mesh; of another program's mesh, its own namespace. */
function rootNamespaceOf(mesh: MeshReference): string {
  return settingsOf(mesh)?.rootNamespace ?? mesh.namespace;
}

/** What the Gateways of the program have the gateway listen on; TLS that is passed on shows no requests. */
function gatewayPorts(gateway: GatewaySubject): PodPort[] {
  const cluster = Cluster.pathOf(gateway);
  return SynthSession.of(gateway).constructs().flatMap((construct) => {
    if (!ApiObject.isApiObject(construct) || construct.kind !== 'Gateway' || !construct.apiVersion.startsWith('networking.istio.io/') || Cluster.pathOf(construct) !== cluster) return [];
    const { selector = {}, servers = [] } = (manifestOf(construct)?.['spec'] ?? {}) as GatewaySpec;
    if (!Object.entries(selector).every(([key, value]) => gateway.selector[key] === value)) return [];
    return servers.map(({ port, tls }): PodPort => {
      const isPassedOn = tls?.mode === 'PASSTHROUGH' || tls?.mode === 'AUTO_PASSTHROUGH';
      const isHttp = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB', 'HTTPS'].includes((port?.protocol ?? '').toUpperCase());
      return { number: port?.number, protocol: isHttp && !isPassedOn ? 'HTTP' : 'TCP', showsIdentity: MUTUAL.includes(tls?.mode ?? '') };
    });
  });
}

const MUTUAL: readonly string[] = ['ISTIO_MUTUAL', 'MUTUAL', 'OPTIONAL_MUTUAL'];

interface GatewaySpec {
  readonly selector?: Readonly<Record<string, string>>;
  readonly servers?: readonly { readonly port?: { readonly number?: number; readonly protocol?: string }; readonly tls?: { readonly mode?: string } }[];
}

interface ManifestServicePort extends ServicePort {
  readonly targetPort?: number | string;
}

interface ServiceSpec {
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly ManifestServicePort[];
}

/** The manifest of a Service says which ports the pods listen on; a reference to another program's says only what callers see. */
function servicePorts(service: ServiceSubject): readonly PodPort[] {
  const parent = service.node.scope;
  if (parent !== undefined && isObjectConstruct(parent) && parent.kind === 'Service') {
    return podPorts(((manifestOf(parent)?.['spec'] ?? {}) as ServiceSpec).ports ?? [], service);
  }
  return service.ports.map((port) => ({ number: undefined, protocol: portOf(port, { construct: service.node.path }).protocol }));
}

function podPorts(ports: readonly ManifestServicePort[], owner: IConstruct): PodPort[] {
  return ports.map(({ targetPort, ...port }) => {
    const { protocol } = portOf({ port: port.port, name: port.name, appProtocol: port.appProtocol, protocol: port.protocol }, { construct: owner.node.path });
    const number = targetPort ?? port.port;
    return { number: typeof number === 'number' ? number : undefined, protocol };
  });
}

const HTTP: ReadonlySet<PortProtocol> = new Set<PortProtocol>(['HTTP', 'HTTP2', 'GRPC', 'GRPC-Web', 'HTTP_PROXY']);

/** Whether a proxy sees requests on the port: it never does where it is told that there are none. */
export function maySeeRequests({ protocol }: PodPort): boolean {
  return HTTP.has(protocol) || protocol === 'auto';
}

/** By what it has and not by its values: labels and ports are read at synthesis, where they may still change. */
function isService(given: IConstruct): given is ServiceSubject {
  return ['name', 'namespace', 'host', 'selector', 'ports'].every((key) => key in given);
}

function isMesh(given: IConstruct): given is MeshReference {
  const { namespace, injectionLabels } = given as Partial<MeshReference>;
  return typeof namespace === 'string' && isRecord(injectionLabels);
}

function isGateway(given: IConstruct): given is GatewaySubject {
  const { name, namespace, selector } = given as Partial<GatewaySubject>;
  return typeof name === 'string' && typeof namespace === 'string' && isRecord(selector);
}

function isRecord(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
