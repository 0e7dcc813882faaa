import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../src/rules/json';
import { compileRule, isCompileFailure } from '../../../src/validation/cel/rule';

/** What a real API server (1.36.3) said of rules on one object: of each whether it compiles, and what it gives. */
interface Verdict {
  readonly rule: string;
  readonly outcome: 'true' | 'false' | 'error' | 'refused';
}

const folder = join(__dirname, '../verdicts');
const verdicts = readFileSync(join(folder, 'cel.ndjson'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Verdict);
const { schema, self } = JSON.parse(readFileSync(join(folder, 'cel-object.json'), 'utf8')) as { schema: JsonObject; self: JsonObject };
// JSON.parse rounds it; a number that JavaScript cannot hold reaches rules as bigint
const object = { ...self, big: 9007199254740993n };

function outcomeOf(rule: string): Verdict['outcome'] {
  const compiled = compileRule({ rule }, schema);
  if (isCompileFailure(compiled)) return 'refused';
  const failure = compiled.check(object, undefined);
  if (failure === undefined) return 'true';
  return failure.error === undefined ? 'false' : 'error';
}

test.each(verdicts)('$rule: $outcome', ({ rule, outcome }) => {
  expect(outcomeOf(rule)).toBe(outcome);
});

test('there are enough of each', () => {
  const count = (outcome: string): number => verdicts.filter((verdict) => verdict.outcome === outcome).length;
  expect(count('true')).toBeGreaterThan(300);
  expect(count('error')).toBeGreaterThan(30);
  expect(count('refused')).toBeGreaterThan(40);
});
