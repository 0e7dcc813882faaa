import { isIP } from 'node:net';
import { Lazy } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { NetworkPolicy } from '../../../imports/kubernetes/network-policy';
import type { NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPort, NetworkPolicySpec } from '../../../imports/kubernetes/network-policy';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { compareConstructs } from '../../core/construct-path';
import { PlannedChildren } from '../../core/planned-children';
import type { Wanted } from '../../core/planned-children';
import { addPlanner } from '../../core/planner';
import { rootState } from '../../core/root-state';
import { describeValue } from '../../core/refusal';
import { placeOf, refuse, requireKeys, within } from '../../traffic/rules/refuse';
import { judgeReachability } from '../../traffic/scope/reachability';
import { MeshView } from '../../traffic/scope/mesh-view';
import { networkGatewayNamespaces } from '../isolation/network-gateways';
import { calledNamespaces } from './called-namespaces';
import { controlPlanesOf } from './data-plane';
import type { DataPlane } from './data-plane';
import { connectionsOf, toldAccess } from './granted-connections';
import type { Connections } from './granted-connections';
import { checkedPeers, peerOf, peersOf } from './network-peers';
import type { CheckedPeer, NetworkPeer } from './network-peers';

/** Which connections the network lets through to and from the pods of a namespace, beside what the mesh says of requests. */
export interface NamespaceNetworkPolicyProps {
  /**
   * Who may open connections, besides the namespace itself and those who are granted access: such as a Prometheus that reads
   * the proxies' metrics on 15020.
   * @default - nobody else
   */
  readonly from?: readonly NetworkPeer[];
  /**
   * Where pods may open connections to, besides their own namespace, DNS, istiod, and namespaces of what services call, of where
   * its routes lead, and of what proxies call on their own account. What is outside of the cluster, such as gateways of other
   * networks, is told by its addresses: an `IpBlock`.
   * @default - anywhere
   */
  readonly to?: readonly NetworkPeer[];
}

/** A namespace whose connections are restricted. */
export interface RestrictedNamespace {
  readonly construct: Construct & { readonly kind: string; readonly name: string };
  readonly mesh: MeshReference;
  readonly dataPlane: DataPlane;
  readonly from: readonly CheckedPeer[];
  /** Undefined for anywhere. */
  readonly to: readonly CheckedPeer[] | undefined;
}

interface State {
  readonly namespaces: RestrictedNamespace[];
  readonly children: PlannedChildren;
  connections: ReadonlyMap<RestrictedNamespace, Connections>;
}

/** Port of the mesh's own tunnel, by which pods of an ambient mesh are reached. */
const HBONE: NetworkPolicyPort[] = [{ protocol: 'TCP', port: 15008 }];
/** In ambient mode, the addresses that the node's probes of pods come from. */
const PROBES: readonly CheckedPeer[] = [{ cidr: '169.254.7.127' }, { cidr: 'fd16:9254:7127:1337:ffff:ffff:ffff:ffff' }];
const DNS: NetworkPolicyPort[] = [53, 5353].flatMap((port) => ['UDP', 'TCP'].map((protocol) => ({ protocol, port })));
/** DNS of a node is at such an address. */
const LINK_LOCAL: CheckedPeer = { cidr: '169.254.0.0/16' };

/** Checks what a namespace was given; undefined where it wants none. @throws MeshError */
export function checkedNetworkPolicy(construct: Construct, given: unknown): Pick<RestrictedNamespace, 'from' | 'to'> | undefined {
  const place = within(placeOf(construct), 'networkPolicy');
  if (given === undefined || given === false) return undefined;
  if (given === true) return { from: [], to: undefined };
  if (typeof given !== 'object') throw refuse(place, 'bad-props', describeValue(given), 'true, false, or { from, to }', 'say true for those who are granted access');
  requireKeys(place, given, ['from', 'to']);
  const { from, to } = given as NamespaceNetworkPolicyProps;
  return { from: checkedPeers(construct, within(place, 'from'), from), to: to === undefined ? undefined : checkedPeers(construct, within(place, 'to'), to) };
}

/** Has the NetworkPolicies of a namespace made at synthesis, when it is known who is granted access. */
export function restrictConnections(namespace: RestrictedNamespace): void {
  const { construct } = namespace;
  const state = rootState<State>(construct, 'namespaceNetworkPolicies', () => ({ namespaces: [], children: new PlannedChildren(), connections: new Map() }));
  state.namespaces.push(namespace);
  // has the view made anew, which is looked at when all is planned
  judgeReachability(construct);
  // after the grants, which planners of ingress and isolation add to
  addPlanner(construct, { key: 'network-policies', plan: () => plan(construct, state) });
}

function plan(construct: IConstruct, state: State): void {
  const access = toldAccess(construct);
  const wanted = new Map<string, Wanted>();
  state.connections = new Map(state.namespaces.map((namespace) => [namespace, connectionsOf(namespace, access)]));
  for (const namespace of [...state.namespaces].sort((a, b) => compareConstructs(a.construct, b.construct))) {
    const { construct: owner } = namespace;
    const { path } = owner.node;
    wanted.set(path, { owner, make: () => makePolicy(owner, 'network-policy', 'mesh-callers', () => specOf(namespace, state)) });
    for (const { pods, name } of state.connections.get(namespace)?.open ?? []) {
      const find = (): NetworkPolicySpec | undefined => openSpec(namespace, state, pods);
      wanted.set(`${path}\n${pods}`, { owner, make: () => makePolicy(owner, `network-policy-${name}`, name, find) });
    }
  }
  state.children.bring(wanted);
}

function makePolicy(owner: RestrictedNamespace['construct'], id: string, name: string, spec: () => NetworkPolicySpec | undefined): NetworkPolicy {
  return new NetworkPolicy(owner, id, { metadata: { name, namespace: owner.name }, spec: Lazy.any({ produce: spec }) as never });
}

/** For all pods: their own namespace, those who are granted access, and what the mesh needs. */
function specOf(namespace: RestrictedNamespace, { connections }: State): NetworkPolicySpec {
  const { construct, to } = namespace;
  const view = MeshView.of(construct);
  const { namespaces = [], cidrs = [] } = connections.get(namespace) ?? {};
  const ingress = namespaces === 'any' ? [{}] : ingressRules(namespace, [...namespaces, ...networkGatewayNamespaces(view)], cidrs);
  const egress = to === undefined ? undefined : egressRules(namespace, view, to);
  return { podSelector: {}, policyTypes: ['Ingress', ...(egress === undefined ? [] : ['Egress'])], ingress, ...(egress !== undefined && { egress }) };
}

function ingressRules({ construct, dataPlane, from }: RestrictedNamespace, namespaces: readonly string[], cidrs: readonly string[]): NetworkPolicyIngressRule[] {
  const callers = peersOf(namespaces.filter((each) => each !== construct.name).map((each) => ({ namespace: each })));
  const own = { podSelector: {} };
  const others = [...from, ...cidrs.map((cidr) => ({ cidr }))];
  return [
    // in its own namespace may be pods that are not captured, which nobody reaches by the tunnel
    ...(dataPlane === 'ambient' ? [{ from: [own] }, ...(callers.length === 0 ? [] : [{ from: callers, ports: HBONE }])] : [{ from: [own, ...callers] }]),
    ...(others.length === 0 ? [] : [{ from: peersOf(others) }]),
    ...(dataPlane === 'ambient' ? [{ from: PROBES.map(peerOf) }] : []),
  ];
}

function egressRules(namespace: RestrictedNamespace, view: MeshView, to: readonly CheckedPeer[]): NetworkPolicyEgressRule[] {
  const controlPlanes = controlPlanesOf(namespace.mesh);
  const signers = controlPlanes.flatMap(({ injection }) => injection.proxy.caAddress ?? []);
  const called = calledNamespaces(namespace, view, signers);
  const istiod = { ...peerOf({ namespace: namespace.mesh.namespace }), podSelector: { matchLabels: { app: 'istiod' } } };
  const remote = controlPlanes.flatMap(({ remote: used }) => (used?.address !== undefined && isIP(used.address) !== 0 ? [{ cidr: used.address }] : []));
  return [
    { to: [{ podSelector: {} }, ...peersOf([...to, ...called.map((each) => ({ namespace: each }))])] },
    { to: [{ namespaceSelector: {} }, peerOf(LINK_LOCAL)], ports: DNS },
    // configuration and certificates; ambient pods have them from ztunnel, but a waypoint of theirs asks as any proxy does
    { to: [istiod, ...peersOf(remote)], ports: [{ protocol: 'TCP', port: 15012 }] },
  ];
}

/** For pods that take callers who are in no namespace: addresses, or anyone. */
function openSpec(namespace: RestrictedNamespace, { connections }: State, pods: string): NetworkPolicySpec | undefined {
  const open = connections.get(namespace)?.open.find((each) => each.pods === pods);
  if (open === undefined) return undefined;
  const from = open.cidrs === 'any' ? [] : peersOf(open.cidrs.map((cidr) => ({ cidr })));
  return { podSelector: { matchLabels: open.selector }, policyTypes: ['Ingress'], ingress: [from.length === 0 ? {} : { from }] };
}
