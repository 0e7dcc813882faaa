import type { Construct } from 'constructs';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { describeValue } from '../../core/refusal';
import { oneOf, placeOf, refuse, requireKeys, within } from '../../traffic/rules/refuse';
import type { Known } from '../../core/unknown';
import { injectorsOf } from './data-plane';
import type { DataPlane } from './data-plane';

/** What pods may do to their node: anything, no known way up, or no more than pods need. */
export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

/** Levels of the Pod Security Standards for the pods of a namespace. */
export interface PodSecurity {
  /**
   * Level that pods must hold; others are refused by the API server.
   * @default - 'baseline' where this program's mesh has the CNI plugin or the namespace is ambient, else the cluster's own
   */
  readonly enforce?: PodSecurityLevel;
  /**
   * Level that clients are warned below.
   * @default - no warnings
   */
  readonly warn?: PodSecurityLevel;
  /**
   * Level that the audit log has notes below.
   * @default - no notes
   */
  readonly audit?: PodSecurityLevel;
  /**
   * Kubernetes minor version whose standards count, such as `v1.34`, for all of the levels.
   * @default - the newest that the API server knows
   */
  readonly version?: Known<string>;
}

/** The levels as a namespace keeps them, checked. */
export interface CheckedPodSecurity {
  readonly enforce?: PodSecurityLevel;
  readonly labels: Readonly<Record<string, string>>;
}

const PREFIX = 'pod-security.kubernetes.io/';
/** Label of the level that is enforced. */
export const ENFORCE = `${PREFIX}enforce`;
const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
const MODES = ['enforce', 'warn', 'audit'] as const;

/**
 * What a namespace was given: a level that is enforced, or levels by what they do.
 *
 * @throws MeshError for what is no level or no version.
 */
export function checkedPodSecurity(namespace: Construct, given: unknown): CheckedPodSecurity {
  const place = within(placeOf(namespace), 'podSecurity');
  if (given === undefined || given === false) return { labels: {} };
  if (typeof given === 'string') {
    const enforce = oneOf(place, given, LEVELS);
    return { enforce, labels: { [ENFORCE]: enforce } };
  }
  requireKeys(place, given, [...MODES, 'version']);
  const { version, ...modes } = given as PodSecurity;
  if (version !== undefined && !(typeof version === 'string' && /^(latest|v1\.\d{1,3})$/.test(version))) {
    throw refuse(within(place, 'version'), 'bad-version', describeValue(version), 'a minor version of Kubernetes such as "v1.34", or "latest"', 'write it with a v, and without the patch');
  }
  const levels = MODES.flatMap((mode) => (modes[mode] === undefined ? [] : [[mode, oneOf(within(place, mode), modes[mode], LEVELS)] as const]));
  const labels = levels.flatMap(([mode, level]) => [[`${PREFIX}${mode}`, level], ...(version === undefined ? [] : [[`${PREFIX}${mode}-version`, version]])] as const);
  return { ...(modes.enforce !== undefined && { enforce: modes.enforce }), labels: Object.fromEntries(labels) as Record<string, string> };
}

/** The level of a namespace that says none; asked for at synthesis, where it is known how pods are injected. */
export function defaultLevel(mesh: MeshReference, dataPlane: DataPlane): PodSecurityLevel | undefined {
  return isUnprivileged(mesh, dataPlane) === true ? 'baseline' : undefined;
}

/**
 * Refuses a level under which no pod of the mesh could start: without the CNI plugin, a container of each pod needs NET_ADMIN to
 * capture its traffic, and baseline forbids that.
 *
 * @throws MeshError at synthesis.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function requireInjectable(namespace: Construct, mesh: MeshReference, dataPlane: DataPlane, enforce: PodSecurityLevel | undefined): void {
  if (enforce === undefined || enforce === 'privileged' || isUnprivileged(mesh, dataPlane) !== false) return;
  throw refuse(within(placeOf(namespace), 'podSecurity'), 'init-container-forbidden', `"${enforce}", where each pod is injected with an init container that has NET_ADMIN and NET_RAW`, '"privileged", or a mesh whose CNI plugin captures the traffic of pods', `give the mesh ${mesh.node.path} the plugin: cni: true`);
}

/** Whether pods join without privileges of their own; undefined where another program decides on it. */
function isUnprivileged(mesh: MeshReference, dataPlane: DataPlane): boolean | undefined {
  if (dataPlane === 'ambient') return true;
  const injectors = injectorsOf(mesh);
  if (injectors.length === 0) return undefined;
  return injectors.every(({ cni, proxy }) => cni.enabled && !proxy.privileged);
}
