import type { IConstruct } from 'constructs';
import { badReference, describeReference, isObjectConstruct, requireSameCluster } from '../../core/references';
import { describeValue } from '../../core/refusal';
import { isConstruct } from '../../core/place';
import { SynthSession } from '../../core/synth-session';
import { Cluster } from '../../core/cluster';
import { closest } from '../../errors/closest';
import { refuse, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import type { ObjectConstruct } from '../../core/references';
import type { AccessSource } from '../callers/access-caller';
import type { GatewaySubject } from '../access/policy-target';

/** A gateway that calls services: an `IngressGateway` or an `EgressGateway`. */
export type CallingGateway = GatewaySubject & AccessSource;

/** Who uses a namespace: a namespace, or a gateway by its routes. */
export type NamespaceUser = ObjectConstruct | CallingGateway;

/** What a namespace uses: a namespace, or one service, such as an `ExternalService`. */
export type UsedNamespace = ObjectConstruct | HostReference;

/** What is called by its host: a `MeshService` or an `ExternalService`. */
export interface HostReference extends IConstruct {
  readonly host: string;
  readonly namespace: string;
}

const USERS = 'a namespace (StrictMtlsNamespace, MeshNamespace.fromName, a Namespace of another library) or a gateway';
const USED = 'a namespace, an ExternalService or a MeshService';

/** Who may call an isolated namespace. @throws MeshError for what is no list, and what is neither a namespace nor a gateway. */
export function checkedUsers(owner: IConstruct, place: Place, given: unknown): NamespaceUser[] {
  return listed(place, given, USERS).map((user, index) => {
    const property = within(place, String(index)).property;
    requireReference(owner, user, property, USERS);
    if (isNamespace(user) || isGateway(user)) return user;
    throw badReference(owner, user, property, USERS, fixFor(user));
  });
}

/** What an isolated namespace calls. @throws MeshError as `checkedUsers`. */
export function checkedUses(owner: IConstruct, place: Place, given: unknown): UsedNamespace[] {
  return listed(place, given, USED).map((used, index) => {
    const property = within(place, String(index)).property;
    requireReference(owner, used, property, USED);
    if (isNamespace(used) || isHost(used)) return used;
    throw badReference(owner, used, property, USED, isObjectConstruct(used) ? 'name its namespace' : 'name its namespace, or the service');
  });
}

export function isNamespace(given: unknown): given is ObjectConstruct {
  return isObjectConstruct(given) && given.kind === 'Namespace';
}

export function isHost(given: IConstruct): given is HostReference {
  return 'host' in given && 'namespace' in given && !isGateway(given);
}

/** A gateway by what it has; an EgressGateway has a host, but no ports that others call it by. */
function isGateway(given: IConstruct): given is CallingGateway {
  const { namespace, selector, principals } = given as Partial<CallingGateway>;
  return typeof namespace === 'string' && typeof selector === 'object' && Array.isArray(principals) && !('ports' in given);
}

function listed(place: Place, given: unknown, what: string): readonly unknown[] {
  if (given === undefined) return [];
  if (Array.isArray(given)) return given as readonly unknown[];
  throw refuse(place, 'bad-props', describeValue(given), `a list: ${what}`, 'put it into a list');
}

/** A name is no reference, but may well be that of a namespace of the program. */
function requireReference(owner: IConstruct, given: unknown, property: string, expected: string): asserts given is IConstruct {
  if (typeof given !== 'string') {
    if (!isConstruct(given)) throw badReference(owner, given, property, expected, 'hand on the construct itself');
    return requireSameCluster(owner, given, property, expected);
  }
  const cluster = Cluster.pathOf(owner);
  const namespaces = SynthSession.of(owner).constructs().filter((each): each is ObjectConstruct => isNamespace(each) && Cluster.pathOf(each) === cluster);
  const meant = closest(given, namespaces.map(({ name }) => name));
  const known = namespaces.find(({ name }) => name === meant);
  throw badReference(owner, given, property, expected, known === undefined ? 'refer to a namespace of another program with MeshNamespace.fromName()' : `did you mean ${known.node.path}? Hand it on`);
}

function fixFor(user: IConstruct): string {
  return 'namespace' in user ? `name its namespace here; ${describeReference(user)} alone is let in by allowFrom of a service` : 'name the namespace that it is in';
}
