import { Construct } from 'constructs';
import { ClusterRole } from '../../../imports/kubernetes/cluster-role';
import { ClusterRoleBinding } from '../../../imports/kubernetes/cluster-role-binding';
import { DaemonSet } from '../../../imports/kubernetes/daemon-set';
import { NetworkPolicy } from '../../../imports/kubernetes/network-policy';
import { ResourceQuota } from '../../../imports/kubernetes/resource-quota';
import { ServiceAccount } from '../../../imports/kubernetes/service-account';
import { Stage } from '../../core/stage';
import { nodeCriticalQuota } from '../node-agent-props';
import { ztunnelLabels, ztunnelRole, ztunnelRoleBinding, ztunnelServiceAccount } from './ztunnel-access';
import { ztunnelDaemonSet } from './ztunnel-daemon-set';
import { ztunnelNetworkPolicy } from './ztunnel-network-policy';
import type { ZtunnelProps } from './ztunnel-props';
import { ztunnelSettings } from './ztunnel-settings';
import type { ZtunnelSettings } from './ztunnel-settings';

/**
 * The proxy of ambient mode: one on every node, which gives the pods there mutual TLS and an identity without a sidecar. It
 * makes what the chart `ztunnel` makes, and needs a {@link Cni} with ambient mode on.
 *
 * @see https://istio.io/latest/docs/ambient/architecture/data-plane/
 */
export class Ztunnel extends Construct {
  /** Name of the objects and of the ServiceAccount. */
  public readonly name: string;
  public readonly namespace: string;
  /** Revision of the istiod that it is of; undefined for the default one. */
  public readonly revision: string | undefined;
  /** Network that the cluster's pods are in; undefined for one network in the whole mesh. */
  public readonly network: string | undefined;

  /** @throws MeshError for a release that is not known, and for props that are not what they should be. */
  public constructor(scope: Construct, id: string, props: ZtunnelProps = {}) {
    super(scope, id);
    const settings = ztunnelSettings(this, props);
    this.name = settings.name;
    this.namespace = settings.namespace;
    this.revision = settings.revision;
    this.network = settings.network;
    if (settings.resourceScope !== 'namespace' && settings.platform === 'openshift') {
      new ClusterRole(this, 'role', ztunnelRole(settings));
      new ClusterRoleBinding(this, 'role-binding', ztunnelRoleBinding(settings));
    }
    if (settings.resourceScope !== 'cluster') this.addProxy(settings);
    // the chart makes it in every scope
    if (settings.networkPolicy) new NetworkPolicy(this, 'network-policy', ztunnelNetworkPolicy(settings));
  }

  private addProxy(settings: ZtunnelSettings): void {
    const { name, namespace } = settings;
    new ServiceAccount(this, 'service-account', ztunnelServiceAccount(settings));
    // after the agents of the CNI plugin, which send traffic to it
    new DaemonSet(this, 'daemon-set', ztunnelDaemonSet(settings)).atStage(Stage.nodeAgents + 1);
    if (settings.resourceQuota === undefined) return;
    new ResourceQuota(this, 'resource-quota', {
      metadata: { name, namespace, labels: ztunnelLabels(settings) },
      spec: nodeCriticalQuota(settings.resourceQuota),
    });
  }
}
