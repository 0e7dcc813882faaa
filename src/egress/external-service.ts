import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { DestinationRule } from '../../imports/istio/destination-rule';
import type { DestinationRuleTrafficPolicy } from '../../imports/istio/destination-rule';
import { ServiceEntry } from '../../imports/istio/service-entry';
import { VirtualService } from '../../imports/istio/virtual-service';
import { Cluster } from '../core/cluster';
import { Host } from '../core/host';
import type { MeshObject } from '../core/mesh-object';
import { requirePlace } from '../core/place';
import { chartNamespace, namespaceName } from '../core/references';
import type { NamespaceReference } from '../core/references';
import { describeValue, refusal } from '../core/refusal';
import type { Known } from '../core/unknown';
import { meshError } from '../errors/mesh-error';
import { placeOf, requireKeys, someText, within } from '../traffic/rules/refuse';
import { egressOf } from './egress-program';
import { checkedPatience } from './external-patience';
import { externalPolicy } from './external-policy';
import { checkedPorts, entryPorts } from './external-ports';
import type { CheckedPort } from './external-ports';
import { checkedPlaces } from './external-resolution';
import type { CheckedPlaces } from './external-resolution';
import type { ExternalResolution, ExternalServiceProps } from './external-service-props';
import { externalRoutes } from './external-traffic';
import type { ExternalRoutes, GatewayLeg } from './external-traffic';
import { Visibility } from './external-visibility';

/** What is known of an external service that another program declares. */
export interface NamedExternalServiceProps {
  /** The host, as its ServiceEntry says it. */
  readonly host: Known<string>;
  /**
   * Namespace of its ServiceEntry.
   * @default - the chart's
   */
  readonly namespace?: NamespaceReference;
}

const BRAND = Symbol.for('mesh-constructs.ExternalService');
const CONNECTION = 'connection';
/** Told to the constructor by `fromName` alone: it is no prop. */
const NAMED = Symbol('named');
const PROPS = ['host', 'name', 'namespace', 'exportTo', 'ports', 'endpoints', 'addresses', 'resolution', 'timeout', 'retries', 'trafficPolicy'];

/**
 * A service outside of the mesh, as the mesh sees it: where it is, who encrypts, how long callers wait.
 *
 * It makes a ServiceEntry; a DestinationRule where TLS or limits are said (in the egress gateway's namespace, where the TLS
 * needs a Secret); and a VirtualService where a timeout or retries are said, or an `EgressRoute` leads its traffic through a
 * gateway. It is the only owner of its host.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/
 */
export class ExternalService extends Construct {
  /**
   * An external service that another program declares, to be allowed by an `EgressLockdown`. It makes no objects.
   *
   * @throws MeshError when the host or the namespace cannot be.
   */
  public static fromName(scope: Construct, id: string, props: NamedExternalServiceProps): ExternalService {
    requireKeys({ construct: requirePlace(scope, id), property: '' }, props, ['host', 'namespace']);
    return new ExternalService(scope, id, { ...props, [NAMED]: true } as ExternalServiceProps);
  }

  /** True for an ExternalService of any copy of this library. */
  public static isExternalService(value: unknown): value is ExternalService {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** The host that callers ask for. */
  public readonly host: string;
  /** Namespace of its ServiceEntry. */
  public readonly namespace: string;
  /** Whether another program declares it. */
  public readonly isNamed: boolean;
  /** Its ports, with all defaults. @internal */
  public readonly ports: readonly CheckedPort[];
  /** What tells its connections from others that name no host. @internal */
  public readonly addresses: readonly string[];
  /** How its addresses are found. @internal */
  public readonly resolution: ExternalResolution;
  /** Namespaces that it is declared to. @internal */
  public readonly visibility: Visibility;

  private readonly objectName: string;
  private readonly routes: ExternalRoutes;
  private readonly policy: DestinationRuleTrafficPolicy | undefined;
  private leg: (GatewayLeg & { readonly owner: Construct }) | undefined;
  private virtualService: VirtualService | undefined;

  /**
   * @throws MeshError when the host is none or another construct's, a wildcard is to be looked up in the DNS, TLS would be
   * doubled, a timeout or retries are said where proxies see no requests, or the tries take longer than the timeout.
   */
  public constructor(scope: Construct, id: string, props: ExternalServiceProps) {
    requirePlace(scope, id);
    super(scope, id);
    Object.defineProperty(this, BRAND, { value: true });
    requireKeys(placeOf(this), props, PROPS);
    const construct = this.node.path;
    const host = this.checkedHost(props.host);
    this.host = host.value;
    this.namespace = this.checkedNamespace(props.namespace);
    this.visibility = Visibility.of(this, this.namespace, props.exportTo);
    this.isNamed = NAMED in props;
    this.objectName = props.name === undefined ? id : someText(within(placeOf(this), 'name'), props.name);
    this.ports = checkedPorts(construct, props.ports);
    const places = checkedPlaces({ place: placeOf(this), host, ports: this.ports }, props);
    this.addresses = places.addresses;
    this.resolution = places.resolution;
    const { ports, resolution } = this;
    this.routes = { host: this.host, ports, patience: checkedPatience({ place: placeOf(this), host: this.host, ports, resolution }, props) };
    this.policy = externalPolicy(this, this.host, { ports, places }, props.trafficPolicy);
    egressOf(this).addService(this);
    if (!this.isNamed) this.makeObjects(places);
  }

  /** Name of the Secret that some port's TLS needs, which only a gateway can read. @internal */
  public get secretName(): string | undefined {
    return this.ports.find(({ tls }) => tls?.secretName !== undefined)?.tls?.secretName;
  }

  /** Whether its traffic goes through a gateway. @internal */
  public get hasGateway(): boolean {
    return this.leg !== undefined;
  }

  /**
   * Leads the traffic through a gateway, for an `EgressRoute`.
   *
   * @throws MeshError when another route does so already.
   * @internal
   */
  public leadThrough(owner: Construct, leg: GatewayLeg, subset: MeshObject): void {
    if (this.leg !== undefined) {
      throw meshError({
        code: 'second-owner',
        construct: owner.node.path,
        property: 'to',
        got: `${this.host}, which ${this.leg.owner.node.path} leads through a gateway`,
        expected: 'one way out for a host',
        fix: 'remove one of the two, and let all callers leave by the other: allowFrom',
      });
    }
    this.leg = { ...leg, owner };
    // the gateway's proxies have to know the host, too
    this.visibility.add(leg.namespace);
    // a route to a subset that is not there yet answers 503
    const route = this.requireRoute();
    route.needs(subset);
    if (this.secretName !== undefined) route.needs(this.makeGatewayConnection(leg));
  }

  private makeObjects({ resolution, endpoints, addresses }: CheckedPlaces): void {
    const metadata = { name: this.objectName, namespace: this.namespace };
    new ServiceEntry(this, 'entry', {
      metadata,
      spec: {
        hosts: [this.host],
        location: 'MESH_EXTERNAL',
        ports: entryPorts(this.ports),
        resolution,
        ...(addresses.length > 0 && { addresses: [...addresses] }),
        ...(endpoints.length > 0 && { endpoints: [...endpoints] }),
        exportTo: this.exportTo(),
      },
    });
    const { policy } = this;
    if (policy !== undefined && this.secretName === undefined) {
      new DestinationRule(this, CONNECTION, { metadata, spec: { host: this.host, trafficPolicy: policy, exportTo: this.exportTo() } });
    }
    if (Object.keys(this.routes.patience).length > 0) this.requireRoute();
  }

  /** At synthesis: a gateway may be said until then. */
  private exportTo(): string[] {
    return Lazy.any({ produce: () => this.visibility.exportTo }) as never;
  }

  /** For the gateway's pods alone, in their namespace: Istio hands a Secret to no others. */
  private makeGatewayConnection({ namespace, selector, subset }: GatewayLeg): DestinationRule {
    return new DestinationRule(this, CONNECTION, {
      metadata: { name: subset, namespace },
      spec: { host: this.host, workloadSelector: { matchLabels: { ...selector } }, ...(this.policy !== undefined && { trafficPolicy: this.policy }) },
    });
  }

  /** One VirtualService for all that is said of the host: Istio follows only one of those that sidecars read. */
  private requireRoute(): VirtualService {
    this.virtualService ??= new VirtualService(this, 'route', {
      metadata: { name: this.objectName, namespace: this.namespace },
      // at synthesis: a gateway may be said until then
      spec: Lazy.any({ produce: () => ({ hosts: [this.host], ...externalRoutes(this.routes, this.leg), exportTo: this.visibility.exportTo }) }) as never,
    });
    return this.virtualService;
  }

  private checkedHost(given: unknown): Host {
    const host = Host.parse(given as string, { construct: this.node.path, property: 'host' });
    const { clusterDomain } = Cluster.factsOf(this);
    const isOfCluster = host.value.endsWith(`.svc.${clusterDomain.toLowerCase()}`);
    const isPartWildcard = host.isWildcard && !host.value.startsWith('*.');
    if (!host.isShort && !isOfCluster && !isPartWildcard) return host;
    throw refusal({ construct: this.node.path }, 'host', {
      code: 'bad-host',
      got: describeValue(given),
      expected: 'the full name of something outside of the cluster, such as "api.example.com" or "*.example.com"',
      fix: isOfCluster || host.isShort ? 'refer to a service of the cluster with MeshService.fromName()' : 'name the domain: "*" would be every host, and parts of a name are not matched',
    });
  }

  private checkedNamespace(given: NamespaceReference | undefined): string {
    const namespace = given === undefined ? chartNamespace(this) : namespaceName(this, given);
    if (namespace !== undefined) return namespace;
    throw refusal({ construct: this.node.path }, 'namespace', {
      code: 'no-namespace',
      got: 'none',
      expected: 'the namespace of its objects',
      fix: 'give the external service or its chart a namespace',
    });
  }
}
