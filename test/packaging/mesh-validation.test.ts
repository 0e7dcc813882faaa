import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The real `cdk8s synth`, with our validation named in a cdk8s.yaml. It loads the package, so lib/ must be built. */
const ROOT = resolve(__dirname, '../..');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cdk8s-validation-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const config = { language: 'typescript', app: 'node main.js', validations: [{ package: ROOT, version: '0.0.0', class: 'MeshValidation', properties: { istio: '1.31.1' } }] };
  writeFileSync(join(folder, 'cdk8s.yaml'), JSON.stringify(config));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program of cdk8s alone: nothing of ours checks it while it is synthesized. */
function synth(weight: unknown): { status: number | null; output: string } {
  const spec = { hosts: ['web'], http: [{ route: [{ destination: { host: 'web' }, weight }] }] };
  const props = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'web', namespace: 'shop' }, spec };
  writeFileSync(
    join(folder, 'main.js'),
    `const { ApiObject, App, Chart } = require('cdk8s');
     const app = new App();
     new ApiObject(new Chart(app, 'shop'), 'route', ${JSON.stringify(props)});
     app.synth();`,
  );
  const cdk8s = join(ROOT, 'node_modules', '.bin', 'cdk8s');
  const { status, stdout, stderr } = spawnSync(cdk8s, ['synth'], { cwd: folder, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

test('an object that is right passes', () => {
  const { status, output } = synth(100);
  expect(output).toContain('success');
  expect(status).toBe(0);
}, 30_000);

test('a wrong one fails the synthesis, with the construct and the field', () => {
  const { status, output } = synth('100');
  expect(status).not.toBe(0);
  expect(output).toContain('wrong-type');
  expect(output).toContain('shop/route');
  expect(output).toContain('spec.http[0].route[0].weight');
}, 30_000);
