import { unknown } from '../../src/core/unknown';
import { Weight } from '../../src/core/weight';
import { refused, WRONG_TYPES } from './refused';

const EXPECTED = 'a whole number of percent, from 0 to 100';

describe('percent', () => {
  test.each([0, 1, 99, 100])('%p is a weight', (value) => {
    expect(Weight.percent(value).value).toBe(value);
    expect(`${Weight.percent(value)}`).toBe(`${value}%`);
    expect(Weight.percent(value).complement().value).toBe(100 - value);
  });

  test.each<[number, string]>([
    [-1, 'did you mean 0?'],
    [101, 'did you mean 100?'],
    [10.5, 'did you mean 11?'],
    [0.1, 'did you mean 10? A weight is in percent'],
    [Infinity, 'write it as Weight.percent(10), or as a number such as 10'],
  ])('%p is none', (value, fix) => {
    const got = String(value);
    expect(refused(() => Weight.percent(value))).toEqual({ code: 'bad-weight', property: 'weight', got, expected: EXPECTED, fix });
  });

  test.each([...WRONG_TYPES, ['"10"', '10'] as const])('%s is none', (got, value) => {
    expect(refused(() => Weight.of(value as number))).toMatchObject({ code: 'bad-weight', got, expected: EXPECTED });
  });

  test('a string of digits is answered with its number', () => {
    expect(refused(() => Weight.of('10%' as never)).fix).toBe('did you mean the number 10?');
  });

  test('a value that is known later is named', () => {
    const value = unknown<number>('the output "share"') as never;
    expect(refused(() => Weight.of(value)).got).toBe('a value that is known only later (the output "share")');
  });

  test('the refusal says where', () => {
    const place = { construct: 'prod/shop/canary', property: 'weight' };
    expect(refused(() => Weight.of(200, place))).toMatchObject(place);
  });
});

test('a weight does not change, is the same for any copy of the library, and is compared by value', () => {
  const weight = Weight.percent(10);
  expect(() => Object.assign(weight, { value: 20 })).toThrow(TypeError);
  expect(Weight.of(weight)).toBe(weight);
  expect(Weight.isWeight({ [Symbol.for('mesh-constructs.Weight')]: true })).toBe(true);
  expect(Weight.isWeight({ value: 10 })).toBe(false);
  expect(weight.equals(Weight.of(10))).toBe(true);
  expect([Weight.none.value, Weight.all.value]).toEqual([0, 100]);
});

describe('split', () => {
  const values = (shares: Readonly<Record<string, Weight>>) => Object.entries(shares).map(([name, { value }]) => [name, value]);

  test('shares that add up stay, and one that is left out gets the rest', () => {
    expect(values(Weight.split({ v1: 90, v2: Weight.percent(10) }))).toEqual([['v1', 90], ['v2', 10]]);
    expect(values(Weight.split({ v1: undefined, v2: 10, v3: 5 }))).toEqual([['v1', 85], ['v2', 10], ['v3', 5]]);
    expect(values(Weight.split({ v1: undefined }))).toEqual([['v1', 100]]);
    expect(values(Weight.split({ v1: 100, v2: undefined }))).toEqual([['v1', 100], ['v2', 0]]);
  });

  test.each<[Record<string, number | undefined>, string, string]>([
    [{ v1: 90, v2: 9 }, 'v1: 90, v2: 9 (together 99)', '1 percent go nowhere: add them, or leave one share out'],
    [{ v1: 90, v2: 11 }, 'v1: 90, v2: 11 (together 101)', 'take away 1 percent'],
    [{ v1: 90, v2: 11, v3: undefined }, 'v1: 90, v2: 11, v3: left out (together 101)', 'take away 1 percent'],
    [{ v1: undefined, v2: undefined, v3: 1 }, 'v1: left out, v2: left out, v3: 1 (together 1)', 'give all shares but one'],
    [{}, 'no shares', '100 percent go nowhere: add them, or leave one share out'],
  ])('%j is refused', (shares, got, fix) => {
    expect(refused(() => Weight.split(shares, { construct: 'shop/canary' }))).toEqual({
      code: 'bad-split',
      construct: 'shop/canary',
      property: 'weights',
      got,
      expected: 'shares that add up to 100, of which one at most is left out',
      fix,
    });
  });

  test('a share that is no weight is named', () => {
    const body = () => Weight.split({ v1: '10' as never, v2: 90 }, { property: 'subsets' });
    expect(refused(body)).toMatchObject({ code: 'bad-weight', property: 'subsets.v1', got: '"10"' });
  });
});
