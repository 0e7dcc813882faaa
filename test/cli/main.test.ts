import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from './run-cli';

test('without a command it says how it is used', async () => {
  const run = await runCli([]);
  expect(run.code).toBe(2);
  expect(run.stderr).toContain('usage: mesh-constructs COMMAND');
});

test.each([['--help'], ['-h'], ['help']])('%s lists every command with an example', async (flag) => {
  const run = await runCli([flag]);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toMatch(/import +generate/);
  expect(run.stdout).toMatch(/validate +say/);
  expect(run.stdout).toContain('examples:');
});

test.each([
  [['validate', '--help']],
  [['help', 'validate']],
])('%j shows the help of a command', async (args) => {
  const run = await runCli(args);
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(/usage: mesh-constructs validate[\s\S]*examples:[\s\S]*exit codes:/);
});

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string };
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('a command that is not there', async () => {
  const run = await runCli(['valdate']);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain('no command is called "valdate", did you mean "validate"?');
});
