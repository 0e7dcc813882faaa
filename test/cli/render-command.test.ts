import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NEWEST } from '../../src/control-plane/release';
import { runCli } from './run-cli';
import type { CliRun } from './run-cli';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'render-'));
  writeFileSync(join(folder, 'values.yaml'), 'global:\n  hub: example.com\npilot:\n  replicaCount: 2\n  autoscaleEnabled: false\n');
  writeFileSync(join(folder, 'more.yaml'), 'pilot:\n  replicaCount: 4\n');
  writeFileSync(join(folder, 'bad.yaml'), 'global:\n  hubb: x\nfoo: 1\n');
  writeFileSync(join(folder, 'empty.yaml'), '# nothing\n');
  writeFileSync(join(folder, 'two.yaml'), 'a: 1\n---\nb: 1\n');
  writeFileSync(join(folder, 'iop.yaml'), 'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  profile: minimal\n');
  writeFileSync(join(folder, 'bad-iop.yaml'), 'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  components:\n    pilot:\n      k8s:\n        replica: 1\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function render(...args: readonly string[]): Promise<CliRun> {
  return await runCli(['render', ...args], { cwd: folder });
}

interface Rendered {
  readonly istio: string;
  readonly objects: readonly { readonly kind: string; readonly metadata: { readonly name: string; readonly namespace?: string }; readonly spec: { readonly replicas?: number } }[];
  readonly notes: readonly string[];
}

async function json(...args: readonly string[]): Promise<Rendered> {
  return JSON.parse((await render('--json', ...args)).stdout) as Rendered;
}

test('a values file becomes manifests, in the order in which they are applied', async () => {
  const run = await render('--from-helm', 'istiod=values.yaml', '--from-helm', 'base', '--istio', '1.30.3');
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toContain('image: example.com/pilot:1.30.3');
  const kinds = [...run.stdout.matchAll(/^kind: (.*)$/gm)].map(([, kind]) => kind);
  expect(kinds[0]).toBe('CustomResourceDefinition');
  expect(kinds.indexOf('ClusterRole')).toBeLessThan(kinds.indexOf('Deployment'));
  expect(kinds.indexOf('Deployment')).toBeLessThan(kinds.indexOf('MutatingWebhookConfiguration'));
});

test('files of one release are merged, and releases of one chart stand side by side', async () => {
  const { objects } = await json('--from-helm', 'istiod=values.yaml', '--from-helm', 'istiod=more.yaml');
  expect(objects.find(({ kind }) => kind === 'Deployment')?.spec.replicas).toBe(4);
  const gateways = await json('--from-helm', 'gateway:edge/ingress', '--from-helm', 'gateway:inner=empty.yaml');
  const deployments = gateways.objects.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  expect(deployments.sort()).toEqual(['ingress/edge', 'istio-ingress/inner']);
});

test('an IstioOperator and a profile say the same', async () => {
  const profile = await render('--profile', 'minimal', '--istio', '1.30.3', '--hub', 'example.com', '--tag', 'x');
  expect(profile.stdout).toContain('image: example.com/pilot:x');
  expect(await render('--from-operator', 'iop.yaml', '--istio', '1.30.3', '--hub', 'example.com', '--tag', 'x')).toEqual(profile);
});

test('standard input is a file, too', async () => {
  const run = await runCli(['render', '--json', '--from-helm', 'istiod=-'], { stdin: 'pilot: {autoscaleEnabled: false, replicaCount: 3}\n' });
  expect((JSON.parse(run.stdout) as Rendered).objects.find(({ kind }) => kind === 'Deployment')?.spec.replicas).toBe(3);
});

test('the newest release is made where none is asked for', async () => {
  expect((await json('--profile', 'empty')).istio).toBe(NEWEST['1.31']);
});

test('what is wrong stands with its place, and nothing is printed', async () => {
  const run = await render('--from-helm', 'istiod=bad.yaml');
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toMatch(/^bad\.yaml:2:3: istiod: global\.hubb: got "x", expected .*; did you mean "global\.hub"\? \[unknown-value\]\nbad\.yaml:3:1: istiod: foo: /);
  const operator = await render('--from-operator', 'bad-iop.yaml');
  expect(operator.stderr).toMatch(/^bad-iop\.yaml:7:9: spec\.components\.pilot\.k8s\.replica: /);
  expect(operator.code).toBe(1);
});

test('--json gives findings as data', async () => {
  const run = await render('--json', '--from-helm', 'istiod=bad.yaml');
  expect(run.code).toBe(1);
  expect(JSON.parse(run.stdout)).toMatchObject({ findings: [{ code: 'unknown-value', property: 'global.hubb', source: { file: 'bad.yaml', line: 2 } }, { property: 'foo' }] });
});

test('values that change nothing are named', async () => {
  const run = await runCli(['render', '--from-helm', 'ztunnel=-'], { stdin: 'pilot: {replicaCount: 3}\n' });
  expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(/^note: ztunnel: pilot\.replicaCount: /) as string });
});

test.each([
  [[], 'no input: give --from-helm, --from-operator or --profile'],
  [['--profile', 'demo', '--from-helm', 'base'], 'give only one of --from-helm, --from-operator and --profile'],
  [['--from-helm', 'base', '--hub', 'x'], '--hub and --tag are values of the charts'],
  [['--from-helm', 'base=-', '--from-helm', 'cni=-'], 'standard input can be read only once'],
  [['--from-helm', 'base=missing.yaml'], 'missing.yaml: no such file or folder'],
  [['--what'], "Unknown option '--what'"],
])('%j is a misuse', async (args, message) => {
  const run = await render(...args);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain(message);
  expect(run.stderr).toContain('mesh-constructs render --help shows how it is used');
});

test.each([
  [['--from-helm', 'istio'], 'unknown-chart'],
  [['--profile', 'dem'], 'unknown-profile'],
  [['--profile', 'demo', '--istio', '1.20.0'], 'unknown-version'],
  [['--from-helm', 'base=two.yaml'], 'bad-values'],
])('%j is refused', async (args, code) => {
  const run = await render(...args);
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toContain(`[${code}]`);
});

test('versions are listed with what judged them', async () => {
  const run = await runCli(['versions']);
  expect(run.stdout).toMatch(/^1\.29 +newest 1\.29\.10, judged 1\.29\.6 by helm template/);
  const { stdout } = await runCli(['versions', '--json']);
  expect((JSON.parse(stdout) as { istio: readonly { newest: string }[] }).istio.map(({ newest }) => newest)).toEqual(Object.values(NEWEST));
  expect(await runCli(['versions', '--bad'])).toMatchObject({ code: 2, stdout: '' });
});

test.each([['render'], ['versions']])('%s --help shows options, examples and exit codes', async (command) => {
  const run = await runCli([command, '--help']);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toMatch(/usage: mesh-constructs [\s\S]*options:[\s\S]*examples:[\s\S]*exit codes:/);
});
