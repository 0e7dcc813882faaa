import type { JudgeName } from './judge';
import type { Options } from './options';
import { parseOptions, UsageError } from './options';
import type { Outcome } from './outcome';
import { skippedRow } from './outcome';
import { runJudge } from './run-judge';
import { closingLine, exitCode, jsonReport, textReport } from './table';

export interface Surroundings {
  /** Where the module of a judge is. */
  readonly moduleOf: (judge: JudgeName) => string;
  /** Takes a line of the result. */
  readonly print: (line: string) => void;
  /** Takes a line of progress, or of what went wrong. */
  readonly log: (line: string) => void;
  /** Ends the run early. */
  readonly signal: AbortSignal;
}

/** Runs the judges one after another, prints one table, and gives the exit code. */
export async function runAll(args: readonly string[], { moduleOf, print, log, signal }: Surroundings): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    log(`conformance: ${error.message}`);
    return 2;
  }
  const outcomes: Outcome[] = [];
  for (const judge of options.judges) {
    outcomes.push(signal.aborted ? notRun(judge) : await runJudge(judge, moduleOf(judge), { log, signal }));
  }
  if (options.json) {
    print(jsonReport(outcomes));
    log(closingLine(outcomes));
  } else {
    for (const line of textReport(outcomes)) print(line);
  }
  return signal.aborted ? 130 : exitCode(outcomes);
}

function notRun(judge: JudgeName): Outcome {
  return { judge, what: '', rows: [skippedRow('not run', 'the run was interrupted')], seconds: 0 };
}
