import type { Construct } from 'constructs';
import { Gateway } from '../../imports/istio/gateway';
import type { GatewayServers } from '../../imports/istio/gateway';
import { VirtualService } from '../../imports/istio/virtual-service';
import type { VirtualServiceHttp } from '../../imports/istio/virtual-service';
import { Cluster } from '../core/cluster';
import { nameOfHost } from './host-name';
import { compareConstructs } from '../core/construct-path';
import { rootState } from '../core/root-state';
import { addPlanner } from '../core/settle';
import type { Finding } from '../errors/finding';
import { meshError, MeshError } from '../errors/mesh-error';
import type { IngressPath, IngressRouteProps } from './ingress-route';

interface Contribution {
  readonly owner: Construct;
  readonly props: IngressRouteProps;
}

interface Host {
  readonly contributions: Contribution[];
  made: Construct | undefined;
}

const GATEWAY_ID = 'gateway';
const ROUTE_ID = 'route';

/** Adds what an IngressRoute says to the host's one Gateway and one VirtualService. */
export function addToHost(owner: Construct, props: IngressRouteProps): void {
  const hosts = rootState(owner, 'ingressHosts', () => new Map<string, Host>());
  const key = [Cluster.pathOf(owner), props.gateway.node.path, props.host].join('\n');
  const host = hosts.get(key) ?? { contributions: [], made: undefined };
  host.contributions.push({ owner, props });
  hosts.set(key, host);
  addPlanner(owner, { key: 'ingress', plan: () => planHosts(hosts) });
}

function planHosts(hosts: ReadonlyMap<string, Host>): void {
  const findings = [...hosts.values()].flatMap((host) => planHost(host));
  if (findings.length > 0) throw new MeshError(findings);
}

function planHost(host: Host): Finding[] {
  host.contributions.sort((a, b) => compareConstructs(a.owner, b.owner));
  const [first] = host.contributions;
  if (first === undefined) return [];
  host.made?.node.tryRemoveChild(GATEWAY_ID);
  host.made?.node.tryRemoveChild(ROUTE_ID);
  host.made = first.owner;
  makeObjects(first, host.contributions);
  return [...tlsFindings(first, host.contributions), ...overlapFindings(host.contributions)];
}

function makeObjects({ owner, props }: Contribution, contributions: readonly Contribution[]): void {
  const { gateway, host, tls } = props;
  const metadata = { name: nameOfHost(host), namespace: gateway.namespace };
  new Gateway(owner, GATEWAY_ID, {
    metadata,
    spec: { selector: { ...gateway.selector }, servers: serversOf(host, tls.secretName) },
  });
  const routes = contributions.flatMap((contribution) => contribution.props.routes.map((route) => ({ route, contribution })));
  routes.sort((a, b) => compareSpecificity(a.route, b.route));
  new VirtualService(owner, ROUTE_ID, {
    metadata,
    spec: {
      hosts: [host],
      gateways: [metadata.name],
      http: routes.map(({ route, contribution }) => httpRoute(route, contribution.owner)),
    },
  });
}

function serversOf(host: string, secret: string | undefined): GatewayServers[] {
  const http = { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [host] };
  if (secret === undefined) return [http];
  const https = { port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts: [host] };
  return [
    { ...http, tls: { httpsRedirect: true } },
    { ...https, tls: { mode: 'SIMPLE', credentialName: secret, minProtocolVersion: 'TLSV1_2' } },
  ];
}

function httpRoute(route: IngressPath, owner: Construct): VirtualServiceHttp {
  const uri = route.exact === undefined ? { prefix: route.path } : { exact: route.exact };
  const number = route.port ?? onlyPort(route, owner);
  return { match: [{ uri }], route: [...route.to.destinations(number)] };
}

function onlyPort(route: IngressPath, owner: Construct): number {
  const [only, ...others] = route.to.ports;
  if (only !== undefined && others.length === 0) return only.port;
  throw meshError({
    code: 'which-port',
    construct: owner.node.path,
    property: 'routes.port',
    got: `none, and ${route.to.host} has ${route.to.ports.length} ports`,
    expected: `one of ${route.to.ports.map(({ port }) => port).join(', ') || 'its ports'}`,
    fix: 'name the port: { to: service, port: 8080 }',
  });
}

/** Exact paths first, then longer prefixes, then by text. */
function compareSpecificity(a: IngressPath, b: IngressPath): number {
  const rank = (route: IngressPath): number => (route.exact === undefined ? 1 : 0);
  const length = (route: IngressPath): number => pathOf(route).length;
  return rank(a) - rank(b) || length(b) - length(a) || (pathOf(a) < pathOf(b) ? -1 : 1);
}

function pathOf(route: IngressPath): string {
  return route.exact ?? route.path;
}

function tlsFindings(first: Contribution, contributions: readonly Contribution[]): Finding[] {
  return contributions
    .filter(({ props }) => props.tls.secretName !== first.props.tls.secretName)
    .map(({ owner, props }) => ({
      code: 'host-differs',
      construct: owner.node.path,
      property: 'tls',
      got: `${describeTls(props.tls.secretName)} for ${props.host}`,
      expected: `${describeTls(first.props.tls.secretName)}, as ${first.owner.node.path} has it`,
      fix: 'serve a host in one way: give all its routes the same tls',
    }));
}

function describeTls(secret: string | undefined): string {
  return secret === undefined ? 'plain text' : `the certificate ${secret}`;
}

/** Two rules for the same paths: no order can decide between them. */
function overlapFindings(contributions: readonly Contribution[]): Finding[] {
  const owners = new Map<string, Construct>();
  const findings: Finding[] = [];
  for (const { owner, props } of contributions) {
    for (const [index, route] of props.routes.entries()) {
      const key = `${route.exact === undefined ? 'path' : 'exact'} ${pathOf(route)}`;
      const other = owners.get(key);
      if (other === undefined) {
        owners.set(key, owner);
        continue;
      }
      findings.push({
        code: 'route-overlap',
        construct: owner.node.path,
        property: `routes[${index}]`,
        got: `${key} of ${props.host}, which ${other.node.path} leads elsewhere`,
        expected: 'one rule for each path of a host',
      });
    }
  }
  return findings;
}
