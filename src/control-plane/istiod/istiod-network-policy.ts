import type { NetworkPolicyProps } from '../../../imports/kubernetes/network-policy';
import { since } from '../release';
import { commonLabels, revisionLabel } from './istiod-labels';
import type { IstiodSettings } from './istiod-settings';

/** The webhooks' port is for the API server, the others for proxies, Prometheus and istioctl. */
const SERVED = [[15017], [15010, 15011, 15012, 8080, 15014]];

/** Lets anybody in to what istiod serves, and istiod out to wherever the mesh's configuration has it fetch keys. */
export function istiodNetworkPolicy(settings: IstiodSettings): NetworkPolicyProps {
  const { name, namespace, release } = settings;
  // no peers and an empty list of peers mean the same; Istio wrote the empty list until 1.29
  const from = since(release, '1.30') ? {} : { from: [] };
  return {
    metadata: { name, namespace, labels: { app: 'istiod', istio: 'pilot', ...revisionLabel(settings), ...commonLabels(settings) } },
    spec: {
      podSelector: { matchLabels: { app: 'istiod', ...revisionLabel(settings) } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: SERVED.map((ports) => ({ ...from, ports: ports.map((port) => ({ protocol: 'TCP', port })) })),
      egress: [{}],
    },
  };
}
