import type { PolicyRule } from '../../imports/kubernetes/rbac-v1';
import type { Platform } from './component';

/** What Istio's installers set otherwise on a platform. */
export interface PlatformFacts {
  readonly cni: CniFacts;
  readonly ztunnel: ZtunnelFacts;
}

/** Where and how the CNI plugin is installed on a platform. */
export interface CniFacts {
  /** Folder of the CNI plugins on the nodes. */
  readonly binDir?: string;
  /** Folder of the CNI configuration on the nodes. */
  readonly confDir?: string;
  readonly confFileName?: string;
  /** Folder of the pods' network namespaces on the nodes. */
  readonly netnsDir?: string;
  readonly chained?: boolean;
  readonly provider?: 'multus';
  readonly resourceQuota?: QuotaFacts;
  readonly seLinuxOptions?: SeLinuxFacts;
}

export interface ZtunnelFacts {
  readonly resourceQuota?: QuotaFacts;
  readonly seLinuxOptions?: SeLinuxFacts;
}

interface QuotaFacts {
  readonly pods?: number;
}

interface SeLinuxFacts {
  readonly type: string;
}

const K3S_CONF_DIR = '/var/lib/rancher/k3s/agent/etc/cni/net.d';
/** The type of a process that reads and writes what belongs to the node. */
const NODE_PROCESS = { type: 'spc_t' };

/**
 * What differs on each platform that Istio's installers know; plain data.
 *
 * @see https://istio.io/latest/docs/ambient/install/platform-prerequisites/
 */
export const PLATFORM_FACTS: Readonly<Record<Platform, PlatformFacts>> = {
  gke: {
    // GKE admits pods of the class system-node-critical only where a quota speaks of them
    cni: { binDir: '/home/kubernetes/bin', resourceQuota: {} },
    ztunnel: { resourceQuota: {} },
  },
  k3d: { cni: { confDir: K3S_CONF_DIR, binDir: '/bin' }, ztunnel: {} },
  k3s: { cni: { confDir: K3S_CONF_DIR, binDir: '/var/lib/rancher/k3s/data/cni' }, ztunnel: {} },
  microk8s: {
    cni: { confDir: '/var/snap/microk8s/current/args/cni-network', binDir: '/var/snap/microk8s/current/opt/cni/bin' },
    ztunnel: {},
  },
  minikube: { cni: { netnsDir: '/var/run/docker/netns' }, ztunnel: {} },
  openshift: {
    cni: {
      binDir: '/var/lib/cni/bin',
      confDir: '/etc/cni/multus/net.d',
      confFileName: 'istio-cni.conf',
      // Multus calls the plugin by itself, instead of as one of a chain
      chained: false,
      provider: 'multus',
      seLinuxOptions: NODE_PROCESS,
    },
    ztunnel: { seLinuxOptions: NODE_PROCESS },
  },
};

/** OpenShift lets a pod have what the agents need only by this leave. */
export const PRIVILEGED_ON_OPENSHIFT: PolicyRule = {
  apiGroups: ['security.openshift.io'],
  resources: ['securitycontextconstraints'],
  resourceNames: ['privileged'],
  verbs: ['use'],
};

/** What differs on a platform; nothing where none is named. */
export function platformFacts(platform: Platform | undefined): PlatformFacts {
  return platform !== undefined && Object.hasOwn(PLATFORM_FACTS, platform) ? PLATFORM_FACTS[platform] : { cni: {}, ztunnel: {} };
}
