import { Construct } from 'constructs';
import { Cluster } from '../core/cluster';
import { requestNamespace } from '../core/shared-objects';
import type { AccessSource } from '../security/access';

/** Props of an {@link IngressGateway}. */
export interface IngressGatewayProps {
  /**
   * Name of the gateway: of its workload, its ServiceAccount, and the value of its pods' label `istio`.
   * @default - the construct's id
   */
  readonly name?: string;
  /**
   * Namespace of the gateway's pods; certificates must be there, too.
   * @default 'istio-ingress'
   */
  readonly namespace?: string;
  /**
   * Labels by which Gateway objects select the gateway's pods.
   * @default - `istio` with the gateway's name
   */
  readonly selector?: Readonly<Record<string, string>>;
  /**
   * Name of the ServiceAccount of the gateway's pods.
   * @default - the gateway's name
   */
  readonly serviceAccount?: string;
  /**
   * Whether the gateway's namespace is made, too.
   * @default true
   */
  readonly createNamespace?: boolean;
  /**
   * Labels of the namespace, where it is made: those by which the gateway's pods are injected.
   * @default - none; `Mesh.addIngressGateway` gives those of its mesh
   */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
}

/**
 * The proxies at the edge of the mesh, where requests from outside come in. Hosts are added with `IngressRoute`.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/ingress-control/
 */
export class IngressGateway extends Construct implements AccessSource {
  /** A gateway that is installed by other means, in a namespace that is there. */
  public static fromName(scope: Construct, id: string, props: IngressGatewayProps & { readonly name: string }): IngressGateway {
    return new IngressGateway(scope, id, { createNamespace: false, ...props });
  }

  public readonly name: string;
  public readonly namespace: string;
  public readonly selector: Readonly<Record<string, string>>;
  /** Principals of the gateway's pods. */
  public readonly principals: readonly string[];

  public constructor(scope: Construct, id: string, props: IngressGatewayProps = {}) {
    super(scope, id);
    this.name = props.name ?? id;
    this.namespace = props.namespace ?? 'istio-ingress';
    this.selector = props.selector ?? { istio: this.name };
    const { trustDomain } = Cluster.factsOf(this);
    if (props.createNamespace !== false) requestNamespace(this, this.namespace, props.namespaceLabels);
    this.principals = [`${trustDomain}/ns/${this.namespace}/sa/${props.serviceAccount ?? this.name}`];
  }
}
