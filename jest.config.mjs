/** Types are checked by `npm run typecheck`; here they are only taken off, which is many times as fast. */
export default {
  rootDir: '.',
  roots: ['<rootDir>/src', '<rootDir>/imports', '<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // projects of their own, not parts of this one
  modulePathIgnorePatterns: ['<rootDir>/test/packaging/fixtures/'],
  testEnvironment: 'node',
  // a folder may hold `<kind>.rules.js` beside its `.ts`; the sources are what is tested
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json', 'node'],
  transform: { '\\.[cm]?[jt]s$': '<rootDir>/tools/jest-transform.cjs' },
  // packages that are published as ES modules only, which jest cannot require as they are
  transformIgnorePatterns: ['/node_modules/(?!@marcbachmann/cel-js/)'],
  moduleNameMapper: {
    '^prettier$': '<rootDir>/tools/stubs/prettier.cjs',
    '^mesh-constructs$': '<rootDir>/src/index.ts',
    '^mesh-constructs/([^/]+)$': ['<rootDir>/imports/$1/index.ts', '<rootDir>/src/$1/index.ts'],
  },
  cacheDirectory: '<rootDir>/.cache/jest',
};
