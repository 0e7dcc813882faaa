import { Construct } from 'constructs';
import { ClusterRole } from '../../../imports/kubernetes/cluster-role';
import { ClusterRoleBinding } from '../../../imports/kubernetes/cluster-role-binding';
import { ConfigMap } from '../../../imports/kubernetes/config-map';
import { DaemonSet } from '../../../imports/kubernetes/daemon-set';
import { NetworkPolicy } from '../../../imports/kubernetes/network-policy';
import { ResourceQuota } from '../../../imports/kubernetes/resource-quota';
import { ServiceAccount } from '../../../imports/kubernetes/service-account';
import { MeshObject } from '../../core/mesh-object';
import { Stage } from '../../core/stage';
import { recommendedLabels } from '../component-labels';
import { nodeCriticalQuota } from '../node-agent-props';
import { CNI_NAME, cniPermissions, cniServiceAccount } from './cni-access';
import { cniConfigMap } from './cni-config-map';
import { cniDaemonSet } from './cni-daemon-set';
import { cniNetworkPolicy } from './cni-network-policy';
import type { CniProps } from './cni-props';
import { cniSettings } from './cni-settings';
import type { CniSettings } from './cni-settings';

const NETWORK_ATTACHMENT = { apiVersion: 'k8s.cni.cncf.io/v1', kind: 'NetworkAttachmentDefinition', scope: 'Namespaced' } as const;

/**
 * Istio's CNI plugin: an agent on every node that sends the traffic of pods to their proxies, so that no pod needs the
 * privileges for it; in ambient mode, to the node's ztunnel. It makes what the chart `cni` makes.
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/cni/
 */
export class Cni extends Construct {
  public readonly namespace: string;
  /** Whether it serves ambient mode, which a Ztunnel has need of. */
  public readonly ambient: boolean;
  /** What calls the plugin; istiod's injection has to know of 'multus'. */
  public readonly provider: 'default' | 'multus';

  /** @throws MeshError for a release that is not known, and for props that are not what they should be or contradict each other. */
  public constructor(scope: Construct, id: string, props: CniProps = {}) {
    super(scope, id);
    const settings = cniSettings(this, props);
    this.namespace = settings.namespace;
    this.ambient = settings.ambient.enabled;
    this.provider = settings.provider;
    if (settings.resourceScope !== 'namespace') this.addPermissions(settings);
    if (settings.resourceScope !== 'cluster') this.addAgent(settings);
    // the chart makes it in every scope
    if (settings.networkPolicy) new NetworkPolicy(this, 'network-policy', cniNetworkPolicy(settings));
  }

  private addPermissions(settings: CniSettings): void {
    for (const { id, role, binding } of cniPermissions(settings)) {
      new ClusterRole(this, `${id}-role`, role);
      new ClusterRoleBinding(this, `${id}-role-binding`, binding);
    }
  }

  private addAgent(settings: CniSettings): void {
    new ServiceAccount(this, 'service-account', cniServiceAccount(settings));
    new ConfigMap(this, 'config', cniConfigMap(settings));
    new DaemonSet(this, 'daemon-set', cniDaemonSet(settings)).atStage(Stage.nodeAgents);
    const labels = recommendedLabels(CNI_NAME, settings.release);
    if (settings.resourceQuota !== undefined) {
      new ResourceQuota(this, 'resource-quota', {
        metadata: { name: `${CNI_NAME}-resource-quota`, namespace: settings.namespace, labels },
        spec: nodeCriticalQuota(settings.resourceQuota),
      });
    }
    if (settings.provider === 'multus') {
      const attachment = new MeshObject(this, 'network-attachment', NETWORK_ATTACHMENT, { metadata: { name: CNI_NAME, namespace: 'default', labels } });
      attachment.atStage(Stage.config);
    }
  }
}
