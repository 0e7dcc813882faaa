import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unknown } from '../../../src/core/unknown';
import type { JsonObject } from '../../../src/rules/json';
import { compileRule, isCompileFailure } from '../../../src/validation/cel/rule';
import type { CompiledRule } from '../../../src/validation/cel/rule';

type Outcome = 'true' | 'false' | 'error' | 'unknown';

const schema = {
  type: 'object',
  properties: {
    no: { type: 'boolean' },
    yes: { type: 'boolean' },
    later: { type: 'boolean' },
    gone: { type: 'boolean' },
    text: { type: 'string' },
    size: { type: 'integer' },
    list: { type: 'array', items: { type: 'string' } },
    flags: { type: 'array', items: { type: 'boolean' } },
    map: { type: 'object', additionalProperties: { type: 'string' } },
    object: { type: 'object', properties: { text: { type: 'string' } } },
  },
};
const address = unknown<string>('the address of ip');
const self = {
  no: false,
  yes: true,
  later: unknown<boolean>('whether it is up'),
  text: address,
  size: unknown<number>('the size'),
  list: ['a', address, 'b'],
  map: { known: 'x', later: address },
  object: unknown<{ text: string }>('the whole of it'),
};

function compiled(rule: string, on: JsonObject = schema): CompiledRule {
  const result = compileRule({ rule }, on);
  if (isCompileFailure(result)) throw new TypeError(`${rule}: ${result.error}`);
  return result;
}

function outcome(rule: string, value: unknown = self): Outcome {
  const failure = compiled(rule).checkPartial(value, undefined);
  if (failure === undefined) return 'true';
  if ('unknown' in failure) return 'unknown';
  return failure.error === undefined ? 'false' : 'error';
}

/** `self.gone` is not there: reading it is an error. */
const OPERANDS = { T: 'self.yes', F: 'self.no', U: 'self.later', E: 'self.gone' } as const;
const NAMES = { T: 'true', F: 'false', U: 'unknown', E: 'error' } as const;
type Letter = keyof typeof OPERANDS;

/** Rows are the left operand, columns the right one, both in the order T F U E. */
const TABLES = {
  '&&': { T: 'TFUE', F: 'FFFF', U: 'UFUU', E: 'EFUE' },
  '||': { T: 'TTTT', F: 'TFUE', U: 'TUUU', E: 'TEUE' },
  // of strict operators, the operand that is evaluated first decides
  '==': { T: 'TFUE', F: 'FTUE', U: 'UUUU', E: 'EEEE' },
} as const;

describe.each(Object.entries(TABLES))('%s', (operator, table) => {
  const cells = Object.entries(table).flatMap(([left, row]) =>
    ([...'TFUE'] as Letter[]).map((right, column) => [left as Letter, right, NAMES[row[column] as Letter]] as const),
  );
  test.each(cells)(`%s ${operator} %s is %s`, (left, right, expected) => {
    expect(outcome(`${OPERANDS[left]} ${operator} ${OPERANDS[right]}`)).toBe(expected);
  });
});

describe('other expressions', () => {
  test.each<[string, Outcome]>([
    ['!self.later', 'unknown'],
    ['self.later ? true : true', 'unknown'],
    ['self.yes ? self.later : true', 'unknown'],
    ['self.yes ? true : self.later', 'true'],
    // a field that holds an unknown is there
    ['has(self.text)', 'true'],
    ['has(self.gone)', 'false'],
    ['has(self.object)', 'true'],
    ['has(self.object.text)', 'unknown'],
    ['self.?text.hasValue()', 'true'],
    ['self.?object.?text.hasValue()', 'unknown'],
    ['self.?text.orValue("x") == "x"', 'unknown'],
    ['self.?text.optMap(t, t + "x").orValue("y") == "y"', 'unknown'],
    ['self.text == "a"', 'unknown'],
    ['self.text != "a"', 'unknown'],
    ['self.size > 3', 'unknown'],
    ['self.size + 1 == 3', 'unknown'],
    ['-self.size == 3', 'unknown'],
    ['self.text.startsWith("a")', 'unknown'],
    ['size(self.text) < 5', 'unknown'],
    ['type(self.text) == string', 'unknown'],
    ['string(self.size) == "3"', 'unknown'],
    ['self.text in ["a"]', 'unknown'],
    // collections with unknowns in them: their size and keys are known
    ['size(self.list) == 3', 'true'],
    ['self.list.size() == 2', 'false'],
    ['size(self.list + ["c"]) == 4', 'true'],
    ['size(self.map) == 2 && "later" in self.map && !("x" in self.map)', 'true'],
    ['self.list[0] == "a"', 'true'],
    ['self.list[1] == "a"', 'unknown'],
    ['self.list[5] == "a"', 'error'],
    ['self.list[self.size] == "a"', 'unknown'],
    ['self.map["known"] == "x" && self.map.known == "x"', 'true'],
    ['self.map["later"] == "x"', 'unknown'],
    ['"b" in self.list', 'true'],
    ['"c" in self.list', 'unknown'],
    ['self.list == ["a", "x", "b"]', 'unknown'],
    ['self.list.join() == "a"', 'unknown'],
    ['self.list.indexOf("a") == 0', 'unknown'],
    ['[self.text] == ["a"]', 'unknown'],
    // macros
    ['self.list.all(x, x != "")', 'unknown'],
    ['self.list.all(x, x != "b")', 'false'],
    ['self.list.all(x, true)', 'true'],
    ['self.list.exists(x, x == "b")', 'true'],
    ['self.list.exists(x, x == "c")', 'unknown'],
    ['self.list.exists_one(x, x == "a")', 'unknown'],
    ['self.list.filter(x, x != "a").size() == 2', 'unknown'],
    ['self.list.filter(x, true).size() == 3', 'true'],
    ['self.list.map(x, x + "!").size() == 3', 'unknown'],
    ['self.list.map(x, 1).size() == 3', 'true'],
    ['self.map.all(k, k != "x")', 'true'],
    ['self.map.exists(k, v, v == "x")', 'true'],
    ['self.map.all(k, v, v == "x")', 'unknown'],
    ['self.object.text == "x" || self.yes', 'true'],
    // an unknown wins over an error, whichever comes first
    ['self.list.all(x, x == "a" ? self.gone : x != "z")', 'unknown'],
    ['self.list.exists(x, x == "b" ? self.gone : x == "z")', 'unknown'],
  ])('%s is %s', (rule, expected) => {
    expect(outcome(rule)).toBe(expected);
  });
});

test('the unknown that the outcome depends on is named', () => {
  expect(compiled('self.yes && self.text == "a"').checkPartial(self, undefined)).toEqual({ unknown: 'the address of ip' });
  expect(compiled('self.later && self.text == "a"').checkPartial(self, undefined)).toEqual({ unknown: 'whether it is up' });
});

test('a whole value, and an old one, may be unknown', () => {
  const text = compileRule({ rule: 'self.size() > 3' }, { type: 'string' }) as CompiledRule;
  expect(text.checkPartial(address, undefined)).toEqual({ unknown: 'the address of ip' });
  const transition = compiled('self.no == oldSelf.no && self.text == oldSelf.text');
  expect(transition.checkPartial(self, { ...self, text: 'a' })).toEqual({ unknown: 'the address of ip' });
  expect(transition.checkPartial(self, { ...self, no: true })).toEqual({ message: expect.stringContaining('oldSelf') as string });
});

test('a message that would have to print an unknown is left to the plain one', () => {
  const rule = compileRule({ rule: 'self.no', message: 'plain', messageExpression: '"it is " + self.text' }, schema) as CompiledRule;
  expect(rule.checkPartial(self, undefined)).toEqual({ message: 'plain' });
});

describe('against the verdicts of a real server', () => {
  const folder = join(__dirname, '../verdicts');
  const lines = readFileSync(join(folder, 'cel.ndjson'), 'utf8').trim().split('\n');
  const verdicts = lines.map((line) => JSON.parse(line) as { rule: string; outcome: Outcome | 'refused' });
  const { schema: on, self: given } = JSON.parse(readFileSync(join(folder, 'cel-object.json'), 'utf8')) as { schema: JsonObject; self: JsonObject };
  const object = { ...given, big: 9007199254740993n };
  const rules = verdicts.filter((verdict) => verdict.outcome !== 'refused').map((verdict) => ({ ...verdict, compiled: compiled(verdict.rule, on) }));
  const outcomeOf = (rule: CompiledRule, value: unknown): Outcome => {
    const failure = rule.checkPartial(value, undefined);
    if (failure === undefined) return 'true';
    if ('unknown' in failure) return 'unknown';
    return failure.error === undefined ? 'false' : 'error';
  };

  test('without unknowns, each rule gives what the server gave', () => {
    expect(rules.filter(({ compiled: rule, outcome: said }) => outcomeOf(rule, object) !== said).map(({ rule }) => rule)).toEqual([]);
  });

  test('with any one value unknown, no rule gives another outcome than with that value', () => {
    const wrong: string[] = [];
    let open = 0;
    for (const [place, value] of withOneUnknown(object)) {
      for (const { rule, compiled: program, outcome: said } of rules) {
        const now = outcomeOf(program, value);
        if (now === 'unknown') open += 1;
        else if (now !== said) wrong.push(`${place}: ${rule}: ${now}, not ${said}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(open).toBeGreaterThan(300);
  });
});

/** The value with each of its parts replaced by an unknown in turn. */
function withOneUnknown(value: unknown, place = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, item]) => {
    // no value of a type will be null
    if (item === null) return [];
    const put = (other: unknown): unknown => (isList ? (value as unknown[]).map((old, at) => (String(at) === key ? other : old)) : { ...value, [key]: other });
    const at = `${place}.${key}`;
    const inner = withOneUnknown(item, at).map(([where, other]) => [where, put(other)] as [string, unknown]);
    return [[at, put(unknown(`what is at ${at}`))] as [string, unknown], ...inner];
  });
}
