import type { Construct } from 'constructs';
import { DaemonSet } from '../../../imports/kubernetes/daemon-set';
import { Deployment } from '../../../imports/kubernetes/deployment';
import { HorizontalPodAutoscaler } from '../../../imports/kubernetes/horizontal-pod-autoscaler';
import { NetworkPolicy } from '../../../imports/kubernetes/network-policy';
import { PodDisruptionBudget } from '../../../imports/kubernetes/pod-disruption-budget';
import { Role } from '../../../imports/kubernetes/role';
import { RoleBinding } from '../../../imports/kubernetes/role-binding';
import { Service } from '../../../imports/kubernetes/service';
import { ServiceAccount } from '../../../imports/kubernetes/service-account';
import { Stage } from '../../core/stage';
import { gatewayRole, gatewayRoleBinding, gatewayServiceAccount } from './gateway-access';
import { gatewayNetworkPolicy } from './gateway-network-policy';
import type { GatewayProps } from './gateway-props';
import { gatewayAutoscaler, gatewayDisruptionBudget } from './gateway-scaling';
import { gatewayService } from './gateway-service';
import { gatewaySettings } from './gateway-settings';
import { gatewayDaemonSet, gatewayDeployment } from './gateway-workload';
import { GuardedGateway } from '../../security/access/guarded-gateway';

/**
 * The proxies of a gateway, at the edge of the mesh or between its networks: a Deployment or DaemonSet whose pods the injector
 * completes, with its Service, its identity, leave to read certificates, scaling and a disruption budget.
 *
 * It makes what the chart `gateway` makes. What the proxies serve is said by `IngressRoute`, or by Istio's own `Gateway`.
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/gateway/
 */
export class Gateway extends GuardedGateway {
  public readonly name: string;
  public readonly namespace: string;
  /** Labels by which Istio's Gateway objects select the pods. */
  public readonly selector: Readonly<Record<string, string>>;
  /** Name of the ServiceAccount that the pods run as. */
  public readonly serviceAccount: string;

  /** @throws MeshError for props that are not what they should be or contradict each other, and for a release that is not known. */
  public constructor(scope: Construct, id: string, props: GatewayProps = {}) {
    super(scope, id);
    const settings = gatewaySettings(this, props);
    this.name = settings.name;
    this.namespace = settings.namespace;
    this.selector = settings.selector;
    this.serviceAccount = settings.serviceAccount;

    const account = gatewayServiceAccount(settings);
    if (account !== undefined) new ServiceAccount(this, 'service-account', account);
    if (props.rbac !== false) {
      new Role(this, 'role', gatewayRole(settings));
      new RoleBinding(this, 'role-binding', gatewayRoleBinding(settings));
    }
    const service = gatewayService(settings);
    if (service !== undefined) new Service(this, 'service', service).atStage(Stage.workloads);
    if (settings.kind === 'DaemonSet') new DaemonSet(this, 'daemon-set', gatewayDaemonSet(settings));
    else new Deployment(this, 'deployment', gatewayDeployment(settings));
    const autoscaler = gatewayAutoscaler(settings);
    if (autoscaler !== undefined) new HorizontalPodAutoscaler(this, 'autoscaler', autoscaler);
    const budget = gatewayDisruptionBudget(settings);
    if (budget !== undefined) new PodDisruptionBudget(this, 'disruption-budget', budget);
    const policy = gatewayNetworkPolicy(settings);
    if (policy !== undefined) new NetworkPolicy(this, 'network-policy', policy);
  }
}
