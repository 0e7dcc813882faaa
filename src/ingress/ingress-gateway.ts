import type { Construct } from 'constructs';
import { Gateway } from '../control-plane/gateway/gateway';
import type { GatewayProps } from '../control-plane/gateway/gateway-props';
import { injectionLabelsOf, requireMesh } from '../control-plane/mesh-reference';
import type { MeshReference } from '../control-plane/mesh-reference';
import { isDnsLabel } from '../core/kubernetes-names';
import { requirePlace } from '../core/place';
import { namespaceName } from '../core/references';
import type { NamespaceReference } from '../core/references';
import { describeValue, refusal } from '../core/refusal';
import { requireProps } from '../core/required-props';
import { Selector } from '../core/selector';
import type { Labels } from '../core/selector';
import { requestNamespace } from '../core/shared-objects';
import type { AccessSource } from '../security/callers/access-caller';
import { serviceAccountName } from '../security/callers/mesh-service-account';
import type { ServiceAccountReference } from '../security/callers/mesh-service-account';
import { principalOf } from '../security/callers/principal';
import type { Known } from '../core/unknown';
import { placeOf, requireKeys } from '../traffic/rules/refuse';
import { checkedApi } from '../traffic/traffic-objects';
import type { TrafficApi } from '../traffic/traffic-objects';
import { withClientIp } from './client-ip';
import type { ClientIpProps } from './client-ip';
import { GATEWAY_NAME, deployedName, deploymentOf } from './gateway-api/deployment';
import type { GatewayInfrastructure, GatewayInfrastructureSpec } from './gateway-api/deployment';
import { openPort, servicePorts, servingOf } from './gateway-ports';
import type { GatewayPorts, GatewayServing } from './gateway-ports';
import { GuardedGateway } from '../security/access/guarded-gateway';

/** What a gateway is known by, whether this program makes it or another one does. */
export interface GatewayFacts {
  /**
   * Namespace of the gateway's pods; certificates must be there, too.
   * @default 'istio-ingress'
   */
  readonly namespace?: NamespaceReference;
  /**
   * Labels by which Gateway objects select the gateway's pods.
   * @default - `istio` with the gateway's name
   */
  readonly selector?: Selector | Labels;
  /**
   * ServiceAccount of the gateway's pods, its name or the construct.
   * @default - one of the gateway's name
   */
  readonly serviceAccount?: ServiceAccountReference;
  /**
   * Ports of the gateway's Service that its hosts are served at.
   * @default - 80 and 443, or those that the Service has for HTTP and HTTPS: see {@link GatewayPorts}
   */
  readonly ports?: GatewayPorts;
  /**
   * The API that the gateway and its routes are written in. With `gateway`, istiod deploys the proxies itself where `workload` is left
   * out: a Deployment and a Service `NAME-istio`, whose pods have the label `gateway.networking.k8s.io/gateway-name`. What has no
   * form there is an error at synthesis that names it.
   * @default 'istio'
   * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/
   */
  readonly api?: TrafficApi;
}

/** Props of an {@link IngressGateway}. */
export interface IngressGatewayProps extends GatewayFacts {
  /**
   * What the objects are told that istiod makes for a gateway with `api: 'gateway'`.
   * @default - what istiod does by itself: a Service of type LoadBalancer
   */
  readonly infrastructure?: GatewayInfrastructure;
  /**
   * Name of the gateway: of its workload, its ServiceAccount, and the value of its pods' label `istio`.
   * @default - the construct's id
   */
  readonly name?: Known<string>;
  /**
   * Whether the gateway's namespace is made, too.
   * @default - true, unless `namespace` is a construct of this program
   */
  readonly createNamespace?: boolean;
  /**
   * The mesh whose control plane injects the gateway's pods, or a RevisionTag that stands for it: with a tag, the gateway outlives
   * the meshes that the tag moves over.
   * @default - what `namespaceLabels` say
   */
  readonly mesh?: MeshReference;
  /**
   * Labels of the namespace, where it is made: those by which the gateway's pods are injected.
   * @default - those of `mesh`; `Mesh.addIngressGateway` gives those of its mesh
   */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /**
   * The proxies themselves: their Deployment, Service, scaling and the rest; `false` where something else makes them.
   * @default - see {@link Gateway}; `Mesh.addIngressGateway` gives them the release and the revision of its mesh
   */
  readonly workload?: GatewayWorkloadProps | false;
  /**
   * How the gateway learns the addresses of clients.
   * @default - the cluster's own way: services often see the address of a node in place of the client's
   */
  readonly clientIp?: ClientIpProps;
}

/** What an {@link IngressGateway} lets one say of its proxies. */
export type GatewayWorkloadProps = Omit<GatewayProps, 'name' | 'namespace' | 'serviceAccount'>;

/** What is known of a gateway that another program makes. */
export interface NamedGatewayProps extends GatewayFacts {
  /** Name of the gateway: of its ServiceAccount, and the value of its pods' label `istio`. */
  readonly name: Known<string>;
}

const KEYS = ['api', 'infrastructure', 'name', 'namespace', 'selector', 'serviceAccount', 'ports', 'createNamespace', 'mesh', 'namespaceLabels', 'workload', 'clientIp'];
const BRAND = Symbol.for('mesh-constructs.IngressGateway');
/** Told to the constructor by `fromName` alone: it is no prop. */
const NAMED = Symbol('named');

/**
 * The proxies at the edge of the mesh, where requests from outside come in. Hosts are added with `IngressRoute`, ports for plain
 * TCP with `TcpIngressRoute`.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/ingress-control/
 */
export class IngressGateway extends GuardedGateway implements AccessSource {
  /**
   * A gateway that another program makes, such as the platform team's. It makes no objects; those of its routes are made
   * in the namespace of the routes' chart.
   *
   * @throws MeshError when the name, the namespace or the labels cannot be.
   */
  public static fromName(scope: Construct, id: string, props: NamedGatewayProps): IngressGateway {
    requireProps(requirePlace(scope, id), props, 'fromName');
    const named = { ...props, name: props.name ?? '', createNamespace: false, [NAMED]: true };
    return new IngressGateway(scope, id, named);
  }

  /** True for an IngressGateway of any copy of this library. */
  public static isIngressGateway(value: unknown): value is IngressGateway {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  public readonly name: string;
  public readonly namespace: string;
  public readonly selector: Readonly<Record<string, string>>;
  /** Principals of the gateway's pods. */
  public readonly principals: readonly string[];
  /** The API that the gateway and its routes are written in. */
  public readonly api: TrafficApi;
  /** Whether istiod deploys the proxies. */
  public readonly isDeployed: boolean;
  /** What the objects are told that istiod makes. @internal */
  public readonly infrastructure: GatewayInfrastructureSpec | undefined;
  /** Of the Gateway itself. @internal */
  public readonly annotations: Readonly<Record<string, string>>;
  /** Whether another program makes the gateway. */
  public readonly isNamed: boolean;
  /** Ports of the gateway's Service that its hosts are served at. */
  public readonly serving: GatewayServing;
  /** Ports of the Service that the program makes; undefined where something else makes it. */
  private readonly servicePorts: Set<number> | undefined;

  /** @throws MeshError when the name, the namespace, the labels or the ports cannot be, or `clientIp` contradicts the workload. */
  public constructor(scope: Construct, id: string, props: IngressGatewayProps = {}) {
    requirePlace(scope, id);
    super(scope, id);
    Object.defineProperty(this, BRAND, { value: true });
    requireKeys(placeOf(this), props, KEYS);
    this.isNamed = NAMED in props;
    if (props.workload !== undefined && props.workload !== false) requireProps(this, props.workload, 'workload');
    this.name = this.checkedName(props.name ?? id);
    this.namespace = namespaceName(this, props.namespace ?? 'istio-ingress');
    this.api = checkedApi(props.api, this.node.path);
    this.isDeployed = this.api === 'gateway' && props.workload === undefined;
    const { infrastructure, annotations } = deploymentOf(this, props);
    this.infrastructure = infrastructure;
    this.annotations = annotations;
    const place = { construct: this.node.path, property: 'selector' };
    this.selector = Selector.of(props.selector ?? (this.isDeployed ? { [GATEWAY_NAME]: this.name } : { istio: this.name }), place).matchLabels;
    const account = props.serviceAccount ?? (this.isDeployed ? deployedName(this.name) : this.name);
    this.principals = [principalOf(this, this.namespace, serviceAccountName(this, account, this.namespace))];
    const isMade = typeof (props.namespace ?? '') !== 'string';
    if (props.createNamespace ?? !isMade) requestNamespace(this, this.namespace, this.checkedLabels(props.namespaceLabels ?? this.labelsOf(props.mesh)));
    const workload = withClientIp(this, props.clientIp, this.isDeployed ? 'deployed' : props.workload, this.isNamed);
    const made = this.isNamed ? false : workload;
    this.serving = servingOf(this, props.ports, made);
    const ports = servicePorts(made);
    this.servicePorts = ports === undefined ? undefined : new Set(ports);
    if (made !== false) this.addWorkload(props, made);
  }

  /** Sees to it that the gateway's Service has a port, where the program makes it. @internal */
  public open(port: number): void {
    if (this.servicePorts === undefined || this.servicePorts.has(port)) return;
    this.servicePorts.add(port);
    openPort(this.node.findChild('workload') as Construct, port);
  }

  private labelsOf(mesh: MeshReference | undefined): Labels | undefined {
    if (mesh === undefined) return undefined;
    requireMesh(this, mesh);
    // gateways are injected in ambient mode, too
    return injectionLabelsOf(this, mesh.revision);
  }

  private addWorkload({ serviceAccount }: IngressGatewayProps, workload: GatewayWorkloadProps = {}): void {
    const account = serviceAccountName(this, serviceAccount ?? this.name, this.namespace);
    new Gateway(this, 'workload', {
      ...workload,
      name: this.name,
      namespace: this.namespace,
      labels: { ...workload.labels, ...this.selector },
      // a construct that is given is made where it stands
      serviceAccount: { name: account, create: typeof (serviceAccount ?? '') === 'string' },
    });
  }

  private checkedName(name: unknown): string {
    if (isDnsLabel(name)) return name as string;
    throw refusal({ construct: this.node.path }, 'name', {
      code: 'bad-name',
      got: describeValue(name),
      expected: 'the name of a gateway: 1 to 63 of a-z, 0-9 and dashes within',
      fix: 'it names its workload and is the value of its label "istio"',
    });
  }

  private checkedLabels(labels: Labels = {}): Labels {
    const isEmpty = typeof labels === 'object' && labels !== null && Object.keys(labels).length === 0;
    return isEmpty ? {} : Selector.labels(labels, { construct: this.node.path, property: 'namespaceLabels' }).matchLabels;
  }
}
