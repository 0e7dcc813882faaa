import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../tools/parity/migrate-family';
import { runCli } from './run-cli';
import type { CliRun } from './run-cli';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrate-'));
  writeFileSync(join(folder, 'values.yaml'), 'global:\n  hub: example.com\npilot:\n  replicaCount: 2\n  autoscaleEnabled: false\n');
  writeFileSync(join(folder, 'bad.yaml'), 'global:\n  hubb: x\n');
  writeFileSync(
    join(folder, 'iop.yaml'),
    `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  profile: minimal
  components:
    pilot:
      k8s:
        nodeSelector: { pool: system }
        overlays:
          - kind: Deployment
            name: istiod
            patches: [{ path: 'spec.template.spec.containers.[name:discovery].args.[-1]', value: --more }]
`,
  );
  writeFileSync(join(folder, 'refused.yaml'), 'spec:\n  profile: minimal\n  components: { pilot: { k8s: { hpaSpec: { minReplicas: 9 } } } }\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function migrate(...args: readonly string[]): Promise<CliRun> {
  return await runCli(['migrate', ...args], { cwd: folder });
}

async function rendered(...args: readonly string[]): Promise<unknown> {
  const { stdout } = await runCli(['render', '--json', ...args], { cwd: folder });
  return (JSON.parse(stdout) as { objects: unknown }).objects;
}

test('a values file becomes a program of constructs', async () => {
  const run = await migrate('--from-helm', 'istiod=values.yaml', '--istio', '1.30.3');
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toContain("new Istiod(istio, 'istiod', {");
  expect(run.stdout).toContain("image: { hub: 'example.com' }");
  expect(run.stdout).toContain('replicas: 2,');
});

test.each([
  ['--from-helm', 'base', '--from-helm', 'istiod=values.yaml', '--from-helm', 'gateway:edge/ingress'],
  ['--profile', 'demo', '--istio', '1.30.3'],
  ['--profile', 'empty'],
])('the program of %s %s makes what render prints', async (...args) => {
  const { stdout } = await migrate(...args);
  expect(runProgram(stdout)).toEqual(await rendered(...args));
});

test('what no prop stands for is named, and the rest is expressed', async () => {
  const named = 'istiod: overlay of Deployment istiod at spec.template.spec.containers.[name:discovery].args.[-1]';
  const run = await migrate('--from-operator', 'iop.yaml');
  expect(run).toMatchObject({ code: 0, stderr: `not expressed: ${named}\n` });
  expect(run.stdout).toContain(`// not expressed: ${named}\n`);
  expect(run.stdout).toContain("nodeSelector: { pool: 'system' }");
});

test('values that change nothing are named', async () => {
  const run = await runCli(['migrate', '--from-helm', 'ztunnel=-'], { stdin: 'pilot: {replicaCount: 3}\n' });
  expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(/^note: ztunnel: pilot\.replicaCount: /) as string });
});

test('--json gives the program with what it does not say', async () => {
  const { stdout, code } = await migrate('--json', '--from-operator', 'iop.yaml', '--istio', '1.30.3');
  const { program, ...others } = JSON.parse(stdout) as { program: string };
  expect(code).toBe(0);
  expect(program).toContain("new Cluster(app, 'cluster', { istio: '1.30.3' })");
  expect(others).toEqual({ istio: '1.30.3', notExpressed: [expect.stringContaining('overlay of Deployment istiod')], notes: [] });
});

test('what is wrong stands with its place, and nothing is printed', async () => {
  const run = await migrate('--from-helm', 'istiod=bad.yaml');
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toMatch(/^bad\.yaml:2:3: istiod: global\.hubb: .*\[unknown-value\]$/m);
  const json = await migrate('--json', '--from-helm', 'istiod=bad.yaml');
  expect(JSON.parse(json.stdout)).toMatchObject({ findings: [{ code: 'unknown-value', source: { line: 2 } }] });
});

test('a program that could not be synthesized is not printed', async () => {
  const run = await migrate('--from-operator', 'refused.yaml');
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toContain('minReplicas');
});

test.each([
  [[], 'no input: give --from-helm, --from-operator or --profile'],
  [['--profile', 'demo', '--from-helm', 'base'], 'give only one of --from-helm, --from-operator and --profile'],
  [['--from-helm', 'base', '--tag', 'x'], '--hub and --tag are values of the charts'],
  [['--from-helm', 'base=-', '--from-helm', 'cni=-'], 'standard input can be read only once'],
  [['--from-operator', 'missing.yaml'], 'missing.yaml: no such file or folder'],
  [['--what'], "Unknown option '--what'"],
])('%j is a misuse', async (args, message) => {
  const run = await migrate(...args);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain(message);
  expect(run.stderr).toContain('mesh-constructs migrate --help shows how it is used');
});

test('--help shows options, examples and exit codes', async () => {
  const run = await migrate('--help');
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toMatch(/usage: mesh-constructs [\s\S]*options:[\s\S]*examples:[\s\S]*exit codes:/);
});
