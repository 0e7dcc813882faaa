import type { Construct } from 'constructs';
import { Deployment } from '../../../imports/kubernetes/deployment';
import { HorizontalPodAutoscaler } from '../../../imports/kubernetes/horizontal-pod-autoscaler';
import { NetworkPolicy } from '../../../imports/kubernetes/network-policy';
import { PodDisruptionBudget } from '../../../imports/kubernetes/pod-disruption-budget';
import { Role } from '../../../imports/kubernetes/role';
import { RoleBinding } from '../../../imports/kubernetes/role-binding';
import { Service } from '../../../imports/kubernetes/service';
import { ServiceAccount } from '../../../imports/kubernetes/service-account';
import { Stage } from '../../core/stage';
import { standaloneNetworkPolicy } from './standalone-gateway-network-policy';
import { standalonePod } from './standalone-gateway-pod';
import type { StandaloneGatewayProps } from './standalone-gateway-props';
import { standaloneGatewaySettings } from './standalone-gateway-settings';
import type { StandaloneGatewaySettings } from './standalone-gateway-settings';
import { GuardedGateway } from '../../security/access/guarded-gateway';

type Metadata = { name: string; namespace: string; labels: Record<string, string> };

/**
 * A gateway as istioctl installs it with its profiles: its pods bring their proxy and all that it has to know of the mesh
 * themselves, and are replaced with every release of it.
 *
 * It is for meshes that come from istioctl. New ones are better off with `Gateway`, whose pods are injected.
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/gateway/
 */
export class StandaloneGateway extends GuardedGateway {
  public readonly name: string;
  public readonly namespace: string;
  /** Labels by which Istio's Gateway objects select the pods. */
  public readonly selector: Readonly<Record<string, string>>;
  /** Name of the ServiceAccount that the pods run as. */
  public readonly serviceAccount: string;

  /** @throws MeshError for replicas or ports that contradict each other, and for a release that is not known. */
  public constructor(scope: Construct, id: string, props: StandaloneGatewayProps = {}) {
    super(scope, id);
    const settings = standaloneGatewaySettings(this, props);
    this.name = settings.name;
    this.namespace = settings.namespace;
    this.selector = settings.selector;
    this.serviceAccount = settings.serviceAccount;
    this.addIdentity(settings);
    this.addWorkload(settings);
    this.addService(settings);
    if (props.networkPolicy === true) new NetworkPolicy(this, 'network-policy', standaloneNetworkPolicy(settings));
  }

  private addIdentity(settings: StandaloneGatewaySettings): void {
    const { props, serviceAccount, name } = settings;
    const { pullSecrets } = props.image ?? {};
    const annotations = props.serviceAccountAnnotations;
    new ServiceAccount(this, 'service-account', {
      metadata: { ...metadataOf(settings, serviceAccount), ...(annotations !== undefined && { annotations }) },
      ...(pullSecrets !== undefined && { imagePullSecrets: pullSecrets.map((each) => ({ name: each })) }),
    });
    const { labels, ...metadata } = metadataOf(settings, `${name}-sds`);
    const own = Object.fromEntries(Object.entries(labels).filter(([key]) => key in settings.labels));
    new Role(this, 'role', {
      metadata: { ...metadata, labels: own },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }],
    });
    new RoleBinding(this, 'role-binding', {
      metadata: { ...metadata, labels: own },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: `${name}-sds` },
      subjects: [{ kind: 'ServiceAccount', name: serviceAccount }],
    });
  }

  private addWorkload(settings: StandaloneGatewaySettings): void {
    const { props, autoscaling, selector, name } = settings;
    const { maxSurge = '100%', maxUnavailable = '25%' } = props.rollingUpdate ?? {};
    const metadata = metadataOf(settings, name);
    const isInjected = props.injectionTemplate !== undefined;
    new Deployment(this, 'deployment', {
      metadata: { ...metadata, labels: { ...metadata.labels, ...(!isInjected && { 'istio.io/dataplane-mode': 'none' }) } },
      spec: {
        ...(autoscaling === undefined && props.replicas !== undefined && { replicas: props.replicas }),
        selector: { matchLabels: selector },
        strategy: { rollingUpdate: { maxSurge, maxUnavailable } },
        template: standalonePod(settings),
      },
    });
    if (autoscaling !== undefined) {
      const { minReplicas, maxReplicas, targetCpuUtilization } = autoscaling;
      new HorizontalPodAutoscaler(this, 'autoscaler', {
        metadata,
        spec: {
          minReplicas,
          maxReplicas,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: targetCpuUtilization } } }],
        },
      });
    }
    // a budget for one pod would keep it from being moved
    const pods = autoscaling?.minReplicas ?? props.replicas ?? 1;
    if (props.disruptionBudget === false || pods <= 1) return;
    new PodDisruptionBudget(this, 'disruption-budget', { metadata, spec: { minAvailable: 1, selector: { matchLabels: selector } } });
  }

  private addService(settings: StandaloneGatewaySettings): void {
    const { service, direction, selector, ports } = settings;
    if (service === undefined) return;
    const { type = direction === 'ingress' ? 'LoadBalancer' : 'ClusterIP', annotations, extraPorts = [], ...rest } = service;
    new Service(this, 'service', {
      metadata: { ...metadataOf(settings, settings.name), ...(annotations !== undefined && { annotations }) },
      spec: { ...(rest as object), type, selector, ports: [...ports, ...extraPorts] },
    }).atStage(Stage.workloads);
  }
}

function metadataOf({ namespace, selector, labels }: StandaloneGatewaySettings, name: string): Metadata {
  return { name, namespace, labels: { ...selector, ...labels } };
}
