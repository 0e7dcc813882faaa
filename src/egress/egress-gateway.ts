import type { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { Cluster } from '../core/cluster';
import { Host } from '../core/host';
import { isConstruct, requirePlace } from '../core/place';
import { badReference, namespaceName } from '../core/references';
import type { NamespaceReference } from '../core/references';
import { Selector } from '../core/selector';
import type { Labels } from '../core/selector';
import type { Known } from '../core/unknown';
import { requireKeys } from '../traffic/rules/refuse';
import { GuardedGateway } from '../security/access/guarded-gateway';

/** Proxies of a gateway that this program makes: a `Gateway` or a `StandaloneGateway`. */
export interface GatewayProxies extends IConstruct {
  readonly name: string;
  readonly namespace: string;
  /** Labels by which Gateway objects select the pods. */
  readonly selector: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
}

/** What is known of an egress gateway that another program makes. */
export interface NamedEgressGatewayProps {
  /** Name of the gateway's Service. */
  readonly name: Known<string>;
  /**
   * Namespace of the gateway's Service and pods; Secrets of TLS origination must be there, too.
   * @default 'istio-egress'
   */
  readonly namespace?: NamespaceReference;
  /**
   * Labels by which Gateway objects select the gateway's pods.
   * @default - `istio` with the gateway's name
   */
  readonly selector?: Selector | Labels;
}

const BRAND = Symbol.for('mesh-constructs.EgressGateway');
const ID = 'egress';

/**
 * Proxies that traffic leaves the mesh by, on ports 80 and 443 of their Service. What leaves is added with `EgressRoute`.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway/
 */
export class EgressGateway extends GuardedGateway {
  /**
   * A gateway of this program. Asked again for the same one, it gives the same object.
   *
   * @throws MeshError when it is none.
   */
  public static from(gateway: GatewayProxies): EgressGateway {
    if (!isProxies(gateway)) {
      throw badReference(undefined, gateway, 'from', 'a Gateway: proxies that this program makes', 'name those of another program with EgressGateway.fromName()');
    }
    const known = gateway.node.tryFindChild(ID);
    return EgressGateway.isEgressGateway(known) ? known : new EgressGateway(gateway as unknown as Construct, ID, gateway);
  }

  /**
   * A gateway that another program makes. It makes no objects; those of its routes are made in its namespace, where proxies
   * look for them.
   *
   * @throws MeshError when the name, the namespace or the labels cannot be.
   */
  public static fromName(scope: Construct, id: string, props: NamedEgressGatewayProps): EgressGateway {
    requireKeys({ construct: requirePlace(scope, id), property: '' }, props, ['name', 'namespace', 'selector']);
    return new EgressGateway(scope, id, props);
  }

  /** True for an EgressGateway of any copy of this library. */
  public static isEgressGateway(value: unknown): value is EgressGateway {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  public readonly name: string;
  public readonly namespace: string;
  /** Labels of the gateway's pods. */
  public readonly selector: Readonly<Record<string, string>>;
  /** Host of the gateway's Service. */
  public readonly host: string;

  private constructor(scope: Construct, id: string, { name, namespace, selector }: NamedEgressGatewayProps) {
    super(scope, id);
    Object.defineProperty(this, BRAND, { value: true });
    const construct = this.node.path;
    this.name = name;
    this.namespace = namespaceName(this, namespace ?? 'istio-egress');
    this.host = Host.service(name, this.namespace, { construct, property: 'name', clusterDomain: Cluster.factsOf(this).clusterDomain }).value;
    this.selector = Selector.of(selector ?? { istio: name }, { construct, property: 'selector' }).matchLabels;
  }
}

/** By what it has: it may be of another copy of this library. */
function isProxies(value: unknown): boolean {
  if (!isConstruct(value)) return false;
  const { name, namespace, selector, serviceAccount } = value as Partial<GatewayProxies>;
  return [name, namespace, serviceAccount].every((text) => typeof text === 'string') && typeof selector === 'object';
}
