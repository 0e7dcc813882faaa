import { Construct } from 'constructs';
import { PeerAuthentication } from '../../imports/istio/peer-authentication';
import { namespaceName } from '../core/references';
import type { NamespaceReference } from '../core/references';
import { requireProps } from '../core/required-props';
import { requestNamespace } from '../core/shared-objects';
import { IngressGateway } from '../ingress/ingress-gateway';
import type { IngressGatewayProps } from '../ingress/ingress-gateway';
import { BaseCrds } from './base-crds';
import { injectionLabelsOf, NamedMesh } from './mesh-reference';
import type { MeshReference, NamedMeshProps } from './mesh-reference';
import type { Known } from '../core/unknown';

/** Props of a {@link Mesh}. */
export interface MeshProps {
  /**
   * Namespace of the control plane, which is the mesh's root namespace: policies in it hold for the whole mesh. The
   * mesh makes it, unless it is a construct of this program already.
   * @default 'istio-system'
   */
  readonly namespace?: NamespaceReference;
  /**
   * Revision of the control plane that injects the pods of the mesh's namespaces.
   * @default - the default revision: namespaces are labelled `istio-injection: enabled`
   */
  readonly revision?: Known<string>;
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
export class Mesh extends Construct implements MeshReference {
  /**
   * A mesh that another program makes, such as the platform team's: taken wherever a mesh is asked for, and it makes no
   * objects.
   *
   * @throws MeshError when the namespace or the revision cannot be one.
   * @example
   * new StrictMtlsNamespace(chart, 'shop', { mesh: Mesh.fromName(chart, 'mesh', { revision: 'stable' }) });
   */
  public static fromName(scope: Construct, id: string, props: NamedMeshProps = {}): MeshReference {
    return new NamedMesh(scope, id, props);
  }

  public readonly namespace: string;
  public readonly revision: string | undefined;
  public readonly injectionLabels: Readonly<Record<string, string>>;

  /** @throws MeshError when the namespace or the revision cannot be one. */
  public constructor(scope: Construct, id: string, props: MeshProps = {}) {
    super(scope, id);
    requireProps(this, props);
    this.namespace = namespaceName(this, props.namespace ?? 'istio-system');
    this.revision = props.revision;
    this.injectionLabels = injectionLabelsOf(this, props.revision);
    if (props.crds !== false) new BaseCrds(this, 'crds');
    if (typeof (props.namespace ?? '') === 'string') requestNamespace(this, this.namespace);
    new PeerAuthentication(this, 'mtls', {
      metadata: { name: 'default', namespace: this.namespace },
      spec: { mtls: { mode: 'STRICT' } },
    });
  }

  /** Adds an ingress gateway; routes are added to it with `IngressRoute`. */
  public addIngressGateway(id: string, props: IngressGatewayProps = {}): IngressGateway {
    requireProps(this, props, 'addIngressGateway');
    // gateways have their proxy injected; the control plane's own namespace is never injected
    const isOwn = props.namespace !== undefined && namespaceName(this, props.namespace) === this.namespace;
    return new IngressGateway(this, id, { namespaceLabels: isOwn ? {} : this.injectionLabels, ...props });
  }
}
