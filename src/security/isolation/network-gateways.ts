import type { MeshView } from '../../traffic/scope/mesh-view';
import { listIn, objectIn, textIn } from '../../traffic/scope/reading';

/**
 * Namespaces of the gateways by which other networks of the mesh come in: they lead to whatever services they see.
 *
 * @see https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/
 */
export function networkGatewayNamespaces({ manifests }: MeshView): string[] {
  const passing = manifests.of('networking.istio.io/Gateway').filter(({ spec }) => listIn(spec, 'servers').some((server) => textIn(objectIn(server, 'tls'), 'mode') === 'AUTO_PASSTHROUGH'));
  const ambient = manifests.of('gateway.networking.k8s.io/Gateway').filter(({ spec }) => textIn(spec, 'gatewayClassName') === 'istio-east-west');
  return [...new Set([...passing, ...ambient].map(({ namespace }) => namespace))];
}
