import type { NetworkPolicyIngressRule, NetworkPolicyProps } from '../../../imports/kubernetes/network-policy';
import { since } from '../release';
import type { GatewaySettings } from './gateway-settings';

type Ports = NonNullable<NetworkPolicyIngressRule['ports']>;

const HEALTH: Ports = [{ protocol: 'TCP', port: 15021 }];
const METRICS: Ports = [{ protocol: 'TCP', port: 15020 }, { protocol: 'TCP', port: 15090 }];

/** Lets in health checks, scraping and the gateway's ports, and everything out; undefined where it is not wanted. */
export function gatewayNetworkPolicy(settings: GatewaySettings): NetworkPolicyProps | undefined {
  const { name, namespace, labels, selector, props, release } = settings;
  if (props.networkPolicy === undefined || props.networkPolicy === false) return undefined;
  const served = props.networkPolicy === true ? settings.ports : props.networkPolicy.ports;
  // releases before wrote an empty list of peers, which means the same
  const peers = since(release, '1.30') ? {} : { from: [] };
  return {
    metadata: {
      name: props.revision === undefined ? name : `${name}-${props.revision}`,
      namespace,
      labels: { ...labels, 'istio.io/rev': props.revision ?? 'default' },
    },
    spec: {
      podSelector: { matchLabels: selector },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [HEALTH, METRICS, ...served.map(opened)].map((ports) => ({ ...peers, ports })),
      egress: [{}],
    },
  };
}

function opened({ port, targetPort = port, protocol = 'TCP' }: GatewaySettings['ports'][number]): Ports {
  return [{ protocol, port: targetPort }];
}
