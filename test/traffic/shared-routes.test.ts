import * as kplus from 'cdk8s-plus-28';
import { VirtualService } from '../../imports/istio';
import { CanaryRelease, MeshService } from '../../src';
import type { MeshService as Service, ServicePort } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

/** What a canary of a service with these ports makes. */
function routes(ports: readonly (number | ServicePort)[]) {
  const { chart } = program();
  const service: Service = MeshService.fromName(chart, 'web', { name: 'web', ports, versions: ['v1', 'v2'] });
  new CanaryRelease(chart, 'canary', { service, stable: 'v1', canary: 'v2', weight: 10 });
  const { http, tcp, tls } = synthTo(chart).one(VirtualService).spec ?? {};
  return {
    ...(tls === undefined ? {} : { tls: tls.map(({ match, route }) => [match.map(({ port, sniHosts }) => `${port} ${sniHosts.join(' ')}`), route?.map(({ weight }) => weight)]) }),
    http: http?.map(({ route }) => route?.map(({ weight }) => weight)),
    tcp: tcp?.map(({ match, route }) => [match?.map(({ port }) => port), route?.map(({ weight }) => weight)]),
  };
}

test.each<[string, (number | ServicePort)[], object]>([
  ['HTTP: requests', [{ port: 80, name: 'http' }, { port: 90, name: 'grpc' }], { http: [[90, 10]] }],
  ['TCP: connections, and no rule for requests that never come', [{ port: 5432, name: 'tcp-db' }], { tcp: [[[5432], [90, 10]]] }],
  ['both, each on its ports', [{ port: 80, name: 'http' }, { port: 5432, appProtocol: 'tcp' }, { port: 6379, name: 'redis' }], { http: [[90, 10]], tcp: [[[5432, 6379], [90, 10]]] }],
  ['a port that Istio looks at: whichever it finds', [9080], { http: [[90, 10]], tcp: [[[9080], [90, 10]]] }],
  ['UDP beside HTTP goes by Istio', [{ port: 80, name: 'http' }, { port: 53, protocol: 'UDP' }], { http: [[90, 10]] }],
  [
    'TLS that the pods end: connections, by each of the service\'s own names',
    [{ port: 80, name: 'http' }, { port: 443, name: 'https' }],
    { http: [[90, 10]], tls: [[['443 web.shop', '443 web.shop.svc', '443 web.shop.svc.cluster.local'], [90, 10]]] },
  ],
])('%s', (_name, ports, expected) => {
  expect(routes(ports)).toEqual(expected);
});

test.each<[string, (number | ServicePort)[], string]>([
  ['UDP only', [{ port: 53, protocol: 'UDP' }], 'no TCP port'],
])('%s cannot be shared', (_name, ports, got) => {
  expect(caught(() => routes(ports)).findings[0]).toMatchObject({ code: 'cannot-share', construct: 'shop/canary', got: expect.stringContaining(got) as string });
});

test('ports that a Service gets later count', () => {
  const { chart } = program();
  const service = new kplus.Service(chart, 'db', { metadata: { name: 'db' }, selector: kplus.Pods.all(chart, 'pods') });
  MeshService.from(service, { versions: ['v1'] }).split(chart, { v1: 100 });
  service.bind(5432, { name: 'tcp' });
  expect(synthTo(chart).one(VirtualService).spec).toMatchObject({ tcp: [{ match: [{ port: 5432 }] }] });
});
