/**
 * What API servers check of Kubernetes' own kinds in code, beyond what their API description says: such as the form of
 * names inside of an object, fields that exclude each other, and references within the object.
 *
 * The rules are those of Kubernetes 1.36 with the features that are on where nobody turned any on or off.
 */
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { checkAdmissionBinding, checkAdmissionPolicy } from './admission-policies';
import { checkAutoscaler } from './autoscaling';
import { checkClaim } from './claims';
import { checkConfigMap, checkNamespace, checkSecret } from './configuration';
import { checkDefinition } from './definitions';
import { checkEndpointSlice } from './endpoint-slices';
import type { Rule } from './fields';
import { checkIngress, checkIngressClass } from './ingresses';
import { checkCronJob, checkJob } from './jobs';
import { checkOwnMetadata } from './metadata';
import { checkNetworkPolicy } from './network-policies';
import { checkPod } from './pod';
import { checkDisruptionBudget, checkPriorityClass } from './policies';
import { checkLimitRange, checkResourceQuota } from './quotas';
import { checkClusterRole, checkClusterRoleBinding, checkRole, checkRoleBinding } from './rbac';
import { checkService } from './services';
import { checkWebhookConfiguration } from './webhooks';
import { checkDaemonSet, checkDeployment, checkReplicaSet, checkStatefulSet } from './workloads';

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['/ConfigMap', checkConfigMap],
  ['/LimitRange', checkLimitRange],
  ['/Namespace', checkNamespace],
  ['/PersistentVolumeClaim', checkClaim],
  ['/Pod', checkPod],
  ['/ResourceQuota', checkResourceQuota],
  ['/Secret', checkSecret],
  ['/Service', checkService],
  ['admissionregistration.k8s.io/MutatingWebhookConfiguration', checkWebhookConfiguration],
  ['admissionregistration.k8s.io/ValidatingAdmissionPolicy', checkAdmissionPolicy],
  ['admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding', checkAdmissionBinding],
  ['admissionregistration.k8s.io/ValidatingWebhookConfiguration', checkWebhookConfiguration],
  ['apiextensions.k8s.io/CustomResourceDefinition', checkDefinition],
  ['apps/DaemonSet', checkDaemonSet],
  ['apps/Deployment', checkDeployment],
  ['apps/ReplicaSet', checkReplicaSet],
  ['apps/StatefulSet', checkStatefulSet],
  ['autoscaling/HorizontalPodAutoscaler', checkAutoscaler],
  ['batch/CronJob', checkCronJob],
  ['batch/Job', checkJob],
  ['discovery.k8s.io/EndpointSlice', checkEndpointSlice],
  ['networking.k8s.io/Ingress', checkIngress],
  ['networking.k8s.io/IngressClass', checkIngressClass],
  ['networking.k8s.io/NetworkPolicy', checkNetworkPolicy],
  ['policy/PodDisruptionBudget', checkDisruptionBudget],
  ['rbac.authorization.k8s.io/ClusterRole', checkClusterRole],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', checkClusterRoleBinding],
  ['rbac.authorization.k8s.io/Role', checkRole],
  ['rbac.authorization.k8s.io/RoleBinding', checkRoleBinding],
  ['scheduling.k8s.io/PriorityClass', checkPriorityClass],
]);

/** The checks of a kind, for objects whose schema has been checked already: what it said is not said again. */
export function kubernetesRules(group: string, kind: string): (object: Data, report: Report) => void {
  const rule = RULES.get(`${group}/${kind}`);
  return (object, report) => {
    const before = report.findings.length;
    checkOwnMetadata(object, kind, report);
    rule?.(object, report);
    if (before > 0 && report.findings.length > before) dropRepeated(report, before);
  };
}

function dropRepeated(report: Report, before: number): void {
  const known = new Set(report.findings.slice(0, before).map(({ code, property }) => `${code} ${property}`));
  const added = report.findings.splice(before);
  report.findings.push(...added.filter(({ code, property }) => !known.has(`${code} ${property}`)));
}
