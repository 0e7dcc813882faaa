import type { Conditions } from '../../traffic/rules/conditions';
import type { Place } from '../../traffic/rules/refuse';
import type { SourceActions, SourceMatch, SourceRule } from '../../traffic/gateway-api/source-rule';
import type { Destination } from '../../traffic/versioned-traffic';
import type { HostPlan, HostRule } from '../ingress-plan';

/** The rules of a host on their way to HTTPRoutes, in the order that proxies must try them. */
export function sourceRules({ rules }: HostPlan): SourceRule[] {
  return rules.flatMap((rule) => sourceRule(rule, rules));
}

function sourceRule(hostRule: HostRule, all: readonly HostRule[]): SourceRule[] {
  const { rule, http, matches } = hostRule;
  const { route, segment, segmentRewrite } = rule;
  const own = matches.filter((conditions) => !isExactTwin(conditions, segment));
  // it is part of the prefix, which stands further behind
  if (matches.length > 0 && own.length === 0) return [];
  const twins = all.filter((other) => other.rule === rule).flatMap((other) => other.matches.filter((conditions) => isExactTwin(conditions, segment)));
  const { mirrors = [], delegate, route: destinations } = http;
  return [
    {
      place: route.place,
      matches: own.length === 0 && segmentRewrite !== undefined ? [{ place: route.place, conditions: [EVERYTHING], segment: '/' }] : own.map((conditions) => matchOf(conditions, twins, rule)),
      actions: actionsOf(hostRule),
      ...(segmentRewrite === undefined ? {} : { segmentRewrite }),
      route: destinations as readonly Destination[] | undefined,
      mirrors: mirrors.map(({ destination, percentage }) => ({ destination: destination as Destination['destination'], percentage: percentage?.value ?? 100 })),
      hasDelegate: delegate !== undefined,
    },
  ];
}

const EVERYTHING: Conditions = { wanted: new Map(), unwanted: new Map() };

/** Of the two matches that Istio has for a path by segments, the one for the path itself. */
function isExactTwin({ wanted }: Conditions, segment: string | undefined): boolean {
  const uri = wanted.get('uri');
  return segment !== undefined && segment !== '/' && uri?.kind === 'exact' && uri.text === segment;
}

function matchOf(conditions: Conditions, twins: readonly Conditions[], { route, segment, segmentRewrite }: HostRule['rule']): SourceMatch {
  const place: Place = route.matches.find((match) => match.conditions === conditions)?.place ?? route.place;
  const isSegment = segment !== undefined && (segment !== '/' || segmentRewrite !== undefined);
  if (!isSegment) return { place, conditions: [conditions] };
  const others = [...conditions.wanted].filter(([key]) => key !== 'uri').map(([key, value]) => `${key} ${value.toString()}`).join('\n');
  const own = twins.filter(({ wanted }) => [...wanted].filter(([key]) => key !== 'uri').map(([key, value]) => `${key} ${value.toString()}`).join('\n') === others);
  return { place, conditions: [conditions, ...own], segment };
}

/** As the VirtualService has them, but for the path that is rewritten by segments. */
function actionsOf({ http, rule: { segmentRewrite } }: HostRule): SourceActions {
  const { headers, corsPolicy, redirect, directResponse, rewrite, fault, timeout, retries } = http;
  const { authority } = rewrite ?? {};
  const said = {
    headers,
    corsPolicy,
    redirect,
    directResponse,
    rewrite: segmentRewrite === undefined ? rewrite : authority === undefined ? undefined : { authority },
    fault,
    timeout,
    retries,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}
