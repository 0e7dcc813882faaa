import type { GraphItem, ObjectGraph, ObjectItem } from '../core/object-graph';
import { isObjectItem } from '../core/object-graph';
import { Stage } from '../core/stage';
import { mountsOf, podTemplateOf } from './pod-references';
import { isMapOfText, labelsFit, listAt, textAt } from './manifest-parts';

/**
 * What each object has to wait for, so that an engine which does everything else at the same time keeps to the order of the
 * program: what its construct needs, and of the stages before it what it would fail, or be unsafe, without.
 *
 * - istiod waits for the CRDs, and for all configuration in its namespace;
 * - pods wait for their ServiceAccount, its permissions, what they mount, and for policies that hold for them;
 * - webhooks wait for the istiod behind them, node agents for istiod, too;
 * - what istiod judges, deploys or injects (objects of Istio and of the Gateway API, gateways, workloads) waits for istiod, its webhooks and the node agents;
 * - what shuts callers out waits for what lets them in;
 * - routes wait for the DestinationRules of the hosts that they lead to.
 *
 * Every need leads to what comes earlier in the order, so that there is no circle.
 */
export function deploymentNeeds(ordered: readonly ObjectItem[], graph: ObjectGraph): ReadonlyMap<ObjectItem, readonly ObjectItem[]> {
  const place = new Map(ordered.map((item, index) => [item, index]));
  const index = new Index(ordered);
  const needs = new Map<ObjectItem, readonly ObjectItem[]>();
  for (const item of ordered) {
    const own = place.get(item) ?? 0;
    const wanted = new Set([...graph.before(item).flatMap(membersOf), ...index.needsOf(item)]);
    needs.set(item, [...wanted].filter((other) => (place.get(other) ?? own) < own));
  }
  return needs;
}

function membersOf(item: GraphItem): readonly ObjectItem[] {
  return isObjectItem(item) ? [item] : item.members;
}

const WORKLOADS = new Set(['DaemonSet', 'Deployment', 'Job', 'Pod', 'StatefulSet']);
const WEBHOOKS = new Set(['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']);
const BINDINGS = new Set(['ClusterRoleBinding', 'RoleBinding']);
const ISTIO = /\.istio\.io$/;
/** What istiod judges, or makes proxies of. */
const FOR_ISTIOD = /(^|\.)(istio\.io|gateway\.networking\.k8s\.io)$/;

/** The objects of a program by what others refer to them by; each cluster for itself. */
class Index {
  private readonly byName = new Map<string, ObjectItem>();
  private readonly bindings = new Map<string, ObjectItem[]>();
  private readonly rules = new Map<string, ObjectItem[]>();
  private readonly policies = new Map<string, ObjectItem[]>();
  private readonly controlPlanes = new Map<string, ObjectItem[]>();
  private readonly crds = new Map<string, ObjectItem[]>();
  private readonly config = new Map<string, ObjectItem[]>();

  public constructor(ordered: readonly ObjectItem[]) {
    for (const item of ordered) this.add(item);
  }

  public needsOf(item: ObjectItem): readonly ObjectItem[] {
    const { identity, manifest } = item.object;
    const found = [...this.controlPlaneFor(item)];
    if (WORKLOADS.has(identity.kind)) found.push(...this.forPods(item));
    if (WORKLOADS.has(identity.kind) && item.stage === Stage.istiod) found.push(...this.forIstiod(item));
    if (isPolicy(item)) found.push(...this.policiesBefore(item));
    if (BINDINGS.has(identity.kind)) found.push(...this.named(item, textAt(manifest, 'roleRef', 'kind'), textAt(manifest, 'roleRef', 'name')));
    if (item.stage >= Stage.routes) for (const host of hostsIn(manifest['spec'])) found.push(...(this.rules.get(`${identity.cluster}\n${host}`) ?? []));
    return found;
  }

  private add(item: ObjectItem): void {
    const { identity, manifest } = item.object;
    const { cluster, kind, namespace, name } = identity;
    this.byName.set([cluster, kind, namespace, name].join('\n'), item);
    if (item.stage === Stage.crds) put(this.crds, cluster, item);
    if (item.stage === Stage.config) put(this.config, `${cluster}\n${namespace}`, item);
    if (BINDINGS.has(kind)) {
      for (const subject of listAt(manifest, 'subjects')) {
        put(this.bindings, [cluster, textAt(subject, 'namespace') || namespace, textAt(subject, 'name')].join('\n'), item);
      }
    }
    if (kind === 'DestinationRule') put(this.rules, `${cluster}\n${textAt(manifest, 'spec', 'host')}`, item);
    if (isPolicy(item)) put(this.policies, `${cluster}\n${namespace}`, item);
    const isControlPlane = WEBHOOKS.has(kind) || (WORKLOADS.has(kind) && (item.stage === Stage.istiod || item.stage === Stage.nodeAgents));
    if (isControlPlane) put(this.controlPlanes, cluster, item);
  }

  /** istiod, webhooks and node agents of earlier stages. */
  private controlPlaneFor({ object: { identity }, stage }: ObjectItem): readonly ObjectItem[] {
    const isAsked = stage > Stage.istiod && (WEBHOOKS.has(identity.kind) || WORKLOADS.has(identity.kind) || FOR_ISTIOD.test(identity.group));
    return isAsked ? (this.controlPlanes.get(identity.cluster) ?? []).filter((other) => other.stage < stage) : [];
  }

  /** But for its Service: the provider waits until that has pods, which come with what would wait for it. */
  private forIstiod({ object: { identity } }: ObjectItem): readonly ObjectItem[] {
    const { cluster, namespace } = identity;
    return [...(this.crds.get(cluster) ?? []), ...(this.config.get(`${cluster}\n${namespace}`) ?? []).filter((other) => other.object.identity.kind !== 'Service')];
  }

  private forPods(item: ObjectItem): readonly ObjectItem[] {
    const { identity, manifest } = item.object;
    const { cluster, namespace } = identity;
    const pod = podTemplateOf(manifest);
    const account = textAt(pod.spec, 'serviceAccountName') || 'default';
    const mounted = mountsOf(pod.spec).flatMap(({ kind, name }) => this.named(item, kind, name));
    const policies = (this.policies.get(`${cluster}\n${namespace}`) ?? []).filter((policy) => holdsFor(policy, pod.labels));
    return [
      ...this.named(item, 'ServiceAccount', account),
      ...(this.bindings.get([cluster, namespace, account].join('\n')) ?? []),
      ...mounted,
      ...policies,
    ];
  }

  /** What shuts callers out comes after what lets them in, on a namespace that lives. */
  private policiesBefore({ object: { identity }, stage }: ObjectItem): readonly ObjectItem[] {
    return (this.policies.get(`${identity.cluster}\n${identity.namespace}`) ?? []).filter((other) => other.stage < stage);
  }

  /** In the namespace of `item`, else of the cluster. */
  private named({ object: { identity } }: ObjectItem, kind: string, name: string): readonly ObjectItem[] {
    const { cluster, namespace } = identity;
    const found = this.byName.get([cluster, kind, namespace, name].join('\n')) ?? this.byName.get([cluster, kind, '', name].join('\n'));
    return found === undefined ? [] : [found];
  }
}

function isPolicy({ object: { identity }, stage }: ObjectItem): boolean {
  return stage >= Stage.policies && stage < Stage.workloads && ISTIO.test(identity.group);
}

/** A policy without a selector holds for its namespace. */
function holdsFor(policy: ObjectItem, labels: Readonly<Record<string, unknown>>): boolean {
  const spec = policy.object.manifest['spec'];
  const selector = selectorOf(spec, 'selector', 'matchLabels') ?? selectorOf(spec, 'workloadSelector', 'labels') ?? {};
  return labelsFit(selector, labels);
}

function selectorOf(spec: unknown, field: string, labels: string): Readonly<Record<string, string>> | undefined {
  const selector = (spec as Readonly<Record<string, unknown>> | undefined)?.[field] as Readonly<Record<string, unknown>> | undefined;
  const found = selector?.[labels];
  return isMapOfText(found) ? found : undefined;
}

/** Every `host` of a route, wherever it stands. */
function hostsIn(tree: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (typeof tree !== 'object' || tree === null) return found;
  for (const [key, value] of Object.entries(tree) as [string, unknown][]) {
    if (key === 'host' && typeof value === 'string') found.add(value);
    else hostsIn(value, found);
  }
  return found;
}

function put(map: Map<string, ObjectItem[]>, key: string, item: ObjectItem): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [item]);
  else known.push(item);
}
