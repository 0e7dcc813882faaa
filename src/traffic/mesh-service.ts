import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { Cluster } from '../core/cluster';
import { Host } from '../core/host';
import { Port } from '../core/port';
import { rootState } from '../core/root-state';
import { meshError } from '../errors/mesh-error';
import { grantAccess, implyAccess } from '../security/access';
import type { AccessSource, AccessTarget } from '../security/access';
import type { AccessRule } from '../security/access-rule';
import { readKubernetesService } from './kubernetes-service';
import type { ServiceFacts, ServicePort } from './kubernetes-service';
import { VersionedTraffic } from './versioned-traffic';
import type { Destination, Shares } from './versioned-traffic';

/** What the mesh should know of a service that somebody else makes. */
export interface MeshServiceOptions {
  /**
   * Versions that run of the service, told apart by the label `version` of their pods. They become the subsets of the
   * service's DestinationRule.
   * @default - none: the service has no DestinationRule
   */
  readonly versions?: readonly string[];
  /**
   * Name of the ServiceAccount that the pods run as: the identity of the service when it calls others.
   * @default - the service's name
   */
  readonly serviceAccount?: string;
}

/** A service that is not made in this program. */
export interface NamedServiceProps extends MeshServiceOptions {
  /** Name of the Kubernetes Service. */
  readonly name: string;
  /**
   * @default - the chart's namespace
   */
  readonly namespace?: string;
  /** Ports of the service; a number is a port without a name. */
  readonly ports: readonly (number | ServicePort)[];
  /**
   * Labels of the pods behind the service.
   * @default - `app` with the service's name
   */
  readonly selector?: Readonly<Record<string, string>>;
}

/** A Service that some construct makes: cdk8s-plus's `Service`, or an L1 `Service`. */
export interface ServiceConstruct extends IConstruct {
  readonly name: string;
  readonly metadata: { readonly namespace?: string | undefined };
}

const BRAND = Symbol.for('mesh-constructs.MeshService');
const ID = 'mesh';

/**
 * A Kubernetes Service as the mesh sees it: who may call it, which versions it has, and how traffic is shared among
 * them. It owns the DestinationRule and the mesh's VirtualService of its host.
 */
export class MeshService extends Construct implements AccessSource {
  /**
   * The service that another construct makes, of cdk8s-plus or an L1. Asked again for the same service, it gives the
   * same object.
   *
   * @throws MeshError when asked again with other options.
   */
  public static from(service: ServiceConstruct, options: MeshServiceOptions = {}): MeshService {
    const known = service.node.tryFindChild(ID);
    if (MeshService.isMeshService(known)) return known.sameAs(options);
    const namespace = service.metadata.namespace ?? Chart.of(service).namespace;
    const facts = (): ServiceFacts => readKubernetesService(ApiObject.of(service));
    return new MeshService(service as unknown as Construct, ID, { name: service.name, namespace, options, facts });
  }

  /** True for a MeshService of any copy of this library. */
  public static isMeshService(value: unknown): value is MeshService {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** A service that is not made in this program. */
  public static fromName(scope: Construct, id: string, props: NamedServiceProps): MeshService {
    const { name, ports, selector } = props;
    const facts = {
      ports: ports.map((port) => checkedPort(scope, id, port)),
      selector: selector ?? { app: name },
    };
    const namespace = props.namespace ?? Chart.of(scope).namespace;
    return new MeshService(scope, id, { name, namespace, options: props, facts: () => facts });
  }

  /** Name of the Kubernetes Service. */
  public readonly name: string;
  public readonly namespace: string;
  /** The full name that Istio knows the service by, such as `reviews.shop.svc.cluster.local`. */
  public readonly host: string;
  /** Versions that run of the service. */
  public readonly versions: readonly string[];
  /** Principals of the service's pods. */
  public readonly principals: readonly string[];

  private readonly traffic: VersionedTraffic | undefined;
  private readonly facts: () => ServiceFacts;
  private readonly options: MeshServiceOptions;

  private constructor(
    scope: Construct,
    id: string,
    props: { name: string; namespace: string | undefined; options: MeshServiceOptions; facts: () => ServiceFacts },
  ) {
    super(scope, id);
    Object.defineProperty(this, BRAND, { value: true });
    const { clusterDomain, trustDomain } = Cluster.factsOf(this);
    this.name = props.name;
    this.namespace = props.namespace ?? this.refuseNoNamespace();
    this.options = props.options;
    this.facts = props.facts;
    this.host = Host.service(this.name, this.namespace, { construct: this.node.path, clusterDomain }).value;
    this.versions = props.options.versions ?? [];
    this.principals = [`${trustDomain}/ns/${this.namespace}/sa/${props.options.serviceAccount ?? this.name}`];
    this.refuseSecondOwner();
    if (props.options.versions !== undefined) this.traffic = new VersionedTraffic(this, this);
  }

  /** Ports of the service. */
  public get ports(): readonly ServicePort[] {
    return this.facts().ports;
  }

  /**
   * Lets `source` call this service. Grants from all over the program become one AuthorizationPolicy. The first grant
   * closes a service that took every caller: from then on it lets in those that were granted access, and no others.
   *
   * @example
   * reviews.allowFrom(productpage, { methods: ['GET'] });
   */
  public allowFrom(source: AccessSource, rule: AccessRule = {}): void {
    grantAccess(source, this.accessTarget(), rule);
  }

  /** Lets `source` in where callers need a grant; for what leads to the service, such as a route of a gateway. */
  public implyAccessFrom(source: AccessSource): void {
    implyAccess(source, this.accessTarget());
  }

  /**
   * Shares the traffic of the mesh among versions, in percent. A version that is not named gets nothing; one that is
   * named with `undefined` gets what the others leave.
   *
   * @throws MeshError when the shares do not add up to 100, a version is not one of the service's, or something
   * else shares this service's traffic already.
   */
  public split(owner: IConstruct, shares: Shares): void {
    if (this.traffic === undefined) {
      throw meshError({
        code: 'no-versions',
        construct: owner.node.path,
        property: 'service',
        got: `${this.node.path}, which has no versions`,
        expected: 'a service with versions',
        fix: "give it versions: ['v1', 'v2']",
      });
    }
    this.traffic.split(owner, shares);
  }

  /**
   * Where requests on a port of the service go: by the shares of a split or a canary, which so hold for every way in.
   * For routes that lead to the service, and to be asked when the program is complete: in a planner.
   */
  public destinations(port: number): readonly Destination[] {
    const all = this.traffic?.destinations() ?? [{ destination: { host: this.host } }];
    return all.map((each) => ({ ...each, destination: { ...each.destination, port: { number: port } } }));
  }

  private accessTarget(): AccessTarget {
    return { scope: this, name: this.name, namespace: this.namespace, selector: () => this.facts().selector };
  }

  private sameAs(options: MeshServiceOptions): MeshService {
    const given = JSON.stringify([options.versions ?? this.options.versions, options.serviceAccount ?? this.options.serviceAccount]);
    if (given === JSON.stringify([this.options.versions, this.options.serviceAccount])) return this;
    throw meshError({
      code: 'second-owner',
      construct: this.node.path,
      property: 'from',
      got: `other options for ${this.host} than it was first given`,
      expected: 'options at one place, none at the others',
    });
  }

  /** Two owners of one host would write two DestinationRules, of which Istio follows one. */
  private refuseSecondOwner(): void {
    const owners = rootState(this, 'meshServices', () => new Map<string, IConstruct>());
    const key = `${Cluster.pathOf(this)}\n${this.host}`;
    const owner = owners.get(key);
    if (owner !== undefined) {
      throw meshError({
        code: 'second-owner',
        construct: this.node.path,
        property: 'name',
        got: `${this.host}, which ${owner.node.path} stands for, too`,
        expected: 'one MeshService for each Kubernetes Service',
        fix: 'make it once and hand it on',
      });
    }
    owners.set(key, this);
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

function checkedPort(scope: Construct, id: string, given: number | ServicePort): ServicePort {
  const { port, name } = typeof given === 'number' ? { port: given, name: undefined } : given;
  const place = { construct: `${scope.node.path}/${id}`, property: 'ports' };
  const checked = Port.of(name === undefined ? port : { number: port, name }, place);
  return { port: checked.number, name: checked.name };
}
