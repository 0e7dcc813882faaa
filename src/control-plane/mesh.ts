import { Construct } from 'constructs';
import { PeerAuthentication } from '../../imports/istio/peer-authentication';
import { requestNamespace } from '../core/shared-objects';
import { IngressGateway } from '../ingress/ingress-gateway';
import type { IngressGatewayProps } from '../ingress/ingress-gateway';
import { BaseCrds } from './base-crds';

/** Props of a {@link Mesh}. */
export interface MeshProps {
  /**
   * Namespace of the control plane, which is the mesh's root namespace: policies in it hold for the whole mesh.
   * @default 'istio-system'
   */
  readonly namespace?: string;
  /**
   * Revision of the control plane that injects the pods of the mesh's namespaces.
   * @default - the default revision: namespaces are labelled `istio-injection: enabled`
   */
  readonly revision?: string;
  /**
   * Whether the CustomResourceDefinitions of Istio are made.
   * @default true
   */
  readonly crds?: boolean;
}

/**
 * A mesh that is strict from the start: its CRDs, its namespace and a mesh-wide PeerAuthentication of mode STRICT.
 * It makes no gateway unless asked for one.
 *
 * @see https://istio.io/latest/docs/reference/config/security/peer_authentication/
 */
export class Mesh extends Construct {
  public readonly namespace: string;
  /** Labels that have the pods of a namespace join the mesh. */
  public readonly injectionLabels: Readonly<Record<string, string>>;

  public constructor(scope: Construct, id: string, props: MeshProps = {}) {
    super(scope, id);
    this.namespace = props.namespace ?? 'istio-system';
    this.injectionLabels =
      props.revision === undefined ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': props.revision };
    if (props.crds !== false) new BaseCrds(this, 'crds');
    requestNamespace(this, this.namespace);
    new PeerAuthentication(this, 'mtls', {
      metadata: { name: 'default', namespace: this.namespace },
      spec: { mtls: { mode: 'STRICT' } },
    });
  }

  /** Adds an ingress gateway; routes are added to it with `IngressRoute`. */
  public addIngressGateway(id: string, props: IngressGatewayProps = {}): IngressGateway {
    // gateways have their proxy injected; the control plane's own namespace is never injected
    const namespaceLabels = props.namespace === this.namespace ? {} : this.injectionLabels;
    return new IngressGateway(this, id, { namespaceLabels, ...props });
  }
}
