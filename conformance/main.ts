/** `npm run conformance -- [--only api|verdict|istio|envoy|promql]... [--json]` */
import * as path from 'node:path';
import { runAll } from './runner/run-all';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
// The launcher may be killed without a word to this process.
const launcher = process.ppid;
setInterval(() => process.ppid === launcher || interrupt.abort(), 1_000).unref();

const surroundings = {
  moduleOf: (judge: string): string => path.join(__dirname, judge, 'judge.ts'),
  print: (line: string): void => void process.stdout.write(`${line}\n`),
  log: (line: string): void => void process.stderr.write(`${line}\n`),
  signal: interrupt.signal,
};

void runAll(process.argv.slice(2), surroundings).then((code) => {
  // What is printed may still be under way to a pipe.
  process.stdout.write('', () => process.exit(code));
});
