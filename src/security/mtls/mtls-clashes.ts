import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import { SynthSession } from '../../core/synth-session';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { policyFindings } from '../guards/policy-findings';
import { DestinationHosts } from './destination-hosts';
import type { Destination } from './destination-hosts';
import { hasPolicy, modeOf } from './mtls-mode';
import type { MtlsMode, PeerPolicy } from './mtls-mode';
import { NO_POLICIES, programPolicies, rootNamespaces, selectedLabels } from './program-policies';
import type { ClusterPolicies, ProgramObject } from './program-policies';
import { saidTls } from './said-tls';
import type { SaidTls } from './said-tls';

/** Has the mutual TLS of a program, and policies that it writes itself, judged as a whole at synthesis, when everything is rendered. */
export function judgeMtls(construct: IConstruct): void {
  rootState(construct, 'mtlsJudged', (root) => {
    // cdk8s asks again for each chart that it writes
    root.node.addValidation({ validate: () => SynthSession.of(root).once(judge, () => judge(root)) });
    return {};
  });
}

function judge(root: IConstruct): string[] {
  const policies = programPolicies(root);
  const rivals = [...policies.values()].flatMap(rivalPolicies);
  const clashes = clustersWith(root, 'DestinationRule').flatMap((cluster) => {
    const around = policies.get(cluster) ?? NO_POLICIES;
    return mtlsClashes(new DestinationHosts(root, cluster, rootNamespaces(around)), around.peerAuthentications);
  });
  const findings = [...rivals, ...clashes, ...policyFindings(root)];
  if (findings.length > 0) throw new MeshError(findings);
  return [];
}

function clustersWith(root: IConstruct, kind: string): string[] {
  return [...new Set(SynthSession.of(root).constructs().flatMap((construct) => (ApiObject.isApiObject(construct) && construct.kind === kind ? [Cluster.pathOf(construct)] : [])))];
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

/**
 * Where callers are told to speak something else than what pods take, by these policies.
 *
 * @param isClash whether what a DestinationRule says does not go with a mode
 * @default isClash - whether each call would fail
 */
export function mtlsClashes(hosts: DestinationHosts, policies: readonly PeerPolicy[], isClash: (tls: string, mode: MtlsMode) => boolean = clash): Finding[] {
  return hosts.rules.flatMap((rule) => {
    const said = saidTls(rule.spec);
    if (said.length === 0) return [];
    const services = hosts.of(rule);
    return said.flatMap((each) => {
      const clashing = services.flatMap((service) => {
        const mode = modesOf(service, each, said, policies, hosts.rootNamespaces).find((one) => isClash(each.mode, one));
        return mode === undefined || hosts.isWithoutProxies(service) ? [] : [{ service, mode }];
      });
      const [first] = clashing;
      return first === undefined ? [] : [clashFinding(rule, each, first.service, first.mode, clashing.length)];
    });
  });
}

/** A sidecar that takes mutual TLS only asks for a certificate of the mesh; one that takes none does not know what it is shown. */
function clash(tls: string, mode: MtlsMode): boolean {
  if (tls === 'DISABLE' || tls === 'SIMPLE') return mode === 'STRICT';
  return tls === 'ISTIO_MUTUAL' && mode === 'DISABLE';
}

function clashFinding(rule: ProgramObject, { mode: tls, property, port }: SaidTls, { host }: Destination, mode: MtlsMode, services: number): Finding {
  const others = services > 1 ? `, and ${services - 1} more,` : '';
  const where = port === undefined ? `${host}${others}` : `port ${port} of ${host}${others}`;
  return {
    code: 'mtls-clash',
    construct: rule.construct.node.path,
    property,
    got: `${tls}, for ${where}${others === '' ? ',' : ''} whose pods are ${mode}`,
    expected: mode === 'STRICT' ? "the mesh's mutual TLS: the pods take nothing else" : 'plain text: the pods take nothing else',
    fix: "leave tls out: callers speak what the pods take; or change the pods' mode with a MtlsPolicy",
  };
}

/** The modes of the pods' ports that a setting is for; none where no policy of the program says anything of them. */
function modesOf({ namespace, labels, ports }: Destination, { port }: SaidTls, said: readonly SaidTls[], policies: readonly PeerPolicy[], rootNamespaces: readonly string[]): readonly MtlsMode[] {
  const pods = { namespace, labels };
  const told = rootNamespaces.filter((root) => hasPolicy(policies, root, pods));
  const own = new Set(said.map((each) => each.port));
  const meant = port === undefined ? ports.filter((each) => !own.has(each.port)) : ports.filter((each) => each.port === port);
  const asked = meant.length === 0 && port === undefined && ports.length === 0 ? [undefined] : meant.map(({ pod }) => pod);
  return told.flatMap((root) => asked.map((pod) => modeOf(policies, root, pods, pod)));
}
