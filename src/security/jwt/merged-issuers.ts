import type { IConstruct } from 'constructs';
import { addCheck } from '../../core/planner';
import { rootState } from '../../core/root-state';
import type { Finding } from '../../errors/finding';
import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import type { PolicyTarget } from '../access/policy-target';
import { PolicyIndex } from '../guards/covering';
import { policiesAround, programPolicies, rootNamespaces } from '../mtls/program-policies';
import type { ClusterPolicies, ProgramObject } from '../mtls/program-policies';

/** A JwtAuthentication, and its object. */
interface Checked {
  readonly owner: IConstruct;
  readonly object: IConstruct;
  readonly target: PolicyTarget;
}

/**
 * Has the issuers of pods looked at, when the program is complete. Istio puts all RequestAuthentications for the same pods together, be
 * they for the pods, their namespace or the mesh: a token that any of them takes is taken, and of one issuer said twice the looser
 * counts.
 *
 * @see https://istio.io/latest/docs/reference/config/security/request_authentication/
 */
export function judgeMergedIssuers(owner: IConstruct, object: IConstruct, target: PolicyTarget): void {
  const all = rootState<Checked[]>(owner, 'jwtAuthentications', (root) => {
    const found: Checked[] = [];
    addCheck(owner, 'jwt issuers', () => issuerFindings(root, found));
    return found;
  });
  all.push({ owner, object, target });
}

function issuerFindings(root: IConstruct, all: readonly Checked[]): Finding[] {
  const clusters = programPolicies(root);
  const known = new Map<ClusterPolicies, Known>();
  return all.flatMap((each) => {
    const around = policiesAround(each.owner, clusters);
    const policies = known.get(around) ?? knownOf(around);
    known.set(around, policies);
    return merged(each, policies);
  });
}

interface Known {
  readonly index: PolicyIndex;
  readonly objects: ReadonlyMap<IConstruct, ProgramObject>;
}

function knownOf(around: ClusterPolicies): Known {
  const { requestAuthentications } = around;
  return { index: new PolicyIndex(requestAuthentications, rootNamespaces(around)), objects: new Map(requestAuthentications.map((each) => [each.construct, each])) };
}

function merged({ owner, object, target }: Checked, { index, objects }: Known): Finding[] {
  const own = objects.get(object);
  if (own === undefined) return [];
  const rules = new Map(rulesOf(own).map((rule) => [rule['issuer'], rule]));
  const others = index.covering(target).filter((other) => other !== own);
  return others.flatMap((other) => rulesOf(other).flatMap((rule) => clash(owner, rules.get(rule['issuer']), rule, other)));
}

function clash(owner: IConstruct, own: JsonObject | undefined, rule: JsonObject, { construct }: ProgramObject): Finding[] {
  const issuer = JSON.stringify(rule['issuer']);
  const place = { construct: owner.node.path, property: 'issuers' };
  if (own === undefined) {
    return [
      {
        ...place,
        code: 'merged-issuers',
        got: `no ${issuer}, whose tokens these pods take as well, by ${construct.node.path}`,
        expected: 'all issuers whose tokens the pods take: Istio puts together what is said of them at several places',
        fix: `name ${issuer} here, too, as it is there; or take these pods out of what that is for`,
      },
    ];
  }
  // the keys may be long, and which of the two differs says enough
  const differing = [...new Set([...Object.keys(own), ...Object.keys(rule)])].filter((key) => JSON.stringify(own[key]) !== JSON.stringify(rule[key])).sort();
  if (differing.length === 0) return [];
  return [
    {
      ...place,
      code: 'issuer-differs',
      got: `${issuer} with other ${differing.join(', ')} than ${construct.node.path} has it with, for the same pods`,
      expected: 'an issuer said in one way: a token that fits either is taken',
      fix: 'say the same at both places, or say it at one of them',
    },
  ];
}

function rulesOf({ spec }: ProgramObject): JsonObject[] {
  const { jwtRules } = spec;
  return Array.isArray(jwtRules) ? jwtRules.filter(isJsonObject) : [];
}
