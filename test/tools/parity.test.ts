import { compare, formatDifference } from '../../tools/parity/compare';
import { intended, INTENDED_DIFFERENCES, MOST } from '../../tools/parity/intended-differences';
import { normalForm, readObjects } from '../../tools/parity/normal-form';
import type { NormalForm } from '../../tools/parity/normal-form';

function form(text: string, injectorPaths: readonly string[] = []): NormalForm {
  return normalForm(readObjects(text), injectorPaths);
}

const OBJECT = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: ns}\n';

test('a null is as good as nothing; an empty value is so only where it says nothing', () => {
  expect(form(`${OBJECT}spec: {a: null, rules: [], volume: {emptyDir: {}}, env: [], affinity: {nodeAffinity: {}}, metadata: {labels: {}}}`)).toEqual(
    form(`${OBJECT}spec: {rules: [], volume: {emptyDir: {}}}`),
  );
  expect(compare(form(`${OBJECT}spec: {rules: []}`), form(`${OBJECT}spec: {}`))).toEqual([
    { object: 'ConfigMap ns/a', path: 'spec.rules', expected: [], got: undefined },
  ]);
});

test('labels of installers are left out of objects and pod templates, and of nothing else', () => {
  const labels = '{release: r, helm.sh/chart: c, app: x}';
  expect(form(`${OBJECT.replace('{name: a, namespace: ns}', `{name: a, namespace: ns, labels: ${labels}}`)}spec: {template: {metadata: {labels: ${labels}}}, selector: ${labels}}`).get('ConfigMap ns/a')).toMatchObject({
    metadata: { labels: { app: 'x' } },
    spec: { template: { metadata: { labels: { app: 'x' } } }, selector: { release: 'r', 'helm.sh/chart': 'c', app: 'x' } },
  });
});

test('what a ConfigMap holds is compared as what it is', () => {
  expect(form(`${OBJECT}data: {x: '{"a": 1, "b": null}', y: "a: 1", z: just text}`)).toEqual(form(`${OBJECT}data: {x: "a: 1", y: "{a: 1}", z: just text}`));
});

test("of the injector, its template is left out, and of its values what nothing reads", () => {
  const injector = (values: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-sidecar-injector-x}\ndata: {config: "a: ${values.length}", values: '${values}'}\n`;
  const read = ['global.hub'];
  expect(form(injector('{"global": {"hub": "h", "debug": 1}}'), read)).toEqual(form(injector('{"global": {"hub": "h"}}'), read));
  expect(compare(form(injector('{"global": {"hub": "h"}}'), read), form(injector('{"global": {"hub": "i"}}'), read))).toHaveLength(1);
});

test('CRDs and the dump of values are left out, objects that are there twice are not', () => {
  const crd = 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n';
  expect(form(`${crd}---\n${OBJECT.replace('name: a', 'name: values-canary')}`).size).toBe(0);
  expect(form(`${OBJECT}---\n${OBJECT}`).size).toBe(2);
});

test('objects are told apart by group, kind, namespace and name', () => {
  const gateway = (group: string): string => `apiVersion: ${group}/v1\nkind: Gateway\nmetadata: {name: g, namespace: ns}\n`;
  const differences = compare(form(gateway('networking.istio.io')), form(gateway('gateway.networking.k8s.io')));
  expect(differences.map(formatDifference)).toEqual([
    'gateway.networking.k8s.io/Gateway ns/g: expected nothing, got "an object"',
    'networking.istio.io/Gateway ns/g: expected "an object", got nothing',
  ]);
});

test('a difference has the whole path', () => {
  const of = (value: number): NormalForm => form(`${OBJECT}spec: {list: [{a.b/c: [1, ${value}]}]}`);
  expect(compare(of(2), of(3)).map(formatDifference)).toEqual(['ConfigMap ns/a: spec.list[0]["a.b/c"][1]: expected 2, got 3']);
});

test('an intended difference is one kind and one path', () => {
  const difference = { object: 'apps/Deployment ns/x', path: 'spec.replicas', expected: 1, got: 2 };
  const list = [{ kind: 'Deployment', path: 'spec.replicas', reason: 'r' }];
  expect(intended(difference, list)).toBe(list[0]);
  expect(intended({ ...difference, path: 'spec.replicas.x' }, list)).toBeUndefined();
  expect(intended({ ...difference, object: 'apps/DaemonSet ns/x' }, list)).toBeUndefined();
});

test('there are few of them, each with a reason and without wildcards', () => {
  expect(INTENDED_DIFFERENCES.length).toBeLessThanOrEqual(MOST);
  for (const { kind, path, reason } of INTENDED_DIFFERENCES) {
    expect(`${kind}${path}`).not.toMatch(/\*/);
    expect(reason.length).toBeGreaterThan(20);
  }
});
