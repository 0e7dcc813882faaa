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

test.each([[[0]], [['80']], [[null]], [[{ port: 80, name: '' }]], [[{ port: 80, name: '---' }]], [[{ port: 80, name: 'a'.repeat(64) }]], [[{ port: 80, name: 7 }]], [[{ port: 80, protocol: 'http' }]]])('%j is refused, with its place', (given) => {
  expect(caught(() => manifestPorts(given as never, {})).findings[0]).toMatchObject({ code: 'bad-port', property: 'ports[0]' });
});

describe('a port of our own is mended', () => {
  test.each([
    ['capitals', { port: 9000, name: 'HTTP' }, { name: 'http' }],
    ['an underscore', { port: 9000, name: 'http_web' }, { name: 'http-web' }],
    ['a dash at the end', { port: 9000, name: 'grpc-' }, { name: 'grpc' }],
    ['dots and blanks', { port: 9000, name: ' tcp.Admin console ' }, { name: 'tcp-admin-console' }],
    ['more than 15 characters, which only containers mind', { port: 9000, name: 'http-administration' }, { name: 'http-administration' }],
    ['a name that tells nothing, on a port that does', { port: 8080, name: 'web' }, { name: 'web', appProtocol: 'http' }],
    ['the same on a port for TLS', { port: 8443, name: 'admin' }, { name: 'admin', appProtocol: 'https' }],
    ['the same on a database', { port: 5432, name: 'db' }, { name: 'db', appProtocol: 'tcp' }],
  ])('%s', (_name, given, mended) => {
    expect(manifestPorts([given], {})).toEqual([{ port: given.port, targetPort: given.port, ...mended }]);
  });

  test.each([
    ['what the name tells counts more than the number', { port: 8080, name: 'grpc-api' }],
    ['of a number that is known for nothing, nothing is made up', { port: 9000, name: 'web' }],
    ['UDP carries nothing that Istio knows', { port: 8080, name: 'web', protocol: 'UDP' as const }],
  ])('not mended: %s', (_name, given) => {
    expect(manifestPorts([given], {})[0]).not.toHaveProperty('appProtocol');
  });

  test('of two equal names the second has its number behind, whichever way they were written', () => {
    const given = [{ port: 80, name: 'http' }, { port: 81, name: 'HTTP' }, { port: 82, name: 'http_' }];
    expect(manifestPorts(given, {}).map(({ name }) => name)).toEqual(['http', 'http-81', 'http-82']);
  });
});

test.each([
  ['a name of 16 characters', 'administration-1', /15/],
  ['capitals', 'Admin', /a-z/],
  ['digits as text', '8080', /number/],
  ['0', 0, /1 to 65535/],
  ['null', null, /number/],
  ['a list', [80], /number/],
])('pods cannot listen on %s', (_name, targetPort, expected) => {
  const { code, construct, property, expected: wanted, fix } = caught(() => manifestPorts([{ port: 80, targetPort: targetPort as never }], { construct: 'shop' })).findings[0] ?? {};
  expect({ code, construct }).toEqual({ code: 'bad-port', construct: 'shop' });
  expect(property).toBe('ports[0].targetPort');
  expect(wanted).toMatch(expected);
  expect(fix).toBeTruthy();
});
