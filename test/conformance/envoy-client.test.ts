import { Client } from '../../conformance/envoy/client';
import type { Request } from '../../conformance/envoy/request';
import { Upstream } from '../../conformance/envoy/upstream';

/** Who asks and who answers in the judge `envoy`, without a proxy between them: what one says the other understands. */

const PORT = 8080;
let upstream: Upstream;
let client: Client;

beforeEach(async () => {
  upstream = new Upstream('web-v1', () => Promise.reject(new Error('there is no certificate here')));
  client = new Client('');
  await upstream.listen(PORT);
});

afterEach(async () => {
  client.close();
  await upstream.stop();
});

const ask = async (request: Partial<Request>): ReturnType<Client['send']> => await client.send(upstream.localPort(PORT), { host: 'web', ...request });

test.each([
  ['http/1.1', 200],
  ['h2', 200],
  ['grpc', 200],
  ['websocket', 101],
  ['tcp', 'open'],
] as const)('%s is answered with the name of the upstream', async (protocol, status) => {
  const answer = await ask({ protocol, path: '/a' });
  expect(answer).toMatchObject({ status, body: 'web-v1' });
  expect(upstream.seen).toMatchObject([{ protocol: protocol === 'grpc' ? 'h2' : protocol, port: PORT, tls: undefined }]);
});

test('a request arrives as it was made', async () => {
  await ask({ method: 'PUT', path: '/a?b=c', headers: { 'x-a': '1' } });
  expect(upstream.seen).toMatchObject([{ method: 'PUT', path: '/a?b=c', headers: { 'host': 'web', 'x-a': '1' } }]);
});

test('the status of gRPC comes back, of calls that fail and of others', async () => {
  upstream.reset((nth) => (nth === 1 ? { grpcStatus: 14 } : {}));
  expect((await ask({ protocol: 'grpc' })).grpcStatus).toBe(14);
  expect((await ask({ protocol: 'grpc' })).grpcStatus).toBe(0);
});

test.each(['http/1.1', 'h2', 'tcp'] as const)('a connection that is cut is no answer: %s', async (protocol) => {
  upstream.reset(() => ({ cut: true }));
  expect((await ask({ protocol })).status).toBeUndefined();
});

test('an upstream that is down refuses connections, and is asked again once it is up', async () => {
  await upstream.down();
  expect((await ask({})).status).toBeUndefined();
  await upstream.up();
  expect((await ask({})).status).toBe(200);
});

test('answers of many requests are counted by who gave them, or by what went wrong', async () => {
  upstream.reset((nth) => (nth % 4 === 0 ? { status: 503 } : {}));
  const counts = await client.count(upstream.localPort(PORT), { times: 40, atOnce: 4, gapMs: 0, request: () => ({ host: 'web' }) });
  expect(Object.fromEntries(counts)).toEqual({ 'web-v1': 30, '503 web-v1': 10 });
});

test('the line of the PROXY protocol goes before the request', async () => {
  // The upstream does not know the protocol, and takes the request for bytes.
  await ask({ proxied: { from: '10.1.1.1', to: '10.2.2.2', port: 5432 } });
  expect(upstream.seen).toMatchObject([{ protocol: 'tcp' }]);
});
