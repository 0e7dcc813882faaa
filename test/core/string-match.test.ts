import { StringMatch } from '../../src/core/string-match';
import { refused, WRONG_TYPES } from './refused';

const { exact, prefix, suffix, regex, present } = StringMatch;

describe('forms', () => {
  test.each<[StringMatch, object, string | undefined]>([
    [exact('/a'), { exact: '/a' }, '/a'],
    [exact(''), { exact: '' }, undefined],
    [exact('a*b'), { exact: 'a*b' }, 'a*b'],
    [exact('*'), { exact: '*' }, undefined],
    [exact('a*'), { exact: 'a*' }, undefined],
    [exact('*a'), { exact: '*a' }, undefined],
    [prefix('/a'), { prefix: '/a' }, '/a*'],
    [prefix('a*'), { prefix: 'a*' }, 'a**'],
    [prefix('*a'), { prefix: '*a' }, undefined],
    [suffix('.png'), { regex: '.*\\.png' }, '*.png'],
    [suffix('*'), { regex: '.*\\*' }, '**'],
    [suffix('a*'), { regex: '.*a\\*' }, '*a*'],
    [regex('/v[0-9]+'), { regex: '/v[0-9]+' }, undefined],
    [present(), {}, '*'],
  ])('%s', (match, istio, policy) => {
    expect(match.toIstio()).toEqual(istio);
    if (policy === undefined) {
      const finding = refused(() => match.toAuthorizationPolicy({ property: 'paths[0]' }));
      expect(finding).toMatchObject({ code: 'bad-match', property: 'paths[0]', got: String(match) });
      expect(finding.expected).toBe('what an AuthorizationPolicy can say: "exact", "prefix*", "*suffix" or "*"');
    } else {
      expect(match.toAuthorizationPolicy()).toBe(policy);
      expect(StringMatch.fromAuthorizationPolicy(policy).equals(match)).toBe(true);
    }
  });

  test('a suffix as a pattern fits the same texts', () => {
    const text = '.*+?^${}()|[]\\-/ü';
    const { regex: pattern = '' } = suffix(text).toIstio();
    expect(regex(pattern).matches(`x${text}`)).toBe(true);
    expect(regex(pattern).matches(`${text}x`)).toBe(false);
  });

  test('a string is the whole text', () => {
    expect(StringMatch.of('x').equals(exact('x'))).toBe(true);
    expect(StringMatch.of(present()).kind).toBe('present');
    expect([exact('a'), prefix('b'), regex('c'), present()].map(String)).toEqual(['exact "a"', 'prefix "b"', 'regex "c"', 'present']);
  });
});

describe('refusals', () => {
  test.each(['prefix', 'suffix', 'regex'] as const)('an empty %s', (kind) => {
    expect(refused(() => StringMatch[kind]('', { construct: 'shop/web' }))).toEqual({
      code: 'bad-match',
      construct: 'shop/web',
      property: kind,
      got: '""',
      expected: 'a text that is not empty',
      fix: 'StringMatch.present() fits any text',
    });
  });

  test.each([...WRONG_TYPES, ['10', 10], ['10.5', 10.5]] as const)('%s instead of a text', (got, value) => {
    for (const kind of ['exact', 'prefix', 'suffix', 'regex'] as const) {
      expect(refused(() => StringMatch[kind](value as string))).toMatchObject({ code: 'bad-match', property: kind, got, expected: 'a string' });
    }
    expect(refused(() => StringMatch.of(value as string)).got).toBe(got);
    expect(refused(() => StringMatch.fromAuthorizationPolicy(value as string)).got).toBe(got);
  });

  test('a number is asked whether its text is meant', () => {
    expect(refused(() => exact(200 as never)).fix).toBe('texts are compared: did you mean "200"?');
  });

  test.each(['(?=x)', '(?!x)', 'a(?<=b)', '(a', 'a)', '[a', 'a**', '\\1', '(a)\\1', '*', 'a{2,1}', '\\', '(?P<n', 'a)(b'])('%s is no RE2', (pattern) => {
    const finding = refused(() => regex(pattern));
    expect(finding).toMatchObject({ code: 'bad-match', property: 'regex', expected: 'a regular expression in RE2 syntax' });
    expect(finding.got).toContain(JSON.stringify(pattern));
    expect(finding.fix).toContain('RE2 has no look-around');
  });

  test('a pattern of 1024 characters is the longest', () => {
    expect(regex('a'.repeat(1024)).text).toHaveLength(1024);
    expect(refused(() => regex('a'.repeat(1025)))).toMatchObject({ got: 'a pattern of 1025 characters', expected: '1024 characters at most' });
  });
});

test.each<[StringMatch, string[], string[]]>([
  [exact('a'), ['a'], ['', 'A', 'ab']],
  [prefix('a'), ['a', 'ab'], ['', 'ba', 'A']],
  [suffix('a'), ['a', 'ba'], ['', 'ab']],
  [regex('a|bc'), ['a', 'bc'], ['ac', 'abc', 'xa', '']],
  [regex('(?i)a.'), ['AB', 'ab'], ['a', 'abc']],
  [present(), ['', 'a'], []],
])('%s matches', (match, yes, no) => {
  expect(yes.filter((text) => !match.matches(text))).toEqual([]);
  expect(no.filter((text) => match.matches(text))).toEqual([]);
});

// covers: the first fits whatever the second fits; overlaps: something fits both; undefined: hard to tell
test.each<[StringMatch, StringMatch, boolean | undefined, boolean | undefined]>([
  [exact('a'), exact('a'), true, true],
  [exact('a'), exact('b'), false, false],
  [exact('a'), prefix('a'), false, true],
  [exact('a'), present(), false, true],
  [exact('b'), regex('a|b'), undefined, true],
  [exact('c'), regex('a|b'), undefined, false],
  [prefix('/a'), exact('/ab'), true, true],
  [prefix('/a'), prefix('/ab'), true, true],
  [prefix('/ab'), prefix('/a'), false, true],
  [prefix('/a'), prefix('/b'), false, false],
  [prefix('/a'), suffix('b'), false, true],
  [prefix('/a'), regex('/a.*'), undefined, undefined],
  [prefix('/a'), present(), false, true],
  [suffix('b'), suffix('ab'), true, true],
  [suffix('ab'), suffix('cb'), false, false],
  [regex('a|b'), exact('b'), true, true],
  [regex('a|b'), exact('c'), false, false],
  [regex('a'), regex('a'), true, true],
  [regex('a'), regex('b'), undefined, undefined],
  [regex('a'), present(), undefined, true],
  [present(), regex('a'), true, true],
  [present(), present(), true, true],
])('%s and %s', (a, b, covers, overlaps) => {
  expect(a.covers(b)).toBe(covers);
  expect(a.overlaps(b)).toBe(overlaps);
  expect(b.overlaps(a)).toBe(overlaps);
});

test('the order in which they are tried', () => {
  const given = [present(), regex('a.*'), prefix('/'), suffix('/abc'), exact('/'), prefix('/abc'), regex('b.*c'), exact('/b'), exact('/a')];
  const sorted = ['exact "/a"', 'exact "/b"', 'exact "/"', 'prefix "/abc"', 'suffix "/abc"', 'prefix "/"', 'regex "b.*c"', 'regex "a.*"', 'present'];
  expect([...given].sort(StringMatch.compare).map(String)).toEqual(sorted);
  expect([...given].reverse().sort(StringMatch.compare).map(String)).toEqual(sorted);
  expect(exact('/').isMoreSpecificThan(prefix('/long'))).toBe(true);
  expect(prefix('/a').isMoreSpecificThan(prefix('/b'))).toBe(false);
  expect(prefix('/ab').isMoreSpecificThan(suffix('b'))).toBe(true);
  expect(regex('abc').isMoreSpecificThan(prefix('a'))).toBe(false);
});

test('a match does not change, and is the same for any copy of the library', () => {
  expect(() => Object.assign(exact('a'), { text: 'b' })).toThrow(TypeError);
  expect(StringMatch.isStringMatch({ [Symbol.for('mesh-constructs.StringMatch')]: true })).toBe(true);
  expect(StringMatch.isStringMatch({ kind: 'exact', text: 'a' })).toBe(false);
});
