import { Cluster } from '../../core/cluster';
import type { Finding } from '../../errors/finding';
import { namespaceOfPrincipal } from '../../traffic/scope/expected-callers';
import type { NamedCaller } from '../callers/callers';
import { fitsText } from '../decisions/text-patterns';
import { findingOf } from '../guards/grant-finding';
import { keysAround, podsKey } from './grants';
import { LabelIndex } from './label-index';
import type { NamedGrant } from './policy-rules';

/** How a grant speaks of a gateway: by its identity; by what only its clients have, a token or an address; or of everybody. */
type Speaks = 'by name' | 'of clients' | 'of everybody';

/** A grant that a route made, in whose place the grants of the program count. */
export interface Overruled {
  readonly grant: NamedGrant;
  readonly by: readonly { readonly grant: NamedGrant; readonly speaks: Speaks }[];
}

/**
 * Parts the grants that count from those of routes that do not. A route lets its gateway do anything; where the program says itself what
 * the gateway, or whoever comes through it, may do at the same pods, that would let in what was left out: every method beside `GET`, every
 * token beside those of `admins`. What is said of a whole namespace or mesh counts in its place only where it names the gateway.
 */
export function withoutOverruled(named: readonly NamedGrant[]): { readonly counting: NamedGrant[]; readonly overruled: Overruled[] } {
  if (!named.some(({ isRoute }) => isRoute === true)) return { counting: [...named], overruled: [] };
  const said = new SaidGrants(named.filter(({ action, implied, rule }) => action === 'ALLOW' && !implied && rule.dryRun !== true));
  const counting: NamedGrant[] = [];
  const overruled: Overruled[] = [];
  for (const grant of named) {
    const by = grant.isRoute === true ? said.about(grant) : [];
    if (by.length === 0) counting.push(grant);
    else overruled.push({ grant, by });
  }
  return { counting, overruled };
}

/** Routes that reach less than they lead to, by what is not said of their gateway in so many words. */
export function narrowedRoutes(overruled: readonly Overruled[]): Finding[] {
  const findings = overruled.flatMap(({ grant, by }): Finding[] => {
    const own = by.filter(({ grant: { target } }) => target.selector !== undefined);
    if (own.some(({ speaks }) => speaks !== 'of everybody') || by.some(({ grant: said, speaks }) => speaks === 'of everybody' && isUnlimited(said))) return [];
    const [gateway = ''] = grant.from.flatMap(({ source }) => source.principals ?? []);
    const what = own.length > 0 ? 'what anyone may do there' : 'what it may do in the namespace or the mesh';
    return [
      findingOf(grant, '', {
        code: 'route-narrowed',
        severity: 'warning',
        got: `a route of the gateway ${gateway}, whose requests are let in as far as ${what}, and no further`,
        expected: 'a grant for the gateway at what its route leads to, as something else is said of who may call it',
        fix: 'say how far the gateway may get: allowFrom(gateway), or with a rule',
      }),
    ];
  });
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}

/** What the program itself says of who is let in, found by pods. */
class SaidGrants {
  private readonly wide = new Map<string, NamedGrant[]>();
  private readonly narrow: ReadonlyMap<string, LabelIndex<NamedGrant>>;

  public constructor(grants: readonly NamedGrant[]) {
    const places = new Map<string, NamedGrant[]>();
    for (const grant of grants) {
      const [map, key] = grant.target.selector === undefined ? [this.wide, podsKey(grant.target)] : [places, placeOf(grant)];
      const known = map.get(key);
      if (known === undefined) map.set(key, [grant]);
      else known.push(grant);
    }
    this.narrow = new Map([...places].map(([place, all]) => [place, new LabelIndex(all, ({ target }) => target.selector?.() ?? {})]));
  }

  /** Those about the gateway of a route, at pods that the route leads to or some of them. */
  public about(route: NamedGrant): Overruled['by'] {
    const index = this.narrow.get(placeOf(route));
    const labels = route.target.selector?.() ?? {};
    const near = index === undefined ? [] : [...new Set([...index.wider(labels), ...index.narrower(labels)])];
    const own = near.flatMap((grant) => {
      const speaks = speaksOf(grant, route);
      return speaks === undefined ? [] : [{ grant, speaks }];
    });
    const wide = keysAround(route.target).flatMap((key) => this.wide.get(key) ?? []).filter((grant) => speaksOf(grant, route) === 'by name');
    return [...own, ...wide.map((grant) => ({ grant, speaks: 'by name' as const }))];
  }
}

function placeOf({ target: { scope, namespace } }: NamedGrant): string {
  return `${Cluster.pathOf(scope)}\n${namespace}`;
}

/** How a grant speaks of the gateway of a route; undefined where it is for others. */
function speaksOf({ from, conditions }: NamedGrant, route: NamedGrant): Speaks | undefined {
  const principals = route.from.flatMap(({ source }) => source.principals ?? []);
  const all = from.flatMap((caller) => spokenBy(caller, principals) ?? []);
  const named = conditions.filter(({ key, values }) => values !== undefined && (key === 'source.principal' || key === 'source.namespace'));
  const isMeant = named.every(({ key, values = [] }) => principals.some((each) => values.some((value) => fitsText(value, key === 'source.principal' ? each : namespaceOf(each)))));
  if (all.length === 0 || !isMeant) return undefined;
  if (named.length > 0 || all.includes('by name')) return 'by name';
  const isOfClients = conditions.some(({ key, values }) => values !== undefined && (key.startsWith('request.auth.') || key === 'remote.ip'));
  return isOfClients || all.includes('of clients') ? 'of clients' : 'of everybody';
}

function spokenBy({ source }: NamedCaller, principals: readonly string[]): Speaks | undefined {
  if (source.principals !== undefined) return source.principals.some((each) => each === '*' || principals.includes(each)) ? 'by name' : undefined;
  if (source.namespaces !== undefined) return principals.some((each) => source.namespaces?.includes(namespaceOf(each)) === true) ? 'by name' : undefined;
  // of whoever holds the connection: the gateway, or one beside it
  if (source.ipBlocks !== undefined) return undefined;
  return source.requestPrincipals !== undefined || source.remoteIpBlocks !== undefined ? 'of clients' : 'of everybody';
}

function namespaceOf(principal: string): string {
  return namespaceOfPrincipal(principal) ?? '';
}

/** Whether a grant to everybody leaves nothing to be wished for. */
function isUnlimited({ rule, conditions, notFrom }: NamedGrant): boolean {
  return conditions.length === 0 && notFrom.length === 0 && Object.entries(rule).every(([key, value]) => value === undefined || typeof value === 'boolean' || key === 'when');
}
