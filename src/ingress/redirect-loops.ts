import type { Finding } from '../errors/finding';
import { Host } from '../core/host';
import { within } from '../traffic/rules/refuse';
import type { Conditions } from '../traffic/rules/conditions';
import type { GatewayPlan, HostPlan, HostRule } from './ingress-plan';

/** A request as far as redirects change it. */
interface Asked {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

const MOST_STEPS = 20;

/**
 * Redirects that lead clients back to where they were, over hosts and schemes of a gateway; those that stay in one are found with
 * its rules. Only what is certain counts: a rule that looks at more than the path may not be met the next time.
 */
export function redirectLoops(plans: readonly GatewayPlan[]): Finding[] {
  return plans.flatMap(({ hosts }) => {
    const known = new Set<string>();
    return hosts.flatMap((plan) => plan.rules.flatMap((rule) => loopOf(hosts, plan, rule, known)));
  });
}

/** @param known circles that are found already, from another of their rules */
function loopOf(hosts: readonly HostPlan[], plan: HostPlan, start: HostRule, known: Set<string>): Finding[] {
  if (start.http.redirect === undefined || plan.host.startsWith('*')) return [];
  const { route } = start.rule;
  for (const path of samples(start)) {
    const first = askedAt(plan, path, plan.host);
    if (first === undefined || ruleAt(plan, first, true) !== start) continue;
    const way = follow(hosts, first, start);
    if (way === undefined || staysAt(first, way, start)) continue;
    const circle = [...new Set(way.map(urlOf))].sort().join('\n');
    if (known.has(circle)) return [];
    known.add(circle);
    return [
      {
        code: 'redirect-loop',
        construct: route.owner.node.path,
        property: within(route.place, 'redirect').property,
        got: way.map(urlOf).join(' => '),
        expected: 'a redirect that comes to an end',
        fix: 'match fewer paths, or redirect elsewhere',
      },
    ];
  }
  return [];
}

function staysAt({ scheme, host, port }: Asked, way: readonly Asked[], { http }: HostRule): boolean {
  const isSame = way.every((asked) => asked.scheme === scheme && asked.host === host && asked.port === port);
  return isSame && http.redirect?.authority === undefined;
}

/** The way until it comes back to where it was, or undefined where it does not for certain. */
function follow(hosts: readonly HostPlan[], first: Asked, start: HostRule): Asked[] | undefined {
  const way = [first];
  const comesTo = (asked: Asked): boolean => {
    const isBack = way.some((before) => urlOf(before) === urlOf(asked));
    way.push(asked);
    return isBack;
  };
  let rule: HostRule | undefined = start;
  for (let step = 0; step < MOST_STEPS && rule?.http.redirect !== undefined; step += 1) {
    const asked = redirected(rule, way[way.length - 1] as Asked);
    if (comesTo(asked)) return way;
    const plan = planOf(hosts, asked.host);
    const secure = plan === undefined || asked.scheme === 'https' || !plan.redirects ? undefined : askedAt(plan, asked.path, asked.host);
    if (secure !== undefined && comesTo(secure)) return way;
    const now = secure ?? asked;
    const isServed = plan?.ports[now.scheme] === now.port && (now.scheme === 'https') === (plan.tls.mode !== 'NONE');
    rule = plan === undefined || !isServed ? undefined : ruleAt(plan, now, false);
  }
  return undefined;
}

function planOf(hosts: readonly HostPlan[], name: string): HostPlan | undefined {
  const hostsOf = (plan: HostPlan): Host => Host.parse(plan.host);
  const fitting = hosts.filter((plan) => plan.host === name || (plan.host.startsWith('*') && name.endsWith(plan.host.slice(1))));
  return fitting.sort((a, b) => Host.compare(hostsOf(a), hostsOf(b)))[0];
}

/** @param isFirst whether what a rule looks at beside the path holds: clients of the first rule fit it */
function ruleAt(plan: HostPlan, { path }: Asked, isFirst: boolean): HostRule | undefined {
  for (const rule of plan.rules) {
    const fits = rule.matches.length === 0 ? true : fit(rule.matches, path);
    if (fits === true || (fits === undefined && isFirst)) return rule;
    // a rule that looks at more than the path may take the request, or not
    if (fits === undefined) return undefined;
  }
  return undefined;
}

/** Undefined where it hangs on more than the path. */
function fit(matches: readonly Conditions[], path: string): boolean | undefined {
  const fits = matches.map(({ wanted, unwanted }) => {
    const uri = wanted.get('uri');
    if (uri !== undefined && !uri.matches(path)) return false;
    return wanted.size === (uri === undefined ? 0 : 1) && unwanted.size === 0 ? true : undefined;
  });
  if (fits.includes(true)) return true;
  return fits.includes(undefined) ? undefined : false;
}

function redirected({ http }: HostRule, asked: Asked): Asked {
  const { uri, authority, scheme, port } = http.redirect ?? {};
  const [name, namedPort] = (authority ?? asked.host).split(':');
  const to = (scheme ?? asked.scheme) as Asked['scheme'];
  const usual = to === 'https' ? 443 : 80;
  const kept = scheme === undefined && authority === undefined ? asked.port : usual;
  return { scheme: to, host: (name ?? '').toLowerCase(), port: port ?? (namedPort === undefined ? kept : Number(namedPort)), path: uri?.split('?')[0] ?? asked.path };
}

/** Paths that show whether a rule is met again: each of its own. */
function samples({ matches }: HostRule): string[] {
  if (matches.length === 0) return ['/'];
  return matches.flatMap(({ wanted }) => {
    const uri = wanted.get('uri');
    if (uri === undefined) return ['/'];
    return uri.kind === 'exact' || uri.kind === 'prefix' ? [uri.text] : [];
  });
}

function askedAt({ tls, ports }: HostPlan, path: string, host: string): Asked | undefined {
  const scheme = tls.mode === 'NONE' ? 'http' : 'https';
  const port = ports[scheme];
  return port === undefined ? undefined : { scheme, host, port, path };
}

function urlOf({ scheme, host, port, path }: Asked): string {
  const isUsual = port === (scheme === 'https' ? 443 : 80);
  return `${scheme}://${host}${isUsual ? '' : `:${port}`}${path}`;
}
