import tseslint from 'typescript-eslint';
import { builtinRules } from 'eslint/use-at-your-own-risk';

/** Rules that need no types, so that linting stays a matter of seconds; the compiler is strict on the rest. */
const everywhere = {
  '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': false, 'ts-ignore': true, 'ts-nocheck': true }],
  '@typescript-eslint/no-unused-expressions': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  eqeqeq: 'error',
  'no-unreachable': 'error',
  'prefer-const': 'error',
  'no-var': 'error',
  // a file is one idea: past 400 lines look for the second one, past 600 there surely is one
  'max-lines': ['warn', 400],
  'size/max-lines': ['error', 600],
};

const FOCUSED = "CallExpression[callee.object.name=/^(test|it|describe)$/][callee.property.name=/^(only|skip|todo|failing)$/]";
const FOCUSED_EACH = "CallExpression[callee.object.object.name=/^(test|it|describe)$/][callee.object.property.name=/^(only|skip)$/]";
const FOCUSED_SHORT = 'CallExpression[callee.name=/^(fit|xit|xtest|fdescribe|xdescribe)$/]';

export default tseslint.config(
  { ignores: ['lib/', 'imports/', '.cache/', '**/dist/', '**/node_modules/', 'test/**/fixtures/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    plugins: { size: { rules: { 'max-lines': builtinRules.get('max-lines') } } },
    rules: everywhere,
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      // what is heavy and seldom needed is required where it is first used
      '@typescript-eslint/no-require-imports': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: ':matches(NewExpression, CallExpression)[callee.name="Error"]',
          message: 'Throw a MeshError, which says where, what was got, what was expected and the fix; or an error class of its own.',
        },
      ],
    },
  },
  { files: ['src/**/*.ts'], ignores: ['src/cli/**'], rules: { 'no-console': 'error' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: `:matches(${FOCUSED}, ${FOCUSED_EACH}, ${FOCUSED_SHORT})`, message: 'Every test runs, every time.' },
      ],
    },
  },
);
