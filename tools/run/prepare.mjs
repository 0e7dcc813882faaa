import { NPM, whyInstall } from './install.mjs';
import { requireNode } from './preconditions.mjs';
import { run, steps } from './step.mjs';

/** Brings a fresh clone to where our own tools can run: the right Node, and all packages of the lock. */
export async function prepare(root) {
  requireNode(root);
  const reason = whyInstall(root);
  if (reason === undefined) return true;
  console.log(`Installing packages: ${reason}.`);
  const install = () => run(NPM.command, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, shell: NPM.shell });
  const [result] = await steps([{ name: 'npm ci', start: install }]);
  if (!result.ok) console.error('npm could not install the packages. Its own words are above; check the network and the registry (npm ping).');
  return result.ok;
}
