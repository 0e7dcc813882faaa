/**
 * What `npm run conformance` asks of a judge. A judge is a module `conformance/<name>/judge.ts` that exports
 * `judge: Judge`; each runs in a process of its own, so its results must be plain JSON.
 */

export const JUDGE_NAMES = ['api', 'verdict', 'istio', 'envoy', 'promql'] as const;

export type JudgeName = (typeof JUDGE_NAMES)[number];

export interface Judge {
  readonly name: JudgeName;

  /** One short line for the reader of the table: what is held against what. */
  readonly what: string;

  /**
   * How long a run may take, the building of what is missing included. After that the run is ended, together with all
   * that it started in its own process group.
   *
   * @default 2400000 (40 minutes)
   */
  readonly timeoutMs?: number;

  /**
   * Builds what is missing, judges, and stops all that it started.
   *
   * A throw is a failed row and loses all rows; {@link Unavailable} is a skipped one.
   */
  run(io: JudgeIo): Promise<JudgeResult>;
}

export interface JudgeIo {
  /** A line of progress, for people; it goes to standard error. */
  log(line: string): void;

  /** Keeps a finished row, so that a later failure or the end of the time does not lose it. */
  row(row: JudgeRow): void;

  /** Aborted when the time is up or the run is interrupted; the process is ended a few seconds later. */
  readonly signal: AbortSignal;
}

export interface JudgeResult {
  /** The rows that were not handed to {@link JudgeIo.row}. */
  readonly rows: readonly JudgeRow[];
}

/** One line of the table: cases of one sort. */
export interface JudgeRow {
  /** What was checked, such as `01-bookinfo: second apply`. */
  readonly name: string;

  /** Cases in which the judge said what was expected. */
  readonly agree: number;

  /** Cases in which it said something else; any makes the whole run fail. */
  readonly disagree: number;

  /** Cases that were not judged. */
  readonly skipped: number;

  /**
   * Why something was skipped, or what a reader has to know of the row; one line.
   *
   * @default - nothing is added to the row
   */
  readonly note?: string;

  /**
   * The disagreements, one line each: the object, and what was said of it.
   *
   * @default - only their number is shown
   */
  readonly details?: readonly string[];

  /** Wall time of the row. */
  readonly seconds: number;
}

/** The judge cannot work on this machine at all, for want of Go or Python: skipped, not failed. */
export class Unavailable extends Error {
  public override readonly name = 'Unavailable';
}

/** What a build says that lacks Go or cannot fetch its modules; any other failure is ours to mend. */
export const NOT_HERE = /^there is no Go here|reading https?:|dial tcp|module lookup disabled|did not end within/;
