import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { addCheck } from '../../core/planner';
import { SynthSession } from '../../core/synth-session';
import type { Finding } from '../../errors/finding';
import { policiesOfGrants } from '../guards/policy-findings';
import { programObject } from '../mtls/program-policies';
import type { TrustDomainMigration } from './trust-domain-migration';

/** Istio reads it as the mesh's own trust domain, whatever that is. */
const OWN = 'cluster.local';

/**
 * Has each synthesis look for policies that the program writes itself and that name the trust domain that is gone: they would match
 * nobody, and what they deny would be let in. A warning, as objects of one's own may say what they like; grants are refused.
 */
export function findLeftPolicies(mesh: IConstruct, { from, to, stage }: TrustDomainMigration): void {
  if (stage !== 'done' || from === OWN) return;
  addCheck(mesh, `left-trust-domain ${mesh.node.path}`, () => policiesAround(mesh).flatMap((policy) => leftIn(policy, { from, to })));
}

function policiesAround(mesh: IConstruct): readonly ApiObject[] {
  const isPolicy = (construct: IConstruct): construct is ApiObject => ApiObject.isApiObject(construct) && construct.kind === 'AuthorizationPolicy' && construct.apiVersion.startsWith('security.istio.io/');
  const granted = policiesOfGrants(mesh);
  return SynthSession.of(mesh).constructs().filter(isPolicy).filter((construct) => !granted.has(construct) && Cluster.pathOf(construct) === Cluster.pathOf(mesh));
}

function leftIn(policy: ApiObject, { from, to }: { readonly from: string; readonly to: string }): Finding[] {
  const named = textsOf(programObject(policy)?.spec['rules']).find((text) => text === from || text.startsWith(`${from}/`));
  if (named === undefined) return [];
  return [
    {
      code: 'left-trust-domain',
      severity: 'warning',
      construct: policy.node.path,
      property: 'spec.rules',
      got: `"${named}", of the trust domain that the migration to ${to} has left`,
      expected: 'identities that there are: this one matches nobody any more, and a DENY of it would let in whom it denies',
      fix: `name it as "${to}${named.slice(from.length)}" before the stage done`,
    },
  ];
}

/** All texts within; that of a path, which begins with a slash, is never taken for an identity. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
