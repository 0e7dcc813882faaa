import type { Identity } from './identity';

/**
 * When an object is applied, relative to the others: lower first, deleted in reverse. A stage is a preference; what one
 * object really needs of another is an edge (see `order.ts`).
 */
export const Stage = {
  namespaces: 0,
  crds: 10,
  /** Identities, permissions, configuration, services: what pods refer to when they start. */
  config: 20,
  istiod: 30,
  /** Only now: a webhook without a server behind it refuses or delays everything. */
  webhooks: 40,
  /** CNI and ztunnel: pods of the mesh start after them. */
  nodeAgents: 50,
  /** In force before the first workload starts. */
  policies: 60,
  /** Gateways and applications, which are injected when they are made. */
  workloads: 70,
  /** DestinationRules and what else names endpoints: a route to an unknown subset answers 503. */
  subsets: 80,
  routes: 90,
} as const;

/** A stage number. */
export type StageNumber = number;

const BY_GROUP: Readonly<Record<string, StageNumber>> = {
  'apiextensions.k8s.io': Stage.crds,
  'admissionregistration.k8s.io': Stage.webhooks,
  'rbac.authorization.k8s.io': Stage.config,
  'security.istio.io': Stage.policies,
  'telemetry.istio.io': Stage.policies,
  'extensions.istio.io': Stage.policies,
  'networking.istio.io': Stage.subsets,
  'gateway.networking.k8s.io': Stage.routes,
  'gateway.networking.x-k8s.io': Stage.routes,
  apps: Stage.workloads,
  batch: Stage.workloads,
  autoscaling: Stage.workloads,
};

const BY_KIND: Readonly<Record<string, StageNumber>> = {
  '/Namespace': Stage.namespaces,
  // a claim may be bound only when its pod is scheduled: a tool that waits for it must have applied the pod
  '/PersistentVolumeClaim': Stage.workloads,
  '/Pod': Stage.workloads,
  '/ReplicationController': Stage.workloads,
  'networking.istio.io/EnvoyFilter': Stage.policies,
  'networking.istio.io/Gateway': Stage.routes,
  'networking.istio.io/ProxyConfig': Stage.policies,
  'networking.istio.io/Sidecar': Stage.policies,
  'networking.istio.io/VirtualService': Stage.routes,
  // an admission policy holds for what comes after it
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': Stage.config,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': Stage.config,
  'gateway.networking.k8s.io/GatewayClass': Stage.config,
  'gateway.networking.k8s.io/ReferenceGrant': Stage.policies,
  // it gets its address from a gateway that is up
  'networking.k8s.io/Ingress': Stage.routes,
};

/** The stage of a kind where its construct names none; kinds that are not known come with the workloads. */
export function stageOfKind(identity: Identity): StageNumber {
  const { group, kind } = identity;
  return BY_KIND[`${group}/${kind}`] ?? BY_GROUP[group] ?? (group === '' || group === 'policy' ? Stage.config : otherStage(group));
}

function otherStage(group: string): StageNumber {
  return group.endsWith('.k8s.io') ? Stage.config : Stage.workloads;
}
