import { isIPv4, isIPv6 } from 'node:net';
import type { EndpointSliceProps } from '../../../imports/kubernetes/endpoint-slice';
import type { ServiceProps } from '../../../imports/kubernetes/service';
import { definedProps } from '../component-checks';
import { commonLabels, revisionLabel } from '../istiod/istiod-labels';
import type { IstiodSettings } from '../istiod/istiod-settings';

const CONFIGURATION_PORT = 15012;
const WEBHOOK_PORT = 15017;

/** The Service by which the cluster finds an istiod outside of it; undefined where it finds it otherwise. */
export function remoteService(settings: IstiodSettings): ServiceProps | undefined {
  const { remote, namespace } = settings;
  if (remote?.address === undefined) return undefined;
  const { address, ipFamilyPolicy, ipFamilies } = remote;
  return {
    metadata: { name: serviceName(settings), namespace, labels: { ...revisionLabel(settings), ...commonLabels(settings) } },
    spec: definedProps({
      ports: [
        { name: 'tcp-istiod', port: CONFIGURATION_PORT, protocol: 'TCP' },
        { name: 'tcp-webhook', port: 443, targetPort: WEBHOOK_PORT, protocol: 'TCP' },
      ],
      ...(addressType(address) === undefined && { type: 'ExternalName', externalName: address }),
      ipFamilyPolicy,
      ipFamilies: ipFamilies === undefined ? undefined : [...ipFamilies],
    }),
  };
}

/** What stands behind that Service, for an IP address; a host name needs nothing. */
export function remoteEndpoints(settings: IstiodSettings): EndpointSliceProps | undefined {
  const { remote, namespace } = settings;
  const type = remote?.address === undefined ? undefined : addressType(remote.address);
  if (remote?.address === undefined || type === undefined) return undefined;
  const name = serviceName(settings);
  // any name but that of Kubernetes' own controller keeps it from deleting the slice; Istio's installers give this one
  const managedBy = { 'endpointslice.kubernetes.io/managed-by': 'Helm' };
  return {
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name, ...managedBy, ...commonLabels(settings) } },
    addressType: type,
    endpoints: [{ addresses: [remote.address] }],
    ports: [
      { name: 'tcp-istiod', port: CONFIGURATION_PORT, protocol: 'TCP' },
      { name: 'tcp-webhook', port: WEBHOOK_PORT, protocol: 'TCP' },
    ],
  };
}

function addressType(address: string): 'IPv4' | 'IPv6' | undefined {
  if (isIPv4(address)) return 'IPv4';
  return isIPv6(address) ? 'IPv6' : undefined;
}

/** An istiod of the cluster that injects has the plain name. */
function serviceName({ name, remote }: IstiodSettings): string {
  return remote?.localInjector === true ? `${name}-remote` : name;
}
