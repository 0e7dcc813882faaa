import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Judge, JudgeRow } from '../runner/judge';
import { parseOptions } from './options';
import type { Result } from './report';
import { runVerdict } from './verdict';

/** Our validation against a real API server's dry run, object by object. */
export const judge: Judge = {
  name: 'verdict',
  what: 'validation against the dry run of a real API server, on generated objects of every kind',
  run: async ({ log }) => {
    // a run of all judges leaves nothing in the project; the command of this judge alone writes its cases there
    const cases = mkdtempSync(join(tmpdir(), 'mesh-constructs-verdict-'));
    const result = await runVerdict(parseOptions(['--cases', cases]), log);
    if (result.kept.length === 0) rmSync(cases, { recursive: true, force: true });
    return { rows: rowsOf(result) };
  },
};

/** A row for each source of kinds; what was found wrong is told with the first. */
function rowsOf({ tally, kept, seconds }: Result): JudgeRow[] {
  const rows = new Map<string, { agree: number; disagree: number; skipped: number }>();
  for (const [subject, counts] of tally.bySubject) {
    const source = subject.split(' ')[0] ?? subject;
    const row = rows.get(source) ?? { agree: 0, disagree: 0, skipped: 0 };
    row.agree += counts.agree + counts.exception;
    row.disagree += counts.disagree;
    row.skipped += counts.skipped;
    rows.set(source, row);
  }
  return [...rows].map(([source, counts], index) => ({
    name: `kinds of ${source}`,
    ...counts,
    ...(counts.skipped === 0 ? {} : { note: 'skipped: refused for what depends on the cluster (verdict/unmodelled.ts)' }),
    ...(index === 0 && kept.length > 0 ? { details: kept } : {}),
    // judged together
    seconds: index === 0 ? seconds : 0,
  }));
}
