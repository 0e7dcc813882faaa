import { JsonFile, ProjenrcFile, javascript, typescript } from 'projen';
import { OUT_DIR, entryPoints, packageSurface, subpathFolders } from './tools/surface';

const entries = entryPoints(__dirname);

const project = new typescript.TypeScriptProject({
  name: 'mesh-constructs',
  description: 'Typed constructs that synthesize an Istio service mesh, for cdk8s and Pulumi.',
  keywords: ['istio', 'service-mesh', 'kubernetes', 'gateway-api', 'cdk8s', 'constructs'],
  license: 'Apache-2.0',
  copyrightOwner: 'The mesh-constructs authors',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  addPackageManagerToDevEngines: false,
  minNodeVersion: '20.19.0',

  // Pulumi's are for `mesh-constructs/pulumi` alone, and optional: see below
  peerDeps: ['cdk8s@^2.70.0', 'constructs@^10.8.0', '@pulumi/pulumi@^3.150.0', '@pulumi/kubernetes@^4.32.0'],
  // the peers are pinned below, to what the tests run on
  peerDependencyOptions: { pinnedDevDependency: false },
  deps: ['yaml@^2.9.0'],
  devDeps: [
    'cdk8s@2.70.106',
    'cdk8s-cli@2.207.60',
    'cdk8s-plus-28@2.5.6',
    'constructs@10.8.1',

    // the build bundles these into lib/: see tools/build/bundled-packages.ts
    '@marcbachmann/cel-js@8.0.0',
    'json-schema-to-typescript@16.0.0',
    're2js@2.10.0',

    '@types/jest@^30.0.0',
    '@types/node@^20.19.0',
    // what `cdk8s init` gives its projects: bench and packaging tests stand on it
    'types-node-14@npm:@types/node@^14.18.63',
    'esbuild@^0.28.0',
    'eslint@^9.39.0',
    'jest@^30.5.0',
    'tsx@^4.23.0',
    'typescript-eslint@^8.73.0',

    // the newest that say they run on Node 20
    '@pulumi/pulumi@3.248.0',
    '@pulumi/kubernetes@4.34.0',

    '@arethetypeswrong/cli@^0.18.0',
    'publint@^0.3.0',
  ],
  typescriptVersion: '~5.9.3',
  projenVersion: '^0.103.25',

  // this file is run by the default task below; lint, tests and packaging are configured in files of their own
  projenrcTs: false,
  projenrcJs: false,
  eslint: false,
  jest: false,
  typecheckTests: false,
  sampleCode: false,
  github: false,
  release: false,
  package: false,
  depsUpgrade: false,
  npmignoreEnabled: false,

  gitignore: ['/lib/', '/.cache/', 'dist/', ...subpathFolders(entries).map((folder) => `/${folder}/`)],
});

/** Tells projen which file to name in the heads of the files that it writes. */
class Projenrc extends ProjenrcFile {
  public readonly filePath = '.projenrc.ts';
}
new Projenrc(project);

project.tryRemoveFile(project.tsconfigDev.fileName);

/** A tsconfig that holds what is said here and none of projen's own defaults. */
function tsconfig(file: string, content: object): void {
  project.tryRemoveFile(file);
  new JsonFile(project, file, { obj: content, allowComments: true });
}

tsconfig('tsconfig.json', {
  compilerOptions: {
    target: 'es2022',
    // all of it is in Node 20
    lib: ['es2023'],
    // Node's own rules, with what Node ≥ 20.19 can do: require an ES module (only packages that the build bundles)
    module: 'node20',
    moduleDetection: 'force',
    isolatedModules: true,
    resolveJsonModule: true,
    types: ['node'],
    rootDir: '.',
    outDir: OUT_DIR,
    declaration: true,
    stripInternal: true,
    noEmitOnError: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    noFallthroughCasesInSwitch: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    skipLibCheck: true,
  },
  include: ['src/**/*.ts', 'imports/**/*.ts'],
});
tsconfig('tsconfig.dev.json', {
  extends: './tsconfig.json',
  compilerOptions: {
    noEmit: true,
    declaration: false,
    incremental: true,
    tsBuildInfoFile: '.cache/tsconfig.dev.tsbuildinfo',
    types: ['node', 'jest'],
    // tests and examples name the library as a user does, and are checked against the sources
    paths: { 'mesh-constructs': ['./src/index.ts'], 'mesh-constructs/*': ['./imports/*/index.ts', './src/*/index.ts'] },
  },
  include: ['.projenrc.ts', ...['src', 'imports', 'test', 'tools', 'bench', 'conformance'].map((folder) => `${folder}/**/*.ts`)],
  exclude: ['**/node_modules', '**/dist', 'test/**/fixtures', 'test/examples'],
});
// as strict as what `cdk8s init` writes, for that is what users have; cdk8s-plus's types bear no more
tsconfig('examples/tsconfig.json', {
  extends: '../tsconfig.dev.json',
  compilerOptions: {
    exactOptionalPropertyTypes: false,
    noUncheckedIndexedAccess: false,
    tsBuildInfoFile: '../.cache/tsconfig.examples.tsbuildinfo',
    types: ['node', 'jest'],
  },
  include: ['**/*.ts', '../test/examples/**/*.ts'],
  exclude: ['**/node_modules', '**/dist'],
});

for (const [field, value] of Object.entries(packageSurface(entries))) project.package.addField(field, value);
project.package.addField('peerDependenciesMeta', { '@pulumi/pulumi': { optional: true }, '@pulumi/kubernetes': { optional: true } });
project.package.addField('bin', { 'mesh-constructs': 'lib/src/cli/main.js' });
project.package.addField('files', ['lib', 'API.md', 'CHANGELOG.md', ...subpathFolders(entries)]);
project.package.addField('sideEffects', false);
project.package.addField('type', 'commonjs');

// the scripts below take the place of projen's tasks, so that building and testing never rewrite a file
for (const task of ['build', 'compile', 'pre-compile', 'post-compile', 'test', 'package', 'watch', 'clobber', 'eject']) {
  project.removeTask(task);
}
project.defaultTask?.execArgs(['tsx', '.projenrc.ts']);

// 1.13.0 names platform packages that not every registry has, which makes `npm ci` refuse the lock file
project.package.addPackageResolutions('unrs-resolver@1.12.2');

for (const [name, command] of Object.entries({
  verify: 'node tools/verify.mjs',
  quickstart: 'node tools/quickstart.mjs',
  build: 'tsx tools/build.ts',
  typecheck: 'tsc -p tsconfig.dev.json && tsc -p examples',
  lint: 'eslint --cache --cache-location .cache/eslint .',
  test: 'jest',
  api: 'tsx tools/api-report.ts',
  parity: 'tsx tools/parity.ts',
  bench: 'tsx bench/main.ts',
  conformance: 'tsx conformance/main.ts',
  imports: 'tsx tools/generate-imports.ts',
  'pulumi-lines': 'tsx tools/pulumi-lines.ts',
  'values-page': 'tsx tools/values-page.ts',
  prepack: 'tsx tools/subpath-folders.ts add',
  postpack: 'tsx tools/subpath-folders.ts remove',
})) {
  project.setScript(name, command);
}

// contributors' lock files must not differ by the registry that they happen to use
new javascript.NpmConfig(project).addConfig('omit-lockfile-registry-resolved', 'true');

project.gitattributes.addAttributes('/imports/**', 'linguist-generated');
project.gitattributes.addAttributes('/src/migrate/values/known-values.data.ts', 'linguist-generated');

project.synth();
