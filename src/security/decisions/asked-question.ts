import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { SynthSession } from '../../core/synth-session';
import { closest } from '../../errors/closest';
import { MeshError } from '../../errors/mesh-error';
import { isObjectConstruct, namespaceOf } from '../../core/references';
import { refuse } from '../../traffic/rules/refuse';
import { policyTarget } from '../access/policy-target';
import { ProgramAccess } from './access-of';
import type { RequestCaller, RequestTarget } from './access-of';
import { ProgramView } from './program-view';
import type { RequestFacts } from './request-facts';
import type { DecidingRule } from './sentences';

/** What the command line asks of a program: names instead of constructs. */
export interface AskedQuestion {
  /** `outside`, an identity, or `namespace/name` of a service, a gateway, a workload or a ServiceAccount. */
  readonly from: string;
  /** `namespace/name` of a service, a gateway or a workload. */
  readonly to: string;
  /** Path of the cluster, where the program has several. */
  readonly cluster?: string;
  readonly port?: number;
  /** Whether a connection is asked for, and no request. */
  readonly connect?: boolean;
  readonly method?: string;
  readonly path?: string;
  readonly facts?: RequestFacts;
}

/** The answer as plain data. */
export type Answer =
  | { readonly isAllowed: boolean; readonly status?: 401 | 403 | 'cut'; readonly reason: string; readonly rules: readonly DecidingRule[]; readonly text: string }
  | { readonly error: string };

/** Decides on what was asked, while the program is synthesized. What cannot be decided is an answer, too. */
export function answerTo(root: IConstruct, question: AskedQuestion): Answer {
  try {
    const { from, to, cluster, port, connect = false, method, path, facts = {} } = question;
    const target = calledBy(root, to, cluster);
    const caller = callerBy(root, from, Cluster.pathOf(target));
    const calls = new ProgramAccess(new ProgramView(root)).from(caller).to(target, port);
    const decision = connect ? calls.connect(facts) : calls.request({ ...facts, ...(method === undefined ? {} : { method }), ...(path === undefined ? {} : { path }) });
    const { isAllowed, status, reason, rules } = decision;
    return { isAllowed, ...(status === undefined ? {} : { status }), reason, rules, text: String(decision) };
  } catch (error) {
    if (MeshError.isMeshError(error)) return { error: error.message };
    throw error;
  }
}

interface Named {
  readonly construct: IConstruct;
  readonly name: string;
}

function calledBy(root: IConstruct, to: string, cluster: string | undefined): RequestTarget {
  const all = namedConstructs(root).filter(({ construct }) => isCalled(construct) && (cluster === undefined || Cluster.pathOf(construct) === cluster));
  const found = all.filter(({ name }) => name === to);
  const clusters = [...new Set(found.map(({ construct }) => Cluster.pathOf(construct)))];
  if (clusters.length > 1) throw refuse({ construct: root.node.path, property: 'cluster' }, 'which-cluster', `none, and ${to} is in ${clusters.join(', ')}`, 'one of them', 'name it: --cluster');
  const [first] = found;
  if (first !== undefined) return first.construct as unknown as RequestTarget;
  const names = [...new Set(all.map(({ name }) => name))].sort();
  const meant = closest(to, names);
  throw refuse({ construct: root.node.path, property: 'to' }, 'unknown-target', JSON.stringify(to), `namespace/name of a service, a gateway or a workload: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`, meant === undefined ? 'name what is called' : `did you mean ${meant}?`);
}

/** Whoever the program does not know by that name is a ServiceAccount of another program. */
function callerBy(root: IConstruct, from: string, cluster: string): RequestCaller {
  if (from === 'outside' || from.includes('/ns/')) return from as RequestCaller;
  const [namespace, name, ...more] = from.split('/');
  if (namespace === undefined || namespace === '' || name === undefined || name === '' || more.length > 0) {
    throw refuse({ construct: root.node.path, property: 'from' }, 'unknown-caller', JSON.stringify(from), 'outside, an identity, or namespace/name of a service, a gateway, a workload or a ServiceAccount', 'name who calls, such as shop/web');
  }
  const known = namedConstructs(root).filter((each) => each.name === from && Cluster.pathOf(each.construct) === cluster);
  const found = known.find(({ construct }) => 'principals' in construct) ?? known.find(({ construct }) => isCalled(construct));
  if (found !== undefined) return found.construct as unknown as RequestCaller;
  const place = namedConstructs(root).find(({ construct }) => Cluster.pathOf(construct) === cluster)?.construct ?? root;
  return `${Cluster.factsOf(place).trustDomain}/ns/${namespace}/sa/${name}`;
}

/** What has a name and a namespace: services and gateways before the objects that they are made of. */
function namedConstructs(root: IConstruct): readonly Named[] {
  const all = SynthSession.of(root).constructs().flatMap((construct): (Named & { readonly order: number })[] => {
    const { name, namespace } = construct as { readonly name?: unknown; readonly namespace?: unknown };
    if (typeof name === 'string' && typeof namespace === 'string' && 'selector' in construct) return [{ construct, name: `${namespace}/${name}`, order: 'host' in construct ? 0 : 1 }];
    if (!isObjectConstruct(construct)) return [];
    return [{ construct, name: `${namespaceOf(construct) ?? ''}/${construct.name}`, order: 2 }];
  });
  return all.sort((a, b) => a.order - b.order);
}

function isCalled(construct: IConstruct): boolean {
  try {
    return ['service', 'gateway', 'workload'].includes(policyTarget(undefined, construct, 'to').of);
  } catch (error) {
    if (MeshError.isMeshError(error)) return false;
    throw error;
  }
}
