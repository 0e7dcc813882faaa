import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { Cluster } from '../core/cluster';
import { Host } from '../core/host';
import { requirePlace } from '../core/place';
import { badReference, chartNamespace, isObjectConstruct, namespaceName, namespaceOf, requireSameCluster } from '../core/references';
import type { ObjectConstruct } from '../core/references';
import { requireProps } from '../core/required-props';
import { rootState } from '../core/root-state';
import { Selector } from '../core/selector';
import type { Labels } from '../core/selector';
import { meshError } from '../errors/mesh-error';
import { grantAccess, implyAccess } from '../security/access';
import type { AccessTarget } from '../security/access';
import { workloadAccount } from '../security/access-caller';
import type { AccessCaller, AccessSource } from '../security/access-caller';
import type { AccessRule } from '../security/access-rule';
import { serviceAccountName } from '../security/mesh-service-account';
import type { ServiceAccountReference } from '../security/mesh-service-account';
import { principalOf } from '../security/principal';
import { portOf, readKubernetesService } from './kubernetes-service';
import type { ServicePort } from './kubernetes-service';
import { readWorkload } from './kubernetes-workload';
import type { FromServiceOptions, NamedServiceProps } from './mesh-service-props';
import { NamedService } from './named-service';
import type { KnownService } from './named-service';
import { requirePorts } from './service-ports';
import type { FactsOf } from './rules/checked-match';
import { checkRoute } from './rules/checked-route';
import { MeshRoute } from './rules/mesh-route';
import type { RouteProps } from './rules/route-props';
import { checkedPolicy } from './resilience/checked-policy';
import type { TrafficPolicyProps } from './resilience/traffic-policy-props';
import { ServiceTraffic } from './service-traffic';
import type { Destination, Shares } from './versioned-traffic';
import { workloadService } from './workload-service';

interface Known {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly know: (service: MeshService) => KnownService;
  readonly options: FromServiceOptions;
}

const BRAND = Symbol.for('mesh-constructs.MeshService');
const ID = 'mesh';

/**
 * A Kubernetes Service as the mesh sees it: who may call it, which versions it has, and how traffic is shared among
 * them. It owns the DestinationRule and the mesh's VirtualService of its host.
 */
export class MeshService extends Construct implements AccessSource {
  /**
   * The service that another construct makes, of cdk8s-plus or an L1. Of a workload (a Deployment, a StatefulSet, a Pod, …)
   * it makes the Service: of the workload's name, for the ports of its containers. Asked again for the same one, it gives
   * the same object.
   *
   * @throws MeshError when it is neither a Service nor a workload, or asked again with other options.
   */
  public static from(object: ObjectConstruct, options: FromServiceOptions = {}): MeshService {
    if (!isObjectConstruct(object)) throw notService(undefined, object);
    requireProps(object, options, 'from');
    if (object.kind !== 'Service') return MeshService.ofWorkload(object, options);
    const known = object.node.tryFindChild(ID);
    if (MeshService.isMeshService(known)) return known.sameAs(options);
    const know = (service: MeshService): KnownService => ({
      versions: options.versions,
      facts: () => readKubernetesService(object),
      serviceAccount: accountOf(service, options),
      representedBy: (first) => first,
      traffic: undefined,
    });
    return new MeshService(object as unknown as Construct, ID, { name: object.name, namespace: namespaceOf(object), know, options });
  }

  /** True for a MeshService of any copy of this library. */
  public static isMeshService(value: unknown): value is MeshService {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /**
   * A service that is not made in this program. All references to one service are one: what any of them says, all know.
   *
   * @throws MeshError when two references contradict each other, or this program makes the service after all.
   */
  public static fromName(scope: Construct, id: string, props: NamedServiceProps): MeshService {
    const place = { construct: `${scope.node.path}/${id}`, property: 'ports' };
    requireProps(place.construct, props, 'fromName');
    requirePorts(props.ports, place);
    const know = (service: MeshService): KnownService => {
      const ports = props.ports.map((port) => checkedPort(port, place));
      const selector = props.selector === undefined ? undefined : podLabels(service, props.selector);
      const serviceAccount = props.serviceAccount === undefined ? undefined : serviceAccountName(service, props.serviceAccount, service.namespace);
      const named = service.findNamed();
      named.add(service, { ports, selector, serviceAccount, versions: props.versions });
      return named;
    };
    const namespace = props.namespace === undefined ? chartNamespace(scope) : namespaceName(scope, props.namespace);
    return new MeshService(scope, id, { name: props.name, namespace, know, options: props });
  }

  /**
   * The service that a prop was given: a MeshService, or a Service that another construct makes.
   *
   * @throws MeshError when it is neither, or in another cluster.
   */
  public static of(from: IConstruct, given: MeshService | ObjectConstruct, property = 'service'): MeshService {
    const isService = isObjectConstruct(given) && given.kind === 'Service';
    if (!isService && !MeshService.isMeshService(given)) throw notService(from, given, property);
    requireSameCluster(from, given, property);
    return MeshService.isMeshService(given) ? given : MeshService.from(given);
  }

  private static ofWorkload(workload: ObjectConstruct, options: FromServiceOptions): MeshService {
    if (readWorkload(workload) === undefined) throw notService(workload, workload);
    if (options.workload !== undefined && options.workload !== workload) {
      throw badReference(workload, options.workload, 'workload', 'no other workload than the one that the service is made for');
    }
    return MeshService.from(workloadService(workload, options.versions !== undefined), { ...options, workload });
  }

  /** Name of the Kubernetes Service. */
  public readonly name: string;
  public readonly namespace: string;
  /** The full name that Istio knows the service by, such as `reviews.shop.svc.cluster.local`. */
  public readonly host: string;

  private readonly known: KnownService;
  private readonly options: FromServiceOptions;

  private constructor(scope: Construct, id: string, { name, namespace, know, options }: Known) {
    super(scope, id);
    Object.defineProperty(this, BRAND, { value: true });
    const { clusterDomain } = Cluster.factsOf(this);
    this.name = name;
    this.namespace = namespace ?? this.refuseNoNamespace();
    this.host = Host.service(this.name, this.namespace, { construct: this.node.path, clusterDomain }).value;
    this.options = options;
    this.known = know(this);
    this.refuseSecondOwner();
    const first = this.known.representedBy(this);
    this.known.traffic ??= new ServiceTraffic(first);
    this.known.traffic.isKnownAs(first);
    if (this.known.versions !== undefined) this.known.traffic.addVersions();
  }

  /** Versions that run of the service. */
  public get versions(): readonly string[] {
    return this.known.versions ?? [];
  }

  /** Ports of the service. */
  public get ports(): readonly ServicePort[] {
    return this.known.facts().ports;
  }

  /** Labels of the pods behind the service. */
  public get selector(): Labels {
    return this.known.facts().selector;
  }

  /**
   * Principals of the service's pods.
   *
   * @throws MeshError when the service is known by a workload that has no ServiceAccount of its own.
   */
  public get principals(): readonly string[] {
    return [principalOf(this, this.namespace, this.known.serviceAccount())];
  }

  /**
   * Lets `caller` call this service: a service, a gateway, a workload, a ServiceAccount, or all that runs in a namespace.
   * Grants from all over the program become one AuthorizationPolicy. The first grant closes a service that took every
   * caller: from then on it lets in those that were granted access, and no others.
   *
   * @throws MeshError when the caller is nothing that has an identity, or the rule says something else than it means; at
   * synthesis, when the caller is a workload without a ServiceAccount of its own.
   * @example
   * reviews.allowFrom(productpage, { methods: ['GET'] });
   */
  public allowFrom(caller: AccessCaller, rule: AccessRule = {}): void {
    grantAccess(identityOf(caller), this.accessTarget(), rule);
  }

  /** Lets `caller` in where callers need a grant; for what leads to the service, such as a route of a gateway. */
  public implyAccessFrom(caller: AccessCaller): void {
    implyAccess(identityOf(caller), this.accessTarget());
  }

  /**
   * Shares the traffic of the mesh among versions, in percent. A version that is not named gets nothing; one that is
   * named with `undefined` gets what the others leave. Ports that carry HTTP share requests, others connections.
   *
   * @throws MeshError when the shares do not add up to 100, a version is not one of the service's, or something
   * else shares this service's traffic already; at synthesis, when a port carries TLS that the pods end themselves.
   */
  public split(owner: IConstruct, shares: Shares): void {
    this.traffic.split(owner, shares);
  }

  /**
   * Does something else with some of the requests that the mesh makes to this service: leads them to a version or another
   * service, answers, redirects or changes them, waits and tries again, or fails on purpose.
   *
   * Rules from all over the program become the service's one VirtualService: the narrower rule goes before the wider, then the
   * one of higher `priority`. Last come all other requests, which a split or a canary shares. Requests that an IngressRoute
   * leads to the service do not meet its rules.
   *
   * @throws MeshError when a value cannot be, a redirect comes back to the rule, tries do not fit into the timeout, or a fault
   * says neither cohort nor `everyone: true`; at synthesis, when two rules fit the same requests and neither goes first, a
   * rule never matches, or there is no such version or port.
   * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/
   * @example
   * reviews.route(chart, 'testers', { match: { headers: { 'x-tester': 'yes' } }, to: { version: 'v2' } });
   */
  public route(scope: Construct, id: string, props: RouteProps): MeshRoute {
    const path = requirePlace(scope, id);
    requireProps(path, props);
    requireSameCluster(scope, this, 'service');
    const route = new MeshRoute(scope, id);
    const factsOf = (source: unknown): ReturnType<FactsOf> => {
      if (!MeshService.isMeshService(source) && !(isObjectConstruct(source) && source.kind === 'Service')) return undefined;
      const { namespace, known } = MeshService.of(route, source, 'match.source');
      return { namespace, facts: known.facts };
    };
    const of = (given: unknown, property: string): MeshService => MeshService.of(route, given as MeshService, property);
    this.traffic.addRule(checkRoute(route, props, { of, factsOf }));
    return route;
  }

  /**
   * Says how callers in the mesh treat the service's pods: how many connections and requests they have open, when they leave
   * a pod alone that fails, and which pod gets the next request. It becomes the `trafficPolicy` of the service's
   * DestinationRule, for all versions. Encryption is not part of it: it follows the mTLS of the mesh.
   *
   * @param owner the construct that an error names
   * @throws MeshError when a value cannot be, parts contradict each other, or the service has a policy already.
   * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy
   * @example
   * reviews.trafficPolicy(chart, { outlierDetection: 'gateway-errors', loadBalancer: { simple: 'LEAST_REQUEST' } });
   */
  public trafficPolicy(owner: IConstruct, props: TrafficPolicyProps): void {
    requireSameCluster(owner, this, 'service');
    this.traffic.setPolicy(owner, checkedPolicy(owner, props));
  }

  /**
   * Where requests on a port of the service go: by the shares of a split or a canary, which so hold for every way in.
   * For routes that lead to the service, and to be asked when the program is complete: in a planner.
   */
  public destinations(port: number): readonly Destination[] {
    return this.traffic.destinations().map((each) => ({ ...each, destination: { ...each.destination, port: { number: port } } }));
  }

  private get traffic(): ServiceTraffic {
    return (this.known.traffic ??= new ServiceTraffic(this.known.representedBy(this)));
  }

  private accessTarget(): AccessTarget {
    return { scope: this, name: this.name, namespace: this.namespace, selector: () => this.selector };
  }

  private sameAs(options: FromServiceOptions): MeshService {
    const account = (given: ServiceAccountReference | undefined): string | undefined =>
      given === undefined ? undefined : serviceAccountName(this, given, this.namespace);
    const { versions, serviceAccount, workload } = options;
    const isSame =
      (versions === undefined || JSON.stringify(versions) === JSON.stringify(this.options.versions)) &&
      (serviceAccount === undefined || account(serviceAccount) === account(this.options.serviceAccount)) &&
      (workload === undefined || workload === this.options.workload);
    if (isSame) return this;
    throw meshError({
      code: 'second-owner',
      construct: this.node.path,
      property: 'from',
      got: `other options for ${this.host} than it was first given`,
      expected: 'options at one place, none at the others',
      fix: 'give all options the first time, and hand on what that gave',
    });
  }

  /** What references to this service say together. */
  private findNamed(): NamedService {
    const known = this.owners().get(this.ownerKey())?.known;
    return known instanceof NamedService ? known : new NamedService(this.name, this.host);
  }

  /** Two owners of one host would write two DestinationRules, of which Istio follows one. */
  private refuseSecondOwner(): void {
    const owner = this.owners().get(this.ownerKey());
    if (owner !== undefined && owner.known !== this.known) {
      throw meshError({
        code: 'second-owner',
        construct: this.node.path,
        property: 'name',
        got: `${this.host}, which ${owner.node.path} stands for, too`,
        expected: 'one MeshService for each Kubernetes Service that the program makes',
        fix: 'make it once and hand it on',
      });
    }
    if (owner === undefined) this.owners().set(this.ownerKey(), this);
  }

  private owners(): Map<string, MeshService> {
    return rootState(this, 'meshServices', () => new Map<string, MeshService>());
  }

  private ownerKey(): string {
    return `${Cluster.pathOf(this)}\n${this.host}`;
  }

  private refuseNoNamespace(): never {
    throw meshError({
      code: 'no-namespace',
      construct: this.node.path,
      property: 'namespace',
      got: 'none',
      expected: 'the namespace of the service',
      fix: 'give the service or its chart a namespace',
    });
  }
}

/** A Service calls as the pods behind it. */
function identityOf(caller: AccessCaller): AccessCaller {
  return isObjectConstruct(caller) && caller.kind === 'Service' ? MeshService.from(caller) : caller;
}

/** Asked for when it is needed: a workload may be told its account until synthesis. */
function accountOf(service: MeshService, { serviceAccount, workload }: FromServiceOptions): () => string {
  const name = serviceAccount === undefined ? undefined : serviceAccountName(service, serviceAccount, service.namespace);
  if (workload !== undefined) requireSameCluster(service, workload, 'workload');
  return () => name ?? (workload === undefined ? service.name : workloadAccount(service, workload, 'workload'));
}

function podLabels(service: MeshService, given: Selector | Labels): Labels {
  // a service that selects nothing is one whose endpoints others keep
  const isEmpty = typeof given === 'object' && given !== null && Object.keys(given).length === 0;
  return isEmpty && !Selector.isSelector(given) ? {} : Selector.of(given, { construct: service.node.path, property: 'selector' }).matchLabels;
}

function checkedPort(given: number | ServicePort, place: { readonly construct: string; readonly property: string }): ServicePort {
  const port = portOf(typeof given === 'object' && given !== null ? given : { port: given }, place);
  return { port: port.number, name: port.name, appProtocol: port.appProtocol, protocol: port.transport };
}

function notService(from: IConstruct | undefined, got: unknown, property = 'from'): Error {
  const expected = property === 'from' ? 'a Service or a workload: a construct of cdk8s-plus or an L1' : 'a MeshService, or a Service that another construct makes';
  return badReference(from, got, property, expected, isObjectConstruct(got) ? 'make a service of a workload with MeshService.from(workload)' : undefined);
}
