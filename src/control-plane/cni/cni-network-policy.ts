import type { NetworkPolicyProps } from '../../../imports/kubernetes/network-policy';
import { openPorts } from '../node-agent-network-policy';
import { CNI_DAEMON_SET, CNI_NAME, cniLabels } from './cni-access';
import type { CniSettings } from './cni-settings';

/** Lets in who reads metrics and asks for readiness; the API server's address is not known, so everything may go out. */
export function cniNetworkPolicy(settings: CniSettings): NetworkPolicyProps {
  const { namespace, revision, release } = settings;
  const podLabels = { 'k8s-app': CNI_DAEMON_SET };
  return {
    metadata: {
      name: revision === undefined ? CNI_NAME : `${CNI_NAME}-${revision}`,
      namespace,
      labels: cniLabels(settings, podLabels),
    },
    spec: {
      podSelector: { matchLabels: podLabels },
      policyTypes: ['Ingress', 'Egress'],
      ingress: openPorts(release, [15014], [8000]),
      egress: [{}],
    },
  };
}
