import { parseOptions, UsageError } from '../../conformance/runner/options';
import type { Outcome } from '../../conformance/runner/outcome';
import { isRow, sumOf } from '../../conformance/runner/outcome';
import { closingLine, exitCode, jsonReport, textReport } from '../../conformance/runner/table';

const AGREES: Outcome = {
  judge: 'api',
  what: 'a server',
  rows: [
    { name: '01-shop: first apply', agree: 12, disagree: 0, skipped: 0, seconds: 1.25, note: 'one pass' },
    { name: '01-shop: deletion', agree: 9, disagree: 0, skipped: 1, seconds: 2 },
  ],
  seconds: 4,
};
const DISAGREES: Outcome = {
  judge: 'verdict',
  what: 'objects',
  rows: [{ name: 'objects', agree: 4998, disagree: 2, skipped: 0, seconds: 30, details: ['a: one\n  line', 'b: another'] }],
  seconds: 31,
};

describe('the report', () => {
  test('is one table, the disagreements, and the closing line', () => {
    expect(textReport([AGREES, DISAGREES])).toEqual([
      'judge    what was checked      cases  agree  disagree  skipped  seconds  note',
      'api      01-shop: first apply     12     12         0        0      1.3  one pass',
      'api      01-shop: deletion        10      9         0        1      2.0',
      'api      all                      22     21         0        1      4.0',
      'verdict  objects                5000   4998         2        0     30.0',
      '',
      'verdict, objects: a: one line',
      'verdict, objects: b: another',
      '',
      'conformance: 5019 agree, 2 disagree, 1 skipped',
    ]);
  });

  test('shows so many disagreements of a row, and how many more there are', () => {
    const details = Array.from({ length: 45 }, (_, index) => `number ${index}`);
    const lines = textReport([{ ...DISAGREES, rows: [{ name: 'many', agree: 0, disagree: 45, skipped: 0, seconds: 0, details }] }]);
    expect(lines.filter((line) => line.includes('number'))).toHaveLength(20);
    expect(lines).toContain('verdict, many: and 25 more');
  });

  test('as JSON has the same sums and all rows', () => {
    const { agree, disagree, skipped, judges } = JSON.parse(jsonReport([AGREES, DISAGREES])) as Record<string, unknown>;
    expect({ agree, disagree, skipped }).toEqual({ agree: 5019, disagree: 2, skipped: 1 });
    expect(judges).toEqual([AGREES, DISAGREES]);
  });

  test('of no judge says so with noughts', () => {
    expect(closingLine([])).toBe('conformance: 0 agree, 0 disagree, 0 skipped');
  });
});

test('the exit code is 1 with any disagreement; what was skipped does not count', () => {
  expect(exitCode([AGREES])).toBe(0);
  expect(exitCode([AGREES, DISAGREES])).toBe(1);
  expect(sumOf([...AGREES.rows, ...DISAGREES.rows])).toEqual({ agree: 5019, disagree: 2, skipped: 1 });
});

test.each([
  [{ name: 'a', agree: 1, disagree: 0, skipped: 0, seconds: 0.5 }, true],
  [{ name: 'a', agree: 1, disagree: 0, skipped: 0, seconds: 0.5, note: 'n', details: ['d'] }, true],
  [{ name: 'a', agree: -1, disagree: 0, skipped: 0, seconds: 0.5 }, false],
  [{ name: 'a', agree: null, disagree: 0, skipped: 0, seconds: 0.5 }, false],
  [{ name: 'a', agree: 1.5, disagree: 0, skipped: 0, seconds: 0.5 }, false],
  [{ agree: 1, disagree: 0, skipped: 0, seconds: 0.5 }, false],
  [{ name: 'a', agree: 1, disagree: 0, skipped: 0, seconds: 0.5, details: [7] }, false],
  ['a', false],
  [null, false],
])('%j is a row: %s', (value, expected) => {
  expect(isRow(value)).toBe(expected);
});

describe('the command line', () => {
  test('runs all judges, or those that are named, in their own order', () => {
    expect(parseOptions([])).toEqual({ judges: ['api', 'verdict', 'istio', 'envoy', 'promql'], json: false });
    expect(parseOptions(['--only', 'envoy', '--only', 'api', '--json'])).toEqual({ judges: ['api', 'envoy'], json: true });
    expect(parseOptions(['--only', 'istio,verdict']).judges).toEqual(['verdict', 'istio']);
  });

  test.each([[['--only', 'helm']], [['--only']], [['--fast']], [['api']]])('%j is refused with the usage', (args) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(/usage: npm run conformance -- \[--only api\|verdict\|istio\|envoy\|promql\]/);
  });
});
