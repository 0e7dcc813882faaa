import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tool } from './project';

const FIXTURES = join(__dirname, '../fixtures');
/** What a project that uses us has installed; taken from our own node_modules, so that no network is needed. */
const INSTALLED = ['cdk8s', 'constructs', 'yaml', '@types/node', '@types/jest'];

/** A project of a user with our unpacked package installed, and the shared files of the fixtures in it. */
export interface Consumer {
  readonly folder: string;
  readonly remove: () => void;
}

export function consumer(kind: string, packageFolder: string): Consumer {
  const folder = mkdtempSync(join(tmpdir(), `mesh-constructs-${kind}-`));
  cpSync(join(FIXTURES, kind), folder, { recursive: true });
  const shared = readdirSync(FIXTURES, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name } of shared) cpSync(join(FIXTURES, name), join(folder, name));
  const modules = join(folder, 'node_modules');
  for (const name of INSTALLED) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(tool(name), join(modules, name), 'dir');
  }
  cpSync(packageFolder, join(modules, 'mesh-constructs'), { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
