import type { ServiceProps } from '../../../imports/kubernetes/service';
import type { GatewaySettings } from './gateway-settings';

/** The Service of a gateway; undefined where none is wanted. */
export function gatewayService(settings: GatewaySettings): ServiceProps | undefined {
  const { props, service, selector } = settings;
  if (service === undefined) return undefined;
  const { type = 'LoadBalancer', annotations, selectorLabels, ports: _ports, allocateLoadBalancerNodePorts, loadBalancerClass, ...rest } = service;
  const balanced = type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts, loadBalancerClass } : {};
  const network = props.networkGateway?.network;
  return {
    metadata: {
      name: settings.name,
      namespace: settings.namespace,
      labels: { ...settings.labels, ...(network !== undefined && { 'topology.istio.io/network': network }) },
      ...((props.annotations ?? annotations) !== undefined && { annotations: { ...props.annotations, ...annotations } }),
    },
    spec: { type, ...balanced, ...rest, ports: settings.ports, selector: { ...selector, ...selectorLabels } },
  } as ServiceProps;
}
