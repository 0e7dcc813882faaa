import { Linter } from 'eslint';

const CONFIG = jest.requireActual<{ readonly default: Linter.Config[] }>('../../eslint.config.mjs').default;

test.each([
  ['src/core/a.ts', "export const a = () => { throw new Error('no'); };", 'no-restricted-syntax'],
  ['src/core/a.ts', "export const a = Error('no');", 'no-restricted-syntax'],
  ['src/core/a.ts', "console.log('no');", 'no-console'],
  ['src/core/a.ts', 'export const a = (b: any) => b;', '@typescript-eslint/no-explicit-any'],
  ['src/core/a.ts', 'const a = 1;\nexport {};', '@typescript-eslint/no-unused-vars'],
  ['src/core/a.ts', "import { A } from './b';\nexport type B = A;", '@typescript-eslint/consistent-type-imports'],
  ['src/core/a.ts', 'export {};\n'.repeat(601), 'size/max-lines'],
  ['test/a.test.ts', 'expect(1).toBeDefined;', '@typescript-eslint/no-unused-expressions'],
  ['test/a.test.ts', "test.only('a', () => {});", 'no-restricted-syntax'],
  ['test/a.test.ts', "describe.skip('a', () => {});", 'no-restricted-syntax'],
  ['test/a.test.ts', "test.only.each([1])('a', () => {});", 'no-restricted-syntax'],
  ['test/a.test.ts', "xit('a', () => {});", 'no-restricted-syntax'],
])('in %s, %j is refused', (file, text, rule) => {
  expect(problems(file, text).filter(({ severity }) => severity === 2).map(({ ruleId }) => ruleId)).toContain(rule);
});

test.each([
  ['src/core/a.ts', "export class OwnError extends Error {}\nexport const a = () => { throw new OwnError('yes'); };"],
  ['test/a.test.ts', "test('a', () => { throw new Error('yes'); });"],
])('in %s, %j is taken', (file, text) => {
  expect(problems(file, text)).toEqual([]);
});

function problems(file: string, text: string): Linter.LintMessage[] {
  return new Linter({ configType: 'flat' }).verify(text, CONFIG, { filename: file });
}
