import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { Sidecar } from '../../../imports/istio/sidecar';
import { requireMesh } from '../../control-plane/mesh-reference';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { PlannedChildren } from '../../core/planned-children';
import type { Wanted } from '../../core/planned-children';
import { namespaceName } from '../../core/references';
import type { NamespaceReference } from '../../core/references';
import { describeValue } from '../../core/refusal';
import { placeOf, refuse, requireKeys, within } from '../rules/refuse';
import { SCOPE_BRAND } from './program-manifests';
import { judgeReachability } from './reachability';
import { addScope } from './scope-program';
import type { PlannedScope } from './scope-program';
import { savingsOf } from './scope-savings';
import type { ScopeSaving } from './scope-savings';

/** What both kinds of scope take. */
export interface ScopeOptions {
  /**
   * Whether each service has a Sidecar of its own, for what it calls itself, rather than one for all that its namespace calls.
   * Services that neither say what they call nor are let in anywhere by name are left as they are.
   * @default false
   */
  readonly perWorkload?: boolean;
  /**
   * Whether services of the same namespace are seen without being named.
   * @default - true; false with `perWorkload`
   */
  readonly ownNamespace?: boolean;
}

/** A scope for one namespace. */
export interface NamespaceScopeProps extends ScopeOptions {
  /** The namespace whose proxies are told of no more than they need. */
  readonly namespace: NamespaceReference;
  readonly mesh?: never;
}

/** A scope for all namespaces that have none of their own. */
export interface MeshScopeProps extends ScopeOptions {
  /** The mesh, of this program or `Mesh.fromName`. */
  readonly mesh: MeshReference;
  readonly namespace?: never;
}

/** Props of a {@link SidecarScope}. */
export type SidecarScopeProps = NamespaceScopeProps | MeshScopeProps;

const KEYS = ['namespace', 'mesh', 'perWorkload', 'ownNamespace'];

/**
 * Tells proxies of no other services than those that they need: what services say that they call (`calls`), what lets them
 * in by name (`allowFrom`), where rules for these lead, and what proxies call themselves. Of all other services proxies know
 * nothing, which saves them memory, and istiod the work.
 *
 * It makes the Sidecar `default` of the namespace, or one for each service (`perWorkload`, and where an `EgressLockdown` has the
 * namespace's). For a mesh it makes one in the root namespace, by which pods see their own namespace and the control plane,
 * and one in each namespace whose services call others; namespaces of other programs see no more than the first.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/sidecar/
 */
export class SidecarScope extends Construct {
  /** The namespace that it is for; the mesh's root namespace where it is for the mesh. */
  public readonly namespace: string;
  /** Whether it is for all namespaces that have no scope of their own. */
  public readonly isMeshWide: boolean;
  /** @internal */
  public readonly perWorkload: boolean;
  /** @internal */
  public readonly ownNamespace: boolean;
  private readonly planned = new PlannedChildren();
  private scopes: ReadonlyMap<string, PlannedScope> = new Map();
  /** Namespaces, and hosts of services, whose pods have one of its Sidecars. */
  private covered: ReadonlySet<string> = new Set();

  /**
   * @throws MeshError when there is neither a namespace nor a mesh, or both; when something else scopes the same one; at
   * synthesis, when no service of the namespace says what it calls, or a Sidecar of the program is in the way.
   */
  public constructor(scope: Construct, id: string, props: SidecarScopeProps) {
    super(scope, id);
    Object.defineProperty(this, SCOPE_BRAND, { value: true });
    const place = placeOf(this);
    requireKeys(place, props, KEYS);
    const { namespace, mesh, perWorkload = false } = props;
    const { ownNamespace = !perWorkload } = props;
    this.isMeshWide = mesh !== undefined;
    if (this.isMeshWide === (namespace !== undefined)) {
      const got = this.isMeshWide ? 'both "namespace" and "mesh"' : describeValue(undefined);
      throw refuse(within(place, 'namespace'), 'bad-props', got, 'a namespace, or the mesh', this.isMeshWide ? 'leave out one of them, or make two scopes' : 'give one of them');
    }
    if (mesh !== undefined) requireMesh(this, mesh);
    for (const [key, value] of Object.entries({ perWorkload, ownNamespace })) {
      if (typeof value !== 'boolean') throw refuse(within(place, key), 'bad-props', describeValue(value), 'true or false', 'leave it out for the default');
    }
    this.namespace = mesh?.namespace ?? namespaceName(this, namespace as NamespaceReference);
    this.perWorkload = perWorkload;
    this.ownNamespace = ownNamespace;
    addScope(this);
    judgeReachability(this);
  }

  /**
   * How many services each proxy is told of without the scope, and with it; of the program as it stands, so most is known when
   * it is complete. At synthesis each is printed as a note, `scope-savings`.
   */
  public savings(): readonly ScopeSaving[] {
    return savingsOf(this);
  }

  /** Brings the Sidecars up to what the program needs now. @internal */
  public plan(scopes: ReadonlyMap<string, PlannedScope>): void {
    this.scopes = scopes;
    this.covered = new Set([...scopes.values()].flatMap(({ namespace, services }) => services?.map(({ host }) => host) ?? [namespace]));
    this.planned.bring(new Map([...scopes].map(([key, each]): [string, Wanted] => [key, { owner: this, make: () => this.makeSidecar(key, each) }])));
  }

  /** Whether one of its Sidecars is for the pods of a service. @internal */
  public covers(host: string, namespace: string): boolean {
    return this.covered.has(namespace) || this.covered.has(host);
  }

  private makeSidecar(key: string, { namespace, name }: PlannedScope): Sidecar {
    // at synthesis: routes and grants may come until then
    const spec = Lazy.any({ produce: () => this.scopes.get(key)?.spec() });
    return new Sidecar(this, key, { metadata: { name, namespace }, spec: spec as never });
  }
}
