// Everything that must hold before a change is taken; `npm run verify`. Starts with nothing installed.
// The last line is always `N passed, N failed`; a step that fails counts as one failure.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit } from './run/audit.mjs';
import { prepare } from './run/prepare.mjs';
import { run, steps } from './run/step.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (path) => join(root, 'node_modules', path);
const node = (...args) => run(process.execPath, args, { cwd: root });

async function verify() {
  if (!(await prepare(root))) return { passed: 0, failed: 1 };
  mkdirSync(join(root, '.cache'), { recursive: true });

  const checks = await steps([
    { name: 'build', start: () => node(bin('tsx/dist/cli.mjs'), 'tools/build.ts') },
    { name: 'types', start: typecheck },
    { name: 'lint', start: lint },
    { name: 'audit', start: () => audit(root) },
  ]);
  const broken = checks.filter(({ ok }) => !ok);
  const tests = await runTests();
  const parity = await compareWithPeers();
  for (const { name } of broken) console.log(`✗ ${name} failed: see above`);
  return { passed: tests.passed + parity.passed, failed: tests.failed + parity.failed + broken.length };
}

async function typecheck() {
  const results = [];
  for (const project of ['tsconfig.dev.json', 'examples']) {
    results.push(await node(bin('typescript/bin/tsc'), '-p', project));
    // the examples are checked against the sources, so what is wrong there would be told twice
    if (!results.at(-1).ok) break;
  }
  return {
    ok: results.every(({ ok }) => ok),
    output: results.map(({ output }) => output).join(''),
    seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

async function lint() {
  const result = await node(bin('eslint/bin/eslint.js'), '--cache', '--cache-location', '.cache/eslint', '.');
  return { ...result, show: result.output.trim() !== '' };
}

async function runTests() {
  const report = join(root, '.cache/jest-report.json');
  rmSync(report, { force: true });
  const args = [bin('jest/bin/jest.js'), '--json', '--outputFile', report];
  const { ok } = await run(process.execPath, args, { cwd: root, stdio: 'messages' });
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return { passed: numPassedTests, failed: failed === 0 && !ok ? 1 : failed };
}

/** Our manifests against those of Istio's own tools, where these are at hand; each case counts as a test. */
async function compareWithPeers() {
  const { ok, output } = await run(process.execPath, [bin('tsx/dist/cli.mjs'), 'tools/parity.ts'], { cwd: root, stdio: 'results' });
  process.stdout.write(output);
  const counts = [...output.matchAll(/^parity \w+: (\d+)\/(\d+)$/gm)].map(([, equal, all]) => [Number(equal), Number(all)]);
  const passed = counts.reduce((sum, [equal]) => sum + equal, 0);
  const failed = counts.reduce((sum, [equal, all]) => sum + all - equal, 0);
  return { passed, failed: failed === 0 && !ok ? 1 : failed };
}

const { passed, failed } = await verify();
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed`);
