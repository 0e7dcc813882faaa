import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** npm is a script on Windows, which only a shell can start. */
export const NPM = { command: 'npm', shell: process.platform === 'win32' };

/** Why `npm ci` must run: what of package-lock.json is not in node_modules. Undefined where all of it is. */
export function whyInstall(root) {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return 'nothing is installed yet';
  const want = packagesOf(join(root, 'package-lock.json'));
  const have = packagesOf(installed);
  for (const [path, { version, optional, link }] of Object.entries(want)) {
    if (path === '' || link) continue;
    const found = have[path]?.version;
    // an optional package may be missing: it is for another platform
    if (found !== version && !(optional && found === undefined)) return `${path} is ${found ?? 'missing'}, the lock says ${version}`;
  }
  const extra = Object.keys(have).find((path) => !(path in want));
  return extra === undefined ? undefined : `${extra} is installed and not in the lock`;
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}
