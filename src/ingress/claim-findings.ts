import type { IConstruct } from 'constructs';
import { addCheck } from '../core/planner';
import { rootState } from '../core/root-state';
import type { Finding } from '../errors/finding';
import { PolicyIndex } from '../security/guards/covering';
import { policyTarget } from '../security/access/policy-target';
import { policiesAround, programPolicies, rootNamespaces } from '../security/mtls/program-policies';
import type { ClusterPolicies } from '../security/mtls/program-policies';
import type { CheckedMatch } from '../traffic/rules/checked-match';
import type { CheckedRoute } from '../traffic/rules/checked-route';
import { within } from '../traffic/rules/refuse';
import type { IngressGateway } from './ingress-gateway';

/** A route that tells requests by what their tokens say. */
interface ClaimRoute {
  readonly owner: IConstruct;
  readonly gateway: IngressGateway;
  /** Where the claims were given. */
  readonly property: string;
}

/**
 * Has it looked at, when the program is complete, whether the gateway checks tokens: where nobody does there are no claims, so that
 * a match by claims is never met, and one without them always.
 *
 * @see https://istio.io/latest/docs/tasks/security/authentication/jwt-route/
 */
export function requireTokensChecked(owner: IConstruct, gateway: IngressGateway, routes: readonly CheckedRoute[]): void {
  const [property] = routes.flatMap(({ matches }) => matches.flatMap(askedClaims));
  if (property === undefined) return;
  const known = rootState<ClaimRoute[]>(owner, 'claimRoutes', (root) => {
    const found: ClaimRoute[] = [];
    addCheck(owner, 'ingress claims', () => claimFindings(root, found));
    return found;
  });
  known.push({ owner, gateway, property });
}

function claimFindings(root: IConstruct, routes: readonly ClaimRoute[]): Finding[] {
  const clusters = programPolicies(root);
  const indexes = new Map<ClusterPolicies, PolicyIndex>();
  return routes.flatMap((route) => {
    const around = policiesAround(route.gateway, clusters);
    const index = indexes.get(around) ?? new PolicyIndex(around.requestAuthentications, rootNamespaces(around));
    indexes.set(around, index);
    return index.covering(policyTarget(undefined, route.gateway, 'gateway')).length > 0 ? [] : [unchecked(route)];
  });
}

function unchecked({ owner, gateway, property }: ClaimRoute): Finding {
  return {
    code: 'token-never-checked',
    construct: owner.node.path,
    property,
    got: `a route by what tokens say, at ${gateway.node.path}, which checks none`,
    expected: 'a JwtAuthentication for the gateway, its namespace or the mesh',
    fix: 'make one: new JwtAuthentication(scope, id, { target: gateway, … }); or say tokensCheckedElsewhere: true where another program does',
  };
}

/** Where a match asks for claims; nothing where it does not. */
function askedClaims({ conditions, place }: CheckedMatch): string[] {
  const isWanted = [...conditions.wanted.keys()].some(isClaim);
  if (!isWanted && ![...conditions.unwanted.keys()].some(isClaim)) return [];
  return [within(place, isWanted ? 'claims' : 'withoutClaims').property];
}

function isClaim(key: string): boolean {
  return key.startsWith('claim ');
}
