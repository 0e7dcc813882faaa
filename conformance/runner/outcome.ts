import type { JudgeName, JudgeRow } from './judge';

/** What became of one judge. */
export interface Outcome {
  readonly judge: JudgeName;
  readonly what: string;
  readonly rows: readonly JudgeRow[];
  readonly seconds: number;
}

export interface Counts {
  readonly agree: number;
  readonly disagree: number;
  readonly skipped: number;
}

export function sumOf(rows: readonly Counts[]): Counts {
  const sum = { agree: 0, disagree: 0, skipped: 0 };
  for (const { agree, disagree, skipped } of rows) {
    sum.agree += agree;
    sum.disagree += disagree;
    sum.skipped += skipped;
  }
  return sum;
}

export function casesOf({ agree, disagree, skipped }: Counts): number {
  return agree + disagree + skipped;
}

/** Counts as one disagreement: a judge that does not work must never look like one that agrees. */
export function failedRow(note: string, seconds = 0): JudgeRow {
  return { name: 'failed', agree: 0, disagree: 1, skipped: 0, note: oneLine(note), seconds };
}

export function skippedRow(name: string, note: string, seconds = 0): JudgeRow {
  return { name, agree: 0, disagree: 0, skipped: 1, note: oneLine(note), seconds };
}

/** Rows come from another process, and from modules that this one does not know. */
export function isRow(value: unknown): value is JudgeRow {
  if (typeof value !== 'object' || value === null) return false;
  const row = value as Readonly<Record<string, unknown>>;
  const isCount = (count: unknown): boolean => typeof count === 'number' && Number.isInteger(count) && count >= 0;
  const isText = (text: unknown): boolean => text === undefined || typeof text === 'string';
  return (
    typeof row['name'] === 'string' &&
    [row['agree'], row['disagree'], row['skipped']].every(isCount) &&
    typeof row['seconds'] === 'number' &&
    isText(row['note']) &&
    (row['details'] === undefined || (Array.isArray(row['details']) && row['details'].every(isText)))
  );
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
