import type { IConstruct } from 'constructs';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import { SynthSession } from '../../core/synth-session';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { numberIn, objectIn } from '../../traffic/scope/reading';
import { modeOf } from '../mtls/mtls-mode';
import { policiesAround, programPolicies, rootNamespaces } from '../mtls/program-policies';
import { programPods } from '../mtls/program-pods';
import type { ProgramPods } from '../mtls/program-pods';
import { injectorsOf } from './data-plane';

interface ProbedNamespace {
  readonly name: string;
  readonly mesh: MeshReference;
}

const REWRITE = 'sidecar.istio.io/rewriteAppHTTPProbers';
const EXCLUDED = 'traffic.sidecar.istio.io/excludeInboundPorts';

/**
 * Has probes of pods looked at, at synthesis: the kubelet has no certificate, and what the injector does not lead past the proxy
 * fails where mutual TLS alone is taken.
 *
 * @see https://istio.io/latest/docs/ops/configuration/mesh/app-health-check/
 */
export function judgeProbes(namespace: IConstruct & { readonly name: string }, mesh: MeshReference): void {
  const probed = rootState(namespace, 'probedNamespaces', (root) => {
    const namespaces: ProbedNamespace[] = [];
    // cdk8s asks again for each chart that it writes
    root.node.addValidation({ validate: () => SynthSession.of(root).once(judge, () => judge(root, namespaces)) });
    return namespaces;
  });
  probed.push({ name: namespace.name, mesh });
}

function judge(root: IConstruct, namespaces: readonly ProbedNamespace[]): string[] {
  const policies = programPolicies(root);
  const pods = new Map<string, ReadonlyMap<string, readonly ProgramPods[]>>();
  const findings = namespaces.flatMap(({ name, mesh }): Finding[] => {
    const cluster = Cluster.pathOf(mesh);
    const all = pods.get(cluster) ?? podsByNamespace(root, cluster);
    pods.set(cluster, all);
    const around = policiesAround(mesh, policies);
    const isRewritten = injectorsOf(mesh).every(({ injection }) => injection.rewriteAppHTTPProbe);
    return (all.get(name) ?? []).filter((each) => !isLedPast(each, isRewritten)).flatMap((each) => {
      const [first] = probesOf(each).filter(({ port }) => !isExcluded(each, port) && rootNamespaces(around).some((rootNamespace) => modeOf(around.peerAuthentications, rootNamespace, each, port) === 'STRICT'));
      return first === undefined ? [] : [plainProbe(each, first)];
    });
  });
  if (findings.length > 0) throw new MeshError(findings);
  return [];
}

function podsByNamespace(root: IConstruct, cluster: string): ReadonlyMap<string, readonly ProgramPods[]> {
  const found = new Map<string, ProgramPods[]>();
  for (const pods of programPods(root, cluster)) found.set(pods.namespace, [...(found.get(pods.namespace) ?? []), pods]);
  return found;
}

function plainProbe({ construct, annotations, template }: ProgramPods, { probe, port }: Probe): Finding {
  const isOwn = annotations[REWRITE] !== undefined;
  return {
    code: 'probe-not-rewritten',
    severity: 'warning',
    construct: construct.node.path,
    property: `${template}${isOwn ? 'metadata.annotations' : 'spec.containers'}`,
    got: `a ${probe}${port === undefined ? '' : ` on port ${port}`} that the kubelet makes in plain text`,
    expected: 'a probe that goes through the agent of the proxy: the pods take mutual TLS only, and would be killed',
    fix: `${isOwn ? `take the annotation ${REWRITE} out` : 'leave rewriteAppHTTPProbe of the mesh on'}, or keep the port out of the mesh with the annotation ${EXCLUDED}`,
  };
}

/** Whether the injector rewrites the pods' probes, or adds no proxy to them. */
function isLedPast({ annotations, labels, hostNetwork }: ProgramPods, isRewritten: boolean): boolean {
  const said = annotations[REWRITE];
  const isOff = said === undefined ? !isRewritten : /^(0|[fF]|false|FALSE|False)$/.test(said);
  return !isOff || hostNetwork || (labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject']) === 'false';
}

interface Probe {
  readonly probe: string;
  /** Undefined where it is told by its name. */
  readonly port: number | undefined;
}

/** Probes that speak: one that only opens a socket is content with the proxy's. */
function probesOf({ containers }: ProgramPods): Probe[] {
  return containers.flatMap((container) =>
    ['startupProbe', 'livenessProbe', 'readinessProbe'].flatMap((probe) => {
      const handler = objectIn(container, probe);
      return ['httpGet', 'grpc'].filter((kind) => kind in handler).map((kind) => ({ probe, port: numberIn(objectIn(handler, kind), 'port') }));
    }),
  );
}

function isExcluded({ annotations }: ProgramPods, port: number | undefined): boolean {
  return (annotations[EXCLUDED] ?? '').split(',').map((each) => each.trim()).some((each) => each === '*' || each === String(port));
}
