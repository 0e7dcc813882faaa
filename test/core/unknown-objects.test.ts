import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, JsonPatch, Lazy, Testing } from 'cdk8s';
import { ConfigMap } from '../../imports/kubernetes/config-map';
import { MeshApp } from '../../src/core/mesh-app';
import { MeshObject } from '../../src/core/mesh-object';
import { requestSharedObject } from '../../src/core/shared-objects';
import { unknown } from '../../src/core/unknown';
import { synthTo } from '../../src/testing/synth-to';
import { caught } from '../support/caught';
import { refused } from './refused';

const address = unknown<string>('the address of ip');
const bucket = unknown<string>('the name of the bucket');

let outdir: string;
beforeEach(() => (outdir = mkdtempSync(join(tmpdir(), 'unknown-'))));
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

function chartIn(app: App, id = 'shop'): Chart {
  return new Chart(app, id, { namespace: id, labels: { team: 'web' } });
}

function settings(scope: Chart, data: Record<string, string>, metadata: object = {}): ConfigMap {
  return new ConfigMap(scope, 'settings', { metadata, data });
}

describe('rendering', () => {
  test('keeps it as it is, in fields and in metadata, by every entry that writes no file', () => {
    const chart = chartIn(Testing.app());
    const object = settings(chart, { a: address, b: 'x' }, { labels: { zone: bucket }, annotations: { note: address } });
    for (const manifest of [object.toJson(), Testing.synth(chart)[0], synthTo(chart).one(ConfigMap)]) {
      expect(manifest).toEqual({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings', namespace: 'shop', labels: { team: 'web', zone: bucket }, annotations: { note: address } },
        data: { a: address, b: 'x' },
      });
      expect((manifest as { data: { a: unknown } }).data.a).toBe(address);
    }
  });

  test('a token may give one', () => {
    const object = settings(chartIn(Testing.app()), Lazy.any({ produce: () => ({ a: address }) }) as Record<string, string>);
    expect((object.toJson()['data'] as { a: unknown }).a).toBe(address);
  });

  test('what is wrong beside it is found as ever', () => {
    const chart = chartIn(Testing.app());
    settings(chart, { a: address, b: 1 as unknown as string });
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'wrong-type', property: 'data[b]' }]);
  });
});

describe('what says which object it is has to be known', () => {
  const type = { apiVersion: 'v1', kind: 'ConfigMap', scope: 'Namespaced' } as const;
  const props: readonly (readonly [string, object])[] = [
    ['metadata.name', { metadata: { name: address } }],
    ['metadata.namespace', { metadata: { namespace: address } }],
    ['metadata.generateName', { metadata: { generateName: address } }],
    ['metadata', { metadata: address }],
    ['metadata.labels', { metadata: { labels: address } }],
    ['metadata.annotations', { metadata: { annotations: address } }],
    ['metadata.finalizers', { metadata: { finalizers: address } }],
    ['apiVersion', { apiVersion: address }],
  ];

  test.each(props)('%s, when the object is made', (property, given) => {
    const finding = refused(() => new MeshObject(chartIn(Testing.app()), 'settings', type, given));
    expect(finding).toMatchObject({ code: 'unknown-value', construct: 'shop/settings', property, got: 'a value that is known only later (the address of ip)' });
  });

  test.each(['/metadata/name', '/metadata/namespace', '/kind', '/apiVersion', '/metadata'])('a patch of %s', (path) => {
    const object = settings(chartIn(Testing.app()), {});
    object.addJsonPatch(JsonPatch.replace(path, address));
    expect(refused(() => object.toJson())).toMatchObject({ code: 'unknown-value', construct: 'shop/settings', property: path.slice(1).replace('/', '.') });
  });

  test('a token that gives one', () => {
    const object = settings(chartIn(Testing.app()), {}, { name: Lazy.any({ produce: () => address }) });
    expect(refused(() => object.toJson())).toMatchObject({ code: 'unknown-value', property: 'metadata.name' });
  });
});

describe('patches', () => {
  function patched(...patches: JsonPatch[]): Record<string, unknown> {
    const object = settings(chartIn(Testing.app()), { a: address, b: 'x' });
    object.addJsonPatch(...patches);
    return object.toJson()['data'] as Record<string, unknown>;
  }

  test('put it in, move, copy, replace and remove it', () => {
    expect(patched(JsonPatch.add('/data/c', bucket))['c']).toBe(bucket);
    expect(patched(JsonPatch.replace('/data', { all: [bucket] }))).toEqual({ all: [bucket] });
    expect(patched(JsonPatch.move('/data/a', '/data/d'))['d']).toBe(address);
    expect(patched(JsonPatch.copy('/data/a', '/data/d'))['d']).toBe(address);
    expect(patched(JsonPatch.replace('/data/a', 'plain'))).toEqual({ a: 'plain', b: 'x' });
    expect(patched(JsonPatch.remove('/data/a'))).toEqual({ b: 'x' });
    expect(patched(JsonPatch.add('/data/c', 'y'))['a']).toBe(address);
  });

  test.each([
    ['below it', JsonPatch.add('/data/a/deep', 'y'), 'data.a.deep'],
    ['from below it', JsonPatch.copy('/data/a/deep', '/data/c'), 'data.c'],
    ['a comparison with it', JsonPatch.test('/data/a', 'y'), 'data.a'],
  ])('%s is refused', (_name, patch, property) => {
    const finding = refused(() => patched(patch));
    expect(finding).toMatchObject({ code: 'bad-patch', construct: 'shop/settings', property });
    expect(finding.got).toContain('the address of ip');
  });
});

describe.each([
  ['MeshApp', () => new MeshApp({ outdir })],
  ['a plain App', () => new App({ outdir })],
] as const)('%s', (_name, make) => {
  function program(): App {
    const app = make();
    settings(chartIn(app, 'one'), { a: address, 'b.c': bucket }, { annotations: { note: address } });
    settings(chartIn(app, 'two'), { list: 'x' });
    settings(chartIn(app, 'three'), { z: bucket });
    return app;
  }

  test.each(['synth', 'synthYaml'] as const)('%s refuses all of them at once, and writes nothing', (entry) => {
    const app = program();
    const { findings } = caught(() => app[entry]());
    expect(findings.map(({ code, construct, property }) => `${code} ${construct}: ${property}`)).toEqual([
      'unknown-value one/settings: data[a]',
      'unknown-value one/settings: data[b.c]',
      'unknown-value one/settings: metadata.annotations[note]',
      'unknown-value three/settings: data[z]',
    ]);
    expect(findings[0]).toMatchObject({ object: { kind: 'ConfigMap', name: 'settings', namespace: 'one' }, got: 'a value that is known only later (the address of ip)' });
    expect(readdirSync(outdir)).toEqual([]);
  });

  test('those of a kind without rules, too', () => {
    const app = make();
    new MeshObject(chartIn(app), 'own', { apiVersion: 'example.com/v1', kind: 'Thing', scope: 'Namespaced' }, { spec: { list: [address] } } as object);
    expect(refused(() => app.synthYaml())).toMatchObject({ code: 'unknown-value', construct: 'shop/own', property: 'spec.list[0]' });
  });

  test('once they are replaced, the program is written', () => {
    const app = make();
    settings(chartIn(app), { a: address }).addJsonPatch(JsonPatch.replace('/data/a', 'plain'));
    app.synth();
    expect(existsSync(join(outdir, 'shop.k8s.yaml'))).toBe(true);
  });
});

describe('a shared object', () => {
  const type = { apiVersion: 'v1', kind: 'Namespace', scope: 'Cluster' } as const;

  function ask(app: App, id: string, zone: string): void {
    requestSharedObject({ scope: new Chart(app, id), name: 'common', type, props: { metadata: { labels: { zone } } } });
  }

  test('that two want with the same value is one', () => {
    const app = Testing.app();
    for (const id of ['a', 'b']) ask(app, id, bucket);
    const charts = app.node.children as Chart[];
    expect(charts.flatMap((chart) => synthTo(chart).all)).toMatchObject([{ kind: 'Namespace', metadata: { labels: { zone: bucket } } }]);
  });

  test('that two want with different ones is refused: whether they will be equal cannot be told', () => {
    const app = Testing.app();
    ask(app, 'a', bucket);
    ask(app, 'b', unknown<string>('the name of the bucket'));
    expect(refused(() => synthTo(app.node.children[0] as Chart))).toMatchObject({ code: 'shared-object-differs', construct: 'b' });
  });
});
