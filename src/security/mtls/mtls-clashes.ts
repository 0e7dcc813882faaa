import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import { SynthSession } from '../../core/synth-session';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import { hasPolicy, modeOf } from './mtls-mode';
import type { MtlsMode } from './mtls-mode';
import { policyFindings } from '../guards/policy-findings';
import { policyTarget } from '../access/policy-target';
import type { ServiceSubject } from '../access/policy-target';
import { policiesAround, programObject, programPolicies, rootNamespaces, selectedLabels } from './program-policies';
import type { ClusterPolicies, ProgramObject } from './program-policies';

/** Has the mutual TLS of a program, and policies that it writes itself, judged as a whole at synthesis, when everything is rendered. */
export function judgeMtls(construct: IConstruct): void {
  rootState(construct, 'mtlsJudged', (root) => {
    root.node.addValidation({ validate: () => judge(root) });
    return {};
  });
}

function judge(root: IConstruct): string[] {
  const policies = programPolicies(root);
  const rivals = [...policies.values()].flatMap(rivalPolicies);
  const services = servicesByHost(root);
  const clashes = SynthSession.of(root).constructs().flatMap((construct) => {
    if (!ApiObject.isApiObject(construct) || construct.kind !== 'DestinationRule' || !construct.apiVersion.startsWith('networking.istio.io/')) return [];
    const rule = programObject(construct);
    return rule === undefined ? [] : clashesOf(rule, services, policiesAround(construct, policies));
  });
  const findings = [...rivals, ...clashes, ...policyFindings(root)];
  if (findings.length > 0) throw new MeshError(findings);
  return [];
}

/** Of several policies for the same pods Istio follows the oldest: which that is, no program says. */
function rivalPolicies({ peerAuthentications }: ClusterPolicies): Finding[] {
  const byPlace = new Map<string, ProgramObject[]>();
  const sorted = [...peerAuthentications].sort((a, b) => (a.construct.node.path < b.construct.node.path ? -1 : 1));
  for (const policy of sorted) {
    const [place = ''] = placesOf(policy);
    byPlace.set(place, [...(byPlace.get(place) ?? []), policy]);
  }
  return sorted.flatMap((policy) => {
    const near = placesOf(policy).flatMap((place) => byPlace.get(place) ?? []);
    // each pair once: at the one with more labels, or the later
    const first = near.find((other) => other !== policy && isWithin(other, policy) && (!isWithin(policy, other) || sorted.indexOf(other) < sorted.indexOf(policy)));
    // two of one name are one object twice, which is said already
    return first === undefined || first.name === policy.name ? [] : [rivalFinding(policy, first)];
  });
}

/** Where a policy is found by each of its labels; by the first of them alone it is looked for. One for all pods has a place of its own. */
function placesOf(policy: ProgramObject): string[] {
  const pairs = Object.entries(selectedLabels(policy)).map(([key, value]) => `${policy.namespace}\n${key}=${value}`).sort();
  return pairs.length === 0 ? [policy.namespace] : pairs;
}

/** Whether all pods of `inner` are pods of `outer`. */
function isWithin(outer: ProgramObject, inner: ProgramObject): boolean {
  const labels = selectedLabels(inner);
  return Object.entries(selectedLabels(outer)).every(([key, value]) => labels[key] === value);
}

function rivalFinding(policy: ProgramObject, first: ProgramObject): Finding {
  return {
    code: 'second-owner',
    construct: policy.construct.node.path,
    property: 'spec.selector',
    got: `a PeerAuthentication for pods that ${first.construct.node.path} is for`,
    expected: 'one for the same pods: of several Istio follows the oldest',
    fix: 'say it in one of them',
  };
}

function servicesByHost(root: IConstruct): ReadonlyMap<string, ServiceSubject> {
  const services = rootState(root, 'meshServices', () => new Map<string, ServiceSubject>());
  return new Map([...services.values()].map((service) => [`${Cluster.pathOf(service)}\n${service.host}`, service]));
}

/** The TLS that callers of a port speak, and where a DestinationRule says so. */
interface Said {
  readonly mode: string;
  readonly property: string;
  /** Of the service; undefined for all that have none of their own. */
  readonly port: number | undefined;
}

function clashesOf(rule: ProgramObject, services: ReadonlyMap<string, ServiceSubject>, around: ClusterPolicies): Finding[] {
  const said = saidBy(rule.spec);
  const host = rule.spec['host'];
  if (said.length === 0 || typeof host !== 'string') return [];
  const { clusterDomain } = Cluster.factsOf(rule.construct);
  const full = host.includes('.') ? host : `${host}.${rule.namespace}.svc.${clusterDomain}`;
  const service = services.get(`${Cluster.pathOf(rule.construct)}\n${full}`);
  if (service === undefined) return [];
  return said.flatMap((each) => {
    const modes = modesOf(service, each, said, around);
    const [mode] = modes.filter((one) => clash(each.mode, one));
    return mode === undefined ? [] : [clashFinding(rule, each, service, mode)];
  });
}

/** A sidecar that takes mutual TLS only asks for a certificate of the mesh; one that takes none does not know what it is shown. */
function clash(tls: string, mode: MtlsMode): boolean {
  if (tls === 'DISABLE' || tls === 'SIMPLE') return mode === 'STRICT';
  return tls === 'ISTIO_MUTUAL' && mode === 'DISABLE';
}

function clashFinding(rule: ProgramObject, { mode: tls, property, port }: Said, service: ServiceSubject, mode: MtlsMode): Finding {
  const where = port === undefined ? service.host : `port ${port} of ${service.host}`;
  return {
    code: 'mtls-clash',
    construct: rule.construct.node.path,
    property,
    got: `${tls}, for ${where}, whose pods are ${mode}`,
    expected: mode === 'STRICT' ? "the mesh's mutual TLS: the pods take nothing else" : 'plain text: the pods take nothing else',
    fix: "leave tls out: callers speak what the pods take; or change the pods' mode with a MtlsPolicy",
  };
}

/** The modes of the pods' ports that a setting is for; none where no policy of the program says anything of them. */
function modesOf(service: ServiceSubject, { port }: Said, said: readonly Said[], around: ClusterPolicies): readonly MtlsMode[] {
  const { selector, ports } = policyTarget(undefined, service, 'target');
  const pods = { namespace: service.namespace, labels: selector?.() ?? {} };
  const told = rootNamespaces(around).filter((root) => hasPolicy(around.peerAuthentications, root, pods));
  // ports of the service and of its pods stand in one order
  const pairs = service.ports.map((each, index) => ({ port: each.port, pod: ports()[index]?.number }));
  const own = new Set(said.map((each) => each.port));
  const meant = port === undefined ? pairs.filter((each) => !own.has(each.port)) : pairs.filter((each) => each.port === port);
  const asked = meant.length === 0 && port === undefined && pairs.length === 0 ? [undefined] : meant.map(({ pod }) => pod);
  return told.flatMap((root) => asked.map((pod) => modeOf(around.peerAuthentications, root, pods, pod)));
}

function saidBy(spec: JsonObject): Said[] {
  const subsets = Array.isArray(spec['subsets']) ? (spec['subsets'] as readonly Json[]) : [];
  return [...saidIn(spec['trafficPolicy'], 'spec.trafficPolicy'), ...subsets.flatMap((subset, index) => (isJsonObject(subset) ? saidIn(subset['trafficPolicy'], `spec.subsets[${index}].trafficPolicy`) : []))];
}

function saidIn(policy: Json | undefined, property: string): Said[] {
  if (!isJsonObject(policy)) return [];
  const levels = Array.isArray(policy['portLevelSettings']) ? (policy['portLevelSettings'] as readonly Json[]) : [];
  return [
    ...modeIn(policy, `${property}.tls.mode`, undefined),
    ...levels.flatMap((level, index) => {
      const port = isJsonObject(level) && isJsonObject(level['port']) ? level['port']['number'] : undefined;
      if (!isJsonObject(level) || typeof port !== 'number') return [];
      const place = `${property}.portLevelSettings[${index}].tls.mode`;
      // a port with settings of its own has nothing from the rest, and without TLS none
      return level['tls'] === undefined ? [{ mode: '', property: place, port }] : modeIn(level, place, port);
    }),
  ];
}

function modeIn(policy: JsonObject, property: string, port: number | undefined): Said[] {
  const tls = policy['tls'];
  const mode = isJsonObject(tls) ? (tls['mode'] ?? 'DISABLE') : undefined;
  return typeof mode === 'string' ? [{ mode, property, port }] : [];
}
