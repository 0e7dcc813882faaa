import { App, Chart, JsonPatch, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicy } from '../../imports/istio';
import { ConfigMap, Namespace } from '../../imports/kubernetes';
import { Cluster } from '../../src/core/cluster';
import { MeshApp } from '../../src/core/mesh-app';
import { MeshObject } from '../../src/core/mesh-object';
import { Stage } from '../../src/core/stage';
import type { Finding } from '../../src/errors/finding';
import { caught } from '../support/caught';

/** What programs that are not type-checked give: each is one finding that says where, what, what else, and what to do. */

function shop(): Chart {
  return new Chart(Testing.app(), 'shop', { namespace: 'shop' });
}

/** The one finding, complete. */
function refused(body: () => unknown): Finding {
  const { findings } = caught(body);
  expect(findings).toHaveLength(1);
  const [finding] = findings as [Finding];
  for (const part of [finding.code, finding.got, finding.expected, finding.fix]) expect(part).toEqual(expect.stringMatching(/\S/));
  return finding;
}

const js = (value: unknown): never => value as never;

describe('an object', () => {
  test.each([
    ['null', null, 'null'],
    ['a text', 'web', '"web"'],
    ['a list', [], 'a list'],
    ['a number', 7, '7'],
    ['a construct', shop(), 'a construct'],
  ])('props that are %s', (_name, props, got) => {
    expect(refused(() => new Namespace(shop(), 'x', js(props)))).toMatchObject({ code: 'bad-props', construct: 'shop/x', property: 'props', got });
  });

  test.each([
    ['metadata', { metadata: 'web' }, '"web"'],
    ['metadata.labels', { metadata: { labels: 'web' } }, '"web"'],
    ['metadata.annotations', { metadata: { annotations: 7 } }, '7'],
  ])('%s that is no object', (property, props, got) => {
    expect(refused(() => new Namespace(shop(), 'x', js(props)))).toMatchObject({ code: 'bad-props', construct: 'shop/x', property, got });
  });

  test.each([undefined, null, 'shop', {}])('the scope %p', (scope) => {
    expect(refused(() => new Namespace(js(scope), 'x'))).toMatchObject({ code: 'bad-scope', construct: 'x', property: 'scope' });
  });

  test('outside of all charts', () => {
    const app = new App();
    expect(refused(() => new Namespace(app, 'x'))).toMatchObject({ code: 'bad-scope', construct: 'x', got: 'the app itself' });
    const group = new Construct(app, 'group');
    expect(refused(() => new Namespace(group, 'x'))).toMatchObject({ construct: 'group/x', got: 'group, which is in no Chart' });
  });

  test.each([[undefined, 'undefined'], [null, 'null'], ['', '""'], [7, '7']])('the id %p', (id, got) => {
    expect(refused(() => new Namespace(shop(), js(id)))).toMatchObject({ code: 'bad-id', construct: 'shop', property: 'id', got });
  });

  test('an id that is taken, also where only a slash tells both apart', () => {
    const chart = shop();
    new Namespace(chart, 'web');
    expect(refused(() => new ConfigMap(chart, 'web'))).toMatchObject({ code: 'id-taken', construct: 'shop/web', got: '"web"' });
    new ConfigMap(chart, 'a/b', { metadata: { name: 'one' } });
    expect(refused(() => new ConfigMap(chart, 'a--b'))).toMatchObject({ code: 'id-taken' });
  });

  test.each(['a/b', 'Grüße', 'x'.repeat(300), '../up', 'a b'])('an id %j that is no name is found at synthesis', (id) => {
    const chart = shop();
    new Namespace(chart, id);
    expect(caught(() => Testing.synth(chart)).findings).toMatchObject([{ code: 'bad-name', property: 'metadata.name' }]);
  });

  test.each([
    ['Web Server', 'such as "web-server"'],
    ['../up', 'such as "up"'],
    ['Ü', undefined],
    ['x'.repeat(300), undefined],
  ])('the name %j: the fix is the nearest one that is right', (id, fix) => {
    const chart = shop();
    new Namespace(chart, id);
    expect(caught(() => Testing.synth(chart)).findings.map((finding) => finding.fix)).toEqual([fix]);
  });

  test.each(['a/b', 'Grüße', 'x'.repeat(300)])('an id %j may be odd where the name is right', (id) => {
    const chart = shop();
    new Namespace(chart, id, { metadata: { name: 'web' } });
    expect(Testing.synth(chart)).toMatchObject([{ metadata: { name: 'web' } }]);
  });
});

describe('kind and apiVersion', () => {
  test('of another class are refused, not dropped', () => {
    expect(refused(() => new Namespace(shop(), 'x', js({ kind: 'Service' })))).toMatchObject({ code: 'other-kind', construct: 'shop/x', property: 'kind', got: '"Service"' });
    const wrongGroup = { apiVersion: 'networking.istio.io/v1' };
    expect(refused(() => new AuthorizationPolicy(shop(), 'x', js(wrongGroup)))).toMatchObject({
      code: 'other-api-version',
      property: 'apiVersion',
      got: '"networking.istio.io/v1"',
      expected: 'a version of security.istio.io, such as security.istio.io/v1',
    });
  });

  test.each([7, null, ''])('the apiVersion %p', (apiVersion) => {
    expect(refused(() => new Namespace(shop(), 'x', js({ apiVersion })))).toMatchObject({ code: 'other-api-version', construct: 'shop/x' });
  });

  test('that say what the class says are taken: a manifest may be handed on', () => {
    const manifest = { apiVersion: 'security.istio.io/v1beta1', kind: 'AuthorizationPolicy', metadata: { name: 'none' }, spec: {} };
    expect(new AuthorizationPolicy(shop(), 'x', js(manifest)).toJson()).toMatchObject(manifest);
  });

  test.each([
    [undefined, 'type'],
    [{ kind: 'Namespace', scope: 'Cluster' }, 'type.apiVersion'],
    [{ apiVersion: 'v1', scope: 'Cluster' }, 'type.kind'],
    [{ apiVersion: 'v1', kind: 'Namespace' }, 'type.scope'],
  ])('a MeshObject of type %j', (type, property) => {
    expect(refused(() => new MeshObject(shop(), 'x', js(type)))).toMatchObject({ construct: 'shop/x', property });
  });
});

describe('order', () => {
  test.each([[undefined, 'undefined'], [null, 'null'], ['shop/web', '"shop/web"'], [{}, 'an object']])('needs(%p)', (other, got) => {
    const object = new Namespace(shop(), 'x');
    expect(refused(() => object.needs(js(other)))).toMatchObject({ code: 'bad-need', construct: 'shop/x', property: 'needs', got });
  });

  test.each([['routes', '"routes"'], [1.5, '1.5'], [NaN, 'NaN'], [-1, '-1'], [1000, '1000'], [undefined, 'undefined']])('atStage(%p)', (stage, got) => {
    const object = new Namespace(shop(), 'x');
    expect(refused(() => object.atStage(js(stage)))).toMatchObject({ code: 'bad-stage', construct: 'shop/x', property: 'atStage', got });
  });

  test('a stage between two is one', () => {
    expect(() => new Namespace(shop(), 'x').atStage(Stage.routes + 1)).not.toThrow();
  });
});

describe('JSON patches', () => {
  test.each([
    [undefined, 'undefined'],
    [{ op: 'add', path: '/metadata/labels', value: {} }, 'an object'],
    [JsonPatch.remove(js(undefined)), 'the path undefined'],
    [JsonPatch.remove('metadata.labels'), 'the path "metadata.labels"'],
    [JsonPatch.move('spec', '/metadata'), 'the path "/metadata"'],
  ])('%j is refused where it is given', (patch, got) => {
    const object = new Namespace(shop(), 'x');
    expect(refused(() => object.addJsonPatch(js(patch)))).toMatchObject({ code: 'bad-patch', construct: 'shop/x', got });
  });

  test.each([
    [JsonPatch.remove('/data/c'), 'data.c', '/data/c'],
    [JsonPatch.replace('/data/c', 'x'), 'data.c', '/data/c'],
    [JsonPatch.test('/data/c', 'x'), 'data.c', '/data/c'],
    [JsonPatch.add('/no/such', 'x'), 'no.such', '/no'],
    [JsonPatch.add('/data/a/b', 'x'), 'data.a.b', '/data/a'],
    [JsonPatch.add('/metadata/finalizers/2', 'x'), 'metadata.finalizers.2', '/metadata/finalizers/2'],
    [JsonPatch.add('/metadata/finalizers/first', 'x'), 'metadata.finalizers.first', '/metadata/finalizers/first'],
    [JsonPatch.remove('/metadata/finalizers/-'), 'metadata.finalizers.-', '/metadata/finalizers/-'],
    [JsonPatch.copy('/data/c', '/data/d'), 'data.d', '/data/c'],
    [JsonPatch.remove('/data/toString'), 'data.toString', '/data/toString'],
  ])('%j needs a place that is not there', (patch, property, missing) => {
    const object = new ConfigMap(shop(), 'x', { metadata: { finalizers: ['example.com/a'] }, data: { a: '1' } });
    object.addJsonPatch(patch);
    const finding = refused(() => object.toJson());
    expect(finding).toMatchObject({ code: 'bad-patch', construct: 'shop/x', property });
    expect(finding.got).toContain(`there is no ${missing}`);
  });

  test('those that apply: also to keys with slashes, the end of a list, and null', () => {
    const object = new ConfigMap(shop(), 'x', { metadata: { finalizers: ['example.com/a'], annotations: { 'a/b~c': '1' } }, data: { gone: js(null) } });
    object.addJsonPatch(
      JsonPatch.replace('/metadata/annotations/a~1b~0c', '2'),
      JsonPatch.add('/metadata/finalizers/1', 'example.com/b'),
      JsonPatch.add('/metadata/finalizers/-', 'example.com/c'),
      JsonPatch.remove('/data/gone'),
      JsonPatch.copy('/metadata/name', '/data/name'),
    );
    expect(object.toJson()).toMatchObject({
      metadata: { annotations: { 'a/b~c': '2' }, finalizers: ['example.com/a', 'example.com/b', 'example.com/c'] },
      data: { name: 'x' },
    });
  });
});

describe('a Cluster', () => {
  const make = (props: unknown): (() => Cluster) => () => new Cluster(new MeshApp(), 'prod', js(props));

  test.each([
    ['null', null, 'bad-props', 'props', 'null'],
    ['a text', 'prod', 'bad-props', 'props', '"prod"'],
    ['an unknown channel', { gatewayApiChannel: 'beta' }, 'bad-channel', 'gatewayApiChannel', '"beta"'],
    ['a channel that is null', { gatewayApiChannel: null }, 'bad-channel', 'gatewayApiChannel', 'null'],
    ['a network that is no label value', { network: 'a b' }, 'bad-network', 'network', '"a b"'],
    ['an empty network', { network: '' }, 'bad-network', 'network', '""'],
    ['a network that is a number', { network: 7 }, 'bad-network', 'network', '7'],
    ['versions that are null', { kubernetes: null }, 'bad-version', 'kubernetes', 'null'],
  ])('%s', (_name, props, code, property, got) => {
    expect(refused(make(props))).toMatchObject({ code, construct: 'prod', property, got });
  });

  test('a prop that there is not: says which is meant', () => {
    expect(refused(make({ istioo: '1.31.1' }))).toMatchObject({ code: 'unknown-prop', property: 'istioo', fix: 'did you mean "istio"?' });
  });

  test.each(['1.20.0', '1.28.3', '1.32.0', '2.29.6', ['1.31.1', '1.28.0']])('Istio %p, whose minor release is not known', (istio) => {
    const finding = refused(make({ istio }));
    expect(finding).toMatchObject({ code: 'unknown-version', construct: 'prod', property: 'istio' });
    expect(finding.expected).toBe('a version of Istio 1.29, 1.30, 1.31: the rules of 1.29.6, 1.30.3, 1.31.1 are known');
  });

  test.each(['1.29.0', '1.30', '1.31.99', 'v1.31.1'])('Istio %p, whose minor release is known, is taken', (istio) => {
    expect(make({ istio })().facts.istio).toEqual([istio]);
  });

  test('in a Chart, or in another Cluster', () => {
    const app = new MeshApp();
    const inChart = refused(() => new Cluster(new Construct(new Chart(app, 'shop'), 'group'), 'prod'));
    expect(inChart).toMatchObject({ code: 'bad-scope', construct: 'shop/group/prod', got: 'shop, which is a Chart' });
    expect(refused(() => new Cluster(new Cluster(app, 'eu'), 'prod'))).toMatchObject({ code: 'bad-scope', got: 'eu, which is a Cluster' });
  });

  test('twice with one id', () => {
    const app = new MeshApp();
    new Cluster(app, 'prod');
    expect(refused(() => new Cluster(app, 'prod'))).toMatchObject({ code: 'id-taken', construct: 'prod', expected: 'an id that no other child of the app has' });
  });
});

describe('a MeshApp', () => {
  test.each([
    [null, 'props', 'null'],
    ['dist', 'props', '"dist"'],
    [{ outdir: 7 }, 'outdir', '7'],
    [{ outdir: '' }, 'outdir', '""'],
    [{ yamlOutputType: 'one-file' }, 'yamlOutputType', '"one-file"'],
    [{ outputFileExtension: '/../x.yaml' }, 'outputFileExtension', '"/../x.yaml"'],
    [{ onWarning: 'ignore' }, 'onWarning', '"ignore"'],
  ])('%j', (props, property, got) => {
    expect(refused(() => new MeshApp(js(props)))).toMatchObject({ code: 'bad-props', property, got });
  });
});

test.each([null, 7, undefined])('a chart whose namespace is %p: its objects say that they have none', (namespace) => {
  const chart = new Chart(Testing.app(), 'shop', { namespace: js(namespace) });
  new ConfigMap(chart, 'map');
  const codes = caught(() => Testing.synth(chart)).findings.map(({ code, construct }) => [code, construct]);
  expect(codes).toContainEqual(['missing-namespace', 'shop/map']);
});
