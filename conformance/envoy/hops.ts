import type { GatewayHop, Hop } from './case';
import type { Proxy } from './istio-xds';
import type { Workload } from './workloads';

/** The pod that a proxy is in; undefined for a gateway whose pods are not of the program. */
export function podOf(workloads: readonly Workload[], hop: Hop): Workload | undefined {
  const wanted = hop.direction === 'gateway' ? labelsOf(hop) : { app: hop.app };
  const found = workloads.find(({ labels, namespace }) => namespace === hop.namespace && Object.entries(wanted).every(([name, value]) => labels[name] === value));
  if (found === undefined && hop.direction !== 'gateway') throw new Error(`there are no pods for ${JSON.stringify(hop)}`);
  return found;
}

/** The address of a gateway whose pods are not of the program; its own Service leads to it. */
export const NO_POD = '10.255.255.254';

/** The proxy, as istiod knows it. */
export function proxyOf(hop: Hop, workloads: readonly Workload[]): Proxy {
  const pod = podOf(workloads, hop);
  const type = hop.direction === 'gateway' ? 'router' : 'sidecar';
  if (pod !== undefined) {
    const { namespace, serviceAccount, labels, ip, proxyConfig } = pod;
    return { type, namespace, serviceAccount, labels, ip, ...(proxyConfig !== '' && { proxyConfig }) };
  }
  const { name, namespace, serviceAccount = name } = hop as GatewayHop;
  return { type, namespace, serviceAccount, labels: labelsOf(hop as GatewayHop), ip: NO_POD };
}

function labelsOf({ name, labels = { istio: name } }: GatewayHop): Readonly<Record<string, string>> {
  return labels;
}
