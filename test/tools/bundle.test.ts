import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { bundle, redirectToVendor } from '../../tools/build/bundle';
import { BUNDLED_PACKAGES } from '../../tools/build/bundled-packages';
import { thirdPartyLicences } from '../../tools/build/licences';

const ROOT = resolve(__dirname, '../..');

let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bundle-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('scripts load bundled packages from vendor/, and all others as they did', () => {
  write('a.js', 'const a = require("re2js"); const fs = require("node:fs"); const b = require("re2js-other");');
  write('src/deep/b.js', "const later = () => import('@marcbachmann/cel-js'); // re2js");
  expect(redirectToVendor(folder, BUNDLED_PACKAGES)).toEqual(['@marcbachmann/cel-js', 're2js']);
  expect(read('a.js')).toBe('const a = require("./vendor/re2js.js"); const fs = require("node:fs"); const b = require("re2js-other");');
  expect(read('src/deep/b.js')).toBe('const later = () => import("../../vendor/marcbachmann-cel-js.js"); // re2js');
});

test.each(BUNDLED_PACKAGES)('$name becomes one file that needs Node only', (bundled) => {
  write('main.js', `exports.loaded = require("${bundled.name}");`);
  redirectToVendor(folder, [bundled]);
  bundle(ROOT, bundled, folder);
  const { loaded } = jest.requireActual<{ loaded: object }>(join(folder, 'main.js'));
  expect(Object.keys(loaded)).not.toEqual([]);
});

test('the licence of each package that code was taken from is handed on, once', () => {
  const inputs = ['src/a.ts', 'node_modules/re2js/build/index.js', 'node_modules/re2js/build/index.cjs'];
  const text = thirdPartyLicences(ROOT, inputs);
  expect(text.match(/^re2js .*$/gm)).toEqual(['re2js 2.10.0 (MIT)']);
  expect(text).toContain('Permission is hereby granted');
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function read(file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}
