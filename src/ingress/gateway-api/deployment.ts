import type { Construct } from 'constructs';
import type { GatewayInfrastructure as Spec } from '../../../imports/gateway-api/gateway';
import { serviceAccountName } from '../../security/callers/mesh-service-account';
import type { ServiceAccountReference } from '../../security/callers/mesh-service-account';
import { oneOf, placeOf, refuse, requireKeys, requireNames, within } from '../../traffic/rules/refuse';

/** Label of the pods that istiod deploys for a Gateway. */
export const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';
const SERVICE_TYPE = 'networking.istio.io/service-type';
const SERVICE_ACCOUNT = 'gateway.istio.io/service-account';
const TYPES = ['LoadBalancer', 'ClusterIP', 'NodePort'] as const;

export type GatewayInfrastructureSpec = Spec;

/** What the Deployment, the Service and the rest are told that istiod makes for a gateway. */
export interface GatewayInfrastructure {
  /**
   * Type of the Service.
   * @default 'LoadBalancer'
   */
  readonly serviceType?: 'LoadBalancer' | 'ClusterIP' | 'NodePort';
  /**
   * Annotations of all objects, such as those that a cloud reads of a Service.
   * @default - none
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Labels of all objects.
   * @default - those that istiod sets
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Name of the ServiceAccount, the Deployment and the Service that istiod makes for a gateway of its class `istio`. */
export function deployedName(gateway: string): string {
  return `${gateway}-istio`;
}

interface DeploymentProps {
  readonly infrastructure?: GatewayInfrastructure;
  readonly serviceAccount?: ServiceAccountReference;
}

/**
 * What a Gateway says of the proxies that istiod deploys for it.
 *
 * @throws MeshError when a value cannot be, or istiod does not deploy them.
 */
export function deploymentOf(
  gateway: Construct & { readonly isDeployed: boolean; readonly namespace: string },
  { infrastructure, serviceAccount }: DeploymentProps,
): { readonly infrastructure: Spec | undefined; readonly annotations: Readonly<Record<string, string>> } {
  const place = within(placeOf(gateway), 'infrastructure');
  if (infrastructure !== undefined && !gateway.isDeployed) {
    throw refuse(place, 'no-deployment', 'what istiod is to make, and proxies that it does not deploy', "api: 'gateway' without a workload", 'say it of the workload');
  }
  if (infrastructure !== undefined) requireKeys(place, infrastructure, ['serviceType', 'annotations', 'labels']);
  const { serviceType, annotations, labels } = infrastructure ?? {};
  for (const [key, value] of Object.entries({ annotations, labels })) if (value !== undefined) requireNames(within(place, key), value);
  if (serviceType !== undefined) oneOf(within(place, 'serviceType'), serviceType, TYPES);
  const isEmpty = annotations === undefined && labels === undefined;
  return {
    infrastructure: isEmpty ? undefined : { ...(annotations === undefined ? {} : { annotations: { ...annotations } }), ...(labels === undefined ? {} : { labels: { ...labels } }) },
    annotations: {
      ...(serviceType === undefined ? {} : { [SERVICE_TYPE]: serviceType }),
      ...(serviceAccount === undefined || !gateway.isDeployed ? {} : { [SERVICE_ACCOUNT]: serviceAccountName(gateway, serviceAccount, gateway.namespace) }),
    },
  };
}
