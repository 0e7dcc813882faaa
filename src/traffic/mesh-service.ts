import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { Cluster } from '../core/cluster';
import { Host } from '../core/host';
import { badReference, chartNamespace, isObjectConstruct, namespaceName, namespaceOf, requireSameCluster } from '../core/references';
import type { ObjectConstruct } from '../core/references';
import { requireProps } from '../core/required-props';
import type { Labels } from '../core/selector';
import { Access, implyAccess } from '../security/access/access';
import type { AccessCaller, AccessCallers, AccessSource } from '../security/callers/access-caller';
import type { AccessRule, AuditRule, CustomRule, DenyRule } from '../security/access/access-rule';
import type { ExternalAuthorizer } from '../security/external-authorization/external-authorizer';
import { serviceAccountName } from '../security/callers/mesh-service-account';
import { judgeMtls } from '../security/mtls/mtls-clashes';
import { principalOf } from '../security/callers/principal';
import { readKubernetesService } from './kubernetes-service';
import type { ServicePort } from './kubernetes-service';
import { readWorkload } from './kubernetes-workload';
import type { FromServiceOptions, NamedServiceProps } from './mesh-service-props';
import type { KnownService } from './named-service';
import { requirePorts } from './service-ports';
import { hostOfVersion } from './gateway-api/version-services';
import { checkRoute } from './rules/checked-route';
import { checkTcpRoute, checkTlsRoute } from './rules/checked-connection';
import type { TcpRouteProps, TlsRouteProps } from './rules/connection-props';
import { routeOfService } from './rules/mesh-route';
import type { MeshRoute } from './rules/mesh-route';
import { ownNames } from './rules/own-names';
import type { RouteProps } from './rules/route-props';
import { ServicePolicy } from './resilience/service-policy';
import type { ServicePolicyProps } from './resilience/traffic-policy-props';
import type { CallTarget } from './scope/call-target';
import { declareCalls } from './scope/declare-calls';
import { judgeProtocols } from './scope/port-protocols';
import { requireSameOptions } from './service-options';
import { claimHost, namedService } from './service-owners';
import { ServiceTraffic } from './service-traffic';
import { accountOf, checkedPort, notService, podLabels, requireNamespace } from './service-values';
import { checkedApi } from './traffic-objects';
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
    if (MeshService.isMeshService(known)) {
      requireSameOptions({ service: known, options: known.options, api: known.known.api }, options);
      return known;
    }
    const know = (service: MeshService): KnownService => ({
      versions: options.versions,
      facts: () => readKubernetesService(object),
      serviceAccount: accountOf(service, options),
      representedBy: (first) => first,
      api: checkedApi(options.api, object.node.path),
      manifest: () => readKubernetesService(object),
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
      const named = namedService(service);
      const api = props.api === undefined ? undefined : checkedApi(props.api, place.construct);
      named.add(service, { ports, selector, serviceAccount, versions: props.versions, api });
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
    this.namespace = requireNamespace(this, namespace);
    this.host = Host.service(this.name, this.namespace, { construct: this.node.path, clusterDomain }).value;
    this.options = options;
    this.known = know(this);
    claimHost(this, this.known);
    const first = this.known.representedBy(this);
    this.known.traffic ??= new ServiceTraffic(first, this.known);
    this.known.traffic.isKnownAs(first);
    if (this.known.versions !== undefined) this.known.traffic.addVersions();
    judgeMtls(this);
  }

  /** Versions that run of the service. */
  public get versions(): readonly string[] {
    return this.known.versions ?? [];
  }

  /** Host of the Service that a version has of its own, with `api: 'gateway'`; undefined where versions are subsets. */
  public hostOfVersion(version: string): string | undefined {
    return this.known.api === 'gateway' ? hostOfVersion(this, version) : undefined;
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
   * Lets callers call this service: a service, a gateway, a workload, a ServiceAccount, all that runs in a namespace, addresses,
   * or whoever shows a token. The first grant closes a service that took every caller: from then on it lets in those that
   * were granted access, and no others.
   *
   * @throws MeshError as {@link Access.allowFrom}.
   * @example
   * reviews.allowFrom(productpage, { methods: ['GET'] });
   */
  public allowFrom(callers: AccessCallers, rule: AccessRule = {}): void {
    Access.to(this).allowFrom(callers, rule);
  }

  /** Refuses callers, whatever is granted: see {@link Access.denyFrom}. */
  public denyFrom(callers: AccessCallers, rule: DenyRule = {}): void {
    Access.to(this).denyFrom(callers, rule);
  }

  /** Has requests written down: see {@link Access.auditFrom}. */
  public auditFrom(callers: AccessCallers, rule: AuditRule = {}): void {
    Access.to(this).auditFrom(callers, rule);
  }

  /** Asks an external authorizer: see {@link Access.custom}. */
  public custom(authorizer: ExternalAuthorizer | string, rule: CustomRule = {}): void {
    Access.to(this).custom(authorizer, rule);
  }

  /**
   * Says that this service calls others, inside the mesh or outside of it. What services call decides on what a `SidecarScope`
   * lets their proxies see, and synthesis sees to it that nothing hides it from them. It lets nobody in: that is for the
   * `allowFrom` of the other side. Said again it adds to what was said; with nothing it says that the service calls nothing.
   *
   * @throws MeshError for what is no service, is in another cluster, or is the service itself; at synthesis, when a Sidecar, an
   * EgressLockdown or an `exportTo` of the program hides it.
   * @example
   * web.calls(orders, payments);
   */
  public calls(...services: readonly (CallTarget | ObjectConstruct)[]): void {
    declareCalls(this, services, (service) => MeshService.of(this, service, 'calls'));
  }

  /** Lets `caller` in where callers need a grant; for what leads to the service, such as a route of a gateway. */
  public implyAccessFrom(caller: AccessCaller): void {
    implyAccess(caller, this);
  }

  /**
   * Shares the traffic of the mesh among versions, in percent. A version that is not named gets nothing; one that is
   * named with `undefined` gets what the others leave. Ports that carry HTTP share requests, others connections; of TLS that the
   * pods end themselves those that ask for one of the service's own names.
   *
   * @throws MeshError when the shares do not add up to 100, a version is not one of the service's, or something
   * else shares this service's traffic already; at synthesis, when no port carries TCP.
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
   * @throws MeshError when a value cannot be, tries do not fit into the timeout, or a fault says neither cohort nor
   * `everyone: true`; at synthesis, when two rules fit the same requests and neither goes first, a rule never matches, redirects
   * lead in a circle, or there is no such version or port.
   * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/
   * @example
   * reviews.route(chart, 'testers', { match: { headers: { 'x-tester': 'yes' } }, to: { version: 'v2' } });
   */
  public route(scope: Construct, id: string, props: RouteProps): MeshRoute {
    const context = routeOfService(this, MeshService, scope, id, props);
    this.traffic.addRule(checkRoute(context, props));
    judgeProtocols(this);
    return context.owner;
  }

  /**
   * Leads some of the connections to this service to a version or another service, on ports that carry neither HTTP nor TLS. Rules
   * become part of the service's one VirtualService, in the same order as those of {@link route}.
   *
   * @throws MeshError when a value cannot be; at synthesis, when two rules fit the same connections and neither goes first, a rule
   * never matches, or there is no such version or port.
   * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#TCPRoute
   * @example
   * database.tcpRoute(chart, 'reports', { match: { source: reports }, to: { version: 'replica' } });
   */
  public tcpRoute(scope: Construct, id: string, props: TcpRouteProps): MeshRoute {
    const context = routeOfService(this, MeshService, scope, id, props);
    this.traffic.addRule(checkTcpRoute(context, props), 'tcp');
    return context.owner;
  }

  /**
   * Leads some of the TLS connections that the service's pods end themselves to a version or another service, by the name that
   * the caller asks for (SNI). Rules become part of the service's one VirtualService. With a rule, callers have to ask for one of the
   * service's own names or one that some rule has; other connections go without the mesh's mTLS, which a STRICT service refuses.
   *
   * @throws MeshError when a value cannot be; at synthesis, when two rules fit the same connections and neither goes first, a rule
   * never matches, or there is no such version or port.
   * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#TLSRoute
   * @example
   * vault.tlsRoute(chart, 'next', { match: { sourceNamespace: 'staging' }, to: { version: 'v2' } });
   */
  public tlsRoute(scope: Construct, id: string, props: TlsRouteProps): MeshRoute {
    const context = routeOfService(this, MeshService, scope, id, props);
    this.traffic.addRule(checkTlsRoute(context, props, ownNames(this)), 'tls');
    return context.owner;
  }

  /**
   * Says how callers in the mesh treat the service's pods: how many connections and requests they have open, when they leave
   * a pod alone that fails, and which pod gets the next request. It becomes the `trafficPolicy` of the service's
   * DestinationRule, for all versions and ports but where it says otherwise. Encryption is not part of it: it follows the mTLS of
   * the mesh.
   *
   * @param owner the construct that an error names
   * @throws MeshError when a value cannot be, parts contradict each other, or the service has a policy already; at synthesis,
   * when there is no such port or version.
   * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy
   * @example
   * reviews.trafficPolicy(chart, { outlierDetection: 'gateway-errors', loadBalancer: { simple: 'LEAST_REQUEST' } });
   */
  public trafficPolicy(owner: IConstruct, props: ServicePolicyProps): void {
    requireSameCluster(owner, this, 'service');
    this.traffic.setPolicy(new ServicePolicy(owner, props));
  }

  /**
   * Where requests on a port of the service go: by the shares of a split or a canary, which so hold for every way in.
   * For routes that lead to the service, and to be asked when the program is complete: in a planner.
   */
  public destinations(port: number): readonly Destination[] {
    return this.traffic.destinations().map((each) => ({ ...each, destination: { ...each.destination, port: { number: port } } }));
  }

  private get traffic(): ServiceTraffic {
    return (this.known.traffic ??= new ServiceTraffic(this.known.representedBy(this), this.known));
  }
}
