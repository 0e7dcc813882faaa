import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { isConstruct } from '../../core/place';
import { badReference } from '../../core/references';
import { settle } from '../../core/settle';
import { withCallers } from '../access/named-grants';
import { SOURCE_KEYS } from '../callers/callers';
import type { NamedCaller } from '../callers/callers';
import { knownSite } from './call-site';
import type { CallSite } from './call-site';
import { writtenRows } from './written-policies';
import { cutOffCalls } from '../access/cut-off-calls';
import type { Call } from '../access/cut-off-calls';
import { accessProgram } from '../access/grants';
import type { Denial, PolicyAction } from '../access/grants';
import { UNGUARDED_PORT } from '../access/meant-ports';
import { policyTarget } from '../access/policy-target';
import type { PolicyTarget } from '../access/policy-target';
import { rulesOf } from '../access/policy-rules';
import type { NamedGrant } from '../access/policy-rules';

/** One line of the table: what one sentence of the program says. */
export interface AccessRow {
  /** Path of the cluster; empty where the program names none. */
  readonly cluster: string;
  /**
   * Who is called: `service shop/orders`, `gateway istio-ingress/public`, `workload …`, `namespace shop`, `mesh`; of a policy that was
   * written by hand, also `pods shop/app=orders`.
   */
  readonly to: string;
  /**
   * `ALLOW`, `DENY`, `AUDIT`, `CUSTOM`; `NONE` where nobody is let in who was not granted access, and for calls that the program
   * declares and that this cuts off.
   */
  readonly action: PolicyAction | 'NONE';
  /** Callers as policies name them; `anyone` where none is named. */
  readonly from: readonly string[];
  /** Callers that it is not for. */
  readonly except: readonly string[];
  /** What of requests and of what else has to hold, in words; empty for any access. */
  readonly what: string;
  /** Whether it only says what it would do. */
  readonly dryRun: boolean;
  /** Whether it follows from something else, such as a route of a gateway. */
  readonly implied: boolean;
  /** Path of the construct whose policy it stands in; of a policy that was written by hand, its own. */
  readonly construct: string;
  /** The line of the program that says it, where it is known. */
  readonly site?: CallSite;
}

/**
 * Who may call whom, as the program that a construct is in says it: a row for each grant, denial and the like, sorted.
 *
 * @throws MeshError when a caller has no identity, or `app` is no construct.
 * @example
 * for (const { from, to, what } of accessTable(app)) console.log(`${from.join(', ')} → ${to} ${what}`);
 */
export function accessTable(app: IConstruct): readonly AccessRow[] {
  if (!isConstruct(app)) throw badReference(undefined, app, 'accessTable', 'the app, or a construct of it');
  settle(app.node.root);
  return wholeTable(app);
}

/** The table of all that the program says and writes itself, once planners are done. */
export function wholeTable(construct: IConstruct): readonly AccessRow[] {
  const { grants, denials } = accessProgram(construct);
  return sorted([...rowsOf(withCallers(grants), denials), ...writtenRows(construct.node.root, denials)]);
}

/** The rows of some sentences, sorted. */
export function rowsOfGrants(grants: readonly NamedGrant[]): AccessRow[] {
  return sorted(grants.map(rowOf));
}

function rowsOf(grants: readonly NamedGrant[], denials: readonly Denial[]): AccessRow[] {
  return [...grants.map(rowOf), ...denials.map(({ target }) => denialRow(target)), ...cutOffCalls(grants, denials).map(cutOffRow)];
}

/** One sentence may become several rules. */
function sorted(rows: readonly AccessRow[]): AccessRow[] {
  const keyed = new Map(rows.map((row) => [JSON.stringify([row.cluster, row.to, row.action, row.from, row]), row]));
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
}

function rowOf(grant: NamedGrant): AccessRow {
  const { target, action, from, notFrom, rule, implied, site, provider } = grant;
  const named = namesOf(from);
  const said = knownSite(site);
  return {
    ...placeOf(target),
    action,
    from: named.length === 0 ? ['anyone'] : named,
    except: namesOf(notFrom),
    what: whatOf(grant, provider),
    dryRun: rule.dryRun === true,
    implied,
    ...(said === undefined ? {} : { site: said }),
  };
}

function denialRow(target: PolicyTarget): AccessRow {
  return { ...placeOf(target), action: 'NONE', from: ['anyone'], except: [], what: 'without a grant', dryRun: false, implied: false };
}

function cutOffRow({ caller, called }: Call): AccessRow {
  const target = policyTarget(undefined, called, 'calls');
  return { ...placeOf(target), action: 'NONE', from: caller.principals, except: [], what: `though ${caller.node.path} calls it`, dryRun: false, implied: false };
}

function placeOf({ scope, of, namespace, name }: PolicyTarget): Pick<AccessRow, 'cluster' | 'to' | 'construct'> {
  const to = of === 'mesh' ? 'mesh' : of === 'namespace' ? `namespace ${namespace}` : `${of} ${namespace}/${name}`;
  return { cluster: Cluster.pathOf(scope), to, construct: scope.node.path };
}

const WORDS = { principals: '', namespaces: 'namespace ', ipBlocks: 'address ', remoteIpBlocks: 'client address ', requestPrincipals: 'token ' } as const;

function namesOf(callers: readonly NamedCaller[]): string[] {
  return [...new Set(callers.flatMap(({ source }) => SOURCE_KEYS.flatMap((key) => (source[key] ?? []).map((each) => `${WORDS[key]}${each}`))))].sort();
}

/** The rule as Istio has it, in a line: `methods GET, POST; paths /orders*; when request.headers[x-tenant] is a`. */
function whatOf(grant: NamedGrant, provider: string | undefined): string {
  const notPorts = grant.ports.notPorts?.filter((port) => port !== UNGUARDED_PORT) ?? [];
  const rules = rulesOf([{ ...grant, notFrom: [], ports: notPorts.length === 0 ? {} : { notPorts } }]);
  const parts = rules.map(({ to = [], when = [] }) => [
    ...to.flatMap(({ operation = {} }) => Object.entries(operation).map(([key, values]) => `${wordOf(key)} ${(values as readonly string[]).join(', ')}`)),
    ...when.flatMap(({ key, values, notValues }) => [
      ...(values === undefined ? [] : [`when ${key} is ${values.join(' or ')}`]),
      ...(notValues === undefined ? [] : [`when ${key} is not ${notValues.join(' or ')}`]),
    ]),
  ]);
  const texts = [...new Set(parts.map((each) => each.join('; ')))].sort();
  return [...(provider === undefined ? [] : [`asks ${provider}`]), ...texts.filter((each) => each !== '')].join(' | ');
}

function wordOf(key: string): string {
  return key.startsWith('not') ? `not ${key.slice(3).toLowerCase()}` : key;
}
