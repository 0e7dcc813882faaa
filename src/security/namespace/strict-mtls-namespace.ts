import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicy } from '../../../imports/istio/authorization-policy';
import { PeerAuthentication } from '../../../imports/istio/peer-authentication';
import { LimitRange } from '../../../imports/kubernetes/limit-range';
import { Namespace } from '../../../imports/kubernetes/namespace';
import { ResourceQuota } from '../../../imports/kubernetes/resource-quota';
import { Service } from '../../../imports/kubernetes/service';
import { ServiceAccount } from '../../../imports/kubernetes/service-account';
import { requireMesh } from '../../control-plane/mesh-reference';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { badReference, namespaceName } from '../../core/references';
import { describeValue } from '../../core/refusal';
import { requireProps } from '../../core/required-props';
import { Stage } from '../../core/stage';
import type { Finding } from '../../errors/finding';
import { MeshError, meshError } from '../../errors/mesh-error';
import { placeOf, refuse, requireKeys, requireNames, someList, within } from '../../traffic/rules/refuse';
import { MeshService } from '../../traffic/mesh-service';
import { Access, noteDenyByDefault } from '../access/access';
import { requireCaller } from '../callers/access-caller';
import type { AccessCaller, AccessCallers } from '../callers/access-caller';
import type { AccessRule, DenyRule } from '../access/access-rule';
import { judgeMtls } from '../mtls/mtls-clashes';
import { METRICS_READERS, NamespaceIsolation } from '../isolation/namespace-isolation';
import type { IsolationOptions, NamespaceIsolationProps } from '../isolation/namespace-isolation';
import { checkedDataPlane, dataPlaneLabels } from './data-plane';
import type { DataPlane } from './data-plane';
import { checkedNetworkPolicy, restrictConnections } from './namespace-network-policy';
import { checkedLimits, checkedQuota, proxyBeyondLimits } from './namespace-quotas';
import type { NamespaceLimits, NamespaceQuota } from './namespace-quotas';
import { judgeProbes } from './plain-probes';
import { checkedPodSecurity, defaultLevel, ENFORCE, requireInjectable } from './pod-security';
import type { PodSecurityLevel } from './pod-security';
import { serviceParts } from './namespace-service';
import type { NamespaceServiceProps } from './namespace-service';
import type { NamespaceMetrics, StrictMtlsNamespaceProps } from './strict-mtls-namespace-props';

export type { StrictMtlsNamespaceProps } from './strict-mtls-namespace-props';

const KEYS = ['mesh', 'name', 'denyByDefault', 'dataPlane', 'podSecurity', 'metrics', 'networkPolicy', 'resourceQuota', 'limitRange', 'labels'];

/**
 * A namespace in which every pod takes mutual TLS only, and, by default, no caller is let in who was not granted access.
 *
 * It makes the Namespace, a PeerAuthentication `default` of mode STRICT and, unless `denyByDefault` is false, an
 * AuthorizationPolicy `deny-by-default` that allows nothing. Where it is asked to, it makes NetworkPolicies, a ResourceQuota and a
 * LimitRange, too.
 *
 * @see https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/
 */
export class StrictMtlsNamespace extends Construct {
  /** What it stands for, where a namespace is asked for. */
  public readonly kind = 'Namespace';
  public readonly name: string;
  /** How its pods take part in the mesh. */
  public readonly dataPlane: DataPlane;
  // scopes of their own: a user's names must not meet ours
  private readonly services: Construct;
  private readonly accounts: Construct;
  private readonly readers: readonly AccessCaller[];

  /**
   * @throws MeshError when there is no mesh or it is in another cluster, the name is none that Kubernetes takes or that of the control
   * plane's namespace, or a prop says what cannot be; at synthesis, when no pod of the mesh could start under the level or the limits.
   */
  public constructor(scope: Construct, id: string, props: StrictMtlsNamespaceProps) {
    super(scope, id);
    requireKeys(placeOf(this), props, KEYS);
    const { mesh, denyByDefault = true } = props;
    requireMesh(this, mesh);
    this.name = namespaceName(this, props.name ?? id, 'name');
    if (this.name === mesh.namespace) throw this.refuseRoot(mesh);
    if (typeof denyByDefault !== 'boolean') throw refuse(within(placeOf(this), 'denyByDefault'), 'bad-props', describeValue(denyByDefault), 'true or false', 'leave it out for the default');
    this.dataPlane = checkedDataPlane(this, mesh, props.dataPlane);
    this.services = new Construct(this, 'services');
    this.accounts = new Construct(this, 'accounts');
    this.addNamespace(props);
    new PeerAuthentication(this, 'mtls', {
      metadata: { name: 'default', namespace: this.name },
      spec: { mtls: { mode: 'STRICT' } },
    });
    judgeMtls(this);
    if (this.dataPlane === 'sidecar') judgeProbes(this, mesh);
    if (denyByDefault) this.denyByDefault();
    this.readers = props.metrics === undefined ? [] : this.letRead(props.metrics, denyByDefault);
    const connections = checkedNetworkPolicy(this, props.networkPolicy);
    if (connections !== undefined) restrictConnections({ construct: this, mesh, dataPlane: this.dataPlane, ...connections });
    if (props.resourceQuota !== undefined) this.addQuota(props.resourceQuota);
    if (props.limitRange !== undefined) this.addLimits(props.limitRange, mesh);
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
    // "constructor" is a name that Kubernetes takes, and that no construct can have as its id
    const id = name in Object.prototype ? `service-${name}` : name;
    if (this.services.node.tryFindChild(id) !== undefined) throw this.refuseSecond(name);
    const metadata = { name, namespace: this.name };
    const { workload, versions, api } = props;
    const { selector, ports } = serviceParts(this, name, props);
    if (workload === undefined) new ServiceAccount(this.accounts, id, { metadata });
    const service = new Service(this.services, id, { metadata, spec: { selector, ports } });
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

  /**
   * Keeps the namespace apart from all others but those that are named: who sees its services, what its pods see, and who may
   * call them.
   *
   * @throws MeshError as {@link NamespaceIsolation}.
   */
  public isolate(options: IsolationOptions = {}): NamespaceIsolation {
    requireKeys(within(placeOf(this), 'isolate'), options, ['usedBy', 'uses', 'grants']);
    if (this.node.tryFindChild('isolation') !== undefined) throw refuse(within(placeOf(this), 'isolate'), 'second-owner', 'a second isolation of the namespace', 'one for each namespace', 'name all who use it in one place');
    return new NamespaceIsolation(this, 'isolation', { ...options, namespace: this, [METRICS_READERS]: this.readers } as NamespaceIsolationProps);
  }

  private addNamespace({ mesh, labels, podSecurity }: StrictMtlsNamespaceProps): void {
    if (labels !== undefined) requireNames(within(placeOf(this), 'labels'), labels);
    const { enforce, labels: levels } = checkedPodSecurity(this, podSecurity);
    const enforced = enforce ?? (labels?.[ENFORCE] as PodSecurityLevel | undefined);
    const isSaid = podSecurity !== undefined || labels?.[ENFORCE] !== undefined;
    // at synthesis: whether pods need rights of their own is known when the control plane is
    const level: Readonly<Record<string, string>> = isSaid ? {} : { [ENFORCE]: Lazy.any({ produce: () => defaultLevel(mesh, this.dataPlane) }) as never };
    new Namespace(this, 'namespace', {
      metadata: { name: this.name, labels: { ...labels, ...levels, ...level, ...dataPlaneLabels(mesh, this.dataPlane) } },
    });
    this.node.addValidation({ validate: () => (requireInjectable(this, mesh, this.dataPlane, enforced), []) });
  }

  /** What only some may read is a grant; of a namespace that takes everybody it would shut out all others. */
  private letRead(metrics: NamespaceMetrics, denyByDefault: boolean): readonly AccessCaller[] {
    const place = within(placeOf(this), 'metrics');
    requireKeys(place, metrics, ['from', 'ports', 'paths']);
    const { from, ports, paths } = metrics;
    if (!denyByDefault) throw refuse(place, 'bad-props', 'metrics, of a namespace that takes every caller', 'a namespace that is closed by default', 'leave out denyByDefault: false, or metrics: everybody may read them');
    someList(within(place, 'ports'), ports);
    const isAmbient = this.dataPlane === 'ambient';
    // a rule about requests would let nobody in: what comes to ztunnel are connections
    if (isAmbient && paths !== undefined) throw refuse(within(place, 'paths'), 'http-rule-in-ambient', 'paths, of pods of an ambient namespace', 'ports alone: ztunnel sees no requests', 'leave the paths out');
    const readers = (Array.isArray(from) ? someList(within(place, 'from'), from as readonly AccessCaller[]) : [from]) as readonly AccessCaller[];
    for (const reader of readers) requireCaller(this, reader, 'metrics.from');
    this.allowFrom(readers, isAmbient ? { ports } : { ports, paths: paths ?? ['/metrics'] });
    return readers;
  }

  private addQuota(given: NamespaceQuota): void {
    const hard = checkedQuota(within(placeOf(this), 'resourceQuota'), given);
    new ResourceQuota(this, 'quota', { metadata: { name: 'namespace', namespace: this.name }, spec: { hard } });
  }

  private addLimits(given: NamespaceLimits, mesh: MeshReference): void {
    const place = within(placeOf(this), 'limitRange');
    const limits = checkedLimits(place, given);
    new LimitRange(this, 'limits', { metadata: { name: 'namespace', namespace: this.name }, spec: { limits } });
    if (this.dataPlane === 'sidecar') this.node.addValidation({ validate: () => judged(proxyBeyondLimits(place, mesh, limits)) });
  }

  /** There, policies hold for the mesh, and a NetworkPolicy would keep everybody from istiod. */
  private refuseRoot({ node }: MeshReference): Error {
    return refuse(within(placeOf(this), 'name'), 'root-namespace', `"${this.name}", where the control plane of ${node.path} is`, 'a namespace of applications: what is said of this one holds for the whole mesh', 'give another name; make the whole mesh strict by its prop mtls, and close it by Access.to(mesh).denyByDefault()');
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

function judged(findings: readonly Finding[]): string[] {
  if (findings.length > 0) throw new MeshError(findings);
  return [];
}
