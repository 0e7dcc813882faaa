import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lazyIndex } from '../../tools/build/lazy-index';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lazy-index-'));
  write('a.js', 'console.log("a is loaded"); exports.one = 1; exports.default = 0;');
  write('quiet.js', 'exports.two = 2; exports.three = 3;');
  write('b.js', 'console.log("b is loaded"); exports.two = 2; exports.three = 3;');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a module is loaded when one of its names is first read, and once', () => {
  index("export { one } from './a';\nexport { two, three as third } from './b';");
  const lines = run("const i = require('./index.js'); console.log(Object.keys(i).join()); console.log(i.two, i.third, i.two);");
  expect(lines).toEqual(['one,two,third', 'b is loaded', '2 3 2']);
});

test('an ES module imports by name', () => {
  index("export { one } from './a';\nexport * from './quiet';\nexport * as b from './b';");
  write('main.mjs', "import { one, three, b } from './index.js';\nconsole.log(one, three, b.two);");
  expect(execute('main.mjs').at(-1)).toBe('1 3 2');
});

test('types leave no trace', () => {
  index("export type { T } from './a';\nexport { one, type U } from './a';\nexport type * from './b';");
  expect(run("console.log(Object.keys(require('./index.js')).join());")).toEqual(['one']);
});

test('reading a name again is reading a plain property', () => {
  index("export { one } from './a';");
  const lines = run("const i = require('./index.js'); i.one; console.log(JSON.stringify(Object.getOwnPropertyDescriptor(i, 'one')));");
  expect(lines.at(-1)).toBe('{"value":1,"writable":false,"enumerable":true,"configurable":true}');
});

test.each([
  ['code of its own', 'export const x = 1;', 'index.ts:1: an index may only hold "export … from …": it is loaded name by name'],
  ['a name twice', "export { one } from './a';\nexport { two as one } from './b';", 'index.ts exports one twice'],
])('an index with %s is refused', (_, source, message) => {
  expect(() => index(source)).toThrow(message);
});

function index(source: string): void {
  write('index.ts', source);
  write('index.js', lazyIndex(join(root, 'index.ts'), join(root, 'index.js')));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function run(program: string): string[] {
  write('main.js', program);
  return execute('main.js');
}

function execute(file: string): string[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], { cwd: root, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.trim().split('\n');
}
