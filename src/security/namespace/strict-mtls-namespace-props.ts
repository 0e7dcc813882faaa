import type { MeshReference } from '../../control-plane/mesh-reference';
import type { Known } from '../../core/unknown';
import type { AccessCaller } from '../callers/access-caller';
import type { DataPlane } from './data-plane';
import type { NamespaceNetworkPolicyProps } from './namespace-network-policy';
import type { NamespaceLimits, NamespaceQuota } from './namespace-quotas';
import type { PodSecurity, PodSecurityLevel } from './pod-security';

/** Props of a {@link StrictMtlsNamespace}. */
export interface StrictMtlsNamespaceProps {
  /** The mesh that the namespace's pods join: of this program, or `Mesh.fromName`. */
  readonly mesh: MeshReference;
  /**
   * Name of the namespace.
   * @default - the construct's id
   */
  readonly name?: Known<string>;
  /**
   * Whether callers are refused unless a grant (`allowFrom`) lets them in.
   * @default true
   * @see https://istio.io/latest/docs/ops/best-practices/security/#use-default-deny-patterns
   */
  readonly denyByDefault?: boolean;
  /**
   * Whether pods take part by a proxy of their own, or by ztunnel, the proxy of their node.
   * @default - as the mesh's namespaces do
   * @see https://istio.io/latest/docs/overview/dataplane-modes/
   */
  readonly dataPlane?: DataPlane;
  /**
   * What pods may do to their node, as a level that is enforced or as levels by what is done; `false` for the cluster's own.
   * @default - 'baseline' is enforced where this program's mesh has the CNI plugin or the namespace is ambient, else the
   * cluster's own: each pod's init container needs rights that baseline forbids
   * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/
   */
  readonly podSecurity?: PodSecurityLevel | PodSecurity | false;
  /**
   * Who reads the metrics that the pods themselves serve. What proxies serve on 15020 and 15090 needs no grant.
   * @default - nobody who was not granted access
   */
  readonly metrics?: NamespaceMetrics;
  /**
   * Whether the network lets through connections of those only who are granted access, or what else is said.
   * @default false
   * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
   */
  readonly networkPolicy?: boolean | NamespaceNetworkPolicyProps;
  /**
   * The most that all pods of the namespace may use together, their proxies among them.
   * @default - no bound
   * @see https://kubernetes.io/docs/concepts/policy/resource-quotas/
   */
  readonly resourceQuota?: NamespaceQuota;
  /**
   * What one container, pod or claim may ask for, and what containers have that ask for nothing.
   * @default - no bound
   * @see https://kubernetes.io/docs/concepts/policy/limit-range/
   */
  readonly limitRange?: NamespaceLimits;
  /**
   * Further labels of the namespace.
   * @default - only those that have its pods join the mesh
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Who reads the metrics that pods serve beside those of their proxies. */
export interface NamespaceMetrics {
  /** Who reads them: what has an identity in the mesh, such as the ServiceAccount of Prometheus. */
  readonly from: AccessCaller | readonly AccessCaller[];
  /** Ports of the pods that they are served at, 1 to 65535. */
  readonly ports: readonly Known<number>[];
  /** Not in an ambient namespace, where ztunnel sees no requests. @default - ['/metrics']; any, in an ambient namespace */
  readonly paths?: readonly Known<string>[];
}
