import { parseOptions, UsageError } from './options';
import { printResult } from './report';
import { runVerdict } from './verdict';

async function main(): Promise<void> {
  const log = (line: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`${line}\n`);
  };
  try {
    const result = await runVerdict(parseOptions(process.argv.slice(2)), log);
    printResult(result);
    process.exitCode = result.tally.of('disagree') > 0 ? 1 : 0;
  } catch (error) {
    process.stderr.write(`verdict: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

void main();
