import { Chart } from 'cdk8s';
import { Gateway, VirtualService } from '../../imports/istio';
import { Service } from '../../imports/kubernetes';
import { EastWestGateway } from '../../src/control-plane/east-west-gateway/east-west-gateway';
import type { EastWestGatewayProps } from '../../src/control-plane/east-west-gateway/east-west-gateway';
import { NamedMesh } from '../../src/control-plane/mesh-reference';
import { Cluster } from '../../src/core/cluster';
import { MeshApp } from '../../src/core/mesh-app';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';

function made(props: EastWestGatewayProps | ((chart: Chart) => EastWestGatewayProps) = {}, network: string | undefined = 'network1') {
  const cluster = new Cluster(new MeshApp(), 'west', { ...(network !== undefined && { network }) });
  const chart = new Chart(cluster, 'platform');
  new EastWestGateway(chart, 'istio-eastwestgateway', typeof props === 'function' ? props(chart) : props);
  return synthTo(chart);
}

test('leads to the cluster\'s network, and passes on what is for its services', () => {
  const shown = made();
  expect(shown.one(Service).metadata).toMatchObject({ name: 'istio-eastwestgateway', labels: { 'topology.istio.io/network': 'network1' } });
  expect(shown.one(Gateway).spec).toEqual({
    selector: { app: 'istio-eastwestgateway', istio: 'eastwestgateway' },
    servers: [{ port: { number: 15443, name: 'tls', protocol: 'TLS' }, tls: { mode: 'AUTO_PASSTHROUGH' }, hosts: ['*.local'] }],
  });
});

test('exposes services only where that is wanted', () => {
  expect(made({ exposeServices: false }).many(Gateway)).toEqual([]);
});

test('leads other clusters to the control plane of a revision, and to no other', () => {
  const shown = made((chart) => ({ exposeServices: false, exposeControlPlane: new NamedMesh(chart, 'mesh', { revision: 'canary' }) }));
  expect(shown.one(Gateway).spec?.servers?.map(({ port, tls }) => [port.number, tls?.mode])).toEqual([[15012, 'PASSTHROUGH'], [15017, 'PASSTHROUGH']]);
  const host = 'istiod-canary.istio-system.svc.cluster.local';
  expect(shown.one(VirtualService).spec?.tls).toEqual([
    { match: [{ port: 15012, sniHosts: ['istiod-canary.istio-system.svc', host] }], route: [{ destination: { host, port: { number: 15012 } } }] },
    { match: [{ port: 15017, sniHosts: ['istiod-canary.istio-system.svc', host] }], route: [{ destination: { host, port: { number: 443 } } }] },
  ]);
});

test('a network that nothing names is refused', () => {
  const chart = new Chart(new MeshApp(), 'platform');
  expect(caught(() => new EastWestGateway(chart, 'gateway')).findings[0]).toMatchObject({ code: 'no-network', construct: 'platform/gateway', property: 'network' });
});
