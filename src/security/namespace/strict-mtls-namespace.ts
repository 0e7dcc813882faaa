import { Construct } from 'constructs';
import { AuthorizationPolicy } from '../../../imports/istio/authorization-policy';
import { PeerAuthentication } from '../../../imports/istio/peer-authentication';
import { Namespace } from '../../../imports/kubernetes/namespace';
import { Service } from '../../../imports/kubernetes/service';
import { ServiceAccount } from '../../../imports/kubernetes/service-account';
import { requireMesh } from '../../control-plane/mesh-reference';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { badReference, namespaceName } from '../../core/references';
import { requireProps } from '../../core/required-props';
import { Stage } from '../../core/stage';
import { meshError } from '../../errors/mesh-error';
import { MeshService } from '../../traffic/mesh-service';
import { Access, noteDenyByDefault } from '../access/access';
import type { AccessCallers } from '../callers/access-caller';
import type { AccessRule, DenyRule } from '../access/access-rule';
import { judgeMtls } from '../mtls/mtls-clashes';
import { serviceParts } from './namespace-service';
import type { NamespaceServiceProps } from './namespace-service';
import type { Known } from '../../core/unknown';

/** Props of a {@link StrictMtlsNamespace}. */
export interface StrictMtlsNamespaceProps {
  /** The mesh that the namespace's pods join: of this program, or `Mesh.fromName`. */
  readonly mesh: MeshReference;
  /**
   * Name of the namespace.
   * @default - the construct's id
   */
  readonly name?: Known<string>;
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

/**
 * A namespace in which every pod takes mutual TLS only, and, by default, no caller is let in who was not granted access.
 *
 * It makes the Namespace, a PeerAuthentication `default` of mode STRICT and, unless `denyByDefault` is false, an
 * AuthorizationPolicy `deny-by-default` that allows nothing.
 *
 * @see https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/
 */
export class StrictMtlsNamespace extends Construct {
  /** What it stands for, where a namespace is asked for. */
  public readonly kind = 'Namespace';
  public readonly name: string;
  // scopes of their own: a user's names must not meet ours
  private readonly services: Construct;
  private readonly accounts: Construct;

  /** @throws MeshError when there is no mesh or it is in another cluster, or the name is none that Kubernetes takes. */
  public constructor(scope: Construct, id: string, props: StrictMtlsNamespaceProps) {
    super(scope, id);
    requireProps(this, props);
    requireMesh(this, props.mesh);
    this.name = namespaceName(this, props.name ?? id, 'name');
    this.services = new Construct(this, 'services');
    this.accounts = new Construct(this, 'accounts');
    new Namespace(this, 'namespace', {
      metadata: { name: this.name, labels: { ...props.labels, ...props.mesh.injectionLabels } },
    });
    new PeerAuthentication(this, 'mtls', {
      metadata: { name: 'default', namespace: this.name },
      spec: { mtls: { mode: 'STRICT' } },
    });
    judgeMtls(this);
    if (props.denyByDefault !== false) this.denyByDefault();
  }

  /**
   * Makes a Kubernetes Service, and gives it as the mesh sees it. Without a `workload` it makes the ServiceAccount that the
   * service's pods are to run as (`serviceAccountName`), too, of the same name; with one, its pods run as they say.
   *
   * @throws MeshError when there is such a service already, a port cannot be, or `workload` is in another namespace.
   */
  public addService(name: string, props: NamespaceServiceProps): MeshService {
    requireProps(this, props, 'addService');
    if (typeof name !== 'string' || name === '') throw badReference(this, name, 'addService', 'the name of the service');
    if (this.services.node.tryFindChild(name) !== undefined) throw this.refuseSecond(name);
    const metadata = { name, namespace: this.name };
    const { workload, versions, api } = props;
    const { selector, ports } = serviceParts(this, name, props);
    if (workload === undefined) new ServiceAccount(this.accounts, name, { metadata });
    const service = new Service(this.services, name, { metadata, spec: { selector, ports } });
    const options = { versions, workload, api };
    return MeshService.from(service, Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)));
  }

  /**
   * Lets callers call whatever runs in the namespace, as far as the rule says.
   *
   * @throws MeshError as {@link Access.allowFrom}.
   */
  public allowFrom(callers: AccessCallers, rule: AccessRule = {}): void {
    Access.to(this).allowFrom(callers, rule);
  }

  /**
   * Refuses callers of whatever runs in the namespace, as far as the rule says and whatever is granted.
   *
   * @throws MeshError as {@link Access.denyFrom}.
   */
  public denyFrom(callers: AccessCallers, rule: DenyRule = {}): void {
    Access.to(this).denyFrom(callers, rule);
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
    noteDenyByDefault(this);
  }
}
