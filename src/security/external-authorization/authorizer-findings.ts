import { Cluster } from '../../core/cluster';
import type { Finding } from '../../errors/finding';
import { policyTarget } from '../access/policy-target';
import type { PolicyTarget } from '../access/policy-target';
import type { CheckedGrant } from './authorizer-planner';
import type { ExternalAuthorizer } from './external-authorizer';

/** What is wrong with authorizers, and with what they are asked about, given the whole program. */
export function authorizerFindings(authorizers: readonly ExternalAuthorizer[], grants: readonly CheckedGrant[]): Finding[] {
  return [...authorizers.flatMap(({ server }) => server.findings()), ...circles(authorizers, grants), ...grants.flatMap(hidden)];
}

function findingAt({ target }: CheckedGrant, code: string, got: string, expected: string, fix: string): Finding {
  return { construct: target.scope.node.path, property: 'custom', code, got, expected, fix };
}

/** A rule that has the checks of an authorizer checked by another one, or by itself. */
interface Asking {
  readonly grant: CheckedGrant;
  readonly asked: ExternalAuthorizer;
  /** The port of its pods that checks come to. */
  readonly port: number;
  readonly by: ExternalAuthorizer;
}

/** A check that comes to the authorizer would be checked as well, and the check of that one, too: no answer ever comes. */
function circles(authorizers: readonly ExternalAuthorizer[], grants: readonly CheckedGrant[]): Finding[] {
  const all = grants.flatMap((grant) => authorizers.flatMap((asked) => askingOf(grant, asked)));
  const leads = (from: ExternalAuthorizer, to: ExternalAuthorizer, seen: readonly ExternalAuthorizer[] = []): boolean =>
    from === to || (!seen.includes(from) && all.some(({ asked, by }) => asked === from && leads(by, to, [...seen, from])));
  return all.filter(({ asked, by }) => leads(by, asked)).map(({ grant, asked, port, by }) => {
    const got = asked === by ? `${asked.node.path}, whose own pods are among those that are to ask it` : `pods of ${asked.node.path}, which is asked about the checks of this one in turn`;
    return findingAt(grant, 'asks-itself', got, 'pods other than those of the authorizer: each check would be checked in turn', `name the pods that are meant, or leave out its port: notPorts: [${port}]`);
  });
}

function askingOf(grant: CheckedGrant, asked: ExternalAuthorizer): Asking[] {
  const { target, rule, authorizer } = grant;
  const { service, server } = asked;
  const number = server.port();
  if (service === undefined || number === undefined) return [];
  const own = policyTarget(undefined, service, 'custom');
  if (!isAmong(own, target)) return [];
  // rules count ports of pods; of a service of another program only its own are known
  const port = own.ports()[service.ports.findIndex((each) => each.port === number)]?.number ?? number;
  if (rule.notPorts?.includes(port) === true || rule.ports?.includes(port) === false) return [];
  return [{ grant, asked, port, by: authorizer }];
}

/** Whether a policy for the target is for these pods, as far as labels tell. */
function isAmong(pods: PolicyTarget, target: PolicyTarget): boolean {
  if (Cluster.pathOf(pods.scope) !== Cluster.pathOf(target.scope)) return false;
  if (target.of === 'mesh') return true;
  if (pods.namespace !== target.namespace) return false;
  const labels = pods.selector?.() ?? {};
  return Object.entries(target.selector?.() ?? {}).every(([key, value]) => labels[key] === value);
}

/** A proxy that does not know the service gets no answer from it. */
function hidden(grant: CheckedGrant): Finding[] {
  const { target, authorizer } = grant;
  const { external } = authorizer.server;
  if (external === undefined || (target.of === 'mesh' ? external.visibility.exportTo === undefined : external.visibility.includes(target.namespace))) return [];
  const missing = target.of === 'mesh' ? 'all namespaces' : `the namespace ${target.namespace}`;
  return [findingAt(grant, 'hidden-authorizer', `${external.node.path}, which is not declared to ${missing}`, 'an authorizer that the proxies of these pods know', `let its exportTo hold ${target.of === 'mesh' ? '"*"' : `"${target.namespace}"`}`)];
}
