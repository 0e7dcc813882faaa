import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { declaredCalls } from '../../traffic/scope/declared-calls';
import { namespaceOfPrincipal } from '../../traffic/scope/expected-callers';
import { closedPods } from '../access/cut-off-calls';
import { accessOf, keysAround, podsKey } from '../access/grants';
import type { NamedGrant } from '../access/policy-rules';
import { policyTarget } from '../access/policy-target';
import { isolationOf, seenBy } from '../isolation/isolations';
import { toldGrants } from '../isolation/told-grants';
import type { RestrictedNamespace } from './namespace-network-policy';

/** Who opens connections to the pods of a namespace, and where these open some to, by all that the program says. */
export interface Connections {
  /** Namespaces of callers; any of the cluster, where no grant is needed. */
  readonly namespaces: readonly string[] | 'any';
  /** Pods that take callers who are in no namespace that is known. */
  readonly open: readonly OpenPods[];
  /** Namespaces of what services say that they call. */
  readonly called: readonly string[];
}

/** Pods that take connections from addresses, or from anywhere. */
export interface OpenPods {
  /** Tells them from others. */
  readonly pods: string;
  readonly name: string;
  /** None for all pods of the namespace. */
  readonly selector: Readonly<Record<string, string>>;
  readonly cidrs: readonly string[] | 'any';
}

/** What a program says of access, as it stands when planners are done. */
export interface ToldAccess {
  readonly closed: ReadonlySet<string>;
  /** Grants that let callers in, by cluster and namespace, or by cluster for those to the mesh. */
  readonly byNamespace: ReadonlyMap<string, readonly NamedGrant[]>;
}

export function toldAccess(construct: IConstruct): ToldAccess {
  const { grants, denials } = accessOf(construct);
  const named = toldGrants(grants);
  const byNamespace = new Map<string, NamedGrant[]>();
  for (const grant of named) {
    const { target, action, rule } = grant;
    if (action !== 'ALLOW' || rule.dryRun === true) continue;
    const key = placeKey(Cluster.pathOf(target.scope), target.of === 'mesh' ? '' : target.namespace);
    const known = byNamespace.get(key);
    if (known === undefined) byNamespace.set(key, [grant]);
    else known.push(grant);
  }
  return { closed: closedPods(named, denials), byNamespace };
}

/** As grants and calls stand when planners are done. */
export function connectionsOf({ construct }: RestrictedNamespace, { closed, byNamespace }: ToldAccess): Connections {
  const cluster = Cluster.pathOf(construct);
  const own = policyTarget(undefined, construct, 'networkPolicy');
  const bound = isolationOf(construct, construct.name)?.seenFrom;
  const isClosed = [podsKey(own), ...keysAround(own)].some((key) => closed.has(key));
  const about = [construct.name, ''].flatMap((namespace) => byNamespace.get(placeKey(cluster, namespace)) ?? []);
  const sources = about.flatMap(({ from }) => from.map(({ source }) => source));
  const granted = new Set(sources.flatMap((source) => [...(source.principals ?? []).flatMap((principal) => namespaceOfPrincipal(principal) ?? []), ...(source.namespaces ?? [])]));
  const namespaces = isClosed ? [...granted] : bound;
  return {
    namespaces: namespaces?.filter((each) => each !== construct.name) ?? 'any',
    open: openPods(about),
    called: [...new Set([...calledFrom(construct, cluster), ...seenBy(construct, construct.name)])].filter((each) => each !== construct.name).sort(),
  };
}

function placeKey(cluster: string, namespace: string): string {
  return `${cluster}\n${namespace}`;
}

function calledFrom(construct: RestrictedNamespace['construct'], cluster: string): string[] {
  const own = [...declaredCalls(construct, cluster).values()].filter(({ caller }) => caller.namespace === construct.name);
  return own.flatMap(({ targets }) => [...targets.values()].map(({ namespace }) => namespace));
}

/** An address is that of the connection only where no gateway stands in front, which it is not known to do. */
function openPods(grants: readonly NamedGrant[]): OpenPods[] {
  const found = new Map<string, { name: string; selector: Readonly<Record<string, string>>; cidrs: Set<string> | 'any' }>();
  for (const { target, from } of grants) {
    for (const { source } of from) {
      if (source.principals !== undefined || source.namespaces !== undefined) continue;
      const pods = podsKey(target);
      const known = found.get(pods) ?? { name: target.name, selector: target.selector?.() ?? {}, cidrs: new Set<string>() };
      found.set(pods, known);
      if (source.ipBlocks === undefined || target.of === 'gateway') known.cidrs = 'any';
      else if (known.cidrs !== 'any') for (const cidr of source.ipBlocks) known.cidrs.add(cidr);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([pods, { name, selector, cidrs }]) => ({ pods, name, selector, cidrs: cidrs === 'any' ? cidrs : [...cidrs].sort() }));
}
