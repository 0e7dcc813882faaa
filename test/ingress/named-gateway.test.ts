import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { AuthorizationPolicy, Gateway, VirtualService } from '../../imports/istio';
import { Namespace, ServiceAccount } from '../../imports/kubernetes';
import { IngressGateway, IngressRoute, MeshService, Selector, Tls } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

const tls = Tls.secret('cert');

test("the objects of another program's gateway are in the chart's namespace: its own is not ours to write to", () => {
  const { chart, shop } = program();
  const gateway = IngressGateway.fromName(chart, 'edge', { name: 'public', namespace: 'edge' });
  const web = shop.addService('web', { port: 8080 });
  new IngressRoute(chart, 'web', { gateway, host: 'shop.example.com', tls, routes: [{ path: '/', to: web }] });
  const shown = synthTo(chart);
  expect(shown.one(Gateway)).toMatchObject({ metadata: { name: 'public-cert', namespace: 'shop' }, spec: { selector: { istio: 'public' } } });
  expect(shown.one(VirtualService)).toMatchObject({ metadata: { namespace: 'shop' }, spec: { gateways: ['public-cert'] } });
  expect(shown.one(AuthorizationPolicy, 'web').spec?.rules?.[0]?.from).toEqual([{ source: { principals: ['cluster.local/ns/edge/sa/public'] } }]);
  expect(shown.many(Namespace).map(({ metadata }) => metadata.name)).toEqual(['shop']);
});

test('hosts of charts of different namespaces that share a certificate name the Gateway with its namespace', () => {
  const { app, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  const route = (id: string): Chart => {
    const chart = new Chart(app, id, { namespace: id });
    const gateway = IngressGateway.fromName(chart, 'edge', { name: 'public' });
    new IngressRoute(chart, 'route', { gateway, host: `${id}.example.com`, tls, routes: [{ path: '/', to: web }] });
    return chart;
  };
  const [b, a] = [route('b'), route('a')];
  expect(synthTo(a).one(Gateway).spec?.servers?.[1]?.hosts).toEqual(['a.example.com', 'b.example.com']);
  expect(synthTo(b).many(Gateway)).toEqual([]);
  expect(synthTo(a).one(VirtualService).spec?.gateways).toEqual(['public-cert']);
  expect(synthTo(b).one(VirtualService).spec?.gateways).toEqual(['a/public-cert']);
});

test('in a chart without namespace they are with the gateway', () => {
  const { app, shop } = program();
  const chart = new Chart(app, 'bare');
  const gateway = IngressGateway.fromName(chart, 'edge', { name: 'public', namespace: 'edge' });
  new IngressRoute(chart, 'route', { gateway, host: 'shop.example.com', tls, routes: [{ path: '/', to: shop.addService('web', { port: 80 }) }] });
  expect(synthTo(chart).one(VirtualService).metadata.namespace).toBe('edge');
});

test('a Service of cdk8s-plus is taken where a route leads', () => {
  const { chart, mesh } = program();
  const service = new kplus.Service(chart, 'web', { metadata: { name: 'web' }, ports: [{ port: 8080 }] });
  service.selectLabel('app', 'web');
  const gateway = mesh.addIngressGateway('public');
  new IngressRoute(chart, 'route', { gateway, host: 'shop.example.com', tls, routes: [{ path: '/', to: service }] });
  expect(synthTo(chart).one(VirtualService).spec?.http?.[0]?.route).toEqual([{ destination: { host: 'web.shop.svc.cluster.local', port: { number: 8080 } } }]);
  expect(MeshService.from(service).ports).toHaveLength(1);
});

test('a gateway takes a Namespace, a ServiceAccount and a Selector of the program, and makes no second namespace', () => {
  const { app, mesh } = program();
  const chart = new Chart(app, 'edge');
  const namespace = new Namespace(chart, 'edge-system');
  const serviceAccount = new ServiceAccount(chart, 'robot', { metadata: { namespace: 'edge-system' } });
  const gateway = mesh.addIngressGateway('public', { namespace, serviceAccount, selector: Selector.labels({ app: 'edge' }) });
  expect(gateway).toMatchObject({ namespace: 'edge-system', principals: ['cluster.local/ns/edge-system/sa/robot'], selector: { app: 'edge' } });
  expect(synthTo(chart).many(Namespace)).toHaveLength(1);
});

test.each([
  [null, 'bad-props', 'props'],
  [{ name: '' }, 'bad-name', 'name'],
  [{ name: 5 }, 'bad-name', 'name'],
  [{ name: 'public.edge' }, 'bad-name', 'name'],
  [{ namespace: '' }, 'bad-reference', 'namespace'],
  [{ namespace: {} }, 'bad-reference', 'namespace'],
  [{ selector: {} }, 'bad-selector', 'selector'],
  [{ selector: 'istio=public' }, 'bad-selector', 'selector'],
  [{ serviceAccount: 5 }, 'bad-reference', 'serviceAccount'],
  [{ serviceAccount: 'Not_One' }, 'bad-reference', 'serviceAccount'],
  [{ namespaceLabels: 'x' }, 'bad-selector', 'namespaceLabels'],
])('a gateway of %j is refused', (props, code, property) => {
  const { platform } = program();
  expect(caught(() => new IngressGateway(platform, 'edge', props as never)).findings[0]).toMatchObject({ code, property, construct: 'platform/edge' });
});

test.each([[undefined], [null], [{}], [{ name: '' }]])('a reference of %j is refused', (props) => {
  const { platform } = program();
  expect(caught(() => IngressGateway.fromName(platform, 'edge', props as never)).findings[0]).toMatchObject({ construct: 'platform/edge' });
});
