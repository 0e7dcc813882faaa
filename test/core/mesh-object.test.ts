import type { App} from 'cdk8s';
import { Chart, JsonPatch, Lazy, Testing } from 'cdk8s';
import { MeshObject } from '../../src/core/mesh-object';
import { caught } from '../support/caught';

const POLICY = { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', scope: 'Namespaced' } as const;
const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', scope: 'Cluster' } as const;

function chartOf(app: App = Testing.app()): Chart {
  return new Chart(app, 'shop', { namespace: 'shop', labels: { team: 'web' } });
}

describe('name, namespace and labels', () => {
  test('the id is the name, without a hash, and the chart gives namespace and labels', () => {
    const object = new MeshObject(chartOf(), 'allow-web', POLICY, {});
    expect(object.toJson()).toEqual({
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'allow-web', namespace: 'shop', labels: { team: 'web' } },
    });
  });

  test('an explicit name, namespace and apiVersion win', () => {
    const metadata = { name: 'web', namespace: 'other' };
    const object = new MeshObject(chartOf(), 'id', POLICY, { apiVersion: 'security.istio.io/v1beta1', metadata });
    expect(object.toJson()).toMatchObject({ apiVersion: 'security.istio.io/v1beta1', metadata });
    expect(object.name).toBe('web');
  });

  test('a name that is undefined counts as absent', () => {
    const object = new MeshObject(chartOf(), 'id', POLICY, { metadata: { name: undefined } });
    expect(object.name).toBe('id');
  });

  test('with a generateName the id is no name, and two such objects are not the same', () => {
    const chart = chartOf();
    for (const id of ['one', 'two']) new MeshObject(chart, id, POLICY, { metadata: { generateName: 'web-' }, spec: {} } as object);
    const names = (Testing.synth(chart) as { metadata: object }[]).map(({ metadata }) => metadata);
    expect(names).toEqual(Array.from({ length: 2 }, () => ({ generateName: 'web-', namespace: 'shop', labels: { team: 'web' } })));
  });

  test("an object of a cluster-wide kind does not take the chart's namespace", () => {
    const object = new MeshObject(chartOf(), 'shop', NAMESPACE, {});
    expect(object.toJson()).toMatchObject({ metadata: { name: 'shop' } });
    expect(object.toJson()).not.toHaveProperty('metadata.namespace');
  });

  test('what is added to the metadata later still counts', () => {
    const object = new MeshObject(chartOf(), 'web', POLICY, {});
    object.metadata.addLabel('app', 'web');
    expect(object.toJson()).toHaveProperty('metadata.labels', { app: 'web', team: 'web' });
  });
});

describe('what is given is what is written', () => {
  test('empty objects and lists, false, null and unknown keys are kept; only undefined is absent', () => {
    const spec = { rules: [{}], selector: {}, list: [], off: false, nothing: null, notInTheSchema: 1, gone: undefined };
    const object = new MeshObject(chartOf(), 'web', POLICY, { spec } as object);
    const { gone: _gone, ...kept } = spec;
    expect(object.toJson()['spec']).toEqual(kept);
    expect(Object.keys(object.toJson()['spec'] as object)).not.toContain('gone');
  });

  test('an empty spec stays: it denies everything', () => {
    expect(new MeshObject(chartOf(), 'none', POLICY, { spec: {} } as object).toJson()).toHaveProperty('spec', {});
  });

  test('keys come in sorted order whatever the order they were given in', () => {
    const one = new MeshObject(chartOf(), 'web', POLICY, { spec: { b: 1, a: { d: 1, c: 2 } } } as object);
    const other = new MeshObject(chartOf(), 'web', POLICY, { spec: { a: { c: 2, d: 1 }, b: 1 } } as object);
    expect(JSON.stringify(one.toJson())).toBe(JSON.stringify(other.toJson()));
  });

  test('lazy values are resolved at synthesis', () => {
    const rules: object[] = [];
    const object = new MeshObject(chartOf(), 'web', POLICY, { spec: { rules: Lazy.any({ produce: () => rules }) } } as object);
    rules.push({ to: [] });
    expect(object.toJson()).toHaveProperty('spec.rules', [{ to: [] }]);
  });

  test.each([
    ['a function', () => 1, 'a function'],
    ['a date', new Date(0), 'an instance of Date'],
    ['not a number', NaN, 'NaN'],
    ['a big integer', 1n, 'a bigint'],
  ])('%s is refused with its path', (_name, value, got) => {
    const object = new MeshObject(chartOf(), 'web', POLICY, { spec: { rules: [{ a: value }] } } as object);
    const [finding] = caught(() => object.toJson()).findings;
    expect(finding).toMatchObject({ code: 'not-plain-data', construct: 'shop/web', property: 'spec.rules[0].a', got });
  });

  test('a hole in a list is refused rather than written as null', () => {
    const object = new MeshObject(chartOf(), 'web', POLICY, { spec: { rules: [undefined] } } as object);
    expect(caught(() => object.toJson()).findings[0]).toMatchObject({ property: 'spec.rules[0]', got: 'undefined' });
  });

  test('a value that contains itself is refused, not followed for ever', () => {
    const spec: { self?: object } = {};
    spec.self = spec;
    const object = new MeshObject(chartOf(), 'web', POLICY, { spec } as object);
    expect(caught(() => object.toJson()).findings[0]).toMatchObject({ got: 'a value that contains itself' });
  });
});

describe('JSON patches', () => {
  test('apply to what will be written, after everything else', () => {
    const object = new MeshObject(chartOf(), 'web', POLICY, { spec: { action: 'ALLOW' } } as object);
    object.addJsonPatch(JsonPatch.add('/spec/custom', { x: [] }), JsonPatch.replace('/metadata/name', 'patched'));
    expect(object.toJson()).toMatchObject({ metadata: { name: 'patched' }, spec: { action: 'ALLOW', custom: { x: [] } } });
    expect(object.toJson()).toMatchObject({ metadata: { name: 'patched' } });
  });

  test('a patch that does not apply names the construct, the path and the way out', () => {
    const object = new MeshObject(chartOf(), 'web', POLICY, { spec: {} } as object);
    object.addJsonPatch(JsonPatch.replace('/spec/no/such', 1));
    const [finding] = caught(() => object.toJson()).findings;
    expect(finding).toMatchObject({ code: 'bad-patch', construct: 'shop/web', property: 'spec.no.such' });
    expect(finding?.got).toContain('replace /spec/no/such');
  });
});
