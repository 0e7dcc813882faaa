import type { ClusterRoleProps } from '../../../imports/kubernetes/cluster-role';
import type { ClusterRoleBindingProps } from '../../../imports/kubernetes/cluster-role-binding';
import type { ServiceAccountProps } from '../../../imports/kubernetes/service-account';
import { recommendedLabels } from '../component-labels';
import { PRIVILEGED_ON_OPENSHIFT } from '../platforms';
import type { ZtunnelSettings } from './ztunnel-settings';

export const ZTUNNEL = 'ztunnel';

export function ztunnelServiceAccount(settings: ZtunnelSettings): ServiceAccountProps {
  const { name, namespace, image } = settings;
  const { pullSecrets = [] } = image;
  return {
    metadata: { name, namespace, labels: ztunnelLabels(settings), ...ztunnelAnnotations(settings) },
    ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })) }),
  };
}

/** OpenShift's leave to run as the container has to; elsewhere ztunnel asks nothing of the API server. */
export function ztunnelRole(settings: ZtunnelSettings): ClusterRoleProps {
  return { metadata: clusterMetadata(settings), rules: [PRIVILEGED_ON_OPENSHIFT] };
}

export function ztunnelRoleBinding(settings: ZtunnelSettings): ClusterRoleBindingProps {
  const { name, namespace } = settings;
  return {
    metadata: clusterMetadata(settings),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  };
}

export function ztunnelLabels({ release, labels }: ZtunnelSettings): Record<string, string> {
  return { ...recommendedLabels(ZTUNNEL, release), ...labels };
}

/** The revision is an annotation here, which no label selector meets. */
export function ztunnelAnnotations({ annotations, revision }: ZtunnelSettings): { annotations?: Record<string, string> } {
  const all = { ...annotations, ...(revision !== undefined && { 'istio.io/rev': revision }) };
  return Object.keys(all).length > 0 ? { annotations: all } : {};
}

function clusterMetadata(settings: ZtunnelSettings): object {
  const labels = { app: ZTUNNEL, ...recommendedLabels(ZTUNNEL, settings.release) };
  return { name: settings.name, labels, ...ztunnelAnnotations(settings) };
}
