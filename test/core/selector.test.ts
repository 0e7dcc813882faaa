import { Selector } from '../../src/core/selector';
import { allRefused, refused, WRONG_TYPES } from './refused';

const KEY = 'up to 63 of letters, digits, "-", "_" and ".", perhaps after a DNS name and "/"';
const VALUE = 'a string of up to 63 letters, digits, "-", "_" and ".", or an empty one';
const of = Selector.of;

describe('labels', () => {
  test.each([
    ['app', 'reviews'],
    ['a', ''],
    ['a'.repeat(63), 'a'.repeat(63)],
    [`${'a'.repeat(253)}/a`, '1'],
    ['app.kubernetes.io/name', 'My_app.v1-x'],
    ['__proto'.slice(2), 'x'],
  ])('%s=%s can be', (key, value) => {
    expect(of({ [key]: value }).matchLabels).toEqual({ [key]: value });
  });

  test.each(['', '-a', 'a-', 'a b', 'a/b/c', '/a', 'a/', 'A_/a', 'a'.repeat(64), `${'a'.repeat(254)}/a`, 'ö'])('the key %j cannot', (key) => {
    const finding = refused(() => of({ [key]: 'x' }, { construct: 'shop/web', property: 'selector' }));
    expect(finding).toMatchObject({
      code: 'bad-label',
      construct: 'shop/web',
      property: `selector.${key}`,
      expected: KEY,
      fix: 'begin and end it with a letter or digit, e.g. "app" or "example.com/app"',
    });
    expect(finding.got).toContain('the key "');
  });

  test.each(['-a', 'a-', 'a b', 'a/b', 'a'.repeat(64), 'ö'])('the value %j cannot', (value) => {
    expect(refused(() => of({ app: value }))).toEqual({
      code: 'bad-label',
      property: 'selector.app',
      got: JSON.stringify(value),
      expected: VALUE,
      fix: 'begin and end it with a letter or digit, or leave the label out',
    });
  });

  test.each(WRONG_TYPES)('the value %s cannot', (got, value) => {
    expect(refused(() => of({ app: value as string }))).toMatchObject({ got, expected: VALUE });
  });

  test('what was meant is said', () => {
    expect(refused(() => of({ version: 2 as never })).fix).toBe('labels are strings: did you mean "2"?');
    expect(refused(() => of({ app: '*' })).fix).toBe('labels are compared as they are, there are no wildcards; leave the label out');
  });

  test('all bad labels are said at once', () => {
    expect(allRefused(() => of({ 'b ': '-', a: ' ', ok: 'ok' })).map(({ property }) => property)).toEqual(['selector.a', 'selector.b ', 'selector.b ']);
  });
});

describe('never everything by accident', () => {
  const told = { code: 'bad-selector', property: 'selector', expected: 'one label or more, such as { app: "reviews" }', fix: 'say Selector.all() where everything is meant' };

  test('no labels', () => {
    expect(refused(() => of({}))).toEqual({ ...told, got: 'no labels' });
  });

  test.each([...WRONG_TYPES, ['"app"', 'app'] as const].filter(([got]) => got !== 'an object'))('%s instead of labels', (got, value) => {
    expect(refused(() => of(value as never))).toEqual({ ...told, got });
  });

  test('all is said', () => {
    expect(Selector.all()).toMatchObject({ isAll: true, matchLabels: {} });
    expect(of({ app: 'a' }).isAll).toBe(false);
  });
});

test('matches, covers, overlaps', () => {
  const reviews = of({ app: 'reviews' });
  const v1 = of({ version: 'v1', app: 'reviews' });
  expect(reviews.matches({ app: 'reviews', version: 'v1', other: '' })).toBe(true);
  expect(v1.matches({ app: 'reviews' })).toBe(false);
  expect(of({ constructor: '' }).matches({})).toBe(false);
  expect(Selector.all().matches({})).toBe(true);
  expect([reviews.covers(v1), v1.covers(reviews), Selector.all().covers(v1), v1.covers(Selector.all())]).toEqual([true, false, true, false]);
  expect(v1.overlaps(of({ team: 'web' }))).toBe(true);
  expect(v1.overlaps(of({ version: 'v2' }))).toBe(false);
  expect(v1.overlaps(Selector.all())).toBe(true);
});

test('one order, whatever the order that was given', () => {
  const a = of({ b: '2', a: '1', C: '3' });
  const b = of({ C: '3', a: '1', b: '2' });
  expect(Object.keys(a.matchLabels)).toEqual(['C', 'a', 'b']);
  expect(String(a)).toBe('C=3,a=1,b=2');
  expect(String(Selector.all())).toBe('*');
  expect(a.equals(b)).toBe(true);
  expect(a.equals(of({ a: '1' }))).toBe(false);
});

test('a selector does not change, nor do the labels that it was given matter later', () => {
  const given = { app: 'a' };
  const selector = of(given);
  given.app = 'b';
  expect(selector.matchLabels).toEqual({ app: 'a' });
  expect(() => Object.assign(selector.matchLabels, { app: 'b' })).toThrow(TypeError);
  expect(() => Object.assign(selector, { matchLabels: {} })).toThrow(TypeError);
  expect(of(selector)).toBe(selector);
});
