import type { Construct } from 'constructs';
import type { VirtualServiceHttp } from '../../imports/istio/virtual-service';
import type { Finding } from '../errors/finding';
import type { CheckedPath, Contribution } from './ingress-host';

/** The rules of a host, most specific first: exact paths, then longer prefixes, then by text. */
export function httpRoutes(contributions: readonly Contribution[]): VirtualServiceHttp[] {
  return contributions
    .flatMap(({ routes }) => routes)
    .sort(compareSpecificity)
    .map((route) => {
      const uri = route.isExact ? { exact: route.path } : { prefix: route.path };
      const port = route.port ?? route.to.ports[0]?.port ?? 0;
      return { match: [{ uri }], route: [...route.to.destinations(port)] };
    });
}

/** What keeps the routes of a host from being one: two ways to serve it, two rules for a path, a port that is not clear. */
export function hostFindings(contributions: readonly Contribution[]): Finding[] {
  return [...tlsFindings(contributions), ...overlapFindings(contributions), ...portFindings(contributions)];
}

function compareSpecificity(a: CheckedPath, b: CheckedPath): number {
  const rank = (route: CheckedPath): number => (route.isExact ? 0 : 1);
  return rank(a) - rank(b) || b.path.length - a.path.length || (a.path < b.path ? -1 : 1);
}

function tlsFindings(contributions: readonly Contribution[]): Finding[] {
  const [first, ...others] = contributions;
  if (first === undefined) return [];
  return others
    .filter(({ tls }) => tls.secretName !== first.tls.secretName)
    .map(({ owner, host, tls }) => ({
      code: 'host-differs',
      construct: owner.node.path,
      property: 'tls',
      got: `${describeTls(tls.secretName)} for ${host}`,
      expected: `${describeTls(first.tls.secretName)}, as ${first.owner.node.path} has it`,
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
  for (const { owner, host, routes } of contributions) {
    for (const [index, route] of routes.entries()) {
      const key = `${route.isExact ? 'exact' : 'path'} ${route.path}`;
      const other = owners.get(key);
      if (other === undefined) owners.set(key, owner);
      else {
        findings.push({
          code: 'route-overlap',
          construct: owner.node.path,
          property: `routes[${index}]`,
          got: `${key} of ${host}, which ${other.node.path} leads elsewhere`,
          expected: 'one rule for each path of a host',
          fix: 'remove one of the two, or give it another path or host',
        });
      }
    }
  }
  return findings;
}

function portFindings(contributions: readonly Contribution[]): Finding[] {
  return contributions.flatMap(({ owner, routes }) =>
    routes.flatMap((route, index) => {
      const ports = route.to.ports.map(({ port }) => port);
      const isClear = route.port === undefined ? ports.length === 1 : ports.includes(route.port);
      return isClear ? [] : [portFinding(owner, index, route, ports)];
    }),
  );
}

function portFinding(owner: Construct, index: number, { port, to }: CheckedPath, ports: readonly number[]): Finding {
  return {
    code: 'which-port',
    construct: owner.node.path,
    property: `routes[${index}].port`,
    got: port === undefined ? `none, and ${to.host} has ${ports.length} ports` : `${port}, which ${to.host} does not have`,
    expected: ports.length === 0 ? 'a service with ports' : `one of ${ports.join(', ')}`,
    ...(port === undefined ? { fix: 'name the port: { to: service, port: 8080 }' } : {}),
  };
}
