import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { isUnknown, payloadOf, requireKnown, unknown } from '../../src/core/unknown';
import { compile } from '../support/compile';
import { refused } from './refused';

const output = unknown<string>('the output "address" of ip');

test('it is told from all other values, for any copy of the library, and does not change', () => {
  expect(isUnknown(output)).toBe(true);
  expect([undefined, null, 'x', 1, {}, [], { description: 'x' }].some((value) => isUnknown(value))).toBe(false);
  expect(isUnknown({ [Symbol.for('mesh-constructs.Unknown')]: true, description: 'x' })).toBe(true);
  expect(output).toHaveProperty('description', 'the output "address" of ip');
  expect(() => Object.assign(output as object, { description: '' })).toThrow(TypeError);
});

test('an adapter finds again what it gave', () => {
  const payload = { promise: 1 };
  expect(payloadOf(unknown<string>('x', payload))).toBe(payload);
  expect([payloadOf(output), payloadOf('x'), payloadOf(null)]).toEqual([undefined, undefined, undefined]);
  expect(inspect(unknown<string>('x', payload))).not.toContain('promise');
});

test('what has to be known is given back, or refused with its place', () => {
  const place = { construct: 'prod/shop/web', property: 'name' };
  expect(requireKnown<string>('web', place)).toBe('web');
  expect(requireKnown<number | undefined>(undefined, place)).toBeUndefined();
  expect(refused(() => requireKnown<string>(output, place))).toEqual({
    code: 'unknown-value',
    construct: 'prod/shop/web',
    property: 'name',
    got: 'a value that is known only later (the output "address" of ip)',
    expected: 'a value that is known when the program runs: it decides which objects there are, or their order',
    fix: 'give a plain value; one that is known later may stand in fields that only go into a manifest',
  });
});

describe('no text or number can be made of it', () => {
  const number = unknown<number>('the output "port" of lb');
  test.each<[string, () => unknown, RegExp]>([
    ['a template', () => `http://${output}/`, /^a text or a number made of it/],
    ['a sum of texts', () => `${'http://' + output}`, /^a text or a number made of it/],
    ['arithmetic', () => number * 2, /^arithmetic or a comparison with it/],
    ['a comparison', () => number > 2, /^arithmetic or a comparison with it/],
    ['String()', () => String(output), /^a text or a number made of it/],
    ['toString()', () => output.toString(), /^its text/],
    ['a list as text', () => ['a', output].join(), /^a text or a number made of it/],
    ['JSON', () => JSON.stringify({ at: output }), /^its JSON/],
    ['a key', () => ({ [output]: 1 }), /^a text or a number made of it/],
  ])('%s', (_name, body, got) => {
    const finding = refused(body);
    expect(finding).toMatchObject({ code: 'unknown-value', property: expect.stringMatching(/^the output/) as string, got: expect.stringMatching(got) as string });
    expect(finding.fix).toContain('engine');
  });
});

describe('types', () => {
  const FILE = join(__dirname, 'unknown.types.ts');
  const DIRECTIVE = '@ts-expect-error';
  const text = readFileSync(FILE, 'utf8');

  test('the compiler takes it in leaves, and refuses what is marked', () => {
    expect(compile({ file: FILE }).errors).toEqual([]);
  }, 60_000);

  test('each refusal is one error, at the line under its directive', () => {
    const marked = text.split('\n').flatMap((line, index) => (line.trim().startsWith(`// ${DIRECTIVE}`) ? [index + 2] : []));
    const { errors } = compile({ file: FILE, text: text.replaceAll(DIRECTIVE, 'without the directive') });
    expect(marked.length).toBeGreaterThan(10);
    expect(errors.map((error) => error.line)).toEqual(marked);
  }, 60_000);
});
