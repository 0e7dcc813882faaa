import { unknown } from '../../src/core/unknown';
import { IngressGateway, IngressRoute, MeshError, RouteDelegate, TcpIngressRoute, Tls } from '../../src';
import { synthTo } from '../../src/testing';
import { setUp } from './setup';

type Made = ReturnType<typeof setUp>;

/** What plain JavaScript may give for anything. */
const GARBAGE: readonly [string, (made: Made) => unknown][] = [
  ['null', () => null],
  ['true', () => true],
  ['-1', () => -1],
  ['a bigint', () => 5n],
  ['an empty text', () => ''],
  ['a text', () => 'text'],
  ['a symbol', () => Symbol('s')],
  ['a function', () => () => undefined],
  ['an object', () => ({ a: { b: [null] } })],
  ['an empty list', () => []],
  ['a list of null', () => [null]],
  ['a construct', ({ web }) => web],
  ['a value that is known later', () => unknown('later', {})],
];

/** Valid props of everything, each place of which is replaced in turn. */
const VALID: Readonly<Record<string, { readonly props: (made: Made) => object; readonly make: (made: Made, props: never) => void }>> = {
  IngressRoute: {
    props: ({ gateway, web, chart }) => ({
      gateway: [gateway],
      host: 'shop.example.com',
      tls: Tls.secret('cert'),
      redirect: true,
      tokensCheckedElsewhere: true,
      hsts: { maxAge: '1h', includeSubDomains: true, preload: false },
      routes: [
        {
          path: '/api',
          match: [{ headers: { 'x-a': 'b' }, withoutHeaders: { 'x-c': 'd' }, claims: { groups: 'a' }, withoutClaims: { 'realm.roles': 'b' }, cookie: { name: 'a', value: 'b' }, queryParams: { q: '1' }, scheme: 'https', authority: 'a', gateways: [gateway] }],
          to: [{ service: web, version: 'v1', port: 8080, weight: 50 }, { service: web, version: 'v2', weight: 50 }],
          priority: 1,
          rewrite: { uri: '/', authority: 'web' },
          headers: { request: { set: { a: 'b' }, remove: ['c'] }, response: { add: { d: 'e' } } },
          corsPolicy: { allowOrigins: ['https://a.example.com'], maxAge: '1h' },
          mirror: { service: web, version: 'v2', percentage: 10 },
          timeout: '5s',
          retries: { attempts: 1, perTryTimeout: '1s', retryOn: ['5xx'] },
          fault: { delay: { fixedDelay: '1s', percentage: 1 } },
        },
        { path: '/only', match: { method: 'GET' }, to: web },
        { exact: '/old', redirect: { uri: '/api', redirectCode: 301 } },
        { exact: '/gone', directResponse: { status: 410, body: 'gone' } },
        { path: '/part', delegate: RouteDelegate.fromName(chart, 'delegate', { name: 'a', namespace: 'b' }) },
        { to: web, port: 8080 },
      ],
    }),
    make: ({ chart }, props) => void new IngressRoute(chart, 'route', props),
  },
  TcpIngressRoute: {
    props: ({ gateway, web }) => ({ gateway, port: 6000, to: { service: web, version: 'v1', port: 8080 } }),
    make: ({ chart }, props) => void new TcpIngressRoute(chart, 'route', props),
  },
  IngressGateway: {
    props: ({ mesh }) => ({
      mesh,
      name: 'edge',
      namespace: 'edge',
      selector: { istio: 'edge' },
      serviceAccount: 'edge',
      createNamespace: true,
      namespaceLabels: { a: 'b' },
      ports: { http: 80, https: 443 },
      clientIp: { externalTrafficPolicy: 'Local', numTrustedProxies: 1 },
      workload: { service: { type: 'LoadBalancer', ports: [{ name: 'http', port: 80 }, { name: 'https', port: 443 }] }, podAnnotations: { a: 'b' } },
    }),
    make: ({ platform }, props) => void new IngressGateway(platform, 'edge', props),
  },
  'Tls.mutual': {
    props: () => ({ certificate: 'cert', options: { clientCa: 'ca', subjectAltNames: ['a'], minProtocolVersion: 'TLSV1_2', maxProtocolVersion: 'TLSV1_3', cipherSuites: ['AES128-SHA'], dnsNames: ['*.example.com'] } }),
    make: (made, { certificate, options }: never) => serve(made, Tls.mutual(certificate, options)),
  },
  'Tls.certManager': {
    props: () => ({ issuer: 'a', kind: 'Issuer', group: 'g.example.com', duration: '90h', renewBefore: '9h', secretName: 'cert' }),
    make: (made, props) => serve(made, Tls.certManager(props)),
  },
  'Tls.files': {
    props: () => ({ certificate: '/c', privateKey: '/k', ca: '/ca' }),
    make: (made, props) => serve(made, Tls.files(props)),
  },
};

function serve({ chart, gateway, web }: Made, tls: Tls): void {
  new IngressRoute(chart, 'route', { gateway, host: 'shop.example.com', tls, routes: [{ path: '/', to: web }] });
}

/** Every place of plain data below a value. */
function placesOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const isPlain = typeof value === 'object' && value !== null && (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype);
  const below = isPlain ? Object.entries(value as object).flatMap(([key, each]) => placesOf(each, [...path, Array.isArray(value) ? Number(key) : key])) : [];
  return path.length === 0 ? below : [path, ...below];
}

function replaced(value: unknown, [key, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((each: unknown, index) => (index === key ? replaced(each, rest, by) : each));
  return { ...(value as object), [key]: replaced((value as Record<string, unknown>)[key], rest, by) };
}

test.each(Object.entries(VALID))('%s: what it was made of here is right', (_name, { props, make }) => {
  const made = setUp();
  make(made, props(made) as never);
  expect(() => synthTo(made.chart)).not.toThrow();
});

test.each(Object.entries(VALID))('%s: whatever stands anywhere, there is no other error than one that says where', (name, { props, make }) => {
  const wrong: string[] = [];
  let refused = 0;
  let made = setUp();
  const valid = props(made);
  for (const path of placesOf(valid)) {
    for (const [what, garbage] of GARBAGE) {
      let isMade = false;
      try {
        make(made, replaced(props(made), path, garbage(made)) as never);
        isMade = true;
        synthTo(made.chart);
      } catch (error) {
        refused += 1;
        const isSaid = MeshError.isMeshError(error) && error.findings.every(({ got, expected, construct }) => got !== '' && expected !== '' && construct !== undefined);
        if (!isSaid) wrong.push(`${path.join('.')} = ${what}: ${String(error)}`);
      }
      // what was refused at once leaves nothing behind but its place in the tree
      if (isMade || name === 'IngressGateway') made = setUp();
      else for (const id of ['route', 'delegate']) made.chart.node.tryRemoveChild(id);
    }
  }
  expect(wrong).toEqual([]);
  // most of it is no value of any prop
  expect(refused).toBeGreaterThan(30);
}, 120_000);
