import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { namespaceOfPrincipal } from '../../traffic/scope/expected-callers';
import { closedPods } from '../access/cut-off-calls';
import { accessProgram, keysAround, podsKey } from '../access/grants';
import type { NamedGrant } from '../access/policy-rules';
import { policyTarget } from '../access/policy-target';
import type { Source } from '../callers/callers';
import { isolationOf } from '../isolation/isolations';
import { toldGrants } from '../isolation/told-grants';
import type { RestrictedNamespace } from './namespace-network-policy';
import { writtenCallers } from './written-callers';

/** Who opens connections to the pods of a namespace, by all that the program says. */
export interface Connections {
  /** Namespaces of callers; any caller, where no grant is needed. */
  readonly namespaces: readonly string[] | 'any';
  /** Addresses of callers of all pods. */
  readonly cidrs: readonly string[];
  /** Pods that take callers who are in no namespace that is known. */
  readonly open: readonly OpenPods[];
}

/** Pods that take connections from addresses, or from anywhere. */
export interface OpenPods {
  /** Tells them from others. */
  readonly pods: string;
  /** Name of their policy; no two of a namespace have one. */
  readonly name: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly cidrs: readonly string[] | 'any';
}

/** Callers that one grant or policy lets in to some pods. */
export interface LetIn {
  readonly cluster: string;
  /** Empty for those of the whole mesh. */
  readonly namespace: string;
  readonly name: string;
  /** Empty for all pods of the namespace, or of the mesh. */
  readonly selector: Readonly<Record<string, string>>;
  readonly isGateway: boolean;
  readonly sources: readonly Source[];
}

/** What a program says of access, as it stands when planners are done. */
export interface ToldAccess {
  readonly closed: ReadonlySet<string>;
  /** By cluster and namespace, or by cluster for those to the mesh. */
  readonly byNamespace: ReadonlyMap<string, readonly LetIn[]>;
}

export function toldAccess(construct: IConstruct): ToldAccess {
  const { grants, denials } = accessProgram(construct);
  const named = toldGrants(grants);
  const byNamespace = new Map<string, LetIn[]>();
  const granted = named.filter(({ action, rule }) => action === 'ALLOW' && rule.dryRun !== true).map(letInBy);
  for (const each of [...granted, ...writtenCallers(construct)]) {
    const key = placeKey(each.cluster, each.namespace);
    const known = byNamespace.get(key);
    if (known === undefined) byNamespace.set(key, [each]);
    else known.push(each);
  }
  return { closed: closedPods(named, denials), byNamespace };
}

function letInBy({ target, from }: NamedGrant): LetIn {
  const { scope, of, name, namespace, selector } = target;
  return { cluster: Cluster.pathOf(scope), namespace: of === 'mesh' ? '' : namespace, name, selector: selector?.() ?? {}, isGateway: of === 'gateway', sources: from.map(({ source }) => source) };
}

/** As grants stand when planners are done. */
export function connectionsOf({ construct }: RestrictedNamespace, { closed, byNamespace }: ToldAccess): Connections {
  const own = policyTarget(undefined, construct, 'networkPolicy');
  const users = isolationOf(construct, construct.name)?.seenFrom;
  const isClosed = [podsKey(own), ...keysAround(own)].some((key) => closed.has(key));
  const others = (namespaces: Iterable<string>): string[] => [...new Set(namespaces)].filter((each) => each !== construct.name);
  if (!isClosed) return { namespaces: users === undefined ? 'any' : others(users), cidrs: [], open: [] };
  const about = [construct.name, ''].flatMap((namespace) => byNamespace.get(placeKey(Cluster.pathOf(construct), namespace)) ?? []);
  const granted = about.flatMap(({ sources }) => sources.flatMap(namespacesOf));
  const open = openPods(about);
  // anyone is anyone of those who use it: whoever has no identity is refused by the isolation
  if (users !== undefined) return { namespaces: others(open.length === 0 ? granted : [...granted, ...users]), cidrs: [], open: [] };
  const all = open.find(({ selector }) => Object.keys(selector).length === 0)?.cidrs ?? [];
  return { namespaces: all === 'any' ? all : others(granted), cidrs: all === 'any' ? [] : all, open: all === 'any' ? [] : named(open.filter(({ selector }) => Object.keys(selector).length > 0)) };
}

function placeKey(cluster: string, namespace: string): string {
  return `${cluster}\n${namespace}`;
}

/** A policy that is written by hand may name callers by a pattern; these are in no namespace that is known. */
function namespacesOf({ principals = [], namespaces = [] }: Source): string[] {
  return [...principals.flatMap((principal) => namespaceOfPrincipal(principal) ?? []), ...namespaces].filter((each) => !each.includes('*'));
}

function isNamed({ principals = [], namespaces = [] }: Source): boolean {
  const told = (names: readonly string[], isKnown: (name: string) => boolean): boolean => names.length > 0 && names.every(isKnown);
  return told(principals, (principal) => namespaceOfPrincipal(principal)?.includes('*') === false) || told(namespaces, (namespace) => !namespace.includes('*'));
}

/** An address is that of the connection only where no gateway stands in front, which it is not known to do. */
function openPods(about: readonly LetIn[]): OpenPods[] {
  const found = new Map<string, { name: string; selector: Readonly<Record<string, string>>; cidrs: Set<string> | 'any' }>();
  for (const { name, selector, isGateway, sources } of about) {
    for (const source of sources) {
      if (isNamed(source)) continue;
      const pods = JSON.stringify(Object.entries(selector).sort(([a], [b]) => (a < b ? -1 : 1)));
      const known = found.get(pods) ?? { name, selector, cidrs: new Set<string>() };
      found.set(pods, known);
      // of several names for the same pods, one that does not depend on the order of construction
      if (name < known.name) known.name = name;
      if (source.ipBlocks === undefined || source.principals !== undefined || source.namespaces !== undefined || isGateway) known.cidrs = 'any';
      else if (known.cidrs !== 'any') for (const cidr of source.ipBlocks) known.cidrs.add(cidr);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([pods, { name, selector, cidrs }]) => ({ pods, name, selector, cidrs: cidrs === 'any' ? cidrs : [...cidrs].sort() }));
}

/** A service and a workload, say, may be of one name and have other pods. */
function named(open: readonly OpenPods[]): OpenPods[] {
  const times = new Map<string, number>();
  return open.map((pods) => {
    const time = (times.get(pods.name) ?? 0) + 1;
    times.set(pods.name, time);
    return { ...pods, name: `${pods.name}.callers${time === 1 ? '' : `.${time}`}` };
  });
}
