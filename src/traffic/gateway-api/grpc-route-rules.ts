import type { GRPCRouteRules, GRPCRouteRulesFilters, GRPCRouteRulesMatches } from '../../../imports/gateway-api/grpc-route';
import type { HTTPRouteRulesMatches } from '../../../imports/gateway-api/http-route';
import { filtersOf } from './http-filters';
import type { FilterContext } from './http-filters';
import { matchOf } from './http-match';
import type { PlacedMatch } from './precedence';
import { writeRoutes } from './route-division';
import type { DividedRoutes } from './route-division';
import type { SourceMatch, SourceRule } from './source-rule';

/** `/package.Service/Method`, or `/package.Service/` for all of its methods. */
const GRPC_PATH = /^\/([A-Za-z_][A-Za-z_0-9.]*)\/([A-Za-z_][A-Za-z_0-9]*)?$/;
const ANY_METHOD = { path: { type: 'PathPrefix', value: '/' } } as const;

/**
 * Rules of a port that carries gRPC, as rules of GRPCRoutes; undefined where one of them says what only an HTTPRoute can, which
 * serves gRPC as well.
 */
export function grpcRouteRules(rules: readonly SourceRule[], context: FilterContext): DividedRoutes<GRPCRouteRules> | undefined {
  if (!rules.every((rule) => hasForm(rule))) return undefined;
  const placed = rules.flatMap((rule): PlacedMatch[] =>
    rule.matches.length === 0 ? [{ rule, source: undefined, match: ANY_METHOD }] : rule.matches.map((source) => ({ rule, source, match: { path: pathOf(source) ?? ANY_METHOD.path, ...matchOf(source) } })),
  );
  return writeRoutes(placed, ({ rule, match }) => {
    const filters = filtersOf(rule, undefined, context) as GRPCRouteRulesFilters[];
    return {
      ...(match === ANY_METHOD ? {} : { matches: [grpcMatch(match)] }),
      ...(filters.length === 0 ? {} : { filters }),
      ...(rule.route === undefined ? {} : { backendRefs: context.backends.refsTo(rule.route, rule.place) }),
    };
  });
}

/** Whether a GRPCRoute can say it, or nothing of the Gateway API can: then the refusal is the same. */
function hasForm(rule: SourceRule): boolean {
  const { redirect, corsPolicy, rewrite, timeout, retries } = rule.actions;
  const isPlain = [redirect, corsPolicy, rewrite, timeout, retries].every((action) => action === undefined);
  return isPlain && rule.matches.every((match) => isGrpc(match));
}

function isGrpc(source: SourceMatch): boolean {
  const wanted = source.conditions[0]?.wanted ?? new Map();
  const isPost = !wanted.has('method') || wanted.get('method')?.text === 'POST';
  return isPost && source.conditions[0]?.ignoresUriCase !== true && ![...wanted.keys()].some((key) => key.startsWith('query ')) && (!wanted.has('uri') || pathOf(source) !== undefined);
}

/** The service, or the service and its method, as a path: which of two goes first is the same. */
function pathOf({ conditions }: SourceMatch): { type: 'Exact' | 'PathPrefix'; value: string } | undefined {
  const uri = conditions[0]?.wanted.get('uri');
  const [, , method] = GRPC_PATH.exec(uri?.text ?? '') ?? [];
  if (uri === undefined || !GRPC_PATH.test(uri.text)) return undefined;
  if (uri.kind === 'exact' && method !== undefined) return { type: 'Exact', value: uri.text };
  return uri.kind === 'prefix' && method === undefined ? { type: 'PathPrefix', value: uri.text } : undefined;
}

function grpcMatch({ path, headers }: HTTPRouteRulesMatches): GRPCRouteRulesMatches {
  const [, service, method] = GRPC_PATH.exec(path?.value ?? '') ?? [];
  return {
    ...(service === undefined ? {} : { method: { type: 'Exact', service, ...(method === undefined ? {} : { method }) } }),
    ...(headers === undefined ? {} : { headers: headers.map(({ name, type, value }) => ({ name, type: type ?? 'Exact', value })) }),
  };
}
