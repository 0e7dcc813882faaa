import { Lazy } from 'cdk8s';
import { EnvoyFilter } from '../../../imports/istio/envoy-filter';
import type { EnvoyFilterConfigPatches } from '../../../imports/istio/envoy-filter';
import { compareConstructs } from '../../core/construct-path';
import type { Wanted } from '../../core/planned-children';
import type { JsonObject } from '../../rules/json';
import { podsKey } from '../access/grants';
import type { PolicyTarget } from '../access/policy-target';
import type { CheckedGrant } from './authorizer-planner';

/** Headers that clients of some pods may not set. */
export interface HeaderGroup {
  readonly target: PolicyTarget;
  readonly headers: readonly string[];
}

const ID = 'authorizer-headers';
const CONNECTION_MANAGER = 'envoy.filters.network.http_connection_manager';
const TYPE = 'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation';
/** Not zero: between EnvoyFilters of that priority, their age decides. */
const PRIORITY = 10;

/**
 * One EnvoyFilter for each set of pods, which takes the headers out that their authorizer sets. Envoy puts the authorizer's in
 * place of the client's only where the answer has them, and only of requests that are checked.
 *
 * @param current the group of a key as it is when it is rendered
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_mutation_filter
 */
export function ownHeaderFilters(grants: readonly CheckedGrant[], current: (key: string) => HeaderGroup | undefined): { readonly groups: ReadonlyMap<string, HeaderGroup>; readonly wanted: ReadonlyMap<string, Wanted> } {
  const groups = new Map<string, HeaderGroup>();
  for (const { target, authorizer } of grants) {
    if (authorizer.ownHeaders.length === 0) continue;
    const key = podsKey(target);
    const known = groups.get(key);
    const headers = [...new Set([...(known?.headers ?? []), ...authorizer.ownHeaders])].sort();
    // by path, so that the place and the name do not depend on the order of construction
    groups.set(key, { target: known === undefined || compareConstructs(target.scope, known.target.scope) < 0 ? target : known.target, headers });
  }
  const wanted = new Map([...groups].map(([key, { target }]) => [key, { owner: target.scope, make: () => makeFilter(target, () => current(key)?.headers ?? []) }]));
  return { groups, wanted };
}

function makeFilter({ scope, of, name, namespace, selector }: PolicyTarget, headers: () => readonly string[]): EnvoyFilter {
  // pods of a namespace may be gateways, and those of a service as well; what a pod itself sends is left alone
  const contexts = of === 'gateway' ? (['GATEWAY'] as const) : (['SIDECAR_INBOUND', 'GATEWAY'] as const);
  return new EnvoyFilter(scope, ID, {
    metadata: { name: `${name}.${ID}`, namespace },
    spec: {
      priority: PRIORITY,
      ...(selector === undefined ? {} : { workloadSelector: { labels: { ...selector() } } }),
      configPatches: Lazy.any({ produce: () => contexts.map((context) => patchOf(context, headers())) }) as never,
    },
  });
}

function patchOf(context: 'GATEWAY' | 'SIDECAR_INBOUND', headers: readonly string[]): EnvoyFilterConfigPatches {
  return {
    applyTo: 'HTTP_FILTER',
    match: { context, listener: { filterChain: { filter: { name: CONNECTION_MANAGER } } } },
    patch: { operation: 'INSERT_FIRST', value: { name: `mesh-constructs.${ID}`, typed_config: { '@type': TYPE, mutations: { request_mutations: headers.map(mutationOf) } } } },
  };
}

/** Many a framework takes `x_user` for `x-user`, as CGI does, and PHP `x.user`, too; so all are taken out. */
function mutationOf(header: string): JsonObject {
  if (/^[a-z0-9]+$/.test(header)) return { remove: header };
  const literal = header.replace(/\*/g, '').replace(/[+^$|]/g, '\\$&').replace(/[-_.]/g, '[-_.]');
  const regex = `${header.startsWith('*') ? '.*' : ''}${literal}${header.endsWith('*') ? '.*' : ''}`;
  return { remove_on_match: { key_matcher: { safe_regex: { regex } } } };
}
