import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { isConstruct } from '../../core/place';
import { describeValue } from '../../core/refusal';
import { badReference, requireSameCluster } from '../../core/references';
import { SynthSession } from '../../core/synth-session';
import { refuse } from '../../traffic/rules/refuse';
import { policyTarget } from '../access/policy-target';
import type { GatewaySubject, PolicyTarget, ServiceSubject } from '../access/policy-target';
import { identitiesOf, requireCaller } from '../callers/access-caller';
import type { AccessCaller } from '../callers/access-caller';
import type { ObjectConstruct } from '../../core/references';
import { CallAccess } from './call-access';
import { calledPort } from './called-port';
import { requireSidecars } from './guarded-pods';
import { hasProxy } from './pod-proxies';
import { ProgramView } from './program-view';

/** Who makes a request: what has an identity in the mesh, an identity such as `cluster.local/ns/shop/sa/web`, or somebody without one. */
export type RequestCaller = AccessCaller | 'outside' | `${string}/ns/${string}/sa/${string}`;

/** What is called: something with pods. */
export type RequestTarget = ServiceSubject | GatewaySubject | ObjectConstruct;

/**
 * Who may call what in the program that a construct is in: requests are decided on as proxies do, by all policies that the program
 * makes, whoever says them. The program is synthesized once, with every check; what it says later is not seen.
 *
 * What others add to the cluster is not known here, nor whether a route leads to what is called, or a Sidecar hides it.
 *
 * @throws MeshError with every finding of the program.
 * @see https://istio.io/latest/docs/concepts/security/#authorization
 * @example
 * accessOf(app).from(web).to(orders).get('/orders').isAllowed; // true
 */
export function accessOf(app: IConstruct): ProgramAccess {
  if (!isConstruct(app)) throw badReference(undefined, app, 'accessOf', 'the app, or a construct of it');
  const { root } = app.node;
  return new ProgramAccess(SynthSession.of(root).run(() => new ProgramView(root)));
}

/** A program whose requests can be decided on; see {@link accessOf}. */
export class ProgramAccess {
  /** @internal */
  public constructor(private readonly view: ProgramView) {}

  /**
   * Who calls. `'outside'` is whoever is not in the mesh: it speaks plain text to pods, and to a gateway whatever that takes.
   *
   * @throws MeshError when it has no identity, or several could be meant.
   */
  public from(caller: RequestCaller): CallerAccess {
    return new CallerAccess(this.view, checkedCaller(this.view.root, caller));
  }
}

/** Who calls: an identity, or whoever has one at the cluster that is called. */
type Identified = string | undefined | { readonly caller: AccessCaller };

/** A caller whose requests can be decided on. */
export class CallerAccess {
  /** @internal */
  public constructor(
    private readonly view: ProgramView,
    private readonly caller: Identified,
  ) {}

  /**
   * What is called: a service, a gateway or a workload.
   *
   * @param port of the pods; of a gateway that which its Gateway objects name
   * @default port - the only one that there is
   * @throws MeshError when it has no pods, or pods that no sidecar guards, is in another cluster than the caller, or has several ports.
   */
  public to(target: RequestTarget, port?: number): CallAccess {
    const called = policyTarget(undefined, target, 'to');
    if (called.of === 'mesh' || called.of === 'namespace') {
      throw badReference(called.scope, target, 'to', 'a service, a gateway or a workload: a request comes to some pods', 'name one of its services');
    }
    if (target.node.root !== this.view.root) throw badReference(called.scope, target, 'to', 'something of the same program');
    const at = calledPort(called, port, () => this.view.objects(Cluster.pathOf(called.scope), 'Gateway'));
    requireSidecars(this.view, called, at.number);
    const principal = identityAt(called, this.caller);
    return new CallAccess(this.view, { target: called, principal, hasProxy: typeof this.caller === 'object' ? hasProxy(this.view, this.caller.caller) : [true], port: at });
  }
}

function checkedCaller(root: IConstruct, given: unknown): Identified {
  if (given === 'outside') return undefined;
  if (typeof given === 'string') {
    if (/^[^/*\s]+\/ns\/[^/*\s]+\/sa\/[^/*\s]+$/.test(given)) return given;
    throw refuse({ construct: root.node.path, property: 'from' }, 'bad-principal', describeValue(given), "'outside', an identity such as \"cluster.local/ns/shop/sa/web\", or a construct that has one", 'give the service, the workload or the ServiceAccount that calls');
  }
  // which cluster it has to be in, only what is called tells
  requireCaller(isConstruct(given) ? given : root, given, 'from');
  if ('kind' in given && given.kind === 'Namespace') {
    throw badReference(root, given, 'from', 'one caller: a namespace holds many', "name one: MeshServiceAccount.fromName(scope, id, { name, namespace })");
  }
  return { caller: given };
}

/** A caller of several identities, one a cluster, has the first. */
function identityAt({ scope }: PolicyTarget, caller: Identified): string | undefined {
  if (caller === undefined || typeof caller === 'string') return caller;
  requireSameCluster(scope, caller.caller, 'from', 'a caller of the same cluster');
  return identitiesOf(scope, caller.caller, 'from').principals[0];
}
