import { transformSync } from 'esbuild';
import { runInNewContext } from 'node:vm';
import type { InstalledComponent, ObjectOverlay } from '../../src/migrate/installation';
import type { JsonObject } from '../../src/rules/json';
import { printProgram } from '../../src/migrate/program/print-program';
import { printValue } from '../../src/migrate/program/print-value';

/** What a printed value is, when it is read as TypeScript. */
function read(text: string): unknown {
  const { code } = transformSync(`module.exports = ${text}`, { loader: 'ts', charset: 'utf8' });
  const module = { exports: undefined as unknown };
  runInNewContext(code, { module });
  return JSON.parse(JSON.stringify(module.exports));
}

const HOSTILE = [
  "it's", '"quoted"', 'back\\slash', '${not} a hole', '`tick`', 'two\nlines', 'three\n${holes}\n`and` \\ more', '\u0000\u0007', 'a\r\nb',
  '\u2028\u2029', 'tab\there', 'ünïcödé 🎉', '', ' ', 'true', '1e3', '__proto__',
];

test.each(HOSTILE)('a text reads back as it was: %j', (text) => {
  expect(read(printValue(text))).toBe(text);
  expect(read(printValue({ [text]: [text] }))).toEqual(JSON.parse(JSON.stringify({ [text]: [text] })));
});

test('data of every shape reads back as it was', () => {
  const value = { a: [1, -0.5, 1e21, true, null, [], {}, [[{}]]], 'b-c': { d: { e: 'x'.repeat(200) } }, 2: 'two' };
  expect(read(printValue(value))).toEqual(value);
});

test('what fits stands on one line, and no line is longer for nothing', () => {
  expect(printValue({ resources: { requests: { cpu: '1' } } })).toBe("{ resources: { requests: { cpu: '1' } } }");
  const text = printValue({ names: Array.from({ length: 40 }, (_, index) => `name-${index}`) });
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
});

test('what is merged into an object is named by its paths, one line for the object', () => {
  const merged = (merge: JsonObject): ObjectOverlay => ({ kind: 'Deployment', name: 'istiod', merge, patches: [] });
  const pod = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } });
  const overlays = [
    merged(pod({ containers: [{ name: 'discovery', env: [{ name: 'A', value: 'b' }, { name: 'C', value: 'd' }] }] })),
    merged(pod({ tolerations: [{ key: 'x' }] })),
    merged({ metadata: { annotations: { 'example.com/a': 'b' } } }),
    { kind: 'Service', name: 'istiod', patches: [{ path: 'spec.type' }] },
  ];
  const container = 'spec.template.spec.containers.[name:discovery]';
  expect(printProgram({ istio: '1.30.3', components: [{ construct: 'Istiod', id: 'istiod', props: {}, overlays }] }).notExpressed).toEqual([
    `istiod: overlay of Deployment istiod at ${container}.env.[name:A], ${container}.env.[name:C], spec.template.spec.tolerations, metadata.annotations.example\\.com/a`,
    'istiod: overlay of Service istiod at spec.type',
  ]);
});

test('a program that installs nothing declares nothing that it does not use', () => {
  const { text } = printProgram({ istio: '1.30.3', components: [] });
  expect(text).toContain("new Cluster(app, 'cluster', { istio: '1.30.3' });");
  expect(text).not.toMatch(/Chart|const cluster/);
});

test('a program names the release once and what it could not express', () => {
  const { text, notExpressed } = printProgram({
    istio: '1.30.3',
    components: [
      { construct: 'Istiod', id: 'istiod', props: { istio: '1.30.3', revision: 'canary' }, overlays: [{ kind: 'Deployment', name: 'istiod', patches: [{ path: 'spec.x' }] }] },
      { construct: 'Cni', id: 'cni', props: { istio: '1.30.3' } },
    ],
  });
  expect(text).toContain("new Cluster(app, 'cluster', { istio: '1.30.3' })");
  expect(text).toContain("new Istiod(istio, 'istiod', { revision: 'canary' });");
  expect(text).toContain("new Cni(istio, 'cni');");
  expect(text).toContain("import { Cluster, Cni, Istiod, MeshApp } from 'mesh-constructs';");
  expect(notExpressed).toEqual(['istiod: overlay of Deployment istiod at spec.x']);
  expect(text).toContain('// not expressed: istiod: overlay of Deployment istiod at spec.x');
});

test('settings are said of the component that they are for', () => {
  const component = (construct: string, id: string): InstalledComponent => ({ construct, id, props: {}, settings: { replicaCount: 2 } });
  const components = [component('Istiod', 'istiod'), component('StandaloneGateway', 'public'), component('StandaloneGateway', 'istio-edge'), component('StandaloneGateway', 'istio.edge')];
  const { text } = printProgram({ istio: '1.30.3', components });
  expect(text).toContain("const istiod = new Istiod(istio, 'istiod');\napplyKubernetesSettings(istiod, { replicaCount: 2 });\n");
  expect([...text.matchAll(/^const (\w+) = new StandaloneGateway/gm)].map(([, name]) => name)).toEqual(['gatewayPublic', 'istioEdge', 'istioEdge2']);
  expect(text).toContain('MeshApp, StandaloneGateway, applyKubernetesSettings }');
});
