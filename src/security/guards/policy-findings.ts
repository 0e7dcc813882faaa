import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import { SynthSession } from '../../core/synth-session';
import type { Finding } from '../../errors/finding';
import { isJsonObject } from '../../rules/json';
import { closedPorts } from './closed-ports';
import { readWorkload } from '../../traffic/kubernetes-workload';
import type { ServiceSubject } from '../access/policy-target';
import { programObject, selectedLabels } from '../mtls/program-policies';
import type { ProgramObject } from '../mtls/program-policies';

type Labels = Readonly<Record<string, string>>;

const GROUP = 'security.istio.io/';
const KINDS = ['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication'];
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Pod', 'Job', 'CronJob', 'ReplicaSet', 'Rollout'];

/** Policies that are made of grants: what they say was asked for in so many words. */
export function policiesOfGrants(construct: IConstruct): Set<IConstruct> {
  return rootState(construct, 'policiesOfGrants', () => new Set<IConstruct>());
}

/**
 * What is odd about policies that a program writes itself, as warnings: an L1 object may say what it likes. Grants and
 * denials that say such things are refused.
 */
export function policyFindings(root: IConstruct): Finding[] {
  const own = policiesOfGrants(root);
  const written = SynthSession.of(root).constructs().filter((construct): construct is ApiObject => ApiObject.isApiObject(construct) && construct.apiVersion.startsWith(GROUP) && KINDS.includes(construct.kind) && !own.has(construct));
  const objects = written.flatMap((construct) => programObject(construct) ?? []);
  const selecting = objects.filter((object) => Object.keys(selectedLabels(object)).length > 0);
  const pods = selecting.length === 0 ? new Map<string, DeclaredPods>() : declaredPods(root);
  return [...objects.flatMap(oddRules), ...closedPorts(root, objects), ...selecting.flatMap((object) => selectsNothing(object, pods.get(placeOf(object.construct, object.namespace))))];
}

function warning({ construct }: ProgramObject, property: string, code: string, got: string, expected: string, fix: string): Finding {
  return { code, severity: 'warning', construct: construct.node.path, property, got, expected, fix };
}

function oddRules(policy: ProgramObject): Finding[] {
  if (policy.construct.kind !== 'AuthorizationPolicy') return [];
  const { action = 'ALLOW', rules } = policy.spec;
  if (!Array.isArray(rules)) return [];
  if (action === 'ALLOW' && rules.length === 0) {
    return [warning(policy, 'spec.rules', 'allows-nobody', '[], which allows nobody', 'rules that allow something', 'say Access.to(…).denyByDefault() where nobody is meant, or rules: [{}] where everybody is')];
  }
  const everything = rules.findIndex((rule) => isJsonObject(rule) && Object.keys(rule).length === 0);
  if (action !== 'DENY' || everything < 0) return [];
  return [warning(policy, `spec.rules[${everything}]`, 'denies-everything', '{}, which every request fits', 'a rule that leaves something', "say denyFrom('anyone', { everything: true }) where everything is meant")];
}

interface DeclaredPods {
  readonly services: Labels[];
  readonly workloads: Labels[];
}

/** Of namespaces that the program says nothing about, others know what runs there. */
function selectsNothing(policy: ProgramObject, pods: DeclaredPods | undefined): Finding[] {
  if (pods === undefined) return [];
  const labels = selectedLabels(policy);
  const isFound = pods.services.some((selector) => mayMeet(selector, labels)) || pods.workloads.some((each) => Object.entries(labels).every(([key, value]) => each[key] === value));
  if (isFound) return [];
  const text = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',');
  return [warning(policy, 'spec.selector', 'selects-nothing', `${text}, which no service or workload of the namespace has`, 'labels of pods', 'see how the labels are written, or take the policy out')];
}

/** Pods of a service have its labels, and perhaps others. */
function mayMeet(selector: Labels, labels: Labels): boolean {
  const shared = Object.keys(labels).filter((key) => key in selector);
  return shared.length > 0 && shared.every((key) => selector[key] === labels[key]);
}

function declaredPods(root: IConstruct): Map<string, DeclaredPods> {
  const places = new Map<string, DeclaredPods>();
  const at = (place: string): DeclaredPods => {
    const known = places.get(place) ?? { services: [], workloads: [] };
    places.set(place, known);
    return known;
  };
  const services = rootState(root, 'meshServices', () => new Map<string, ServiceSubject>());
  for (const service of services.values()) at(placeOf(service, service.namespace)).services.push(service.selector);
  for (const construct of SynthSession.of(root).constructs()) {
    if (!ApiObject.isApiObject(construct) || !WORKLOADS.includes(construct.kind)) continue;
    const labels = readWorkload(construct)?.labels;
    const namespace = programObject(construct)?.namespace;
    if (labels !== undefined && namespace !== undefined) at(placeOf(construct, namespace)).workloads.push(labels);
  }
  return places;
}

function placeOf(construct: IConstruct, namespace: string): string {
  return `${Cluster.pathOf(construct)}\n${namespace}`;
}
