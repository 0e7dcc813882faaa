import { Construct } from 'constructs';
import { AuthorizationPolicy } from '../../imports/istio/authorization-policy';
import { PeerAuthentication } from '../../imports/istio/peer-authentication';
import { Namespace } from '../../imports/kubernetes/namespace';
import { Service } from '../../imports/kubernetes/service';
import { ServiceAccount } from '../../imports/kubernetes/service-account';
import { requireSameCluster } from '../core/references';
import { Stage } from '../core/stage';
import { meshError } from '../errors/mesh-error';
import { MeshService } from '../traffic/mesh-service';
import { noteDenyByDefault } from './access';

/** The mesh that a namespace belongs to. */
export interface NamespaceMesh extends Construct {
  /** Labels that have the pods of a namespace join the mesh. */
  readonly injectionLabels: Readonly<Record<string, string>>;
}

/** Props of a {@link StrictMtlsNamespace}. */
export interface StrictMtlsNamespaceProps {
  /** The mesh that the namespace's pods join. */
  readonly mesh: NamespaceMesh;
  /**
   * Name of the namespace.
   * @default - the construct's id
   */
  readonly name?: string;
  /**
   * Whether callers are refused unless a grant (`allowFrom`) lets them in.
   * @default true
   * @see https://istio.io/latest/docs/ops/best-practices/security/#use-default-deny-patterns
   */
  readonly denyByDefault?: boolean;
  /**
   * Further labels of the namespace.
   * @default - only those that have its pods join the mesh
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A service that the namespace makes. */
export interface NamespaceServiceProps {
  /** Port of the service, 1 to 65535; pods listen on the same one unless `targetPort` says otherwise. */
  readonly port: number;
  /**
   * Name of the port; its prefix is the protocol that Istio takes it for.
   * @default 'http'
   */
  readonly portName?: string;
  /**
   * Port that the pods listen on.
   * @default - the same as `port`
   */
  readonly targetPort?: number;
  /**
   * Versions that run of the service, told apart by the label `version` of their pods.
   * @default - none
   */
  readonly versions?: readonly string[];
  /**
   * Labels of the service's pods.
   * @default - `app` with the service's name
   */
  readonly selector?: Readonly<Record<string, string>>;
}

/**
 * A namespace in which every pod takes mutual TLS only, and, by default, no caller is let in who was not granted access.
 *
 * It makes the Namespace, a PeerAuthentication `default` of mode STRICT and, unless `denyByDefault` is false, an
 * AuthorizationPolicy `deny-by-default` that allows nothing.
 *
 * @see https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/
 */
export class StrictMtlsNamespace extends Construct {
  public readonly name: string;
  // scopes of their own: a user's names must not meet ours
  private readonly services: Construct;
  private readonly accounts: Construct;

  /** @throws MeshError when the mesh is in another cluster. */
  public constructor(scope: Construct, id: string, props: StrictMtlsNamespaceProps) {
    super(scope, id);
    requireSameCluster(this, props.mesh, 'mesh');
    this.name = props.name ?? id;
    this.services = new Construct(this, 'services');
    this.accounts = new Construct(this, 'accounts');
    new Namespace(this, 'namespace', {
      metadata: { name: this.name, labels: { ...props.labels, ...props.mesh.injectionLabels } },
    });
    new PeerAuthentication(this, 'mtls', {
      metadata: { name: 'default', namespace: this.name },
      spec: { mtls: { mode: 'STRICT' } },
    });
    if (props.denyByDefault !== false) this.denyByDefault();
  }

  /**
   * Makes a Kubernetes Service and the ServiceAccount that its pods are to run as (`serviceAccountName`), both of that
   * name, and gives the service as the mesh sees it.
   */
  public addService(name: string, props: NamespaceServiceProps): MeshService {
    const metadata = { name, namespace: this.name };
    const selector = props.selector ?? { app: name };
    if (this.services.node.tryFindChild(name) !== undefined) throw this.refuseSecond(name);
    new ServiceAccount(this.accounts, name, { metadata });
    const port = { name: props.portName ?? 'http', port: props.port, targetPort: props.targetPort ?? props.port };
    const service = new Service(this.services, name, { metadata, spec: { selector: { ...selector }, ports: [port] } });
    return MeshService.from(service, props.versions === undefined ? {} : { versions: props.versions });
  }

  private refuseSecond(name: string): Error {
    return meshError({
      code: 'second-owner',
      construct: this.node.path,
      property: 'addService',
      got: `a second service "${name}"`,
      expected: 'each service once',
      fix: 'keep what addService gave the first time, and hand it on',
    });
  }

  /** An ALLOW policy without rules matches nothing, so every request is refused that no other policy allows. */
  private denyByDefault(): void {
    const policy = new AuthorizationPolicy(this, 'deny', {
      metadata: { name: 'deny-by-default', namespace: this.name },
      spec: {},
    });
    // grants first: on a namespace that lives, callers would be refused until theirs is applied
    policy.atStage(Stage.policies + 1);
    noteDenyByDefault(this, this.name);
  }
}
