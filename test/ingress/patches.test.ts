import { JsonPatch } from 'cdk8s';
import { Gateway, VirtualService } from '../../imports/istio';
import { IngressRoute, Tls } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

function setUp() {
  const { chart, mesh, shop } = program();
  const gateway = mesh.addIngressGateway('public');
  const to = shop.addService('web', { port: 8080 });
  const add = (id: string, path = `/${id}`): IngressRoute =>
    new IngressRoute(chart, id, { gateway, host: 'shop.example.com', tls: Tls.secret('cert'), routes: [{ path, to }] });
  return { chart, add };
}

const label = (name: string): JsonPatch => JsonPatch.add(`/metadata/labels/${name}`, 'yes');
const labels = JsonPatch.add('/metadata/labels', {});

test('the objects of a route are patched before they are there', () => {
  const { chart, add } = setUp();
  const route = add('web', '/');
  route.virtualServiceObject.addJsonPatch(JsonPatch.add('/spec/http/0/timeout', '5s'));
  route.gatewayObject.addJsonPatch(JsonPatch.replace('/spec/servers/1/tls/minProtocolVersion', 'TLSV1_3'));
  const shown = synthTo(chart);
  expect(shown.one(VirtualService).spec?.http?.[0]?.timeout).toBe('5s');
  expect(shown.one(Gateway).spec?.servers?.[1]?.tls?.minProtocolVersion).toBe('TLSV1_3');
});

test('routes that share an object patch it together, in the order of their paths', () => {
  const { chart, add } = setUp();
  const [b, a] = [add('b'), add('a')];
  // does not apply before the one of "a" did
  b.virtualServiceObject.addJsonPatch(label('b'));
  a.virtualServiceObject.addJsonPatch(labels, label('a'));
  expect(synthTo(chart).one(VirtualService).metadata.labels).toEqual({ a: 'yes', b: 'yes' });
});

test('a patch applies once, however often the program is synthesized, and may come after the first time', () => {
  const { chart, add } = setUp();
  const { virtualServiceObject } = add('web');
  const http = (): number | undefined => synthTo(chart).one(VirtualService).spec?.http?.length;
  virtualServiceObject.addJsonPatch(JsonPatch.copy('/spec/http/0', '/spec/http/-'));
  expect([http(), http()]).toEqual([2, 2]);
  virtualServiceObject.addJsonPatch(JsonPatch.copy('/spec/http/0', '/spec/http/-'));
  expect(http()).toBe(3);
});

test('an object that a new route takes over has the patches, too', () => {
  const { chart, add } = setUp();
  add('b').virtualServiceObject.addJsonPatch(labels, label('b'));
  synthTo(chart);
  add('a');
  expect(synthTo(chart).one(VirtualService).metadata.labels).toEqual({ b: 'yes' });
});

test('a patch that does not apply is an error that names the object', () => {
  const { chart, add } = setUp();
  add('web').gatewayObject.addJsonPatch(JsonPatch.remove('/spec/nothing'));
  expect(caught(() => synthTo(chart)).findings[0]).toMatchObject({ code: 'bad-patch', construct: 'shop/web/gateway', property: 'spec.nothing' });
});
