import { Port } from '../../src/core/port';
import { refused, WRONG_TYPES } from './refused';

describe('the number', () => {
  test.each([1, 2, 9080, 65_534, 65_535])('%p is a port', (number) => {
    expect(Port.of(number)).toMatchObject({ number, transport: 'TCP' });
    expect(Port.of({ number }).equals(Port.of(number))).toBe(true);
  });

  test.each([...WRONG_TYPES, ['0', 0], ['-1', -1], ['65536', 65_536], ['10.5', 10.5], ['Infinity', Infinity], ['""', '']] as const)('%s is none', (got, value) => {
    const finding = refused(() => Port.of({ number: value as number }, { construct: 'shop/web' }));
    expect(finding).toEqual({
      code: 'bad-port',
      construct: 'shop/web',
      property: 'port.number',
      got,
      expected: 'a whole number from 1 to 65535',
      fix: 'give the number that clients connect to, e.g. 8080',
    });
  });

  test('digits are answered with their number', () => {
    expect(refused(() => Port.of('80' as never))).toMatchObject({ got: '"80"', fix: 'did you mean the number 80?' });
  });
});

describe('the name', () => {
  test.each(['a', 'http', 'a'.repeat(63), '80', 'a--b', 'grpc-web'])('%s is a name in a service', (name) => {
    expect(Port.of({ number: 80, name }).name).toBe(name);
  });

  test.each(['', 'a'.repeat(64), 'HTTP', '-a', 'a-', 'a.b', 'a_b', 'a b', 7, null])('%p is none', (name) => {
    expect(refused(() => Port.of({ number: 80, name: name as string }))).toMatchObject({
      code: 'bad-port',
      property: 'port.name',
      expected: 'a DNS label: 1 to 63 of a-z, 0-9 and dashes within',
      fix: 'name it after its protocol, e.g. "http" or "grpc-admin"',
    });
  });

  test.each(['a', 'http', 'a'.repeat(15), '80a'])('%s is a name in a container', (name) => {
    expect(Port.of({ number: 80, name }, { of: 'container' }).name).toBe(name);
  });

  test.each(['a'.repeat(16), '80', 'a--b', '-a', 'A'])('%s is none', (name) => {
    expect(refused(() => Port.of({ number: 80, name }, { of: 'container' })).expected).toBe(
      'an IANA service name: 1 to 15 of a-z, 0-9 and single dashes within, with a letter',
    );
  });
});

describe('the protocol, as Istio selects it', () => {
  test.each([
    ['http', 'HTTP'],
    ['http-web', 'HTTP'],
    ['http2', 'HTTP2'],
    ['http2-x', 'HTTP2'],
    ['grpc', 'GRPC'],
    ['grpc-web', 'GRPC-Web'],
    ['grpc-web-admin', 'GRPC-Web'],
    ['grpc-website', 'GRPC-Web'],
    ['grpc-we', 'GRPC'],
    ['https', 'HTTPS'],
    ['tls', 'TLS'],
    ['tcp', 'TCP'],
    ['tcp-http', 'TCP'],
    ['udp', 'UDP'],
    ['mongo', 'Mongo'],
    ['mysql', 'MySQL'],
    ['redis', 'Redis'],
    ['httpx', 'auto'],
    ['web-http', 'auto'],
    ['web', 'auto'],
  ])('the name %s says %s', (name, protocol) => {
    expect(Port.of({ number: 8080, name }).protocol).toBe(protocol);
  });

  test.each([
    ['http', 'HTTP'],
    ['HTTP', 'HTTP'],
    ['http_proxy', 'HTTP_PROXY'],
    ['kubernetes.io/h2c', 'HTTP2'],
    ['kubernetes.io/ws', 'HTTP'],
    ['kubernetes.io/wss', 'HTTPS'],
    ['kubernetes.io/other', 'auto'],
    ['example.com/x', 'auto'],
  ])('appProtocol %s says %s, whatever the name', (appProtocol, protocol) => {
    expect(Port.of({ number: 8080, name: 'tcp', appProtocol }).protocol).toBe(protocol);
  });

  test('ports where the server speaks first are never looked at', () => {
    const protocols = [25, 53, 3306, 27017, 26].map((number) => Port.of(number).protocol);
    expect(protocols).toEqual(['TCP', 'TCP', 'TCP', 'TCP', 'auto']);
    expect(Port.of({ number: 3306, name: 'http' }).protocol).toBe('HTTP');
  });

  test('UDP is UDP, whatever the name', () => {
    expect(Port.of({ number: 53, name: 'http', transport: 'UDP' }).protocol).toBe('UDP');
  });

  test('where requests are seen', () => {
    const names = ['http', 'http2', 'grpc', 'grpc-web', 'https', 'tls', 'tcp', 'web'];
    expect(names.filter((name) => Port.of({ number: 80, name }).isHttp)).toEqual(['http', 'http2', 'grpc', 'grpc-web']);
  });
});

test.each(['', 'a b', 'a/b/c', '-x', 7])('appProtocol %p is refused', (appProtocol) => {
  const finding = refused(() => Port.of({ number: 80, appProtocol: appProtocol as string }, { property: 'ports[0]' }));
  expect(finding).toMatchObject({ property: 'ports[0]', expected: 'the name of a protocol, such as "http", or "kubernetes.io/h2c"' });
  expect(finding.fix).toContain('grpc-web');
});

test('a transport that is none is refused', () => {
  const finding = refused(() => Port.of({ number: 80, transport: 'http' as never }));
  expect(finding).toMatchObject({ property: 'port.transport', got: '"http"', expected: '"TCP", "UDP" or "SCTP"' });
});

test('a port does not change, is the same for any copy of the library, and says what it is', () => {
  const port = Port.of({ number: 9080, name: 'http' });
  expect(() => Object.assign(port, { number: 1 })).toThrow(TypeError);
  expect(Port.of(port)).toBe(port);
  expect(Port.isPort({ number: 9080 })).toBe(false);
  expect([String(port), String(Port.of(80)), String(Port.of({ number: 53, transport: 'UDP' }))]).toEqual(['9080 (http)', '80', '53 (UDP)']);
});
