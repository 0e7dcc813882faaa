import { Cluster } from '../../core/cluster';
import type { Grant } from '../access/grants';
import { policyTarget } from '../access/policy-target';
import type { ExternalAuthorizer } from './external-authorizer';

/** The pods that an authorizer is, looked up once for all rules. */
export interface AuthorizerPods {
  readonly asked: ExternalAuthorizer;
  readonly cluster: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The port of the pods that checks come to. */
  readonly port: number;
}

/** None where its service is not of the mesh, or has no such port. */
export function podsOf(asked: ExternalAuthorizer): AuthorizerPods[] {
  const { service, server } = asked;
  const number = server.port();
  if (service === undefined || number === undefined) return [];
  const { scope, namespace, selector, ports } = policyTarget(undefined, service, 'custom');
  // rules count ports of pods; of a service of another program only its own are known
  const port = ports()[service.ports.findIndex((each) => each.port === number)]?.number ?? number;
  return [{ asked, cluster: Cluster.pathOf(scope), namespace, labels: selector?.() ?? {}, port }];
}

/** Whether a rule is about checks that come to these pods, as far as labels and ports tell. */
export function isMeantFor({ target, rule }: Pick<Grant, 'target' | 'rule'>, { cluster, namespace, labels, port }: AuthorizerPods): boolean {
  if (Cluster.pathOf(target.scope) !== cluster || (target.of !== 'mesh' && target.namespace !== namespace)) return false;
  if (rule.notPorts?.includes(port) === true || rule.ports?.includes(port) === false) return false;
  return target.of === 'mesh' || Object.entries(target.selector?.() ?? {}).every(([key, value]) => labels[key] === value);
}
