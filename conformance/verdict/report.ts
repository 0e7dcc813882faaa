import type { Case } from './case';
import type { Comparison } from './compare';
import { AREAS } from './coverage';
import type { Coverage } from './coverage';
import { EXCEPTIONS } from './exceptions';
import type { Options } from './options';
import { UNMODELLED } from './unmodelled';

type Outcome = Comparison['outcome'];
type Counts = Record<Outcome, number> & { accepted: number };

/** How many objects came out how. */
export class Tally {
  public readonly bySubject = new Map<string, Counts>();
  public readonly byOrigin = new Map<string, Counts>();
  public readonly reasons = new Map<string, number>();
  public total = 0;

  public count({ subject, origin }: Case, { outcome, why, server }: Comparison): void {
    this.total += 1;
    for (const [map, key] of [[this.bySubject, subject.name], [this.byOrigin, origin]] as const) {
      const counts = map.get(key) ?? { agree: 0, disagree: 0, exception: 0, skipped: 0, accepted: 0 };
      counts[outcome] += 1;
      if (outcome === 'agree' && server === undefined) counts.accepted += 1;
      map.set(key, counts);
    }
    if (outcome === 'exception' || outcome === 'skipped') this.reasons.set(why, (this.reasons.get(why) ?? 0) + 1);
  }

  public of(outcome: Outcome): number {
    return [...this.bySubject.values()].reduce((sum, counts) => sum + counts[outcome], 0);
  }
}

export interface Result {
  readonly tally: Tally;
  readonly coverage: Coverage;
  readonly kept: readonly string[];
  readonly seconds: number;
  readonly options: Options;
}

export function printResult(result: Result): void {
  const lines = result.options.json ? jsonLines(result) : textLines(result);
  process.stdout.write(`${lines.join('\n')}\n`);
}

function textLines({ tally, coverage, kept, seconds, options }: Result): string[] {
  return [
    ...table(['kind', 'objects', 'accepted', 'refused', 'exceptions', 'skipped', 'disagree'], countRows(tally.bySubject)),
    '',
    ...table(['origin', 'objects', 'accepted', 'refused', 'exceptions', 'skipped', 'disagree'], countRows(tally.byOrigin)),
    '',
    ...table(
      ['reached', 'accepted', 'of', 'refused', 'of'],
      AREAS.map((area) => {
        const [yes, no] = [coverage.figures(area, 'accepted'), coverage.figures(area, 'refused')];
        return [area, yes.reached, yes.wanted, no.reached, no.wanted];
      }),
    ),
    '',
    ...missingLines(coverage),
    ...[...tally.reasons].map(([why, count]) => `${count} × ${why}${reasonOf(why)}`),
    ...kept.map((line) => `disagreement: ${line}`),
    '',
    `${tally.total} objects, seed ${options.seed}, ${seconds.toFixed(0)} s`,
    closingLine(tally),
  ];
}

function closingLine(tally: Tally): string {
  return `verdict: ${tally.of('agree') + tally.of('exception')} agree, ${tally.of('disagree')} disagree, ${tally.of('skipped')} skipped`;
}

function reasonOf(name: string): string {
  const exception = EXCEPTIONS.find((each) => each.name === name);
  if (exception !== undefined) return ` (meant: ${exception.reason})`;
  const unmodelled = UNMODELLED.find(({ check }) => check === name);
  return unmodelled === undefined ? '' : ` (left to the server: ${unmodelled.reason})`;
}

function missingLines(coverage: Coverage): string[] {
  const lines = AREAS.flatMap((area) =>
    (['accepted', 'refused'] as const).flatMap((side) => coverage.figures(area, side).missing.map((key) => `${area} not ${side}: ${key}`)),
  );
  return lines.length === 0 ? [] : [...lines, ''];
}

function countRows(map: ReadonlyMap<string, Counts>): (string | number)[][] {
  return [...map].map(([name, counts]) => {
    const { agree, accepted, exception, skipped, disagree } = counts;
    return [name, agree + exception + skipped + disagree, accepted, agree - accepted, exception, skipped, disagree];
  });
}

function jsonLines({ tally, coverage, kept, seconds, options }: Result): string[] {
  const figures = Object.fromEntries(
    AREAS.map((area) => [area, { accepted: coverage.figures(area, 'accepted'), refused: coverage.figures(area, 'refused') }]),
  );
  return [
    JSON.stringify({
      seed: options.seed,
      objects: tally.total,
      agree: tally.of('agree') + tally.of('exception'),
      disagree: tally.of('disagree'),
      skipped: tally.of('skipped'),
      exceptions: Object.fromEntries(tally.reasons),
      coverage: figures,
      disagreements: kept,
      seconds,
    }),
    closingLine(tally),
  ];
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const all = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_title, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '));
}
