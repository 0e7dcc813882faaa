import type { ClusterRoleBindingProps } from '../../../imports/kubernetes/cluster-role-binding';
import type { ClusterRoleProps } from '../../../imports/kubernetes/cluster-role';
import type { RoleProps } from '../../../imports/kubernetes/role';
import type { RoleBindingProps } from '../../../imports/kubernetes/role-binding';
import type { ServiceAccountProps } from '../../../imports/kubernetes/service-account';
import type { PolicyRule, Subject } from '../../../imports/kubernetes/rbac-v1';
import { definedProps } from '../component-checks';
import { since } from '../release';
import { gatewayControllerRules, istiodRules } from './istiod-rules';
import { commonLabels } from './istiod-labels';
import type { Labels } from './istiod-labels';
import type { IstiodSettings } from './istiod-settings';
import { readerRules } from './reader-rules';

/** A ClusterRole and the binding of it. */
export interface BoundRole {
  readonly role: ClusterRoleProps;
  readonly binding: ClusterRoleBindingProps;
}

export function istiodServiceAccount(settings: IstiodSettings): ServiceAccountProps {
  const { props, name, istioNamespace: namespace } = settings;
  const { pullSecrets = [] } = props.image ?? {};
  return {
    metadata: definedProps({ name, namespace, labels: istiodLabels(settings), annotations: props.serviceAccountAnnotations }),
    ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })) }),
  };
}

/** What istiod may do in its own namespace. */
export function istiodRole(settings: IstiodSettings): RoleProps {
  return {
    metadata: { name: settings.name, namespace: settings.istioNamespace, labels: istiodLabels(settings) },
    rules: [
      // tried out without effect, to see that the validation webhook refuses what is wrong
      { apiGroups: ['networking.istio.io'], verbs: ['create'], resources: ['gateways'] },
      // the key and certificate of its own certificate authority
      { apiGroups: [''], resources: ['secrets'], verbs: ['create', 'get', 'watch', 'list', 'update', 'delete'] },
      // reports of the distribution of configuration, which earlier releases left behind
      { apiGroups: [''], resources: ['configmaps'], verbs: ['delete'] },
      // one of its pods leads
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'update', 'patch', 'create'] },
    ],
  };
}

export function istiodRoleBinding(settings: IstiodSettings): RoleBindingProps {
  const { name, istioNamespace: namespace } = settings;
  return {
    metadata: { name, namespace, labels: istiodLabels(settings) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [istiodAccount(settings)],
  };
}

/** What istiod may do in the whole cluster. */
export function istiodClusterRole(settings: IstiodSettings): BoundRole {
  return bound(settings, 'istiod-clusterrole', istiodRules(settings), istiodLabels(settings), istiodAccount(settings));
}

/** Leave to make what Gateways of the Gateway API ask for; undefined where istiod does not. */
export function gatewayControllerRole(settings: IstiodSettings): BoundRole | undefined {
  if (settings.env['PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER'] === 'false') return undefined;
  return bound(settings, 'istiod-gateway-controller', gatewayControllerRules(), istiodLabels(settings), istiodAccount(settings));
}

/** Leave to read this cluster, for the control planes of other clusters; undefined where it is not wanted. */
export function readerClusterRole(settings: IstiodSettings): BoundRole | undefined {
  const { props, release, istioNamespace } = settings;
  if (props.readerRbac === false) return undefined;
  const own = { name: 'istio-reader-service-account', namespace: istioNamespace };
  const account = since(release, '1.31') ? (props.readerServiceAccount ?? own) : own;
  const labels = { app: 'istio-reader', ...commonLabels(settings, 'istio-reader') };
  return bound(settings, 'istio-reader-clusterrole', readerRules(settings), labels, { kind: 'ServiceAccount', ...account });
}

function bound(settings: IstiodSettings, prefix: string, rules: PolicyRule[], labels: Labels, subject: Subject): BoundRole {
  // several control planes may stand in one cluster, each in a namespace of its own
  const name = `${prefix}${settings.suffix}-${settings.namespace}`;
  const metadata = { name, labels };
  return {
    role: { metadata, rules },
    binding: { metadata, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }, subjects: [subject] },
  };
}

function istiodAccount({ name, istioNamespace: namespace }: IstiodSettings): Subject {
  return { kind: 'ServiceAccount', name, namespace };
}

function istiodLabels(settings: IstiodSettings): Labels {
  return { app: 'istiod', ...commonLabels(settings) };
}
