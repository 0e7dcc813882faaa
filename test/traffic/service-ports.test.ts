import { manifestPorts } from '../../src/traffic/service-ports';
import { caught } from '../support/caught';

test.each([
  ['what the number is known for', [8080, 5432], ['http', 'tcp-postgresql']],
  ['nothing is known of the only port: Istio looks at its traffic', [9080], [undefined]],
  ['of several, every port has a name', [9080, 9090], ['port-9080', 'port-9090']],
  ['no two have the same', [80, 8080, { port: 8081, appProtocol: 'http' }], ['http', 'http-8080', 'http-8081']],
  ['a name that a later port was given is taken', [80, { port: 9000, name: 'http' }], ['http-80', 'http']],
  ['what is spoken there counts more than the number', [{ port: 8080, appProtocol: 'grpc' }], ['grpc']],
  ['a protocol with a dash of its own', [{ port: 1, appProtocol: 'grpc-web' }], ['grpc-web']],
  ["a name of Kubernetes' own for a protocol", [{ port: 1, appProtocol: 'kubernetes.io/h2c' }], ['http2']],
  ['a protocol that Istio does not know', [{ port: 5672, appProtocol: 'amqp' }], [undefined]],
  ['UDP', [{ port: 53, protocol: 'UDP' as const }], ['udp']],
])('names: %s', (_name, given, names) => {
  expect(manifestPorts(given, {}).map(({ name }) => name)).toEqual(names);
});

test('pods listen on the same port unless told otherwise', () => {
  const given = [80, { port: 81, targetPort: 8081 }, { port: 82, targetPort: 'admin' }];
  expect(manifestPorts(given, {}).map(({ targetPort }) => targetPort)).toEqual([80, 8081, 'admin']);
});

test.each([[undefined], [null], [[]], ['8080'], [8080]])('%p is no list of ports', (given) => {
  expect(caught(() => manifestPorts(given as never, { construct: 'shop' })).findings[0]).toMatchObject({ code: 'no-ports', construct: 'shop' });
});

test.each([[[0]], [['80']], [[null]], [[{ port: 80, name: 'Web' }]], [[{ port: 80, protocol: 'http' }]]])('%j is refused, with its place', (given) => {
  expect(caught(() => manifestPorts(given as never, {})).findings[0]).toMatchObject({ code: 'bad-port', property: 'ports[0]' });
});
