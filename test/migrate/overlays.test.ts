import { App, Chart } from 'cdk8s';
import { MeshObject } from '../../src/core/mesh-object';
import { applyOverlays } from '../../src/migrate/overlay/apply-overlays';
import { patchAtPath, PathMismatch } from '../../src/migrate/overlay/path-patch';
import { strategicMerge } from '../../src/migrate/overlay/strategic-merge';
import type { Json } from '../../src/rules/json';
import { caught } from '../support/caught';

describe('a strategic merge', () => {
  test('merges containers and variables by name, takes away what is null, and replaces other lists', () => {
    const object = {
      spec: {
        containers: [{ name: 'a', image: 'x', args: ['1', '2'], env: [{ name: 'A', value: '1' }, { name: 'B', value: '2' }] }, { name: 'b' }],
        tolerations: [{ key: 'x' }],
        gone: 1,
      },
    };
    const patch = { spec: { containers: [{ name: 'a', args: ['3'], env: [{ name: 'B', value: '3' }] }], tolerations: [{ key: 'y' }], gone: null } };
    expect(strategicMerge(object, patch)).toEqual({
      spec: {
        containers: [{ name: 'a', image: 'x', args: ['3'], env: [{ name: 'A', value: '1' }, { name: 'B', value: '3' }] }, { name: 'b' }],
        tolerations: [{ key: 'y' }],
      },
    });
  });

  test('puts what is new before what the patch does not name, as API servers do', () => {
    const env = (...names: string[]): Json => names.map((name) => ({ name }));
    const merged = strategicMerge({ env: env('A', 'B', 'C') }, { env: env('NEW', 'C', 'A') });
    expect(merged['env']).toEqual(env('NEW', 'B', 'C', 'A'));
  });

  test("tells a Service's ports apart by their number", () => {
    const merged = strategicMerge({ ports: [{ port: 80, name: 'http' }] }, { ports: [{ port: 80, nodePort: 30080 }] });
    expect(merged['ports']).toEqual([{ port: 80, name: 'http', nodePort: 30080 }]);
  });
});

describe('a patch at a path', () => {
  const object = { spec: { args: ['--a', '--b=1'], containers: [{ name: 'x', env: [{ name: 'A', value: '1' }] }] }, metadata: { labels: { 'a.b/c': 'd' } } };

  test.each<[string, Json, (at: typeof object) => unknown, unknown]>([
    ['spec.replicas', 2, (at) => (at.spec as Record<string, unknown>)['replicas'], 2],
    ['spec.containers.[name:x].image', 'i', (at) => at.spec.containers[0], { name: 'x', image: 'i', env: [{ name: 'A', value: '1' }] }],
    ['spec.containers[0].env.[name:A].value', '2', (at) => at.spec.containers[0]?.env, [{ name: 'A', value: '2' }]],
    ['spec.containers[name:x].env[-1]', { name: 'B' }, (at) => at.spec.containers[0]?.env, [{ name: 'A', value: '1' }, { name: 'B' }]],
    ['spec.args.[:--b]', '--b=2', (at) => at.spec.args, ['--a', '--b=2']],
    ['spec.args.[:--a]', null, (at) => at.spec.args, ['--b=1']],
    ['metadata.labels.a\\.b/c', 'e', (at) => at.metadata.labels, { 'a.b/c': 'e' }],
    ['metadata.labels', null, (at) => at.metadata, {}],
    ['spec.new.deep', 1, (at) => (at.spec as Record<string, unknown>)['new'], { deep: 1 }],
    // a text that is written like a map is taken for one; JSON is not
    ['spec.new', 'a: b', (at) => (at.spec as Record<string, unknown>)['new'], { a: 'b' }],
    ['spec.new', '{"a": "b"}', (at) => (at.spec as Record<string, unknown>)['new'], '{"a": "b"}'],
  ])('%s: %j', (path, value, part, expected) => {
    expect(part(patchAtPath(object, path, value) as typeof object)).toEqual(expected);
  });

  test('leaves the object alone', () => {
    patchAtPath(object, 'spec.args.[0]', null);
    expect(object.spec.args).toEqual(['--a', '--b=1']);
  });

  test.each(['spec.containers.[name:y].image', 'spec.args.x', 'spec.args.[0].deeper', 'spec.args.[:(]'])('%s is in no such object', (path) => {
    expect(() => patchAtPath(object, path, 1)).toThrow(PathMismatch);
  });
});

describe('overlays', () => {
  function budget(): { chart: Chart; object: MeshObject } {
    const chart = new Chart(new App(), 'c', { namespace: 'ns' });
    const type = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', scope: 'Namespaced' } as const;
    return { chart, object: new MeshObject(chart, 'istiod', type, { spec: { minAvailable: 1 } } as object) };
  }

  test('change the object of that kind and name, after all else', () => {
    const { chart, object } = budget();
    applyOverlays(chart, [
      { kind: 'PodDisruptionBudget', name: 'istiod', patches: [{ path: 'metadata.labels.a', value: 'b' }] },
      { kind: 'Deployment', name: 'istiod', patches: [{ path: 'spec', value: 1 }] },
      { kind: 'PodDisruptionBudget', name: 'other', patches: [{ path: 'spec', value: 1 }] },
    ]);
    expect(object.toJson()).toMatchObject({ metadata: { labels: { a: 'b' } }, spec: { minAvailable: 1 } });
  });

  test('one bound of a disruption budget takes the place of the other', () => {
    const { chart, object } = budget();
    applyOverlays(chart, [{ kind: 'PodDisruptionBudget', name: 'istiod', merge: { spec: { maxUnavailable: 1 } }, patches: [] }]);
    expect(object.toJson()['spec']).toEqual({ maxUnavailable: 1 });
  });

  test('a path that is not there is refused with the object', () => {
    const { chart } = budget();
    const { findings } = caught(() => applyOverlays(chart, [{ kind: 'PodDisruptionBudget', name: 'istiod', patches: [{ path: 'spec.minAvailable.x', value: 1 }] }]));
    expect(findings).toMatchObject([{ code: 'bad-overlay', construct: 'c/istiod', property: 'k8s.overlays PodDisruptionBudget istiod' }]);
  });
});
