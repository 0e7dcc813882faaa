import { RE2JS } from 're2js';
import { catalog } from '../../imports/catalog';
import { compilePattern, toNative } from '../../src/validation/re2';
import { schemaOfVariant } from '../../src/rules/schema';

/** A small generator with a seed, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const ATOMS = ['a', 'b', '-', '.', '\\.', '\\d', '\\w', '\\s', '\\-', '\\/', '\\x41', '[a-z]', '[^a-c]', '[-a]', '[a-]', '[\\w.]', '[\\d-]', '\\t', '^', '$', '\\S', '[+-.]', '[]a]', '[a^]', 'é', '\\b', '\\$', '[\\]]', '{', '[[:alpha:]]', '(?i)a'];
const QUANTIFIERS = ['', '', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?', '{,2}'];
const TEXTS = ['', 'a', 'b', 'ab', 'abc', 'A', 'a-b', '-', '.', 'a.b', 'é', '😀', 'a\n', '\na', ' ', '\t', '\u00a0', '\v', '1', '12', 'a1_b', ']', '^', '$', '+', ',', '{', 'aaa', '\u2028', 'K'];

function pattern(next: (below: number) => number, depth = 0): string {
  const parts = Array.from({ length: 1 + next(3) }, () => {
    const atom = depth < 3 && next(5) === 0 ? `(${next(2) === 0 ? '?:' : ''}${pattern(next, depth + 1)})` : (ATOMS[next(ATOMS.length)] as string);
    return atom + (QUANTIFIERS[next(QUANTIFIERS.length)] as string);
  });
  return parts.join(next(6) === 0 ? '|' : '');
}

test('patterns that run natively mean what RE2 says', () => {
  const next = random(20_261_121);
  const wrong: unknown[] = [];
  let native = 0;
  for (let count = 0; count < 6000; count += 1) {
    const source = pattern(next);
    const own = toNative(source);
    if (own === undefined) continue;
    native += 1;
    const reference = RE2JS.compile(source);
    const mine = new RegExp(own, 'u');
    for (const text of TEXTS) if (mine.test(text) !== reference.test(text)) wrong.push({ source, own, text });
  }
  expect(wrong).toEqual([]);
  expect(native).toBeGreaterThan(1000);
});

test('every pattern is accepted or refused as RE2 does', () => {
  const next = random(7);
  const wrong: string[] = [];
  for (let count = 0; count < 1500; count += 1) {
    const source = pattern(next);
    const isFine = !('error' in compilePattern(source));
    if (isFine !== compiles(source)) wrong.push(source);
  }
  expect(wrong).toEqual([]);
});

function compiles(source: string): boolean {
  try {
    RE2JS.compile(source);
    return true;
  } catch {
    return false;
  }
}

test('a pattern that makes native engines hang takes no time', () => {
  const compiled = compilePattern('^[!-~]+([\\t ]?[!-~]+)*$');
  const started = Date.now();
  expect('matches' in compiled && compiled.matches(`${'a'.repeat(4000)}é`)).toBe(false);
  expect(Date.now() - started).toBeLessThan(1000);
});

test('every pattern of every kind compiles', () => {
  const refused = new Set<string>();
  for (const entry of catalog.filter(({ source }) => source !== 'kubernetes')) {
    const rules = entry.load();
    rules.variants.forEach((_variant, index) => {
      const schema = JSON.stringify(schemaOfVariant(rules, index)?.root);
      for (const [, source] of schema.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)) {
        const text = JSON.parse(source as string) as string;
        if ('error' in compilePattern(text)) refused.add(text);
      }
    });
  }
  expect([...refused]).toEqual([]);
});
