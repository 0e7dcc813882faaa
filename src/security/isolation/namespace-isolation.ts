import { Construct } from 'constructs';
import { badReference, requireSameCluster } from '../../core/references';
import type { ObjectConstruct } from '../../core/references';
import { isConstruct, requirePlace } from '../../core/place';
import { describeValue } from '../../core/refusal';
import { judgeReachability } from '../../traffic/scope/reachability';
import { placeOf, refuse, requireKeys, within } from '../../traffic/rules/refuse';
import { planAccess } from '../access/access-planner';
import type { AccessCaller } from '../callers/access-caller';
import { callSite } from '../table/call-site';
import { checkedUsers, checkedUses, isHost, isNamespace } from './isolation-callers';
import type { CallingGateway, NamespaceUser, UsedNamespace } from './isolation-callers';
import { planIsolations } from './isolation-planner';
import { isolationsOf } from './isolations';

/** What an isolated namespace has to do with others. */
export interface IsolationOptions {
  /**
   * Namespaces whose pods, and gateways whose routes, may call services of the namespace, and see them.
   * @default - none: it is called from within only
   */
  readonly usedBy?: readonly NamespaceUser[];
  /**
   * What pods of the namespace call that does not say so itself: namespaces that are not isolated or that other programs make, and
   * single services, such as an `ExternalService` of another namespace. Namespaces whose `usedBy` names this one are known.
   * @default - nothing else
   */
  readonly uses?: readonly UsedNamespace[];
  /**
   * Whether the namespaces of `usedBy` may call all services that do not say by `allowFrom` who calls them. With `false`, the
   * isolation lets nobody in: it only keeps all others out.
   * @default true
   */
  readonly grants?: boolean;
}

/** Props of a {@link NamespaceIsolation}. */
export interface NamespaceIsolationProps extends IsolationOptions {
  /** The namespace that is isolated: a construct of kind Namespace, of this program or `MeshNamespace.fromName`. */
  readonly namespace: ObjectConstruct;
}

/** What an isolation was given, checked. */
interface Checked {
  readonly users: readonly NamespaceUser[];
  readonly uses: readonly UsedNamespace[];
  readonly grants: boolean;
  readonly readers: readonly AccessCaller[];
}

/** Told to the constructor by `StrictMtlsNamespace.isolate`: who else calls pods, and needs to see no services for it. */
export const METRICS_READERS = Symbol('metricsReaders');

/**
 * Says once who has to do with a namespace. From it follow
 *
 * - whom its services, routes and external services are shown to: `exportTo` of all that says none itself
 * - what its pods see: the Sidecar `default`, unless a `SidecarScope` makes it, and what an `EgressLockdown`'s leaves open
 * - who may call its pods: an AuthorizationPolicy that refuses all others, whatever is granted, and grants for `usedBy`
 *
 * Namespaces that are not named are kept apart from it. What the program says against it is refused at synthesis.
 *
 * @see https://istio.io/latest/docs/ops/best-practices/security/
 * @see https://istio.io/latest/docs/ops/configuration/mesh/configuration-scoping/
 * @example
 * new NamespaceIsolation(chart, 'isolation', { namespace: orders, usedBy: [storefront, edge] });
 */
export class NamespaceIsolation extends Construct {
  /** Name of the namespace. */
  public readonly namespace: string;

  /**
   * @throws MeshError for what is neither a namespace, a gateway nor a service, and when the namespace is isolated already; at
   * synthesis, when a call, a grant or a route of the program goes against it, it is the root namespace, has a gateway's pods, or
   * something else has its Sidecar.
   */
  public constructor(scope: Construct, id: string, props: NamespaceIsolationProps) {
    requirePlace(scope, id);
    super(scope, id);
    const place = placeOf(this);
    requireKeys(place, props, ['namespace', 'usedBy', 'uses', 'grants']);
    const { namespace: subject, grants = true } = props;
    if (isConstruct(subject)) requireSameCluster(this, subject, 'namespace');
    if (!isNamespace(subject)) throw badReference(this, subject, 'namespace', 'a construct of kind Namespace', 'name that of another program with MeshNamespace.fromName()');
    if (typeof grants !== 'boolean') throw refuse(within(place, 'grants'), 'bad-props', describeValue(grants), 'true or false', 'leave it out for the default');
    this.namespace = subject.name;
    const users = checkedUsers(this, within(place, 'usedBy'), props.usedBy);
    const uses = checkedUses(this, within(place, 'uses'), props.uses);
    const readers = (props as { readonly [METRICS_READERS]?: readonly AccessCaller[] })[METRICS_READERS] ?? [];
    this.register(subject, { users, uses, grants, readers });
    judgeReachability(this);
    planAccess(this);
    planIsolations(this);
  }

  private register(subject: ObjectConstruct, { users, uses, grants, readers }: Checked): void {
    const isolations = isolationsOf(this);
    const other = isolations.get(this.namespace);
    if (other !== undefined) {
      throw refuse(within(placeOf(this), 'namespace'), 'second-owner', `the namespace ${this.namespace}, which ${other.construct.node.path} isolates`, 'one isolation for each namespace', 'name all who use it in one place');
    }
    const namespaces = users.filter(isNamespace).filter(({ name }) => name !== this.namespace);
    const gateways = users.filter((user): user is CallingGateway => !isNamespace(user));
    const seenFrom = [...new Set([...namespaces.map(({ name }) => name), ...gateways.map(({ namespace }) => namespace)])].sort();
    isolations.set(this.namespace, {
      construct: this,
      namespace: this.namespace,
      subject,
      seenFrom,
      namespaces,
      gateways,
      readers,
      uses: [...new Set(uses.filter(isNamespace).map(({ name }) => name))].sort(),
      hosts: uses.filter((used) => !isNamespace(used) && isHost(used)).map((used) => `${(used as { namespace: string }).namespace}/${(used as { host: string }).host}`),
      grants,
      site: callSite(),
    });
  }
}
