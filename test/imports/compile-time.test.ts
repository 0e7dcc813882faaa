import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../support/compile';

const FILE = join(__dirname, 'refusals.types.ts');
const DIRECTIVE = '@ts-expect-error';

jest.setTimeout(60_000);

test('the compiler takes what is right and refuses what is marked', () => {
  expect(compile({ file: FILE }).errors).toEqual([]);
});

test('each refusal is one error, at the line under its directive, and there is no other', () => {
  const text = readFileSync(FILE, 'utf8');
  const marked = text.split('\n').flatMap((line, index) => (line.trim().startsWith(`// ${DIRECTIVE}`) ? [index + 2] : []));
  const { errors } = compile({ file: FILE, text: text.replaceAll(DIRECTIVE, 'without the directive') });
  expect(marked.length).toBeGreaterThan(20);
  expect([...new Set(errors.map((error) => error.line))]).toEqual(marked);
});

test('a directive over a line that is right is an error', () => {
  const text = `${readFileSync(FILE, 'utf8')}\n// ${DIRECTIVE}: nothing is wrong\nnew AuthorizationPolicy(scope, 'right', { spec: {} });\n`;
  expect(compile({ file: FILE, text }).errors.map((error) => error.message)).toEqual(["Unused '@ts-expect-error' directive."]);
});
