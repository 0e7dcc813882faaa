import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeOutputFolder } from '../../src/core/output-folder';

/** The module itself, whose functions can be replaced. */
const fs = jest.requireActual<typeof import('node:fs')>('node:fs');

let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'output-'));
  folder = join(parent, 'deep', 'dist');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(parent, { recursive: true, force: true });
});

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

test('files are staged in the folder itself, which may be a link to another disk, and nothing is left of that', () => {
  const disk = join(parent, 'disk');
  mkdirSync(disk);
  mkdirSync(join(parent, 'deep'));
  symlinkSync(disk, folder);
  const made = jest.spyOn(fs, 'mkdtempSync');
  writeOutputFolder(folder, [{ path: 'prod/a.yaml', text: 'a' }]);
  expect(made.mock.calls).toEqual([[join(folder, '.mesh-constructs-tmp-')]]);
  expect(readdirSync(disk).sort()).toEqual(['.mesh-constructs-files', 'prod']);
  expect(readdirSync(join(parent, 'deep'))).toEqual(['dist']);
});

test.each([
  ['a folder stands where a file is to go', (): void => void mkdirSync(join(folder, 'z.yaml'), { recursive: true })],
  ['a file stands where a folder is to go', (): void => writeFileSync(join(folder, 'prod'), 'mine')],
])('%s: nothing is written at all', (_, occupy) => {
  writeOutputFolder(folder, [{ path: 'a.yaml', text: 'old' }]);
  occupy();
  const before = readdirSync(folder);
  const files = ['a.yaml', 'prod/deep/b.yaml', 'z.yaml'].map((path) => ({ path, text: 'new' }));
  expect(() => writeOutputFolder(folder, files)).toThrow('cannot-write');
  expect(read('a.yaml')).toBe('old');
  expect(readdirSync(folder)).toEqual(before);
});

test('a folder that was made for this and cannot be filled is removed again, with what was made around it', () => {
  jest.spyOn(fs, 'renameSync').mockImplementation(() => {
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
  });
  expect(() => writeOutputFolder(folder, [{ path: 'a.yaml', text: 'a' }])).toThrow('cannot-write');
  expect(readdirSync(parent)).toEqual([]);
});

test('a file in a folder that is named like another file is refused', () => {
  const files = [{ path: 'shop', text: '1' }, { path: 'Shop/a.yaml', text: '2' }];
  expect(() => writeOutputFolder(folder, files)).toThrow('file-clash');
  expect(existsSync(folder)).toBe(false);
});

describe('a file whose name changes in case only', () => {
  function rename(): string[] {
    writeOutputFolder(folder, [{ path: 'Gateway.yaml', text: 'old' }]);
    writeOutputFolder(folder, [{ path: 'gateway.yaml', text: 'new' }]);
    return readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  }

  test('stands there once, under its new name', () => {
    expect(rename()).toEqual(['gateway.yaml']);
  });

  test('is not deleted on a disk that does not tell capitals', () => {
    const { renameSync: move, rmSync: remove, lstatSync: look } = fs;
    const onDisk = (path: unknown): string => String(path).replace(/[^/]+\.yaml$/, (name) => name.toLowerCase());
    jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => move(from, onDisk(to)));
    jest.spyOn(fs, 'lstatSync').mockImplementation(((path: unknown) => look(onDisk(path), { throwIfNoEntry: false })) as never);
    jest.spyOn(fs, 'rmSync').mockImplementation((path, options) => remove(onDisk(path), options));
    expect(rename()).toEqual(['gateway.yaml']);
    expect(read('gateway.yaml')).toBe('new');
  });
});
