import type { Outcome } from './outcome';
import { casesOf, oneLine, sumOf } from './outcome';

/** Disagreements shown of one row; their number is in the table. */
const MOST_DETAILS = 20;
const HEAD = ['judge', 'what was checked', 'cases', 'agree', 'disagree', 'skipped', 'seconds', 'note'] as const;

type Cells = readonly string[];

/** Everything for people: the table, the disagreements, the closing line. */
export function textReport(outcomes: readonly Outcome[]): string[] {
  return [...table(outcomes), '', ...disagreements(outcomes), closingLine(outcomes)];
}

export function jsonReport(outcomes: readonly Outcome[]): string {
  const sum = sumOf(outcomes.flatMap(({ rows }) => rows));
  return JSON.stringify({ ...sum, judges: outcomes }, undefined, 2);
}

export function closingLine(outcomes: readonly Outcome[]): string {
  const { agree, disagree, skipped } = sumOf(outcomes.flatMap(({ rows }) => rows));
  return `conformance: ${agree} agree, ${disagree} disagree, ${skipped} skipped`;
}

/** 0 where nothing disagreed, else 1; 2 is for a command line that cannot be followed. */
export function exitCode(outcomes: readonly Outcome[]): 0 | 1 {
  return sumOf(outcomes.flatMap(({ rows }) => rows)).disagree > 0 ? 1 : 0;
}

function table(outcomes: readonly Outcome[]): string[] {
  const lines: Cells[] = [HEAD];
  for (const { judge, rows, seconds } of outcomes) {
    for (const row of rows) {
      lines.push([judge, row.name, ...numbers(row), row.seconds.toFixed(1), oneLine(row.note ?? '')]);
    }
    if (rows.length > 1) lines.push([judge, 'all', ...numbers(sumOf(rows)), seconds.toFixed(1), '']);
  }
  return aligned(lines);
}

function numbers(counts: { readonly agree: number; readonly disagree: number; readonly skipped: number }): string[] {
  return [casesOf(counts), counts.agree, counts.disagree, counts.skipped].map(String);
}

function aligned(lines: readonly Cells[]): string[] {
  const widths = HEAD.map((_name, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines.map((cells) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        if (column === HEAD.length - 1) return cell;
        return column < 2 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

function disagreements(outcomes: readonly Outcome[]): string[] {
  const lines: string[] = [];
  for (const { judge, rows } of outcomes) {
    for (const { name, details = [] } of rows) {
      for (const detail of details.slice(0, MOST_DETAILS)) lines.push(`${judge}, ${name}: ${oneLine(detail)}`);
      const rest = details.length - MOST_DETAILS;
      if (rest > 0) lines.push(`${judge}, ${name}: and ${rest} more`);
    }
  }
  return lines.length === 0 ? [] : [...lines, ''];
}
