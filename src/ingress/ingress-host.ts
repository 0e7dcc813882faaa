import { ApiObject, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { Gateway } from '../../imports/istio/gateway';
import type { GatewayServers } from '../../imports/istio/gateway';
import { VirtualService } from '../../imports/istio/virtual-service';
import { Cluster } from '../core/cluster';
import { compareConstructs } from '../core/construct-path';
import type { PlannedObject } from '../core/planned-object';
import { PlannedChildren } from '../core/planned-children';
import type { Wanted } from '../core/planned-children';
import { addPlanner } from '../core/planner';
import { chartNamespace } from '../core/references';
import { rootState } from '../core/root-state';
import { MeshError } from '../errors/mesh-error';
import type { MeshService } from '../traffic/mesh-service';
import { hostFindings, httpRoutes } from './host-routes';
import type { IngressGateway } from './ingress-gateway';
import { labelOf } from './object-names';
import type { Tls } from './tls';

/** Requests of one kind, and the service that they go to. */
export interface CheckedPath {
  readonly to: MeshService;
  readonly path: string;
  /** Whether it is this path only, or all that begin so. */
  readonly isExact: boolean;
  readonly port: number | undefined;
}

/** What one IngressRoute says about its host. */
export interface Contribution {
  readonly owner: Construct;
  /** The host in its canonical form. */
  readonly host: string;
  readonly gateway: IngressGateway;
  readonly tls: Tls;
  readonly routes: readonly CheckedPath[];
  /** What the objects are patched by. */
  readonly gatewayObject: PlannedObject;
  readonly virtualServiceObject: PlannedObject;
}

interface Ingress {
  readonly contributions: Contribution[];
  readonly planned: PlannedChildren;
  /** Contributions to each object, as of the last plan: objects that are made already read what is theirs here. */
  groups: ReadonlyMap<string, readonly Contribution[]>;
}

/** Contributions to one object, as of the last plan. */
type Group = () => readonly Contribution[];

const ROUTE_ID = 'route';
const GATEWAY_ID = 'gateway';

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
  const gateways = groupBy(ingress.contributions, serversKey);
  ingress.groups = new Map([...hosts, ...gateways]);
  const wanted = new Map<string, Wanted>();
  const want = (key: string, owner: Construct | undefined, make: (group: Group) => Construct): void => {
    if (owner !== undefined) wanted.set(key, { owner, make: () => make(() => ingress.groups.get(key) ?? []) });
  };
  for (const [key, [first]] of hosts) want(key, first?.owner, (group) => makeRoute(group, () => serversNamespace(ingress, group)));
  for (const [key, [first]] of gateways) want(key, first?.owner, makeGateway);
  ingress.planned.bring(wanted);
  for (const group of hosts.values()) patch(group, ROUTE_ID, 'virtualServiceObject');
  for (const group of gateways.values()) patch(group, GATEWAY_ID, 'gatewayObject');
}

/** Lets the constructs that share an object patch it, in the order of their paths. */
function patch(group: readonly Contribution[], id: string, handle: 'gatewayObject' | 'virtualServiceObject'): void {
  const made = group[0]?.owner.node.findChild(id);
  for (const each of group) if (ApiObject.isApiObject(made)) each[handle].become(made);
}

function serversKey(each: Contribution): string[] {
  return ['gateway', ...gatewayKey(each), tlsOf(each), wildcardOf(each)];
}

/** By what the gateway is, so that two references to one gateway are one. */
function gatewayKey({ owner, gateway }: Contribution): string[] {
  return [Cluster.pathOf(owner), gateway.namespace, gateway.name];
}

function tlsOf({ tls }: Contribution): string {
  return tls.secretName ?? '';
}

/** The host where it is a wildcard, else nothing. */
function wildcardOf({ host }: Contribution): string {
  return host.includes('*') ? host : '';
}

function gatewayName(contribution: Contribution): string {
  const secret = tlsOf(contribution);
  const wildcard = wildcardOf(contribution);
  const own = wildcard === '' ? [] : [wildcard];
  return labelOf(contribution.gateway.name, secret === '' ? 'plain-text' : secret, ...own);
}

/**
 * Where the objects are: with the gateway that this program makes. A gateway of another program is not ours to add to: two
 * programs that write to its namespace would take each other's objects of one name.
 */
function objectsNamespace({ owner, gateway }: Contribution): string {
  return gateway.isNamed ? (chartNamespace(owner) ?? gateway.namespace) : gateway.namespace;
}

/** Where the Gateway of a host is. */
function serversNamespace(ingress: Ingress, group: Group): string {
  const [first] = group();
  const [owner] = first === undefined ? [] : (ingress.groups.get(keyText(serversKey(first))) ?? []);
  return owner === undefined ? '' : objectsNamespace(owner);
}

function makeGateway(group: Group): Gateway {
  const first = group()[0] as Contribution;
  const { gateway } = first;
  return new Gateway(first.owner, GATEWAY_ID, {
    metadata: { name: gatewayName(first), namespace: objectsNamespace(first) },
    spec: {
      selector: { ...gateway.selector },
      servers: Lazy.any({ produce: () => serversOf(group(), first.tls.secretName) }) as never,
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

function makeRoute(group: Group, gatewayNamespace: () => string): VirtualService {
  const first = group()[0] as Contribution;
  const namespace = objectsNamespace(first);
  const name = gatewayName(first);
  const bound = (): string[] => [gatewayNamespace() === namespace ? name : `${gatewayNamespace()}/${name}`];
  return new VirtualService(first.owner, ROUTE_ID, {
    metadata: { name: labelOf(first.gateway.name, first.host), namespace },
    spec: {
      hosts: [first.host],
      // at synthesis: the Gateway may be made at another route, and so elsewhere
      gateways: Lazy.any({ produce: bound }) as never,
      http: Lazy.any({ produce: () => httpRoutes(group()) }) as never,
    },
  });
}

/** Groups in the order of their first members. */
function groupBy(contributions: readonly Contribution[], keyOf: (each: Contribution) => string[]): Map<string, Contribution[]> {
  const groups = new Map<string, Contribution[]>();
  for (const each of contributions) {
    const key = keyText(keyOf(each));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return groups;
}

function keyText(parts: readonly string[]): string {
  return parts.join('\n');
}
