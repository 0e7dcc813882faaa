import type { NetworkPolicyIngressRule, NetworkPolicyProps } from '../../../imports/kubernetes/network-policy';
import { since } from '../release';
import type { StandaloneGatewaySettings } from './standalone-gateway-settings';

/** Lets in health checks, scraping and the gateway's ports, and everything out. */
export function standaloneNetworkPolicy(settings: StandaloneGatewaySettings): NetworkPolicyProps {
  const { name, namespace, labels, selector, revision, release, direction, ports } = settings;
  // releases before wrote an empty list of peers, which means the same
  const peers = since(release, '1.30') ? {} : { from: [] };
  const opened: NonNullable<NetworkPolicyIngressRule['ports']>[] = [
    [{ protocol: 'TCP', port: 15021 }],
    [{ protocol: 'TCP', port: 15020 }, { protocol: 'TCP', port: 15090 }],
    ...ports.map(({ port, targetPort = port, protocol = 'TCP' }) => [{ protocol, port: targetPort }]),
  ];
  return {
    metadata: {
      name: revision === '' ? name : `${name}-${revision}`,
      namespace,
      labels: { ...labels, app: name, istio: `${direction}gateway` },
    },
    spec: {
      podSelector: { matchLabels: selector },
      policyTypes: ['Ingress', 'Egress'],
      ingress: opened.map((each) => ({ ...peers, ports: each })),
      egress: [{}],
    },
  };
}
