import type { IConstruct } from 'constructs';
import type { Finding } from '../../errors/finding';
import { Cluster } from '../../core/cluster';
import { SynthSession } from '../../core/synth-session';
import type { MeshView } from '../../traffic/scope/mesh-view';
import { listIn, textIn } from '../../traffic/scope/reading';
import { grantsAgainst, OUTSIDE } from './grants-against';
import { seenIn } from './isolations';
import type { Isolation } from './isolations';

/** What the program says against its isolations. */
export interface Contradictions {
  readonly findings: readonly Finding[];
  /** Namespaces that call an isolated one, and must not. */
  callersOf(namespace: string): readonly string[];
  /** What pods of an isolated namespace call, and must not: `namespace/host`. */
  calledFrom(namespace: string): readonly string[];
}

/** Calls, grants and routes of the program that go against its isolations, and namespaces that cannot be isolated. */
export function contradictions(view: MeshView, isolations: ReadonlyMap<string, Isolation>, cluster: string): Contradictions {
  const findings: Finding[] = [];
  const callers = new Map<string, string[]>();
  const called = new Map<string, string[]>();
  const seen = seenIn(isolations);
  const gateways = ingressGateways(view, isolations, cluster);
  for (const { construct, to, from, target } of callsOf(view)) {
    const callee = isolations.get(to);
    const isShut = callee !== undefined && !callee.namespaces.some(({ name }) => name === from);
    const own = isolations.get(from);
    const isBlind = !isShut && own !== undefined && !view.roots.includes(to) && !seen(from).includes(to) && !own.hosts.includes(`${to}/${target}`);
    if (!isShut && !isBlind) continue;
    // shown all the same, so that nothing else is said of it
    add(callers, to, from);
    add(called, from, `${to}/${target}`);
    findings.push(isShut ? shutCall(construct.node.path, { target, from }, callee) : blindCall(construct.node.path, { target, to }, own as Isolation));
  }
  for (const isolation of isolations.values()) {
    findings.push(...rootFinding(view, isolation), ...(gateways.get(isolation.namespace) ?? []).map((gateway) => gatewayFinding(isolation, gateway)), ...usesFindings(isolation, isolations), ...waypointFindings(view, isolation), ...proxyFindings(view, isolation));
  }
  for (const { finding, from, to, host } of grantsAgainst(isolations, cluster)) {
    if (host === undefined) add(callers, to, from);
    else add(called, from, host);
    findings.push(finding);
  }
  return { findings, callersOf: (namespace) => callers.get(namespace) ?? [], calledFrom: (namespace) => called.get(namespace) ?? [] };
}

interface CallBetween {
  readonly construct: MeshViewCall['caller'];
  readonly from: string;
  readonly to: string;
  readonly target: string;
}
type MeshViewCall = MeshView['calls'] extends ReadonlyMap<string, infer Calls> ? Calls : never;

function callsOf(view: MeshView): CallBetween[] {
  return [...view.calls.values()].flatMap(({ caller, targets }) =>
    [...targets.values()].filter((target) => target.namespace !== caller.namespace).map((target) => ({ construct: caller, from: caller.namespace, to: target.namespace, target: target.host })),
  );
}

function shutCall(construct: string, { target, from }: { readonly target: string; readonly from: string }, { construct: by, namespace }: Isolation): Finding {
  return { code: OUTSIDE, construct, property: 'calls', got: `${target}, from the namespace ${from}, though ${by.node.path} isolates ${namespace}`, expected: 'a call from a namespace that uses it', fix: `name the namespace ${from} in usedBy of ${by.node.path}, or take the call out` };
}

function blindCall(construct: string, { target, to }: { readonly target: string; readonly to: string }, { construct: by, namespace }: Isolation): Finding {
  return { code: OUTSIDE, construct, property: 'calls', got: `${target}, which ${by.node.path} hides from the namespace ${namespace}`, expected: 'a call to a namespace that it uses', fix: `name the namespace ${to}, or the service, in uses of ${by.node.path}, or take the call out` };
}

/** Policies and the Sidecar of the root namespace hold for the whole mesh. */
function rootFinding({ roots }: MeshView, { construct, namespace }: Isolation): Finding[] {
  if (!roots.includes(namespace)) return [];
  return [{ code: 'root-namespace', construct: construct.node.path, property: 'namespace', got: `"${namespace}", where the control plane is`, expected: 'another namespace: what is said of this one holds for the whole mesh', fix: 'isolate the namespaces of applications' }];
}

const GATEWAY = Symbol.for('mesh-constructs.IngressGateway');

/** Gateways for clients from outside, by namespace, whoever makes them. */
function ingressGateways({ manifests }: MeshView, isolations: ReadonlyMap<string, Isolation>, cluster: string): ReadonlyMap<string, readonly IConstruct[]> {
  const found = new Map<string, IConstruct[]>();
  const [first] = isolations.values();
  if (first === undefined) return found;
  const own = SynthSession.of(first.construct).constructs().filter((each): each is IConstruct & { readonly namespace: string } => GATEWAY in each && Cluster.pathOf(each) === cluster);
  const ofGatewayApi = manifests.of('gateway.networking.k8s.io/Gateway').filter(({ spec }) => textIn(spec, 'gatewayClassName') === 'istio').map(({ construct, namespace }) => ({ construct, namespace }));
  const known = new Set(own.map(({ namespace }) => namespace));
  // the object of an IngressGateway is that gateway
  for (const { construct, namespace } of [...own.map((construct) => ({ construct: construct as IConstruct, namespace: construct.namespace })), ...ofGatewayApi.filter((each) => !known.has(each.namespace))]) {
    found.set(namespace, [...(found.get(namespace) ?? []), construct]);
  }
  return found;
}

/** Clients of a gateway are in no namespace, and would be shut out with all others. */
function gatewayFinding({ construct, namespace }: Isolation, gateway: IConstruct): Finding {
  return { code: 'isolated-gateway', construct: construct.node.path, property: 'namespace', got: `"${namespace}", where ${gateway.node.path} lets in clients from outside`, expected: 'a namespace without gateways: whoever comes from outside is in no namespace', fix: 'put the gateway into a namespace of its own, and name it in usedBy' };
}

/** Whoever calls by a waypoint comes to pods as the waypoint, which the denial of the namespace is not for. */
function waypointFindings({ manifests }: MeshView, { construct, namespace, namespaces }: Isolation): Finding[] {
  const waypoints = manifests.inside(namespace, 'gateway.networking.k8s.io/Gateway').filter(({ spec }) => textIn(spec, 'gatewayClassName') === 'istio-waypoint');
  const denials = manifests.inside(namespace, 'security.istio.io/AuthorizationPolicy').filter(({ spec }) => textIn(spec, 'action') === 'DENY');
  return waypoints.flatMap((waypoint): Finding[] => {
    const isGuarded = denials.some(({ spec }) => listIn(spec, 'targetRefs').some((target) => textIn(target, 'kind') === 'Gateway' && textIn(target, 'name') === waypoint.name));
    if (isGuarded) return [];
    const allowed = [namespace, ...namespaces.map(({ name }) => name)].sort();
    return [{ code: 'waypoint-not-isolated', severity: 'warning', construct: construct.node.path, property: 'namespace', got: `"${namespace}", whose waypoint ${waypoint.construct.node.path} takes callers of every namespace, and hands on what they ask as its own`, expected: 'a waypoint that refuses the same callers', fix: `write an AuthorizationPolicy of action DENY with targetRefs of the waypoint, for notNamespaces ${allowed.join(', ')}` }];
  });
}

/** Of two that are isolated, the one that is called decides. */
function usesFindings({ construct, namespace, uses, hosts }: Isolation, isolations: ReadonlyMap<string, Isolation>): Finding[] {
  return [...new Set([...uses, ...hosts.map((host) => host.slice(0, host.indexOf('/')))])].flatMap((used) => {
    const other = isolations.get(used);
    if (other === undefined || used === namespace || other.seenFrom.includes(namespace)) return [];
    return [{ code: OUTSIDE, construct: construct.node.path, property: 'uses', got: `the namespace ${used}, which ${other.construct.node.path} isolates`, expected: 'a namespace that says it is used by this one', fix: `name the namespace ${namespace} in usedBy of ${other.construct.node.path}` }];
  });
}

/**
 * What proxies call on their own account: rate limits, traces, logs, authorization. Which of them do is known of those that an
 * EnvoyFilter is for; of the mesh's providers it is known that nobody reaches them where nobody uses the namespace.
 */
function proxyFindings(view: MeshView, { construct, namespace, seenFrom }: Isolation): Finding[] {
  return view.needed.flatMap(({ host: named, pods }): Finding[] => {
    const host = named.slice(named.indexOf('/') + 1);
    const from = pods?.namespace;
    const isReached = from === undefined ? seenFrom.length > 0 : from === namespace || seenFrom.includes(from);
    if (view.seen(host).namespace !== namespace || isReached) return [];
    const callers = from === undefined ? 'proxies of the mesh' : `proxies of the namespace ${from}`;
    const fix = from === undefined ? 'name the namespaces whose proxies call it, or leave the namespace open' : `name the namespace ${from}, or its gateway, in usedBy`;
    return [{ code: OUTSIDE, ...(from === undefined && { severity: 'warning' as const }), construct: construct.node.path, property: 'usedBy', got: `no ${callers}, which call ${host}`, expected: 'those whose proxies call services of the namespace', fix }];
  });
}

function add(map: Map<string, string[]>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
