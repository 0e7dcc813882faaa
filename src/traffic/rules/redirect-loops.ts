import { StringMatch } from '../../core/string-match';
import type { Finding } from '../../errors/finding';
import { ruleName } from './checked-route';
import type { CheckedRoute } from './checked-route';
import { covers } from './conditions';
import type { Conditions } from './conditions';

/** A rule with one of its matches, as proxies try them. */
export interface Step {
  readonly rule: CheckedRoute;
  /** Undefined for any request. */
  readonly conditions: Conditions | undefined;
}

const ANY: Conditions = { wanted: new Map(), unwanted: new Map() };

/**
 * Redirects that lead in a circle, by themselves or over several rules: who follows one comes back with the same headers, to
 * another path.
 *
 * @param steps in the order that proxies try them
 * @param hosts names of the host that the rules are of
 */
export function redirectLoops(steps: readonly Step[], hosts: readonly string[]): Finding[] {
  const findings = new Map<string, Finding>();
  for (const step of steps) {
    const way = circle(step, steps, hosts);
    // each circle once, at the first of its rules by name
    const [first] = [...way].sort((a, b) => (ruleName(a) < ruleName(b) ? -1 : 1));
    if (first !== undefined && first === step.rule) findings.set(ruleName(first), finding(way));
  }
  return [...findings.values()];
}

/** The rules that a request of the step meets until it comes back; none where it ends. */
function circle(start: Step, steps: readonly Step[], hosts: readonly string[]): CheckedRoute[] {
  const way: Step[] = [start];
  let request = start.conditions ?? ANY;
  for (;;) {
    const path = pathBack(way[way.length - 1] as Step, hosts);
    if (path === undefined) return [];
    request = { ...request, wanted: new Map(request.wanted).set('uri', StringMatch.exact(path)), ignoresUriCase: false };
    const next = steps.find(({ conditions }) => conditions === undefined || covers(conditions, request));
    if (next === undefined) return [];
    if (next === start) return way.map(({ rule }) => rule);
    // a circle that does not come back here is found from within
    if (way.includes(next)) return [];
    way.push(next);
  }
}

/** Where the rule sends callers, if that is the same host. */
function pathBack({ rule: { actions } }: Step, hosts: readonly string[]): string | undefined {
  const { uri, authority, scheme, port } = actions.redirect ?? {};
  const isSameHost = (authority === undefined || hosts.includes(authority)) && scheme === undefined && port === undefined;
  return isSameHost ? uri?.split('?')[0] : undefined;
}

function finding(way: readonly CheckedRoute[]): Finding {
  const [first, ...others] = way as [CheckedRoute, ...CheckedRoute[]];
  const stations = others.map((rule) => `${ruleName(rule)} on to ${JSON.stringify(rule.actions.redirect?.uri)}`);
  return {
    code: 'redirect-loop',
    construct: first.owner.node.path,
    property: first.place.property === '' ? 'redirect.uri' : `${first.place.property}.redirect.uri`,
    got: [JSON.stringify(first.actions.redirect?.uri), ...stations].join(', from where callers are sent by '),
    expected: others.length === 0 ? 'a path that the rule itself does not match' : 'redirects that end somewhere',
    fix: others.length === 0 ? 'match fewer paths, or redirect to another host' : 'take one of them out, or let a service answer one of the paths',
  };
}
