import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { whyInstall } = jest.requireActual<{ whyInstall: (root: string) => string | undefined }>('../../tools/run/install.mjs');
const { compareVersions } = jest.requireActual<{ compareVersions: (a: string, b: string) => number }>('../../tools/run/preconditions.mjs');

const A = { 'node_modules/a': { version: '1.0.0' } };
const OTHER_PLATFORM = { 'node_modules/b': { version: '1.0.0', optional: true } };

test.each([
  ['all is there', A, A, undefined],
  ['nothing is', A, undefined, 'nothing is installed yet'],
  ['one is missing', A, {}, 'node_modules/a is missing, the lock says 1.0.0'],
  ['one is old', A, { 'node_modules/a': { version: '0.9.0' } }, 'node_modules/a is 0.9.0, the lock says 1.0.0'],
  ['one is too many', {}, A, 'node_modules/a is installed and not in the lock'],
  ['one for another platform is missing', { ...A, ...OTHER_PLATFORM }, A, undefined],
])('whether to install where %s', (_, lock, installed, expected) => {
  const root = mkdtempSync(join(tmpdir(), 'install-'));
  try {
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...lock } }));
    mkdirSync(join(root, 'node_modules'));
    if (installed !== undefined) writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
    expect(whyInstall(root)).toBe(expected);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test.each([
  ['20.19.0', '20.19.0', 0],
  ['20.20.2', '20.19.0', 1],
  ['20.9.0', '20.19.0', -1],
  ['18.20.0', '20.19.0', -1],
  ['22.0.0', '20.19.0', 1],
])('Node %s beside %s', (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
});
