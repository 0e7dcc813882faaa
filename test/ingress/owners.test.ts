import { Chart } from 'cdk8s';
import { HTTPRoute } from '../../imports/gateway-api';
import { Gateway, VirtualService } from '../../imports/istio';
import { Secret } from '../../imports/kubernetes';
import { Cluster, EgressGateway, EgressLockdown, EgressRoute, ExternalService, IngressGateway, IngressRoute, Mesh, MeshError, StrictMtlsNamespace, Tls } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';
import { found, HOST, setUp } from './setup';

describe('a route that the program writes beside those of an IngressRoute', () => {
  const beside = (hosts: string[], gateways: string[]): Chart => {
    const { chart, web, add } = setUp();
    add('web', [{ path: '/', to: web }]);
    new VirtualService(chart, 'own', { metadata: { namespace: 'istio-ingress' }, spec: { hosts, gateways, http: [{ route: [{ destination: { host: 'web' } }] }] } });
    return chart;
  };

  test('for the same host at the same gateway is refused: the older of the two would go first', () => {
    for (const gateway of ['public-cert', 'istio-ingress/public-cert']) {
      expect(found(beside([HOST], [gateway]))).toMatchObject({ code: 'second-owner', construct: 'shop/own', property: 'spec.hosts', got: expect.stringContaining('shop/web') });
    }
  });

  test('for another host, or another gateway, is none of its matters', () => {
    expect(() => synthTo(beside(['other.example.com'], ['public-cert']))).not.toThrow();
    expect(() => synthTo(beside([HOST], ['shop/public-cert']))).not.toThrow();
    expect(() => synthTo(beside([HOST], ['mesh']))).not.toThrow();
  });

  test('as an HTTPRoute, at the listeners of the host, is refused as well', () => {
    const attached = (hostnames: string[] | undefined, sectionName?: string): Chart => {
      const base = program();
      const cluster = new Cluster(base.app, 'prod', { istio: '1.31.1', gatewayApi: '1.6.1' });
      const mesh = new Mesh(new Chart(cluster, 'platform'), 'mesh', { controlPlane: false });
      const gateway = mesh.addIngressGateway('public', { api: 'gateway' });
      const chart = new Chart(cluster, 'shop', { namespace: 'shop' });
      const web = new StrictMtlsNamespace(chart, 'shop', { mesh }).addService('web', { port: 8080 });
      new IngressRoute(chart, 'web', { gateway, host: HOST, tls: Tls.secret('cert'), routes: [{ path: '/', to: web }] });
      new HTTPRoute(chart, 'own', {
        spec: {
          ...(hostnames === undefined ? {} : { hostnames }),
          parentRefs: [{ name: 'public', namespace: 'istio-ingress', ...(sectionName === undefined ? {} : { sectionName }) }],
          rules: [{ backendRefs: [{ name: 'web', port: 8080 }] }],
        },
      });
      return chart;
    };
    const refused = { code: 'second-owner', construct: 'prod/shop/own', property: 'spec.hostnames' };
    expect(found(attached([HOST]))).toMatchObject(refused);
    expect(found(attached(undefined))).toMatchObject(refused);
    expect(found(attached([HOST], 'https-shop-example-com'))).toMatchObject(refused);
    expect(() => synthTo(attached(['other.example.com']))).not.toThrow();
    expect(() => synthTo(attached([HOST], 'extra'))).not.toThrow();
  });
});

describe('two references to one gateway', () => {
  const referring = (first: object, second: object): Chart => {
    const { chart, web } = setUp();
    for (const [id, props] of [['a', first], ['b', second]] as const) {
      const gateway = IngressGateway.fromName(chart, `gateway-${id}`, { name: 'corp', ...props });
      new IngressRoute(chart, id, { gateway, host: `${id}.example.com`, tls: Tls.secret('cert'), routes: [{ path: '/', to: web }] });
    }
    return chart;
  };

  test('are one where they say the same', () => {
    expect(synthTo(referring({}, { selector: { istio: 'corp' } })).many(Gateway).map(({ metadata }) => metadata.name)).toEqual(['corp-cert']);
  });

  test.each([
    ['selector', { selector: { app: 'corp' } }],
    ['ports', { ports: { https: 8443 } }],
    ['serviceAccount', { serviceAccount: 'other' }],
    ['api', { api: 'gateway' }],
  ])('that differ in %s are refused: one of the two would be followed', (property, second) => {
    expect(found(referring({}, second))).toMatchObject({ code: 'gateway-differs', construct: 'shop/gateway-b', property, expected: expect.stringContaining('shop/gateway-a') });
  });
});

test.each(['*', '*-shop.example.com'])('cert-manager is asked for no certificate that nobody signs: "%s"', (host) => {
  const { chart, web, add } = setUp();
  add('web', [{ path: '/', to: web }], { host, tls: Tls.certManager({ issuer: 'letsencrypt' }) });
  expect(found(chart)).toMatchObject({ code: 'uncovered-host', construct: 'shop/web', property: 'host' });
});

test('authorities of clients by a name that the program makes elsewhere are warned of, whatever certificate they stand beside', () => {
  const { chart, web, add } = setUp();
  new Secret(chart, 'ca', { metadata: { name: 'ca' } });
  add('web', [{ path: '/', to: web }], { tls: Tls.mutual(Tls.certManager({ issuer: 'letsencrypt' }), { clientCa: 'ca' }) });
  expect(synthTo(chart).warnings).toEqual([expect.objectContaining({ code: 'unread-secret', construct: 'shop/web', got: expect.stringContaining('the Secret ca') })]);
});

test.each([
  ['plain-text', Tls.plainText()],
  ['cert.mutual', Tls.mutual('cert')],
  ['b.example.com', Tls.certManager({ issuer: 'letsencrypt' })],
])('a Secret may be called "%s": its Gateway has a name of its own', (secret, other) => {
  const { chart, web, add } = setUp();
  add('a', [{ path: '/', to: web }], { host: 'a.example.com', tls: Tls.secret(secret) });
  add('b', [{ path: '/', to: web }], { host: 'b.example.com', tls: other });
  expect(synthTo(chart).many(Gateway)).toHaveLength(2);
});

test('clientIp of a gateway that istiod deploys is refused, with what to do', () => {
  const { platform, mesh } = program();
  const { findings } = caught(() => new IngressGateway(platform, 'edge', { mesh, api: 'gateway', clientIp: { numTrustedProxies: 1 } }));
  expect(findings[0]).toMatchObject({ code: 'no-workload', property: 'clientIp', fix: 'have it made here: workload: {}' });
});

describe('a scope or an id that cannot be, as plain JavaScript may give it', () => {
  const makers: Readonly<Record<string, (scope: never, id: never) => unknown>> = {
    IngressGateway: (scope, id) => new IngressGateway(scope, id),
    'IngressGateway.fromName': (scope, id) => IngressGateway.fromName(scope, id, { name: 'a' }),
    IngressRoute: (scope, id) => new IngressRoute(scope, id, {} as never),
    ExternalService: (scope, id) => new ExternalService(scope, id, { host: 'a.example.com' }),
    'ExternalService.fromName': (scope, id) => ExternalService.fromName(scope, id, { host: 'a.example.com' }),
    EgressRoute: (scope, id) => new EgressRoute(scope, id, {} as never),
    EgressLockdown: (scope, id) => new EgressLockdown(scope, id, { namespace: 'shop' }),
    'EgressGateway.fromName': (scope, id) => EgressGateway.fromName(scope, id, { name: 'a' }),
  };
  test.each(Object.entries(makers))('%s', (_name, make) => {
    const { chart } = program();
    const codes = [[undefined, 'x'], [{}, 'x'], [chart, undefined], [chart, ''], [chart, 5], [chart, Symbol('x')], [chart, 'shop']].map(([scope, id]) => {
      const error: unknown = caught(() => make(scope as never, id as never));
      return MeshError.isMeshError(error) ? error.findings[0]?.code : String(error);
    });
    expect(codes).toEqual(['bad-scope', 'bad-scope', 'bad-id', 'bad-id', 'bad-id', 'bad-id', 'id-taken']);
  });
});
