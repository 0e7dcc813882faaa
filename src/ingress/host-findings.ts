import { MeshError } from '../errors/mesh-error';
import type { Finding } from '../errors/finding';
import { portOf } from '../traffic/kubernetes-service';
import type { CheckedDestination } from '../traffic/rules/checked-destination';
import { routeTo } from '../traffic/rules/destinations';
import { within } from '../traffic/rules/refuse';
import { saysHsts } from './host-rules';
import type { HostPlan, HttpContribution } from './ingress-plan';
import { canBeSigned, servesName } from './tls-names';

/** What keeps the routes of a host from being one: two ways to serve it, rules that no order decides, a port that is not clear. */
export function hostFindings(plan: HostPlan): Finding[] {
  const differing = [...differingTls(plan), ...differingValue(plan, 'redirect'), ...differingValue(plan, 'hsts')];
  return [...differing, ...uncovered(plan), ...secondHsts(plan), ...plan.ruleFindings, ...connectionFindings(plan), ...protocolFindings(plan)];
}

function differingTls({ first, tlsKey, contributions }: HostPlan): Finding[] {
  const others = contributions.filter(({ tls, gateway }) => tls.keyIn(gateway.namespace) !== tlsKey);
  return others.map(({ owner, host, tls }) => differs(owner.node.path, 'tls', `${tls.toString()} for ${host}`, first.tls.toString(), first));
}

/** What only some of the routes say holds for all; what two of them say has to be the same. */
function differingValue({ contributions }: HostPlan, key: 'redirect' | 'hsts'): Finding[] {
  const [first, ...others] = contributions.filter((each) => each[key] !== undefined);
  if (first === undefined) return [];
  return others.filter((each) => each[key] !== first[key]).map((each) => differs(each.owner.node.path, key, `${String(each[key])} for ${each.host}`, String(first[key]), first));
}

function differs(construct: string, property: string, got: string, expected: string, first: HttpContribution): Finding {
  const fix = `serve a host in one way: give all its routes the same ${property}, or say it in one of them`;
  return { code: 'host-differs', construct, property, got, expected: `${expected}, as ${first.owner.node.path} has it`, fix };
}

/** Where the names of a certificate are known, the host has to be one of them. */
function uncovered({ contributions }: HostPlan): Finding[] {
  return contributions
    .filter(({ tls, host }) => tls.dnsNames !== undefined && !tls.dnsNames.some((name) => servesName(name, host)))
    .map(({ owner, host, tls }) => ({
      code: 'uncovered-host',
      construct: owner.node.path,
      property: 'host',
      got: `${host}, and a certificate for ${tls.dnsNames?.join(', ') ?? ''}`,
      expected: 'a name of the certificate: the asterisk of a wildcard stands for one label',
      fix: canBeSigned(host) ? `add "${host}" to dnsNames, and to the certificate; or serve the host with another one` : 'name the hosts: no certificate is for all of these',
    }));
}

/** A delegate's own headers take the place of those of the rule that leads to it: it would answer without this one. */
function secondHsts(plan: HostPlan): Finding[] {
  if (plan.hsts === undefined) return [];
  const routes = plan.contributions.flatMap(({ rules }) => rules.map(({ route }) => route));
  const own = routes.filter(saysHsts).map((route) => ({
    code: 'second-owner',
    construct: route.owner.node.path,
    property: within(route.place, 'headers').property,
    got: 'the header strict-transport-security, which hsts of the host sets, too',
    expected: 'one owner of the header',
    fix: 'take one of the two out',
  }));
  const without = routes.filter(({ delegate }) => (delegate?.routes ?? []).some((route) => route.actions.headers !== undefined && !saysHsts(route)));
  const lost = without.map(({ owner, place, delegate }) => ({
    code: 'second-owner',
    construct: owner.node.path,
    property: within(place, 'delegate').property,
    got: `${delegate?.name ?? ''}, whose routes change headers themselves, and hsts`,
    expected: 'routes that leave the header of the host as it is: their changes take the place of all of its',
    fix: 'set strict-transport-security in those routes, too',
  }));
  return [...own, ...lost];
}

/** Where connections go whose TLS is passed through: a version, a port or shares that cannot be. */
function connectionFindings({ contributions, first }: HostPlan): Finding[] {
  const passing = contributions.filter(({ passthrough }) => passthrough !== undefined);
  const wrong = passing.flatMap(({ passthrough = [] }) => findingsOf(() => routeTo(undefined, passthrough)));
  const second = passing.slice(1).map(({ owner, host }) => ({
    code: 'rule-overlap',
    construct: owner.node.path,
    property: 'routes',
    got: `connections for ${host}, which ${first.owner.node.path} leads elsewhere`,
    expected: 'one route for a host whose TLS is passed through',
    fix: 'remove one of the two',
  }));
  return [...wrong, ...second];
}

/** Requests need a port that carries HTTP, TLS of the pods one that carries TLS. */
function protocolFindings({ contributions, tls }: HostPlan): Finding[] {
  const isPassthrough = tls.mode === 'PASSTHROUGH';
  return contributions.flatMap(({ rules, passthrough = [] }) => {
    const destinations = [...passthrough, ...rules.flatMap(({ route }) => route.to ?? [])];
    return destinations.flatMap((each) => findingsOf(() => carries(each, isPassthrough ? 'TLS' : 'HTTP')));
  });
}

function carries({ service, port, place }: CheckedDestination, wanted: 'HTTP' | 'TLS'): void {
  const ports = service?.ports ?? [];
  const meant = port === undefined ? (ports.length === 1 ? ports[0] : undefined) : ports.find((each) => each.port === port);
  // which port it is, or that there is none, is a finding already
  if (meant === undefined || service === undefined) return;
  const { protocol, isHttp } = portOf(meant, place);
  const isTls = protocol === 'TLS' || protocol === 'HTTPS';
  if (protocol === 'auto' || (wanted === 'TLS' ? isTls || protocol === 'TCP' : isHttp)) return;
  const isWarning = wanted === 'HTTP' && protocol === 'HTTPS';
  throw new MeshError([
    {
      code: 'port-protocol',
      ...(isWarning ? { severity: 'warning' as const } : {}),
      construct: place.construct,
      property: within(place, 'port').property,
      got: `port ${meant.port} of ${service.host}, which carries ${protocol}`,
      expected: wanted === 'TLS' ? 'a port that carries TLS, as the gateway does not end it' : 'a port that carries HTTP',
      fix: fixFor(wanted, isTls, meant.port),
    },
  ]);
}

function fixFor(wanted: 'HTTP' | 'TLS', isTls: boolean, port: number): string {
  if (wanted === 'TLS') return 'end TLS at the gateway with Tls.secret(name), or say that the port carries it: appProtocol: "tls"';
  return isTls ? 'leave TLS to the pods with Tls.passthrough(), or serve plain HTTP: the mesh encrypts it' : `lead connections there with TcpIngressRoute, or say what the port carries: { port: ${port}, appProtocol: 'http' }`;
}

function findingsOf(judge: () => unknown): readonly Finding[] {
  try {
    judge();
    return [];
  } catch (error) {
    if (MeshError.isMeshError(error)) return error.findings;
    throw error;
  }
}
