import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HEADER } from '../../src/codegen/emit/marker';
import { writeFiles } from '../../src/codegen/write-files';
import { caught } from '../support/caught';

let out: string;

beforeEach(() => {
  out = join(mkdtempSync(join(tmpdir(), 'mesh-constructs-')), 'imports');
});

afterEach(() => rmSync(join(out, '..'), { recursive: true }));

const file = (text: string): string => `${HEADER}${text}`;

function tree(folder = out): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
    .sort();
}

test('files are written once, and not again while they are the same', () => {
  const files = new Map([['a/x.ts', file('1')], ['catalog.ts', file('2')]]);
  expect(writeFiles(out, files, ['a'])).toEqual({ written: ['a/x.ts', 'catalog.ts'], unchanged: 0, removed: [] });
  expect(writeFiles(out, files, ['a'])).toEqual({ written: [], unchanged: 2, removed: [] });
  expect(tree()).toEqual(['a/x.ts', 'catalog.ts']);
});

test('a generated file that is no longer wanted goes; a file of the user stays', () => {
  writeFiles(out, new Map([['a/x.ts', file('1')], ['a/y.ts', file('1')], ['b/z.ts', file('1')]]), ['a', 'b']);
  writeFileSync(join(out, 'a/own.ts'), 'export {};\n');
  expect(writeFiles(out, new Map([['a/x.ts', file('1')]]), ['a']).removed).toEqual(['a/y.ts']);
  expect(tree()).toEqual(['a/own.ts', 'a/x.ts', 'b/z.ts']);
});

test('a file in the way that nobody generated stops the import before anything is written', () => {
  mkdirSync(join(out, 'a'), { recursive: true });
  writeFileSync(join(out, 'a/x.ts'), 'mine');
  const files = new Map([['a/w.ts', file('1')], ['a/x.ts', file('1')]]);
  expect(caught(() => writeFiles(out, files, ['a'])).findings[0]).toMatchObject({ code: 'import-foreign-file', property: 'a/x.ts' });
  expect(tree()).toEqual(['a/x.ts']);
  expect(readFileSync(join(out, 'a/x.ts'), 'utf8')).toBe('mine');
});

test('where one file cannot be put in place, all others are as they were', () => {
  writeFiles(out, new Map([['a/x.ts', file('old')], ['a/y.ts', file('old')]]), ['a']);
  writeFileSync(join(out, 'b'), 'a file where a folder should be');
  const files = new Map([['a/x.ts', file('new')], ['b/q.ts', file('new')]]);
  expect(caught(() => writeFiles(out, files, ['a'])).findings[0]?.code).toBe('import-cannot-write');
  expect(readFileSync(join(out, 'a/x.ts'), 'utf8')).toBe(file('old'));
  expect(existsSync(join(out, 'a/y.ts'))).toBe(true);
  expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
});
