import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { SynthSession } from '../../core/synth-session';
import type { JsonObject } from '../../rules/json';
import { labelsIn, listIn, objectIn, textIn, textsIn } from '../../traffic/scope/reading';
import { policiesOfGrants } from '../guards/policy-findings';
import { policiesAround, programObject, programPolicies, rootNamespaces } from '../mtls/program-policies';
import type { ProgramObject } from '../mtls/program-policies';
import type { LetIn } from './granted-connections';

const DRY_RUN = 'istio.io/dry-run';

/**
 * Callers whom AuthorizationPolicies let in that are not made of grants: those that a program writes by hand, and those that
 * constructs make themselves, such as an EgressRoute's for its gateway.
 */
export function writtenCallers(root: IConstruct): LetIn[] {
  const made = policiesOfGrants(root);
  const written = SynthSession.of(root).constructs().filter((construct): construct is ApiObject => ApiObject.isApiObject(construct) && construct.kind === 'AuthorizationPolicy' && construct.apiVersion.startsWith('security.istio.io/') && !made.has(construct));
  const policies = written.flatMap((construct) => programObject(construct) ?? []).filter(({ construct, spec }) => (textIn(spec, 'action') ?? 'ALLOW') === 'ALLOW' && listIn(spec, 'rules').length > 0 && !isTriedOut(construct));
  if (policies.length === 0) return [];
  const around = programPolicies(root);
  return policies.map((policy) => letIn(policy, rootNamespaces(policiesAround(policy.construct, around))));
}

/** What is only tried out lets nobody in. */
function isTriedOut(construct: ApiObject): boolean {
  return textIn(objectIn(objectIn(construct.toJson() as JsonObject, 'metadata'), 'annotations'), DRY_RUN) === 'true';
}

function letIn({ construct, name, namespace, spec }: ProgramObject, roots: readonly string[]): LetIn {
  const selector = labelsIn(objectIn(spec, 'selector'), 'matchLabels');
  const sources = listIn(spec, 'rules').flatMap((rule) => {
    const from = listIn(rule, 'from').map((each) => objectIn(each, 'source'));
    return from.length === 0 ? [{}] : from;
  });
  return {
    cluster: Cluster.pathOf(construct),
    // of a root namespace it is for all
    namespace: roots.includes(namespace) ? '' : namespace,
    name,
    selector,
    isGateway: false,
    sources: sources.map((source) => {
      const accounts = textsIn(source, 'serviceAccounts').map((account) => `/ns/${account.includes('/') ? account.replace('/', '/sa/') : `${namespace}/sa/${account}`}`);
      const [principals, namespaces, ipBlocks] = [[...textsIn(source, 'principals'), ...accounts], textsIn(source, 'namespaces'), textsIn(source, 'ipBlocks')];
      return { ...(principals.length > 0 && { principals }), ...(namespaces.length > 0 && { namespaces }), ...(ipBlocks.length > 0 && { ipBlocks }) };
    }),
  };
}
