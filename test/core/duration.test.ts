import { Duration, ISTIO_DURATION } from '../../src/core/duration';
import { refused, WRONG_TYPES } from './refused';

const EXPECTED = 'a duration from 0s to 292 years, not finer than 1ns, such as 5s, 250ms or 1h30m';

describe('from numbers', () => {
  test.each<[Duration, string]>([
    [Duration.seconds(5), '5s'],
    [Duration.seconds(0), '0s'],
    [Duration.seconds(0.1), '100ms'],
    [Duration.seconds(1.5), '1.5s'],
    [Duration.seconds(1e-7), '100ns'],
    [Duration.seconds(90), '1m30s'],
    [Duration.millis(250), '250ms'],
    [Duration.millis(0.5), '500us'],
    [Duration.minutes(2), '2m'],
    [Duration.minutes(0.5), '30s'],
    [Duration.hours(1), '1h'],
    [Duration.hours(1.5), '1h30m'],
    [Duration.zero, '0s'],
  ])('%s', (duration, text) => {
    expect(duration.toString()).toBe(text);
    expect(duration.value).toBe(text);
    expect(Duration.parse(text).equals(duration)).toBe(true);
  });

  test.each([...WRONG_TYPES, ['-1', -1], ['Infinity', Infinity], ['"5"', '5'], ['1e+21', 1e21], ['1e-10', 1e-10]] as const)('%s is none', (got, value) => {
    const fix = 'give a number of seconds, e.g. 5';
    const finding = refused(() => Duration.seconds(value as number));
    expect(finding).toEqual({ code: 'bad-duration', property: 'duration', got, expected: EXPECTED, fix });
  });
});

describe('parse', () => {
  test.each<[string, string, number]>([
    ['1h30m', '1h30m', 5_400_000],
    ['90m', '1h30m', 5_400_000],
    ['30m1h', '1h30m', 5_400_000],
    ['1.5h', '1h30m', 5_400_000],
    ['1m0.5s', '1m500ms', 60_500],
    ['1m500ms', '1m500ms', 60_500],
    ['1m1.5s', '1m1.5s', 61_500],
    ['1500ms', '1.5s', 1_500],
    ['60s', '1m', 60_000],
    ['.5s', '500ms', 500],
    ['5.s', '5s', 5_000],
    ['+5s', '5s', 5_000],
    ['0', '0s', 0],
    ['0h', '0s', 0],
    ['1us', '1us', 0.001],
    ['1\u00b5s', '1us', 0.001],
    ['1\u03bcs', '1us', 0.001],
    ['1.001ms', '1.001ms', 1.001],
    ['1ns', '1ns', 0.000_001],
    ['100000h', '100000h', 360_000_000_000],
  ])('%s is %s', (text, canonical, millis) => {
    const duration = Duration.parse(text);
    expect(duration.toString()).toBe(canonical);
    expect(duration.toMillis()).toBe(millis);
    expect(duration.toSeconds()).toBeCloseTo(millis / 1000, 12);
  });

  test('the longest that Go takes, and one nanosecond more', () => {
    expect(Duration.parse('9223372036854775807ns').toString()).toBe('2562047h47m16.854775807s');
    expect(refused(() => Duration.parse('9223372036854775808ns')).expected).toBe(EXPECTED);
    expect(refused(() => Duration.parse('9'.repeat(1_000_000))).got).toHaveLength(82);
  });

  test.each<[string, string]>([
    ['', 'the units are h, m, s, ms, us and ns, each after its number'],
    ['5', 'a unit is missing: did you mean "5s"?'],
    ['5 s', 'did you mean "5s"?'],
    ['5S', 'did you mean "5s"?'],
    ['2d', 'there is no unit for days: write "48h"'],
    ['2 days', 'there is no unit for days: write "48h"'],
    ['-5s', 'a duration cannot be negative'],
    ['s', 'the units are h, m, s, ms, us and ns, each after its number'],
    ['.s', 'the units are h, m, s, ms, us and ns, each after its number'],
    ['1h30', 'the units are h, m, s, ms, us and ns, each after its number'],
    ['5s\n', 'the units are h, m, s, ms, us and ns, each after its number'],
    ['0.5ns', 'the units are h, m, s, ms, us and ns, each after its number'],
    ['1e3s', 'the units are h, m, s, ms, us and ns, each after its number'],
    ['PT5S', 'the units are h, m, s, ms, us and ns, each after its number'],
  ])('%j is refused', (text, fix) => {
    const got = JSON.stringify(text);
    expect(refused(() => Duration.parse(text))).toEqual({ code: 'bad-duration', property: 'duration', got, expected: EXPECTED, fix });
  });

  test.each(WRONG_TYPES)('%s is refused', (got, value) => {
    const place = { construct: 'shop/web', property: 'timeout' };
    expect(refused(() => Duration.of(value as string, place))).toMatchObject({ ...place, got, expected: EXPECTED });
  });

  test('a bare number is asked for its unit', () => {
    expect(refused(() => Duration.of(5 as never)).fix).toBe('say of what: Duration.seconds(5), or "5s"');
  });
});

describe('limits', () => {
  const property = 'timeout';

  test('at least a millisecond, as most fields of Istio', () => {
    expect(refused(() => Duration.of('999us', { property, ...ISTIO_DURATION }))).toEqual({
      code: 'bad-duration',
      property,
      got: '999us',
      expected: '1ms or more',
      fix: 'the nearest that is allowed is 1ms',
    });
    expect(Duration.of('1ms', ISTIO_DURATION).toString()).toBe('1ms');
    expect(Duration.of(Duration.millis(2), ISTIO_DURATION).toString()).toBe('2ms');
    expect(refused(() => Duration.of(Duration.zero, ISTIO_DURATION)).got).toBe('0s');
  });

  test('nothing finer than a millisecond', () => {
    const finding = refused(() => Duration.of('1.0001s', { property, ...ISTIO_DURATION }));
    expect(finding).toMatchObject({ expected: 'a multiple of 1ms', fix: 'the nearest that is allowed is 1.001s' });
  });

  test('at most', () => {
    const atMost = Duration.hours(1);
    expect(Duration.of('60m', { atMost }).equals(atMost)).toBe(true);
    const finding = refused(() => Duration.of('1h1ns', { atMost }));
    expect(finding).toMatchObject({ got: '1h1ns', expected: '1h or less', fix: 'the nearest that is allowed is 1h' });
  });
});

test('durations are compared by their length', () => {
  const sorted = ['1h', '1s', '1m', '1ms'].map((text) => Duration.parse(text)).sort(Duration.compare);
  expect(sorted.map(String)).toEqual(['1ms', '1s', '1m', '1h']);
  expect(Duration.seconds(60).equals(Duration.minutes(1))).toBe(true);
  expect(Duration.seconds(59).isShorterThan(Duration.minutes(1))).toBe(true);
  expect(Duration.seconds(60).isLongerThan(Duration.minutes(1))).toBe(false);
});

test('a duration does not change, and is the same for any copy of the library', () => {
  expect(() => Object.assign(Duration.zero, { value: '1s' })).toThrow(TypeError);
  expect(Duration.isDuration({ [Symbol.for('mesh-constructs.Duration')]: true })).toBe(true);
  expect(Duration.isDuration('5s')).toBe(false);
});

describe('for the Gateway API', () => {
  const FORM = /^([0-9]{1,5}(h|m|s|ms)){1,4}$/;

  test.each([
    ['0s', '0s'],
    ['1500ms', '1s500ms'],
    ['1h30m', '1h30m'],
    ['90s', '1m30s'],
    ['1.001s', '1s1ms'],
    ['99999h59m59.999s', '99999h59m59s999ms'],
  ])('%s is %s', (text, written) => {
    expect(Duration.parse(text).toGatewayApi()).toBe(written);
    expect(written).toMatch(FORM);
  });

  test.each([
    ['100000h', 'take a shorter duration'],
    ['1us', 'round it to milliseconds'],
    ['1.0001s', 'round it to milliseconds'],
  ])('%s cannot be said', (got, fix) => {
    const expected = 'whole milliseconds, less than 100000h: more the Gateway API cannot say';
    const finding = refused(() => Duration.parse(got).toGatewayApi({ property: 'timeouts.request' }));
    expect(finding).toEqual({ code: 'bad-duration', property: 'timeouts.request', got: Duration.parse(got).value, expected, fix });
  });
});
