import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from './run-cli';

const ROOT = join(__dirname, '../..');
let folder: string;
let app: string;

const PROGRAM = `
import { Chart } from 'cdk8s';
import { IpBlock, Mesh, MeshApp, StrictMtlsNamespace } from '${ROOT}/src';
const app = new MeshApp();
const chart = new Chart(app, 'shop', { namespace: 'shop' });
const mesh = new Mesh(chart, 'mesh', { controlPlane: false });
const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
const [web, orders] = [shop.addService('web', { port: 8080 }), shop.addService('orders', { ports: [8080, { port: 5432, appProtocol: 'tcp' }] })];
orders.allowFrom(web, { methods: ['GET'] });
orders.denyFrom(IpBlock.of('10.0.0.0/8'), { methods: ['GET'], paths: ['/orders'], pathsAsWritten: true });
app.synth();
`;
const LINE = PROGRAM.split('\n').findIndex((line) => line.startsWith('orders.allowFrom')) + 1;

beforeAll(() => {
  // below the project, so that the program finds what it imports
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  folder = mkdtempSync(join(ROOT, '.cache', 'access-question-'));
  const file = join(folder, 'main.ts');
  writeFileSync(file, PROGRAM);
  app = `"${join(ROOT, 'node_modules/.bin/tsx')}" --tsconfig "${join(ROOT, 'tsconfig.dev.json')}" "${file}"`;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ask = (...args: readonly string[]): ReturnType<typeof runCli> => runCli(['access', '--app', app, ...args], { cwd: folder });

test('a request, with the rule and the line that decides on it', async () => {
  const run = await ask('--from', 'shop/web', '--to', 'shop/orders', '--port', '8080');
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toBe(`GET / of cluster.local/ns/shop/sa/web to service shop/orders:8080 is allowed: it is granted; AuthorizationPolicy shop/orders, rule 0: ALLOW cluster.local/ns/shop/sa/web, methods GET (main.ts:${LINE}, shop/shop/services/orders/mesh)\n`);
}, 60_000);

test('as JSON; what an account of no program may do', async () => {
  const run = await ask('--from', 'ops/robot', '--to', 'shop/orders', '--port', '8080', '--json');
  expect(JSON.parse(run.stdout)).toMatchObject({ isAllowed: false, status: 403, reason: 'nothing grants it, and these pods are closed', rules: [{ name: 'deny-by-default' }, { name: 'orders' }] });
}, 60_000);

test('what was to be otherwise is exit code 1', async () => {
  const request = ['--from', 'shop/web', '--to', 'shop/orders', '--port', '8080', '--path', '/orders', '--source-ip', '10.1.2.3'];
  const [wrong, right] = await Promise.all([ask(...request, '--expect', 'allowed'), ask(...request, '--expect', 'denied')]);
  expect([wrong.code, wrong.stderr, right.code]).toEqual([1, 'it was to be allowed\n', 0]);
}, 60_000);

test('what cannot be decided says what is missing', async () => {
  const run = await ask('--from', 'shop/web', '--to', 'shop/orders', '--port', '8080', '--path', '/orders');
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toContain('say it with the request: sourceIp');
}, 60_000);

test('a name that there is not is told beside those that there are', async () => {
  const run = await ask('--from', 'shop/web', '--to', 'shop/order');
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toContain('did you mean shop/orders?');
}, 60_000);

test('a connection of bytes', async () => {
  const run = await ask('--from', 'outside', '--to', 'shop/orders', '--port', '5432', '--connect');
  expect(run.stdout).toMatch(/^a connection of somebody outside to service shop\/orders:5432 is cut: these pods take mutual TLS only/);
}, 60_000);

test.each<[readonly string[], string]>([
  [['--from', 'shop/web'], '--from without --to'],
  [['--to', 'shop/web'], '--to without --from'],
  [['--method', 'GET'], '--method without --from and --to'],
  [['--from', 'a/b', '--to', 'a/c', '--mermaid'], '--mermaid and --only are for the table'],
  [['--from', 'a/b', '--to', 'a/c', '--connect', '--path', '/'], '--connect is a connection of bytes'],
  [['--from', 'a/b', '--to', 'a/c', '--port', 'http'], '--port "http": a number'],
  [['--from', 'a/b', '--to', 'a/c', '--header', 'x'], '--header "x": write it as NAME:VALUE'],
  [['--from', 'a/b', '--to', 'a/c', '--expect', 'yes'], '--expect "yes": allowed or denied'],
])('%j is used in a wrong way', async (args, said) => {
  const run = await runCli(['access', '--app', 'a', ...args], { cwd: tmpdir() });
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain(said);
});

test('a token that is none is not shown', async () => {
  const run = await runCli(['access', '--app', 'a', '--from', 'a/b', '--to', 'a/c', '--token', 'eyJhbGciOi.secret'], { cwd: tmpdir() });
  expect(run.code).toBe(2);
  expect(run.stderr).not.toContain('secret');
});
