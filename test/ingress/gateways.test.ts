import { JsonPatch } from 'cdk8s';
import { AuthorizationPolicy, Gateway, VirtualService } from '../../imports/istio';
import { Deployment, NetworkPolicy, Service } from '../../imports/kubernetes';
import { IngressGateway, IngressRoute, MeshService, Tls } from '../../src';
import type { ClientIpProps, IngressGatewayProps } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { found, HOST, serversOf, setUp, specOf } from './setup';

describe('a route of several gateways', () => {
  function two() {
    const made = setUp();
    const internal = made.mesh.addIngressGateway('internal');
    return { ...made, internal, gateways: [made.gateway, internal] };
  }

  test('is written to each of them, and both are let in', () => {
    const { chart, web, add, gateways } = two();
    add('web', [{ path: '/', to: web }], { gateway: gateways });
    const shown = synthTo(chart);
    expect(shown.many(VirtualService).map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(['internal-shop-example-com', 'public-shop-example-com']));
    expect(shown.many(Gateway).map(({ spec }) => spec?.selector?.['istio']).sort()).toEqual(['internal', 'public']);
    expect(shown.one(AuthorizationPolicy, 'web').spec?.rules?.[0]?.from?.[0]?.source?.principals).toHaveLength(2);
  });

  test('some of its rules may be for some of them only, and lets no other gateway in', () => {
    const { chart, web, add, internal, gateways, service } = two();
    const admin = service('admin');
    add('web', [{ path: '/', to: web }, { path: '/admin', match: { gateways: internal }, to: admin }], { gateway: gateways });
    expect(specOf(chart, 'public-shop-example-com').http).toHaveLength(1);
    expect(specOf(chart, 'internal-shop-example-com').http).toHaveLength(2);
    const principals = synthTo(chart).one(AuthorizationPolicy, 'admin').spec?.rules?.[0]?.from?.[0]?.source?.principals;
    expect(principals).toEqual(['cluster.local/ns/istio-ingress/sa/internal']);
  });

  test('one of several matches', () => {
    const { chart, web, add, internal, gateways } = two();
    add('web', [{ match: [{ uri: '/a' }, { uri: '/b', gateways: [internal] }], to: web }], { gateway: gateways });
    expect(specOf(chart, 'public-shop-example-com').http?.[0]?.match).toEqual([{ uri: { exact: '/a' } }]);
    expect(specOf(chart, 'internal-shop-example-com').http?.[0]?.match).toHaveLength(2);
  });

  test('a patch is for both, whenever it comes', () => {
    const { chart, web, add, gateways } = two();
    const route = add('web', [{ path: '/', to: web }], { gateway: gateways });
    route.virtualServiceObject.addJsonPatch(JsonPatch.add('/metadata/labels', { early: 'yes' }));
    synthTo(chart);
    route.virtualServiceObject.addJsonPatch(JsonPatch.add('/metadata/labels/late', 'yes'));
    for (const { metadata } of synthTo(chart).many(VirtualService)) expect(metadata.labels).toEqual({ early: 'yes', late: 'yes' });
  });

  test('one that it is not for', () => {
    const { web, add, internal } = two();
    expect(caught(() => add('web', [{ match: { gateways: internal }, to: web }])).findings[0]).toMatchObject({ code: 'never-matches', property: 'routes[0].match.gateways' });
    expect(caught(() => add('none', [{ path: '/', to: web }], { gateway: [] })).findings[0]).toMatchObject({ code: 'empty-list', property: 'gateway' });
    expect(caught(() => add('wrong', [{ path: '/', to: web }], { gateway: [internal, web] as never })).findings[0]).toMatchObject({ code: 'bad-reference', property: 'gateway[1]' });
  });
});

describe('ports', () => {
  const serve = (props: IngressGatewayProps, tls = Tls.secret('cert')) => {
    const { chart, platform, mesh, web } = setUp();
    const gateway = new IngressGateway(platform, 'edge', { mesh, ...props });
    new IngressRoute(chart, 'edge', { gateway, host: HOST, tls, routes: [{ path: '/', to: web }] });
    return chart;
  };
  const numbers = (props: IngressGatewayProps, tls?: Tls): unknown => serversOf(serve(props, tls)).map(({ port }) => port.number);
  const service = (...ports: { port: number; name: string; appProtocol?: string }[]): IngressGatewayProps => ({ workload: { service: { ports } } });

  test.each<[string, IngressGatewayProps, readonly number[]]>([
    ['80 and 443, unless something else is said', {}, [80, 443]],
    ['a Service with TLS only', service({ port: 8443, name: 'https' }), [8443]],
    ['ports that are named for it', service({ port: 1080, name: 'http-web' }, { port: 1443, name: 'tls' }), [1080, 1443]],
    ['the usual numbers, whatever their names', service({ port: 80, name: 'a' }, { port: 443, name: 'b' }, { port: 8443, name: 'https' }), [80, 443]],
    ['8443, where nothing has a name', service({ port: 15021, name: 'status' }, { port: 8443, name: 'other' }), [8443]],
    ['of a Service that something else makes', { workload: false, ports: { http: 8080, https: 8443 } }, [8080, 8443]],
    ['no plain requests', { ports: { http: false } }, [443]],
  ])('%s', (_name, props, expected) => {
    expect(numbers(props)).toEqual(expected);
  });

  test('plain text is served at the port for it', () => {
    expect(numbers(service({ port: 8080, name: 'web' }), Tls.plainText())).toEqual([8080]);
  });

  test.each<[string, IngressGatewayProps, Tls, string]>([
    ['no port for TLS', service({ port: 80, name: 'http' }), Tls.secret('cert'), 'https: 8443'],
    ['no port for plain requests', service({ port: 443, name: 'https' }), Tls.plainText(), 'http: 8080'],
  ])('%s, at synthesis', (_name, props, tls, fix) => {
    expect(found(serve(props, tls))).toMatchObject({ code: 'no-port', construct: 'shop/edge', property: 'gateway', fix: expect.stringContaining(fix) as string });
  });

  test('a redirect that is asked for, and no port for plain requests', () => {
    const { chart, platform, mesh, web } = setUp();
    const gateway = new IngressGateway(platform, 'edge', { mesh, ports: { http: false } });
    new IngressRoute(chart, 'edge', { gateway, host: HOST, tls: Tls.secret('cert'), redirect: true, routes: [{ path: '/', to: web }] });
    expect(found(chart)).toMatchObject({ code: 'no-port', construct: 'shop/edge', property: 'redirect' });
  });

  test.each<[string, unknown, string, string]>([
    ['one that the Service does not have', { http: 8080 }, 'no-port', 'ports.http'],
    ['one for both', { http: 443, https: 443 }, 'bad-port', 'ports.https'],
    ['none', { https: 0 }, 'bad-number', 'ports.https'],
    ['a misspelt one', { tls: 443 }, 'unknown-prop', 'ports.tls'],
    ['a list', [80], 'bad-props', 'ports'],
  ])('%s', (_name, ports, code, property) => {
    const { platform, mesh } = setUp();
    expect(caught(() => new IngressGateway(platform, 'edge', { mesh, ports: ports as never })).findings[0]).toMatchObject({ code, property, construct: 'platform/edge' });
  });
});

describe("clients' addresses", () => {
  const gatewayWith = (clientIp: ClientIpProps, props: IngressGatewayProps = {}) => {
    const { platform, mesh } = setUp();
    new IngressGateway(platform, 'edge', { mesh, clientIp, ...props });
    return synthTo(platform);
  };

  test('kept by Kubernetes', () => {
    expect(gatewayWith({ externalTrafficPolicy: 'Local' }).one(Service, 'edge').spec?.externalTrafficPolicy).toBe('Local');
  });

  test.each<[ClientIpProps, object]>([
    [{ numTrustedProxies: 2 }, { gatewayTopology: { numTrustedProxies: 2 } }],
    [{ proxyProtocol: true }, { gatewayTopology: { proxyProtocol: {} } }],
  ])('%j is told to the proxies', (clientIp, expected) => {
    const shown = gatewayWith(clientIp, { workload: { podAnnotations: { own: 'yes' } } });
    const { annotations = {} } = shown.one(Deployment, 'edge').spec?.template.metadata ?? {};
    expect(JSON.parse(annotations['proxy.istio.io/config'] ?? '')).toEqual(expected);
    expect(annotations['own']).toBe('yes');
    expect(shown.one(Service, 'edge').spec?.externalTrafficPolicy).toBeUndefined();
  });

  test('what a gateway of a mesh is given beside it stays', () => {
    const { platform, mesh } = setUp();
    mesh.addIngressGateway('edge', { clientIp: { externalTrafficPolicy: 'Local' }, workload: { service: { type: 'NodePort' } } });
    expect(synthTo(platform).one(Service, 'edge').spec).toMatchObject({ type: 'NodePort', externalTrafficPolicy: 'Local' });
  });

  test.each<[string, unknown, IngressGatewayProps, string]>([
    ['nothing', {}, {}, 'clientIp'],
    ['two answers', { numTrustedProxies: 1, proxyProtocol: true }, {}, 'clientIp.proxyProtocol'],
    ['no proxies', { numTrustedProxies: 0 }, {}, 'clientIp.numTrustedProxies'],
    ['proxies as a text', { numTrustedProxies: '1' }, {}, 'clientIp.numTrustedProxies'],
    ['a policy that keeps nothing', { externalTrafficPolicy: 'Cluster' }, {}, 'clientIp.externalTrafficPolicy'],
    ['a misspelt key', { trustedProxies: 1 }, {}, 'clientIp.trustedProxies'],
    ['no object', 'Local', {}, 'clientIp'],
    ['proxies of something else', { proxyProtocol: true }, { workload: false }, 'clientIp'],
    ['a Service inside the cluster', { externalTrafficPolicy: 'Local' }, { workload: { service: { type: 'ClusterIP' } } }, 'workload.service.type'],
    ['a Service that says otherwise', { externalTrafficPolicy: 'Local' }, { workload: { service: { externalTrafficPolicy: 'Cluster' } } }, 'workload.service.externalTrafficPolicy'],
    ['no Service', { externalTrafficPolicy: 'Local' }, { workload: { service: false } }, 'workload.service'],
    ['an annotation for it', { numTrustedProxies: 1 }, { workload: { podAnnotations: { 'proxy.istio.io/config': '{}' } } }, 'workload.podAnnotations'],
  ])('%s is refused', (_name, clientIp, props, property) => {
    const { platform, mesh } = setUp();
    expect(caught(() => new IngressGateway(platform, 'edge', { mesh, clientIp: clientIp as never, ...props })).findings[0]).toMatchObject({ construct: 'platform/edge', property });
  });
});

test('a misspelt prop of a gateway is refused, named or made', () => {
  const { platform, mesh } = setUp();
  expect(caught(() => new IngressGateway(platform, 'a', { mesh, worklod: {} } as never)).findings[0]).toMatchObject({ code: 'unknown-prop', property: 'worklod' });
  expect(caught(() => IngressGateway.fromName(platform, 'b', { name: 'b', namespaces: 'x' } as never)).findings[0]).toMatchObject({ code: 'unknown-prop', property: 'namespaces' });
});

test('policies of the network stay as they are where no port is added', () => {
  const { platform, mesh } = setUp();
  mesh.addIngressGateway('edge', { workload: { networkPolicy: true } });
  expect(synthTo(platform).one(NetworkPolicy, 'edge').spec?.ingress).toHaveLength(5);
});

test('a service by name is led to as well', () => {
  const { chart, add } = setUp();
  const other = MeshService.fromName(chart, 'other', { name: 'other', namespace: 'other', ports: [{ port: 80, name: 'http' }] });
  add('route', [{ path: '/', to: other }]);
  expect(specOf(chart).http?.[0]?.route).toEqual([{ destination: { host: 'other.other.svc.cluster.local', port: { number: 80 } } }]);
});
