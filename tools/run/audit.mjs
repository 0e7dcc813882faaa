import { NPM } from './install.mjs';
import { run } from './step.mjs';

/**
 * Asks the registry for known holes in what a user would install. Fails on any; says so where the registry does not
 * answer. What only we use while developing is counted and never fails.
 */
export async function audit(root) {
  const asked = await Promise.all([['--omit=dev'], []].map((args) => run(NPM.command, ['audit', '--json', ...args], { cwd: root, shell: NPM.shell })));
  const [users, all] = asked.map(({ output }) => vulnerabilities(output));
  const seconds = Math.max(...asked.map((result) => result.seconds));
  if (users === undefined || all === undefined) return { ok: true, seconds, output: '', note: 'not checked: the registry gives no advisories here' };
  return { ok: users === 0, seconds, output: asked[0].output, note: `${users} in what users install, ${all - users} in what only developers do` };
}

function vulnerabilities(output) {
  try {
    const start = output.indexOf('{');
    return JSON.parse(output.slice(start, output.lastIndexOf('}') + 1)).metadata.vulnerabilities.total;
  } catch {
    return undefined;
  }
}
