import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from './run-cli';

const ROOT = join(__dirname, '../..');
let folder: string;

beforeAll(() => {
  // below the project, so that the program finds what it imports
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  folder = mkdtempSync(join(ROOT, '.cache', 'access-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = `
import { Chart } from 'cdk8s';
import { Access, IpBlock, Mesh, MeshApp, StrictMtlsNamespace } from '${ROOT}/src';
const app = new MeshApp();
const chart = new Chart(app, 'shop', { namespace: 'shop' });
const mesh = new Mesh(chart, 'mesh', { controlPlane: false });
const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
const [web, orders] = [shop.addService('web', { port: 8080 }), shop.addService('orders', { port: 8080 })];
`;
const SENTENCES = `orders.allowFrom(web, { methods: ['GET', 'POST'], paths: ['/orders/*'] });
orders.denyFrom(IpBlock.of('10.0.0.9'), { dryRun: true });
Access.to(mesh).denyFrom('anyone', { methods: ['TRACE'], except: web });
app.synth();
console.log('a word of the program');
`;

/** How a program of these lines is run. */
function appOf(name: string, text: string): string {
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, text);
  return `"${join(ROOT, 'node_modules/.bin/tsx')}" --tsconfig "${join(ROOT, 'tsconfig.dev.json')}" "${file}"`;
}

const whole = (): string => appOf('main', HEAD + SENTENCES);

test('a line for each sentence, with the line of the program that says it', async () => {
  const run = await runCli(['access', '--app', whole()], { cwd: folder });
  expect(run.code).toBe(0);
  expect(run.stderr).toBe('a word of the program\n');
  const first = HEAD.split('\n').length;
  const lines = run.stdout.trimEnd().split('\n').map((line) => line.split(/ {2,}/));
  expect(lines).toEqual([
    ['CALLED', 'CALLER', 'WHAT', 'SAID AT'],
    ['mesh', 'denies', 'anyone but not cluster.local/ns/shop/sa/web', 'methods TRACE', `main.ts:${first + 2} (shop/mesh)`],
    ['namespace shop', 'does not allow', 'anyone', 'without a grant', 'shop/shop'],
    ['service shop/orders', 'allows', 'cluster.local/ns/shop/sa/web', 'methods GET, POST; paths /orders/*', `main.ts:${first} (shop/shop/services/orders/mesh)`],
    ['service shop/orders', 'denies (dry run)', 'address 10.0.0.9', 'anything', `main.ts:${first + 1} (shop/shop/services/orders/mesh)`],
  ]);
}, 60_000);

test('as JSON, and by the program of cdk8s.yaml; nothing is left behind', async () => {
  writeFileSync(join(folder, 'cdk8s.yaml'), `language: typescript\napp: ${JSON.stringify(whole())}\n`);
  const before = readdirSync(folder);
  const run = await runCli(['access', '--json'], { cwd: folder });
  expect(run.code).toBe(0);
  const { rows } = JSON.parse(run.stdout) as { rows: object[] };
  expect(rows).toHaveLength(4);
  expect(rows[2]).toMatchObject({ to: 'service shop/orders', action: 'ALLOW', from: ['cluster.local/ns/shop/sa/web'], site: { file: 'main.ts' } });
  expect(readdirSync(folder)).toEqual(before);
}, 60_000);

test('as a flowchart', async () => {
  const run = await runCli(['access', '--mermaid', '--app', whole()], { cwd: folder });
  expect(run.stdout).toBe(`flowchart LR
  n0["anyone"]
  n1["mesh"]
  n2["cluster.local/ns/shop/sa/web"]
  n3["service shop/orders"]
  n4["address 10.0.0.9"]
  n0 --x|"deny: methods TRACE: not cluster.local/ns/shop/sa/web"| n1
  n2 -->|"methods GET, POST; paths /orders/*"| n3
  n4 -.->|"deny: dry run"| n3
`);
}, 60_000);

test('a program that fails says why, and no table is printed', async () => {
  const run = await runCli(['access', '--app', appOf('broken', `${HEAD}orders.allowFrom(web, { methods: ['get'] });\napp.synth();\n`)], { cwd: folder });
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toContain('allowFrom.methods: got "get"');
  expect(run.stderr).toContain('the program failed (exit code 1)');
}, 60_000);

describe('a program whose constructs say nothing of access', () => {
  const BARE = HEAD.replace('{ mesh });', '{ mesh, denyByDefault: false });');
  const HAND = `import { AuthorizationPolicy } from '${ROOT}/imports/istio';
new AuthorizationPolicy(chart, 'hand', { spec: { action: 'DENY', selector: { matchLabels: orders.selector }, rules: [{ to: [{ operation: { methods: ['PUT'], ports: ['8080'] } }] }] } });
app.synth();
`;

  test('what is written by hand is a row, with its file', async () => {
    const run = await runCli(['access', '--app', appOf('hand', BARE + HAND)], { cwd: folder });
    expect(run.code).toBe(0);
    const [, row] = run.stdout.trimEnd().split('\n').map((line) => line.split(/ {2,}/));
    expect(row).toEqual(['service shop/orders', 'denies', 'anyone', 'methods PUT; ports 8080', 'shop.k8s.yaml/AuthorizationPolicy.security.istio.io shop.hand']);
  }, 60_000);

  test('requests are decided on, by what is written and by plain openness', async () => {
    const ask = async (name: string, method: string): Promise<string> => (await runCli(['access', '--app', appOf(name, BARE + (name === 'hand' ? HAND : 'app.synth();\n')), '--from', 'shop/web', '--to', 'shop/orders', '--method', method], { cwd: folder })).stdout;
    const [refused, open] = [await ask('hand', 'PUT'), await ask('bare', 'PUT')];
    expect(refused).toMatch(/^PUT \/ of cluster\.local\/ns\/shop\/sa\/web to service shop\/orders:8080 is refused \(403\): it is denied; AuthorizationPolicy shop\/hand, rule 0/);
    expect(open).toContain('is allowed: no policy closes these pods');
  }, 60_000);
});

test('a program without a word about access', async () => {
  const run = await runCli(['access', '--app', 'node -e 0'], { cwd: folder });
  expect(run).toMatchObject({ code: 0, stdout: 'the program says nothing of access\n' });
});

test.each<[readonly string[], string]>([
  [['--json', '--mermaid', '--app', 'a'], 'both --json and --mermaid'],
  [['--jsn'], "Unknown option '--jsn'"],
  [['--app', ''], 'no program'],
])('%j is used in a wrong way', async (args, said) => {
  const run = await runCli(['access', ...args], { cwd: tmpdir() });
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain(said);
});
