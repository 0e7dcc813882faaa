import { Cluster } from '../../core/cluster';
import type { Finding } from '../../errors/finding';
import type { Grant } from '../access/grants';
import type { CheckedGrant } from './authorizer-planner';
import { isMeantFor, podsOf } from './authorizer-pods';
import type { ExternalAuthorizer } from './external-authorizer';

/** What is wrong with authorizers, and with what they are asked about, given the whole program. */
export function authorizerFindings(authorizers: readonly ExternalAuthorizer[], grants: readonly CheckedGrant[], all: readonly Grant[]): Finding[] {
  return [...authorizers.flatMap(({ server }) => server.findings()), ...onlyNamed(authorizers, all), ...circles(authorizers, grants), ...grants.flatMap(hidden)];
}

/** Of a name nothing follows: its pods would let no check in, and clients could set its headers. */
function onlyNamed(authorizers: readonly ExternalAuthorizer[], grants: readonly Grant[]): Finding[] {
  const named = grants.filter(({ authorizer, provider }) => authorizer === undefined && provider !== undefined);
  if (named.length === 0) return [];
  const byName = groupBy(authorizers, (each) => `${Cluster.pathOf(each)}\n${each.name}`);
  return named.flatMap((grant) => {
    const [meant] = byName.get(`${Cluster.pathOf(grant.target.scope)}\n${grant.provider ?? ''}`) ?? [];
    if (meant === undefined) return [];
    return [findingAt(grant, 'only-named', `the name "${meant.name}", which is that of ${meant.node.path}`, 'the ExternalAuthorizer itself: of its name nothing follows for the pods that are asked, and for the headers that only it sets', 'hand on what addExternalAuthorizer gave')];
  });
}

function findingAt({ target }: Grant, code: string, got: string, expected: string, fix: string): Finding {
  return { construct: target.scope.node.path, property: 'custom', code, got, expected, fix };
}

/** A rule that has the checks of an authorizer checked by another one, or by itself. */
interface Asking {
  readonly grant: CheckedGrant;
  readonly asked: ExternalAuthorizer;
  /** The port of its pods that checks come to. */
  readonly port: number;
  readonly by: ExternalAuthorizer;
}

/** A check that comes to the authorizer would be checked as well, and the check of that one, too: no answer ever comes. */
function circles(authorizers: readonly ExternalAuthorizer[], grants: readonly CheckedGrant[]): Finding[] {
  const pods = authorizers.flatMap(podsOf);
  const [byCluster, byNamespace] = [groupBy(pods, ({ cluster }) => cluster), groupBy(pods, ({ cluster, namespace }) => `${cluster}\n${namespace}`)];
  const all = grants.flatMap((grant): Asking[] => {
    const { of, scope, namespace } = grant.target;
    const cluster = Cluster.pathOf(scope);
    const near = of === 'mesh' ? byCluster.get(cluster) : byNamespace.get(`${cluster}\n${namespace}`);
    return (near ?? []).filter((each) => isMeantFor(grant, each)).map(({ asked, port }) => ({ grant, asked, port, by: grant.authorizer }));
  });
  const askers = groupBy(all, ({ asked }) => asked);
  return all.filter(({ asked, by }) => leads(by, asked, askers)).map(({ grant, asked, port, by }) => {
    const got = asked === by ? `${asked.node.path}, whose own pods are among those that are to ask it` : `pods of ${asked.node.path}, which is asked about the checks of this one in turn`;
    return findingAt(grant, 'asks-itself', got, 'pods other than those of the authorizer: each check would be checked in turn', `name the pods that are meant, or leave out its port: notPorts: [${port}]`);
  });
}

/** Whether the checks of one authorizer come to another, perhaps by way of others. */
function leads(from: ExternalAuthorizer, to: ExternalAuthorizer, askers: ReadonlyMap<ExternalAuthorizer, readonly Asking[]>): boolean {
  const seen = new Set([from]);
  for (const each of seen) for (const { by } of askers.get(each) ?? []) seen.add(by);
  return seen.has(to);
}

function groupBy<T, K>(all: readonly T[], keyOf: (each: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const each of all) {
    const known = groups.get(keyOf(each));
    if (known === undefined) groups.set(keyOf(each), [each]);
    else known.push(each);
  }
  return groups;
}

/** A proxy that does not know the service gets no answer from it. */
function hidden(grant: CheckedGrant): Finding[] {
  const { target, authorizer } = grant;
  const { external } = authorizer.server;
  if (external === undefined || (target.of === 'mesh' ? external.visibility.exportTo === undefined : external.visibility.includes(target.namespace))) return [];
  const missing = target.of === 'mesh' ? 'all namespaces' : `the namespace ${target.namespace}`;
  return [findingAt(grant, 'hidden-authorizer', `${external.node.path}, which is not declared to ${missing}`, 'an authorizer that the proxies of these pods know', `let its exportTo hold ${target.of === 'mesh' ? '"*"' : `"${target.namespace}"`}`)];
}
