import { refuse } from '../../traffic/rules/refuse';
import type { AccessRule } from './access-rule';
import type { NamedCaller } from '../callers/callers';
import { placeOfGrant } from './grants';
import type { Grant } from './grants';
import type { PlanView } from './plan-view';
import { maySeeRequests } from './policy-target';
import type { PodPort } from './policy-target';

type Callers = Grant & { readonly from: readonly NamedCaller[]; readonly notFrom: readonly NamedCaller[] };

/** Whether a grant asks for something that only HTTP requests have. */
export function asksForHttp({ rule, conditions, from, notFrom }: Callers): boolean {
  const { methods, paths, hosts, notMethods, notPaths, notHosts } = rule;
  const all = [...conditions, ...from.flatMap((caller) => caller.conditions)];
  return (
    [methods, paths, hosts, notMethods, notPaths, notHosts].some((each) => each !== undefined) ||
    all.some(({ key }) => key.startsWith('request.')) ||
    [...from, ...notFrom].some(({ source }) => source.requestPrincipals !== undefined)
  );
}

/** The proxy's own port for health checks: no policy guards it, and so nothing is left out by leaving it out. */
export const UNGUARDED_PORT = 15_021;

/**
 * The ports that a rule about requests is not meant for: those that carry none. Istio leaves such a rule out there if it allows, and
 * has it hold for every connection if it denies: a denial of a path would close the port of a database beside it. Where there is
 * no such port, one is named that no policy guards, because Istio warns of a denial that names none.
 *
 * @throws MeshError when there are no requests on the ports, or it cannot be told which ports have them.
 * @see https://istio.io/latest/docs/tasks/security/authorization/authz-tcp/
 */
export function meantPorts(grant: Callers, view: PlanView): Pick<AccessRule, 'notPorts'> {
  const { rule, target, action } = grant;
  // what an authorizer over HTTP is asked about are requests, whatever the rule says of them; one over gRPC takes connections, too
  if (!asksForHttp(grant) && (action !== 'CUSTOM' || (grant.authorizer === undefined ? rule.ports !== undefined : grant.authorizer.kind === 'grpc'))) return {};
  const own = target.ports();
  const [http, bytes] = [own.filter(maySeeRequests), own.filter((port) => !maySeeRequests(port))];
  const given = rule.ports?.filter((number) => bytes.some((port) => port.number === number) && !http.some((port) => port.number === number));
  if (given !== undefined && given.length > 0) throw noRequests(grant, 'ports', `requests on port ${given.join(', ')}, which carries ${protocolsOf(bytes, given)}`);
  if (http.length === 0 && bytes.length > 0) throw noRequests(grant, undefined, `a rule about requests; its ports carry ${protocolsOf(bytes)}`);
  if (action === 'ALLOW' || rule.ports !== undefined) return {};
  return { notPorts: portsLeftOut(grant, [...own, ...view.portsAt(target)]) };
}

function portsLeftOut(grant: Callers, ports: readonly PodPort[]): readonly number[] {
  const closed = ports.filter((port) => !maySeeRequests(port));
  if (closed.some(({ number }) => number === undefined)) throw untold(grant, 'a service with ports that carry no requests, of which only the pods tell the numbers');
  const bytes = [...new Set(closed.flatMap(({ number }) => number ?? []))].sort((a, b) => a - b);
  const both = bytes.find((number) => ports.some((port) => port.number === number && maySeeRequests(port)));
  if (both !== undefined) throw untold(grant, `port ${both}, which carries requests for one service and none for another`);
  const all = [...(grant.rule.notPorts ?? []), ...bytes];
  return all.length === 0 ? [UNGUARDED_PORT] : all;
}

function protocolsOf(ports: readonly PodPort[], numbers?: readonly number[]): string {
  const meant = numbers === undefined ? ports : ports.filter(({ number }) => number !== undefined && numbers.includes(number));
  return [...new Set(meant.map(({ protocol }) => protocol))].join(', ');
}

function noRequests(grant: Grant, key: string | undefined, got: string): Error {
  return refuse(placeOfGrant(grant, key), 'http-rule-on-tcp-port', got, 'a port whose traffic a proxy reads as requests', "ask for callers and ports only; or say appProtocol: 'http' where the port carries HTTP");
}

function untold(grant: Grant, got: string): Error {
  const expected = 'ports: where there are no requests to look at, a rule about requests holds for every connection';
  return refuse(placeOfGrant(grant, 'ports'), 'http-rule-on-tcp-port', got, expected, 'name the ports of the pods that the rule is for');
}
