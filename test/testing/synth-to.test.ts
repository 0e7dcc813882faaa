import { App, Chart } from 'cdk8s';
import { Gateway as GatewayApiGateway } from '../../imports/gateway-api';
import { DestinationRule, Gateway, ServiceEntry, VirtualService } from '../../imports/istio';
import { ConfigMap } from '../../imports/kubernetes';
import { Cluster } from '../../src/core/cluster';
import { MeshApp } from '../../src/core/mesh-app';
import { unknown } from '../../src/core/unknown';
import { synthTo } from '../../src/testing/synth-to';
import { caught } from '../support/caught';

function shop(app: App = new MeshApp()): Chart {
  return new Chart(app, 'shop', { namespace: 'shop' });
}

function addRule(chart: Chart, id: string, namespace?: string): void {
  new DestinationRule(chart, id, { metadata: { name: id.replace(/-.*/, ''), ...(namespace !== undefined && { namespace }) }, spec: { host: 'web' } });
}

describe('one', () => {
  test('gives the manifest, typed by the kind', () => {
    const chart = shop();
    new VirtualService(chart, 'web', { spec: { hosts: ['web'], http: [{ timeout: '5s', route: [{ destination: { host: 'web' } }] }] } });
    const { spec, metadata } = synthTo(chart).one(VirtualService);
    // these lines do not compile unless the fields have their types
    const hosts: readonly string[] | undefined = spec?.hosts;
    const timeout: string | undefined = spec?.http?.[0]?.timeout;
    expect([hosts, timeout, metadata.name, metadata.namespace]).toEqual([['web'], '5s', 'web', 'shop']);
    // @ts-expect-error a field that the kind does not have
    expect(spec?.host).toBeUndefined();
  });

  test('tells kinds of one name and two groups apart', () => {
    const chart = shop();
    new Gateway(chart, 'istio', { spec: { servers: [{ hosts: ['*'], port: { number: 80, name: 'http', protocol: 'HTTP' } }] } });
    expect(synthTo(chart).one(Gateway).apiVersion).toBe('networking.istio.io/v1');
    expect(caught(() => synthTo(chart).one(GatewayApiGateway)).findings[0]).toMatchObject({ code: 'not-one-object', got: 'no Gateway' });
  });

  test('none found: says so', () => {
    const [finding] = caught(() => synthTo(shop()).one(VirtualService)).findings;
    expect(finding).toMatchObject({ code: 'not-one-object', got: 'no VirtualService', expected: 'one VirtualService' });
  });

  test('none of that name: says which there are', () => {
    const chart = shop();
    addRule(chart, 'reviews');
    const [finding] = caught(() => synthTo(chart).one(DestinationRule, 'review')).findings;
    expect(finding).toMatchObject({ got: 'DestinationRule shop/reviews', expected: 'one DestinationRule named review' });
  });

  test('two found: lists both, and shows how to choose', () => {
    const chart = shop();
    for (const id of ['reviews', 'ratings']) addRule(chart, id);
    const [finding] = caught(() => synthTo(chart).one(DestinationRule)).findings;
    expect(finding?.got).toBe('DestinationRule shop/reviews, DestinationRule shop/ratings');
    expect(finding?.fix).toBe("give a name: one(DestinationRule, 'reviews')");
    expect(synthTo(chart).one(DestinationRule, 'ratings').metadata.name).toBe('ratings');
  });

  test('two of that name in two namespaces: lists both with their namespaces', () => {
    const chart = shop();
    addRule(chart, 'web-a', 'a');
    addRule(chart, 'web-b', 'b');
    expect(caught(() => synthTo(chart).one(DestinationRule, 'web')).findings[0]?.got).toBe('DestinationRule a/web, DestinationRule b/web');
  });
});

test('many gives all of a kind, and an empty list where there is none', () => {
  const chart = shop();
  for (const id of ['reviews', 'ratings']) addRule(chart, id);
  expect(synthTo(chart).many(DestinationRule).map(({ metadata }) => metadata.name)).toEqual(['reviews', 'ratings']);
  expect(synthTo(chart).many(DestinationRule, 'ratings')).toHaveLength(1);
  expect(synthTo(chart).many(VirtualService)).toEqual([]);
});

test('objects of other charts are checked, but not among the results', () => {
  const app = new MeshApp();
  const chart = shop(app);
  const other = new Chart(app, 'other', { namespace: 'x' });
  new ConfigMap(other, 'map');
  expect(synthTo(chart).all).toEqual([]);
  new ConfigMap(other, 'Bad_Name');
  expect(caught(() => synthTo(chart)).findings[0]).toMatchObject({ code: 'bad-name', construct: 'other/Bad_Name' });
});

test('it works in a plain App, too', () => {
  const chart = shop(new App());
  addRule(chart, 'web');
  expect(synthTo(chart).one(DestinationRule).spec?.host).toBe('web');
});

test('what is no error stands in warnings, and nobody is told', () => {
  const warned = jest.fn();
  const cluster = new Cluster(new MeshApp({ onWarning: warned }), 'prod', { istio: '1.31.99' });
  const chart = new Chart(cluster, 'shop', { namespace: 'shop' });
  addRule(chart, 'web');
  expect(synthTo(chart).warnings.map(({ code }) => code)).toEqual(['version-stand-in']);
  expect(warned).not.toHaveBeenCalled();
});

describe('unknowns', () => {
  const address = unknown<string>('the address of ip');

  test('values known only at deployment, and rules that depend on them, of the objects of the chart', () => {
    const app = new App();
    const [chart, other] = ['shop', 'other'].map((id) => new Chart(app, id, { namespace: id })) as [Chart, Chart];
    new ConfigMap(other, 'map', { data: { address } });
    new ServiceEntry(chart, 'db', { spec: { hosts: ['db.example.com'], resolution: 'STATIC', ports: [{ number: 1, name: unknown<string>('the port') }], endpoints: [{ address }] } });
    new ConfigMap(chart, 'all', { data: { b: address, a: address } });
    const { unknowns } = synthTo(chart);
    expect(unknowns.filter(({ rule }) => rule === undefined).map(({ construct, path, description }) => `${construct} ${path}: ${description}`)).toEqual([
      'shop/all data[a]: the address of ip',
      'shop/all data[b]: the address of ip',
      'shop/db spec.endpoints[0].address: the address of ip',
      'shop/db spec.ports[0].name: the port',
    ]);
    expect(unknowns.some(({ construct, rule }) => construct === 'shop/db' && rule !== undefined)).toBe(true);
    expect(synthTo(other).unknowns).toHaveLength(1);
  });

  test('none where all is known', () => {
    const chart = shop();
    new ConfigMap(chart, 'map');
    expect(synthTo(chart).unknowns).toEqual([]);
  });
});

describe('plain JavaScript', () => {
  test.each([
    [undefined, 'undefined'],
    ['shop', '"shop"'],
    [new MeshApp(), 'the app, which is no Chart'],
  ])('synthTo(%p) is refused', (chart, got) => {
    expect(caught(() => synthTo(chart as never)).findings[0]).toMatchObject({ code: 'bad-argument', property: 'chart', got, expected: 'a Chart' });
  });

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['VirtualService', '"VirtualService"'],
    [ConfigMap.prototype, 'an object'],
  ])('one(%p) is refused', (kind, got) => {
    const [finding] = caught(() => synthTo(shop()).one(kind as never)).findings;
    expect(finding).toMatchObject({ code: 'bad-argument', property: 'kind', got });
  });
});
