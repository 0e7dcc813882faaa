import type { IConstruct } from 'constructs';
import { settle } from '../../core/settle';
import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import { wholeNumber } from '../../traffic/rules/refuse';
import { policyTarget } from '../access/policy-target';
import type { PolicySubject } from '../access/policy-target';
import { policiesAround, programPolicies, rootNamespaces } from './program-policies';

/** What pods take: mutual TLS only, both, or plain text only. */
export type MtlsMode = 'STRICT' | 'PERMISSIVE' | 'DISABLE';

/** A PeerAuthentication, as far as it decides on modes. */
export interface PeerPolicy {
  readonly name: string;
  readonly namespace: string;
  /** Seconds; of objects of one program, none is older than the other: their names decide. @default 0 */
  readonly created?: number;
  readonly spec: JsonObject;
}

/** Pods whose mode is asked for. */
export interface PeerPods {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The mode of a port of some pods, as Istio decides on it: the policy with the narrowest scope that says one, of several of one
 * scope the oldest; a port may have its own, by the policy of the workload alone; what is unset is that of the next wider
 * scope, and PERMISSIVE at last.
 *
 * @param port of the pods; undefined for all ports that have none of their own
 * @see https://istio.io/latest/docs/reference/config/security/peer_authentication/
 */
export function modeOf(policies: readonly PeerPolicy[], rootNamespace: string, pods: PeerPods, port?: number): MtlsMode {
  const { mesh, namespace, workload } = deciding(policies, rootNamespace, pods);
  const mode = [workload, namespace, mesh].map((policy) => modeIn(policy?.spec['mtls'])).find((each) => each !== undefined) ?? 'PERMISSIVE';
  const ports = workload?.spec['portLevelMtls'];
  return (port !== undefined && isJsonObject(ports) ? modeIn(ports[String(port)]) : undefined) ?? mode;
}

/** Whether any policy says something of these pods. */
export function hasPolicy(policies: readonly PeerPolicy[], rootNamespace: string, pods: PeerPods): boolean {
  return Object.values(deciding(policies, rootNamespace, pods)).some((policy) => policy !== undefined);
}

/**
 * The mutual TLS mode of a port of a service, a gateway or a workload, by all PeerAuthentications of the program so far. What
 * another program says is not known here.
 *
 * @param port of the pods
 * @default port - the mode of all ports that have none of their own
 * @throws MeshError when it is nothing that has pods, or no port.
 * @example
 * mtlsModeOf(orders, 8080); // 'STRICT'
 */
export function mtlsModeOf(workload: PolicySubject, port?: number): MtlsMode {
  const { scope, namespace, selector } = policyTarget(undefined, workload, 'mtlsModeOf');
  if (port !== undefined) wholeNumber({ construct: scope.node.path, property: 'mtlsModeOf.port' }, port, 1, 65_535);
  const around = policiesOf(scope);
  const [rootNamespace = 'istio-system'] = rootNamespaces(around);
  return modeOf(around.peerAuthentications, rootNamespace, { namespace, labels: selector?.() ?? {} }, port);
}

function policiesOf(scope: IConstruct): ReturnType<typeof policiesAround> {
  // planners make some of the policies; what they refuse is said at synthesis
  settle(scope.node.root);
  return policiesAround(scope, programPolicies(scope.node.root));
}

interface Deciding {
  readonly mesh: PeerPolicy | undefined;
  readonly namespace: PeerPolicy | undefined;
  readonly workload: PeerPolicy | undefined;
}

function deciding(policies: readonly PeerPolicy[], rootNamespace: string, { namespace, labels }: PeerPods): Deciding {
  const selects = ({ spec }: PeerPolicy): Readonly<Record<string, Json>> => {
    const selector = spec['selector'];
    const matchLabels = isJsonObject(selector) ? selector['matchLabels'] : undefined;
    return isJsonObject(matchLabels) ? matchLabels : {};
  };
  const isWide = (policy: PeerPolicy): boolean => Object.keys(selects(policy)).length === 0;
  const oldest = (fits: (policy: PeerPolicy) => boolean): PeerPolicy | undefined => policies.filter(fits).sort(byAge)[0];
  return {
    mesh: oldest((policy) => policy.namespace === rootNamespace && isWide(policy)),
    namespace: oldest((policy) => policy.namespace === namespace && namespace !== rootNamespace && isWide(policy)),
    // in the root namespace a policy with labels is for nobody
    workload: oldest(
      (policy) =>
        policy.namespace === namespace &&
        namespace !== rootNamespace &&
        !isWide(policy) &&
        Object.entries(selects(policy)).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value),
    ),
  };
}

/** As Istio orders objects: by age, then by name and namespace. */
function byAge(a: PeerPolicy, b: PeerPolicy): number {
  return (a.created ?? 0) - (b.created ?? 0) || compareText(a.name, b.name) || compareText(a.namespace, b.namespace);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function modeIn(mtls: Json | undefined): MtlsMode | undefined {
  const mode = isJsonObject(mtls) ? mtls['mode'] : undefined;
  return mode === 'STRICT' || mode === 'PERMISSIVE' || mode === 'DISABLE' ? mode : undefined;
}
