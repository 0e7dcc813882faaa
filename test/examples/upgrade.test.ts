import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Chart } from 'cdk8s';
import { App } from 'cdk8s';
import { STEPS, upgrade } from '../../examples/03-upgrade/main';
import type { Step } from '../../examples/03-upgrade/main';
import { CustomResourceDefinition, Deployment, MutatingWebhookConfiguration, Namespace, ValidatingWebhookConfiguration } from '../../imports/kubernetes';
import { synthTo } from '../../src/testing/synth-to';
import type { SynthResult } from '../../src/testing/synth-to';

const ROOT = resolve(__dirname, '../..');
const EXAMPLE = join(ROOT, 'examples', '03-upgrade');
const ALL = Object.keys(STEPS) as Step[];

let outdir: string;
beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), 'upgrade-'));
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

function chart(step: Step, id: string): SynthResult {
  return synthTo(upgrade(new App({ outdir }), step).node.findChild('prod').node.findChild(id) as Chart);
}

/** Services that a webhook configuration asks. */
function asked(shown: SynthResult, kind: typeof MutatingWebhookConfiguration | typeof ValidatingWebhookConfiguration, name: string): (string | undefined)[] {
  const webhooks = shown.one(kind, name).webhooks ?? [];
  return [...new Set(webhooks.map(({ clientConfig }) => clientConfig.service?.name))];
}

test('steps.txt lists the steps', () => {
  expect(readFileSync(join(EXAMPLE, 'steps.txt'), 'utf8').trim().split('\n')).toEqual(ALL);
});

test.each<[Step, string[]]>([
  ['before', ['istiod-1-30-7']],
  ['side-by-side', ['istiod-1-30-7', 'istiod-1-31-3']],
  ['switched', ['istiod-1-30-7', 'istiod-1-31-3']],
  ['after', ['istiod-1-31-3']],
])('%s: the control planes are %j', (step, names) => {
  expect(chart(step, 'platform').many(Deployment).map(({ metadata }) => metadata.name).sort()).toEqual(names);
});

test.each<[Step, string]>([
  ['before', 'istiod-1-30-7'],
  ['side-by-side', 'istiod-1-30-7'],
  ['switched', 'istiod-1-31-3'],
  ['after', 'istiod-1-31-3'],
])('%s: new pods are injected by %s', (step, service) => {
  expect(asked(chart(step, 'platform'), MutatingWebhookConfiguration, 'istio-revision-tag-prod')).toEqual([service]);
});

test.each<[Step, string]>([
  ['before', 'istiod-1-30-7'],
  ['side-by-side', 'istiod-1-30-7'],
  ['switched', 'istiod-1-30-7'],
  ['after', 'istiod-1-31-3'],
])('%s: Istio objects are checked by %s, which was up before the step', (step, service) => {
  expect(asked(chart(step, 'platform'), ValidatingWebhookConfiguration, 'istiod-default-validator')).toEqual([service]);
});

test('the namespace names the tag at every step, and is never changed', () => {
  const [first, ...later] = ALL.map((step) => chart(step, 'shop'));
  expect(first?.one(Namespace).metadata.labels).toMatchObject({ 'istio.io/rev': 'prod' });
  for (const shop of later) expect(shop.all).toEqual(first?.all);
});

test('CRDs become those of the new release as soon as it comes, and none is ever taken out', () => {
  const names = ALL.map((step) => chart(step, 'platform').many(CustomResourceDefinition).map(({ metadata }) => metadata.name).sort());
  for (const [index, later] of names.slice(1).entries()) expect(later).toEqual(expect.arrayContaining(names[index] ?? []));
  const [, ...crds] = ALL.map((step) => chart(step, 'platform').many(CustomResourceDefinition));
  for (const later of crds) expect(later).toEqual(crds.at(-1));
});

describe('the program', () => {
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.dev.json') };
  const tsx = join(ROOT, 'node_modules', '.bin', 'tsx');

  test('takes the name of the step', () => {
    const own = join(outdir, 'after');
    execFileSync(tsx, ['main.ts', 'after'], { cwd: EXAMPLE, env: { ...env, CDK8S_OUTDIR: own }, stdio: 'pipe' });
    const files = readdirSync(join(own, 'prod')).sort();
    expect(files).toEqual(['0000-platform-crds.k8s.yaml', '0001-platform.k8s.yaml', '0002-shop.k8s.yaml']);
    const platform = readFileSync(join(own, 'prod', '0001-platform.k8s.yaml'), 'utf8');
    expect(platform).toContain('istiod-1-31-3');
    expect(platform).not.toContain('1-30-7');
  }, 30_000);

  test('says which steps there are, and writes nothing, when there is no such step', () => {
    const own = join(outdir, 'none');
    const { status, stderr } = spawnSync(tsx, ['main.ts', 'sideways'], { cwd: EXAMPLE, env: { ...env, CDK8S_OUTDIR: own }, encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr.trim()).toBe('usage: main.ts before|side-by-side|switched|after');
    expect(() => readdirSync(own)).toThrow(/ENOENT/);
  }, 30_000);
});
