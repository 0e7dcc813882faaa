import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeOutputFolder } from '../../src/core/output-folder';

let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'output-'));
  folder = join(parent, 'deep', 'dist');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

test('makes the folder and the folders in it', () => {
  writeOutputFolder(folder, [{ path: 'prod/a.yaml', text: 'a' }]);
  expect(read('prod/a.yaml')).toBe('a');
  expect(readdirSync(join(parent, 'deep'))).toEqual(['dist']);
});

test('a file of the last synthesis that this one does not make is removed; files of others stay', () => {
  writeOutputFolder(folder, [{ path: 'a.yaml', text: 'a' }, { path: 'b.yaml', text: 'b' }]);
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  writeOutputFolder(folder, [{ path: 'b.yaml', text: 'new' }]);
  expect(existsSync(join(folder, 'a.yaml'))).toBe(false);
  expect([read('b.yaml'), read('notes.txt')]).toEqual(['new', 'mine']);
});

test('a list of files that somebody edited leads to nothing outside the folder', () => {
  writeOutputFolder(folder, [{ path: 'a.yaml', text: 'a' }]);
  writeFileSync(join(parent, 'deep', 'precious'), 'x');
  writeFileSync(join(folder, '.mesh-constructs-files'), '../precious\na.yaml\n');
  writeOutputFolder(folder, [{ path: 'a.yaml', text: 'b' }]);
  expect(existsSync(join(parent, 'deep', 'precious'))).toBe(true);
});

test('two files of one name, also where only the case differs, are refused before anything is written', () => {
  const files = [{ path: 'Gateway.a.yaml', text: '1' }, { path: 'gateway.A.yaml', text: '2' }];
  expect(() => writeOutputFolder(folder, files)).toThrow('file-clash');
  expect(existsSync(folder)).toBe(false);
});

test('a folder that cannot be made is a finding, not a stack trace', () => {
  writeFileSync(join(parent, 'deep'), 'a file');
  expect(() => writeOutputFolder(folder, [])).toThrow('cannot-write');
});
