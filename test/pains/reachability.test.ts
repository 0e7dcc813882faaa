import { Service as PlusService } from 'cdk8s-plus-28';
import { Sidecar } from '../../imports/istio';
import { Service } from '../../imports/kubernetes';
import { EgressLockdown, ExternalService, MeshService, SidecarScope, TlsOrigination } from '../../src';
import { synthTo } from '../../src/testing';
import { refused } from '../core/refused';
import { program } from '../support/program';

/**
 * Pain 15: a service is there and not reached as was meant, because the name of a port says another protocol, a certificate is
 * where no proxy reads it, or a Sidecar or an `exportTo` hides the host.
 */

describe('the name of a port decides on the protocol', () => {
  test('of a Service that is made here it is mended', () => {
    const { chart, shop } = program();
    for (const [name, portName] of [['a', 'HTTP'], ['b', 'http_web'], ['c', 'grpc-'], ['d', 'web']] as const) {
      shop.addService(name, { port: 8080, portName }).route(chart, `rule-${name}`, { timeout: '5s' });
    }
    const result = synthTo(chart);
    expect(result.many(Service).map(({ spec }) => spec?.ports?.map(({ name, appProtocol }) => appProtocol ?? name))).toEqual([['http'], ['http-web'], ['grpc'], ['http']]);
    expect(result.warnings).toEqual([]);
  });

  test.each([
    ['tcp-web', 'port that carries HTTP'],
    ['https', 'port that carries HTTP'],
    ['redis', 'port that carries HTTP'],
  ])('of one that is made elsewhere, rules for requests on the port "%s" are refused', (name, expected) => {
    const { chart } = program();
    const service = new PlusService(chart, 'web', { metadata: { name: 'web' }, ports: [{ port: 9080, name }] });
    service.selectLabel('app', 'web');
    MeshService.from(service).route(chart, 'rule', { timeout: '5s' });
    expect(refused(() => synthTo(chart))).toMatchObject({ code: 'never-matches', construct: 'shop/rule', expected: expect.stringContaining(expected), fix: expect.stringContaining("appProtocol: 'http'") });
  });

  test.each([['http_web'], ['HTTP'], ['grpc-']])('and its name "%s", which Kubernetes does not take, is refused as well', (name) => {
    const { chart } = program();
    const service = new Service(chart, 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 9080, name }] } });
    MeshService.from(service).route(chart, 'rule', { timeout: '5s' });
    expect(() => synthTo(chart)).toThrow(/DNS label/);
  });

  test('where Istio has to guess, rules warn', () => {
    const { chart } = program();
    const service = new Service(chart, 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 9080, name: 'web' }] } });
    MeshService.from(service).route(chart, 'rule', { timeout: '5s' });
    expect(synthTo(chart).warnings.map(({ code }) => code)).toEqual(['protocol-guessed']);
  });
});

test('a certificate that no proxy on the way reads is refused', () => {
  const { chart } = program();
  new ExternalService(chart, 'bank', { host: 'bank.example.com', ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.mutual({ secret: 'bank-client' }) }] });
  expect(refused(() => synthTo(chart))).toMatchObject({ code: 'unread-secret', construct: 'shop/bank' });
});

describe('a host that is hidden from those who call it is refused', () => {
  function calling(): ReturnType<typeof program> & { web: MeshService } {
    const base = program();
    const web = base.shop.addService('web', { port: 8080 });
    web.calls(MeshService.fromName(base.chart, 'stock', { name: 'stock', namespace: 'back', ports: [{ port: 8080, name: 'http' }] }));
    return { ...base, web };
  }

  test('by a Sidecar', () => {
    const { chart } = calling();
    new Sidecar(chart, 'default', { spec: { egress: [{ hosts: ['./*', 'istio-system/*'] }] } });
    expect(refused(() => synthTo(chart))).toMatchObject({ code: 'hidden-host', got: 'stock.back.svc.cluster.local, which shop/default hides from pods of the namespace shop' });
  });

  test('by a lockdown', () => {
    const { chart, shop, web } = calling();
    const [open, closed] = ['open', 'closed'].map((name) => new ExternalService(chart, name, { host: `${name}.example.com`, namespace: 'elsewhere' })) as [ExternalService, ExternalService];
    new EgressLockdown(chart, 'lockdown', { namespace: shop, allow: [open] });
    web.calls(open, closed);
    expect(refused(() => synthTo(chart))).toMatchObject({ code: 'hidden-host', got: expect.stringContaining('closed.example.com, which shop/lockdown') });
  });

  test('by exportTo', () => {
    const { chart, shop } = program();
    const hidden = new Service(chart, 'hidden', { metadata: { namespace: 'back', annotations: { 'networking.istio.io/exportTo': '.' } }, spec: { selector: { app: 'x' }, ports: [{ port: 80, name: 'http' }] } });
    shop.addService('web', { port: 8080 }).calls(MeshService.from(hidden));
    expect(refused(() => synthTo(chart))).toMatchObject({ code: 'hidden-host', got: expect.stringContaining('exportTo of shop/hidden') });
  });

  test('by a scope it cannot be: that follows from the calls', () => {
    const { chart, shop } = calling();
    new SidecarScope(chart, 'scope', { namespace: shop, perWorkload: true });
    expect(synthTo(chart).one(Sidecar).spec?.egress?.[0]?.hosts).toContain('back/stock.back.svc.cluster.local');
  });
});
