import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TYPE_RULES } from '../../src/codegen/normalise/type-rules';
import { VARIANT_RULES } from '../../src/codegen/normalise/variant-rules';
import type { JsonObject } from '../../src/rules/json';

const FOLDER = join(__dirname, 'normalise');
const RULES = [...VARIANT_RULES, ...TYPE_RULES];

/** One example of a rule: `test/codegen/normalise/RULE.json` holds a list of them. */
interface Example {
  readonly name: string;
  readonly in: JsonObject;
  readonly out: JsonObject;
}

for (const rule of RULES) {
  describe(`${rule.name}: ${rule.about}`, () => {
    test.each(examplesOf(rule.name))('$name', (example) => {
      expect(rule.apply(example.in)).toEqual(example.out);
    });

    test('applying it again changes nothing', () => {
      for (const example of examplesOf(rule.name)) expect(rule.apply(rule.apply(example.in))).toEqual(rule.apply(example.in));
    });
  });
}

test('every rule has a name of its own, and examples; every example has a rule', () => {
  const names = RULES.map((rule) => rule.name);
  expect(new Set(names).size).toBe(names.length);
  expect(readdirSync(FOLDER).sort()).toEqual(names.map((name) => `${name}.json`).sort());
});

function examplesOf(rule: string): Example[] {
  return JSON.parse(readFileSync(join(FOLDER, `${rule}.json`), 'utf8')) as Example[];
}
