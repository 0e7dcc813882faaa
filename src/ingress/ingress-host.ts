import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { Gateway } from '../../imports/istio/gateway';
import type { GatewayServers } from '../../imports/istio/gateway';
import { VirtualService } from '../../imports/istio/virtual-service';
import { Cluster } from '../core/cluster';
import { compareConstructs } from '../core/construct-path';
import { PlannedChildren } from '../core/planned-children';
import type { Wanted } from '../core/planned-children';
import { addPlanner } from '../core/planner';
import { rootState } from '../core/root-state';
import { MeshError } from '../errors/mesh-error';
import { hostFindings, httpRoutes } from './host-routes';
import type { IngressRouteProps } from './ingress-route';
import { labelOf } from './object-names';

/** What one IngressRoute says about its host. */
export interface Contribution {
  readonly owner: Construct;
  /** The host in its canonical form. */
  readonly host: string;
  readonly props: IngressRouteProps;
}

interface Ingress {
  readonly contributions: Contribution[];
  readonly planned: PlannedChildren;
  /** Contributions to each object, as of the last plan: objects that are made already read what is theirs here. */
  groups: ReadonlyMap<string, readonly Contribution[]>;
}

/** Adds what an IngressRoute says to the VirtualService of its host and the Gateway of its certificate. */
export function addToHost(contribution: Contribution): void {
  const { owner } = contribution;
  const ingress = rootState<Ingress>(owner, 'ingress', () => ({
    contributions: [],
    planned: new PlannedChildren(),
    groups: new Map(),
  }));
  ingress.contributions.push(contribution);
  addPlanner(owner, { key: 'ingress', plan: () => plan(ingress) });
}

function plan(ingress: Ingress): void {
  ingress.contributions.sort((a, b) => compareConstructs(a.owner, b.owner));
  const hosts = groupBy(ingress.contributions, (each) => ['route', ...gatewayKey(each), each.host]);
  const findings = [...hosts.values()].flatMap(hostFindings);
  if (findings.length > 0) throw new MeshError(findings);
  // one Gateway for all hosts of a certificate: browsers reuse a connection for hosts that share one, and a second
  // Gateway does not know the other's hosts; but for a wildcard, whose routes Istio would mix into those of every host
  // of its Gateway that it covers
  const gateways = groupBy(ingress.contributions, (each) => ['gateway', ...gatewayKey(each), tlsOf(each), wildcardOf(each)]);
  ingress.groups = new Map([...hosts, ...gateways]);
  const wanted = new Map<string, Wanted>();
  for (const [groups, make] of [[hosts, makeRoute], [gateways, makeGateway]] as const) {
    for (const [key, [first]] of groups) {
      if (first !== undefined) wanted.set(key, { owner: first.owner, make: () => make(first, () => ingress.groups.get(key) ?? []) });
    }
  }
  ingress.planned.bring(wanted);
}

/** By what the gateway is, so that two references to one gateway are one. */
function gatewayKey({ owner, props: { gateway } }: Contribution): string[] {
  return [Cluster.pathOf(owner), gateway.namespace, gateway.name];
}

function tlsOf({ props }: Contribution): string {
  return props.tls.secretName ?? '';
}

/** The host where it is a wildcard, else nothing. */
function wildcardOf({ host }: Contribution): string {
  return host.includes('*') ? host : '';
}

function gatewayName(contribution: Contribution): string {
  const secret = tlsOf(contribution);
  const wildcard = wildcardOf(contribution);
  const own = wildcard === '' ? [] : [wildcard];
  return labelOf(contribution.props.gateway.name, secret === '' ? 'plain-text' : secret, ...own);
}

function makeGateway(first: Contribution, group: () => readonly Contribution[]): Gateway {
  const { gateway } = first.props;
  return new Gateway(first.owner, 'gateway', {
    metadata: { name: gatewayName(first), namespace: gateway.namespace },
    spec: {
      selector: { ...gateway.selector },
      servers: Lazy.any({ produce: () => serversOf(group(), first.props.tls.secretName) }) as never,
    },
  });
}

function serversOf(group: readonly Contribution[], secret: string | undefined): GatewayServers[] {
  const hosts = [...new Set(group.map(({ host }) => host))].sort();
  const http = { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts };
  if (secret === undefined) return [http];
  const https = { port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts };
  return [
    { ...http, tls: { httpsRedirect: true } },
    { ...https, tls: { mode: 'SIMPLE', credentialName: secret, minProtocolVersion: 'TLSV1_2' } },
  ];
}

function makeRoute(first: Contribution, group: () => readonly Contribution[]): VirtualService {
  const { gateway } = first.props;
  return new VirtualService(first.owner, 'route', {
    metadata: { name: labelOf(gateway.name, first.host), namespace: gateway.namespace },
    spec: {
      hosts: [first.host],
      gateways: [gatewayName(first)],
      http: Lazy.any({ produce: () => httpRoutes(group()) }) as never,
    },
  });
}

/** Groups in the order of their first members. */
function groupBy(contributions: readonly Contribution[], keyOf: (each: Contribution) => string[]): Map<string, Contribution[]> {
  const groups = new Map<string, Contribution[]>();
  for (const each of contributions) {
    const key = keyOf(each).join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return groups;
}
