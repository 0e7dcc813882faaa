import type { ClusterRoleProps } from '../../../imports/kubernetes/cluster-role';
import type { ClusterRoleBindingProps } from '../../../imports/kubernetes/cluster-role-binding';
import type { ObjectMeta } from '../../../imports/kubernetes/meta-v1';
import type { PolicyRule } from '../../../imports/kubernetes/rbac-v1';
import type { ServiceAccountProps } from '../../../imports/kubernetes/service-account';
import { recommendedLabels } from '../component-labels';
import { PRIVILEGED_ON_OPENSHIFT } from '../platforms';
import type { CniSettings } from './cni-settings';

/** Name of what belongs to the plugin; the same for all revisions, for a node has one plugin. */
export const CNI_NAME = 'istio-cni';
/** The agent looks its own DaemonSet up by this name. */
export const CNI_DAEMON_SET = 'istio-cni-node';

const RBAC = 'rbac.authorization.k8s.io';

/** Metadata of an object in the plugin's namespace. */
export function cniMetadata(settings: CniSettings, name: string): ObjectMeta {
  return { name, namespace: settings.namespace, labels: cniLabels(settings, { app: CNI_NAME }) };
}

export function cniLabels(settings: CniSettings, own: Readonly<Record<string, string>>): Record<string, string> {
  return { ...own, 'istio.io/rev': settings.revision ?? 'default', ...recommendedLabels(CNI_NAME, settings.release) };
}

export function cniServiceAccount(settings: CniSettings): ServiceAccountProps {
  const { pullSecrets = [] } = settings.image;
  return {
    metadata: cniMetadata(settings, CNI_NAME),
    ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
  };
}

/** A ClusterRole, and the labels and the name of its binding. */
export interface CniPermission {
  /** Id of the constructs. */
  readonly id: string;
  readonly role: ClusterRoleProps;
  readonly binding: ClusterRoleBindingProps;
}

/** What the agent may do: as little as the features that are on have need of. */
export function cniPermissions(settings: CniSettings): CniPermission[] {
  const { ambient, repair } = settings;
  const forRepair = { 'k8s-app': `${CNI_NAME}-repair` };
  return [
    permission(settings, { id: 'agent', role: CNI_NAME, binding: CNI_NAME, labels: { app: CNI_NAME } }, agentRules(settings)),
    ...(repair.enabled
      ? [permission(settings, { id: 'repair', role: `${CNI_NAME}-repair-role`, binding: `${CNI_NAME}-repair-rolebinding`, labels: forRepair }, repairRules(settings))]
      : []),
    ...(ambient.enabled
      ? [permission(settings, { id: 'ambient', role: `${CNI_NAME}-ambient`, binding: `${CNI_NAME}-ambient`, labels: forRepair }, AMBIENT_RULES)]
      : []),
  ];
}

function agentRules({ platform }: CniSettings): PolicyRule[] {
  const watch = { apiGroups: [''], resources: ['pods', 'nodes', 'namespaces'], verbs: ['get', 'list', 'watch'] };
  return platform === 'openshift' ? [watch, PRIVILEGED_ON_OPENSHIFT] : [watch];
}

function repairRules({ repair }: CniSettings): PolicyRule[] {
  const rules = [
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['watch', 'get', 'list'] },
  ];
  // rules are repaired on the node, without the API server
  if (repair.repairPods) return rules;
  if (repair.deletePods) return [...rules, { apiGroups: [''], resources: ['pods'], verbs: ['delete'] }];
  if (repair.labelPods) return [...rules, LABEL_PODS];
  return rules;
}

/** The status is enough to set labels, and less than the whole pod. */
const LABEL_PODS: PolicyRule = { apiGroups: [''], resources: ['pods/status'], verbs: ['patch', 'update'] };

const AMBIENT_RULES: PolicyRule[] = [
  LABEL_PODS,
  // whether the agent is replaced or goes for good
  { apiGroups: ['apps'], resources: ['daemonsets'], resourceNames: [CNI_DAEMON_SET], verbs: ['get'] },
];

interface PermissionNames {
  readonly id: string;
  readonly role: string;
  readonly binding: string;
  /** Labels of the binding; roles have those of every object. */
  readonly labels: Readonly<Record<string, string>>;
}

function permission(settings: CniSettings, names: PermissionNames, rules: PolicyRule[]): CniPermission {
  return {
    id: names.id,
    role: { metadata: { name: names.role, labels: cniLabels(settings, { app: CNI_NAME }) }, rules },
    binding: {
      metadata: { name: names.binding, labels: cniLabels(settings, names.labels) },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: names.role },
      subjects: [{ kind: 'ServiceAccount', name: CNI_NAME, namespace: settings.namespace }],
    },
  };
}
