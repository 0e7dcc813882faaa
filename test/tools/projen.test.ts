import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { entryPoints } from '../../tools/surface';

const ROOT = resolve(__dirname, '../..');

test('the generated files are what .projenrc.ts makes; if not, run "npx projen"', () => {
  const root = mkdtempSync(join(tmpdir(), 'projen-'));
  try {
    for (const file of ['.projenrc.ts', 'package.json', 'tsconfig.json', 'README.md', 'tools/surface.ts']) cpSync(join(ROOT, file), join(root, file));
    for (const { source } of entryPoints(ROOT)) {
      mkdirSync(dirname(join(root, source)), { recursive: true });
      writeFileSync(join(root, source), '');
    }
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'dir');
    const args = [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), '.projenrc.ts'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, env: { ...process.env, PROJEN_DISABLE_POST: '1' }, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });

    const { files } = JSON.parse(readFileSync(join(root, '.projen/files.json'), 'utf8')) as { files: string[] };
    for (const file of [...files, 'package.json']) {
      expect({ file, text: readFileSync(join(ROOT, file), 'utf8') }).toEqual({ file, text: readFileSync(join(root, file), 'utf8') });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}, 30_000);
