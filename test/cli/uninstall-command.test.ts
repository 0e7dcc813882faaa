import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from './run-cli';
import type { CliRun } from './run-cli';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'uninstall-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function object(apiVersion: string, kind: string, name: string, namespace?: string): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n${namespace === undefined ? '' : `  namespace: ${namespace}\n`}`;
}

const INSTALLED = [
  object('v1', 'Namespace', 'istio-system'),
  object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'sidecars.networking.istio.io'),
  object('v1', 'ServiceAccount', 'istiod', 'istio-system'),
  object('apps/v1', 'Deployment', 'istiod', 'istio-system'),
  object('networking.istio.io/v1', 'Sidecar', 'default', 'istio-system'),
];

async function uninstall(documents: readonly string[], ...args: readonly string[]): Promise<CliRun> {
  writeFileSync(join(folder, 'a.yaml'), documents.join('---\n'));
  return await runCli(['uninstall', ...args, 'a.yaml'], { cwd: folder });
}

test('what was applied last goes first; definitions and namespaces are kept', async () => {
  const { code, stdout } = await uninstall(INSTALLED);
  expect(code).toBe(0);
  expect(stdout.split('\n').filter((line) => !line.startsWith('# left behind'))).toEqual([
    'kubectl delete Sidecar.v1.networking.istio.io/default -n istio-system --ignore-not-found',
    'kubectl delete Deployment.v1.apps/istiod -n istio-system --ignore-not-found',
    'kubectl delete ServiceAccount/istiod -n istio-system --ignore-not-found',
    '# kept: CustomResourceDefinition.v1.apiextensions.k8s.io/sidecars.networking.istio.io',
    '# kept: Namespace/istio-system',
    '',
  ]);
});

test('on request they go too, after all that they hold', async () => {
  const { stdout } = await uninstall([...INSTALLED].reverse(), '--crds', '--namespaces', '--json');
  const { delete: gone, keep } = JSON.parse(stdout) as { delete: { kind: string }[]; keep: unknown[] };
  expect(gone.slice(-2).map(({ kind }) => kind)).toEqual(['CustomResourceDefinition', 'Namespace']);
  expect(keep).toEqual([]);
});

test('what istiod itself has made is named, where there is an istiod', async () => {
  expect((await uninstall(INSTALLED)).stdout).toContain('# left behind: Secret istio-ca-secret in istio-system');
  expect((await uninstall(INSTALLED.slice(0, 1))).stdout).not.toContain('left behind');
});

test('an object that stands twice is listed once', async () => {
  const { stdout } = await uninstall([INSTALLED[2] as string, INSTALLED[2] as string]);
  expect(stdout.match(/ServiceAccount\/istiod/g)).toHaveLength(1);
});

test('a document that is no object, and wrong use', async () => {
  expect(await uninstall(['kind: Service\n'])).toMatchObject({ code: 1, stdout: '' });
  expect(await runCli(['uninstall'], { cwd: folder })).toMatchObject({ code: 2 });
  expect(await runCli(['uninstall', 'missing.yaml'], { cwd: folder })).toMatchObject({ code: 2 });
  expect(await runCli(['uninstall', '--nonsense', 'a.yaml'], { cwd: folder })).toMatchObject({ code: 2 });
});
