import type { RoleProps } from '../../../imports/kubernetes/role';
import type { RoleBindingProps } from '../../../imports/kubernetes/role-binding';
import type { ServiceAccountProps } from '../../../imports/kubernetes/service-account';
import type { GatewaySettings } from './gateway-settings';

/** The identity of a gateway's pods; undefined where it is made elsewhere. */
export function gatewayServiceAccount(settings: GatewaySettings): ServiceAccountProps | undefined {
  const { props, serviceAccount, namespace, labels } = settings;
  if (props.serviceAccount?.create === false) return undefined;
  const { annotations } = props.serviceAccount ?? {};
  return { metadata: { name: serviceAccount, namespace, labels, ...(annotations !== undefined && { annotations }) } };
}

/** Leave to read the certificates of the gateway's hosts, which are Secrets of its own namespace. */
export function gatewayRole(settings: GatewaySettings): RoleProps {
  return { metadata: metadataOf(settings), rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }] };
}

export function gatewayRoleBinding(settings: GatewaySettings): RoleBindingProps {
  const { serviceAccount } = settings;
  return {
    metadata: metadataOf(settings),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: serviceAccount },
    subjects: [{ kind: 'ServiceAccount', name: serviceAccount }],
  };
}

function metadataOf({ serviceAccount, namespace, labels, props }: GatewaySettings): NonNullable<RoleProps['metadata']> {
  return { name: serviceAccount, namespace, labels, ...(props.annotations !== undefined && { annotations: props.annotations }) };
}
