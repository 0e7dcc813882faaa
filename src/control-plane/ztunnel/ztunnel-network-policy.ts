import type { NetworkPolicyProps } from '../../../imports/kubernetes/network-policy';
import { recommendedLabels } from '../component-labels';
import { openPorts } from '../node-agent-network-policy';
import { ZTUNNEL } from './ztunnel-access';
import type { ZtunnelSettings } from './ztunnel-settings';

const READINESS = 15021;
const METRICS = 15020;
const ADMIN = 15000;
const HBONE = 15008;
const OUTBOUND = 15001;
const INBOUND_PLAINTEXT = 15006;
const DNS = 15053;

/** Lets in what ztunnel serves. It speaks for every pod of its node, so everything may go out. */
export function ztunnelNetworkPolicy(settings: ZtunnelSettings): NetworkPolicyProps {
  const { name, namespace, revision, release } = settings;
  return {
    metadata: {
      name: revision === undefined ? name : `${name}-${revision}`,
      namespace,
      labels: { app: ZTUNNEL, 'istio.io/rev': revision ?? 'default', ...recommendedLabels(ZTUNNEL, release) },
    },
    spec: {
      podSelector: { matchLabels: { app: ZTUNNEL } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: openPorts(release, [READINESS], [METRICS], [ADMIN], [HBONE], [OUTBOUND], [INBOUND_PLAINTEXT], [DNS, `${DNS}/UDP`]),
      egress: [{}],
    },
  };
}
