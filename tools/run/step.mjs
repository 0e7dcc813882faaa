import { spawn } from 'node:child_process';

/** What to do with the output of a command: keep it, show it as it comes, show only what it says to the human, or keep the rest of that. */
const STDIO = { keep: ['ignore', 'pipe', 'pipe'], show: 'inherit', messages: ['ignore', 'ignore', 'inherit'], results: ['ignore', 'pipe', 'inherit'] };

/** Runs a command to its end; never throws. */
export function run(command, args, { cwd, stdio = 'keep', shell = false }) {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, shell, stdio: STDIO[stdio] });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const end = (ok, more) => resolve({ ok, output: output + more, seconds: (Date.now() - started) / 1000 });
    child.on('error', (error) => end(false, `cannot start ${command}: ${error.message}\n`));
    child.on('close', (code, signal) => end(code === 0, signal === null ? '' : `${command} was ended by ${signal}\n`));
  });
}

/** Shows that the steps run, lets them, and shows how each went; the output only of those that failed or ask for it. */
export async function steps(list) {
  const waiting = new Set(list.map(({ name }) => name));
  const started = Date.now();
  const show = () => process.stdout.write(`\r\x1b[K… ${[...waiting].join(', ')} (${Math.round((Date.now() - started) / 1000)} s)`);
  const timer = process.stdout.isTTY ? setInterval(show, 1000) : undefined;
  if (timer) show();
  else console.log(`… ${[...waiting].join(', ')}`);

  const results = await Promise.all(
    list.map(async ({ name, start }) => {
      const result = await start();
      waiting.delete(name);
      if (timer) process.stdout.write('\r\x1b[K');
      console.log(`${result.ok ? '✓' : '✗'} ${name} (${result.seconds.toFixed(1)} s)${result.note ? `: ${result.note}` : ''}`);
      if (!result.ok || result.show) console.log(result.output.trimEnd().replace(/^/gm, '    '));
      return { name, ...result };
    }),
  );
  clearInterval(timer);
  return results;
}
