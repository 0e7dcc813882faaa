import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { sourceFiles } from '../tools/build/files';
import { cycles, importsOf } from './support/import-graph';
import type { Import } from './support/import-graph';

/** A part of the sources that imports only from layers below it, and from itself. */
interface Layer {
  readonly name: string;
  /** Files that belong to the layer; the first layer whose pattern fits owns a file. */
  readonly files: RegExp;
  /** Files above that this layer may import types from. */
  readonly typesFrom?: RegExp;
  /** The only files of other layers that may import this one; without it, all above may. */
  readonly importedBy?: RegExp;
  /** Packages that this layer must not import at run time. */
  readonly not?: RegExp;
}

const CONSTRUCTS = ['traffic', 'security', 'ingress', 'egress', 'telemetry', 'ambient', 'vm', 'multicluster', 'control-plane'];
/** Kept out of what `require('mesh-constructs')` may reach. */
const OPTIONAL_PEERS = /^(cdk8s-plus-\d+|@pulumi\/.*)$/;
/** For layers that see plain data only. */
const FRAMEWORKS = /^(cdk8s|constructs|cdk8s-plus-\d+|@pulumi\/.*)$/;

/** Top first. */
const LAYERS: readonly Layer[] = [
  { name: 'cli', files: /^src\/cli\//, importedBy: /^$/ },
  { name: 'pulumi', files: /^src\/pulumi\//, importedBy: /^$/ },
  { name: 'testing', files: /^src\/testing\//, importedBy: /^$/ },
  { name: 'index', files: /^src\/index\.ts$/, importedBy: /^$/ },
  { name: 'mesh', files: /^src\/mesh\//, not: OPTIONAL_PEERS },
  { name: 'migrate', files: /^src\/migrate\//, not: OPTIONAL_PEERS },
  { name: 'delivery', files: /^src\/delivery\//, not: OPTIONAL_PEERS },
  { name: 'constructs', files: new RegExp(`^src/(${CONSTRUCTS.join('|')})/`), not: OPTIONAL_PEERS },
  { name: 'rules of kinds', files: /^imports\/(catalog|.*\.rules)\.ts$/, typesFrom: /^src\/rules\/kind-rules\.ts$/, not: /./ },
  { name: 'kinds', files: /^imports\/[^/]+\/[^/]+\.ts$/, not: OPTIONAL_PEERS },
  { name: 'core', files: /^src\/core\//, not: OPTIONAL_PEERS },
  { name: 'codegen', files: /^src\/codegen\//, importedBy: /^src\/cli\//, not: FRAMEWORKS },
  { name: 'validation', files: /^src\/validation\//, not: FRAMEWORKS },
  { name: 'rules', files: /^src\/rules\//, not: /./ },
  { name: 'errors', files: /^src\/errors\//, not: /./ },
];
/** The generated rules stand just above the errors, though their pattern must come before that of the kinds. */
const ORDER = ['cli', 'pulumi', 'testing', 'index', 'mesh', 'migrate', 'delivery', 'constructs', 'kinds', 'core', 'codegen', 'validation', 'rules', 'rules of kinds', 'errors'];

const ROOT = resolve(__dirname, '..');

test('imports go downward only', () => {
  expect(violations(imports(ROOT))).toEqual([]);
});

test('no file imports itself over others', () => {
  expect(cycles(imports(ROOT)).map((files) => files.join(' => '))).toEqual([]);
});

test('every layer has its place in the order', () => {
  expect([...ORDER].sort()).toEqual(LAYERS.map(({ name }) => name).sort());
});

describe('the checker finds', () => {
  const cases: { readonly [what: string]: { readonly files: Record<string, string>; readonly found: string } } = {
    'an import of a layer above': {
      files: { 'src/core/a.ts': "import { b } from '../traffic/b';\nexport const a = b;", 'src/traffic/b.ts': 'export const b = 1;' },
      found: 'src/core/a.ts:1: core must not import src/traffic/b.ts, which is above it (constructs)',
    },
    'a lazy require of a layer above': {
      files: { 'src/rules/a.ts': "export const a = () => require('../validation/b');", 'src/validation/b.ts': 'export {};' },
      found: 'src/rules/a.ts:1: rules must not import src/validation/b.ts, which is above it (validation)',
    },
    'an import of a type in a layer above': {
      files: { 'src/errors/a.ts': "\nexport type A = import('../rules/b').B;", 'src/rules/b.ts': 'export type B = 1;' },
      found: 'src/errors/a.ts:2: errors must not import src/rules/b.ts, which is above it (rules)',
    },
    'codegen imported by other than the command line': {
      files: { 'src/core/a.ts': "export * from '../codegen/b';", 'src/codegen/b.ts': 'export {};' },
      found: 'src/core/a.ts:1: core must not import src/codegen/b.ts: nothing outside may import codegen but src/cli/',
    },
    'a package that a layer must not know': {
      files: { 'src/validation/a.ts': "import { ApiObject } from 'cdk8s';\nexport const a = ApiObject;" },
      found: 'src/validation/a.ts:1: validation must not import cdk8s',
    },
    'a folder that has no layer': {
      files: { 'src/novel/a.ts': "import { b } from '../errors/b';\nexport const a = b;", 'src/errors/b.ts': 'export const b = 1;' },
      found: 'src/novel/a.ts has no layer: give its folder a line in LAYERS and ORDER of test/layers.test.ts',
    },
  };

  test.each(Object.entries(cases))('%s', (_, { files, found }) => {
    inProject(files, (root) => expect(violations(imports(root))).toEqual([found]));
  });

  test('a cycle', () => {
    const files = { 'src/core/a.ts': "import './b';", 'src/core/b.ts': "import './c';", 'src/core/c.ts': "import './a';" };
    inProject(files, (root) => expect(cycles(imports(root))).toEqual([['src/core/a.ts', 'src/core/b.ts', 'src/core/c.ts', 'src/core/a.ts']]));
  });
});

test('rules of kinds may name the type of what they are', () => {
  const files = {
    'imports/istio/a.rules.ts': "import type { KindRules } from '../../src/rules/kind-rules';\nexport const a = {} as KindRules;",
    'src/rules/kind-rules.ts': 'export interface KindRules {}',
  };
  inProject(files, (root) => expect(violations(imports(root))).toEqual([]));
});

function imports(root: string): Import[] {
  const files = ['src', 'imports'].flatMap((folder) => sourceFiles(root, folder));
  const ownerless = files.filter((file) => layerOf(file) === undefined);
  // a file without imports must be noticed too, so it stands as an import of itself
  return [...ownerless.map((file) => ({ from: file, to: file, isPackage: false, typeOnly: true, line: 0 })), ...importsOf(root, files)];
}

function violations(found: readonly Import[]): string[] {
  return [...new Set(found.map(violation).filter((message) => message !== undefined))];
}

function violation({ from, to, isPackage, typeOnly, line }: Import): string | undefined {
  const importer = layerOf(from);
  if (importer === undefined) return `${from} has no layer: give its folder a line in LAYERS and ORDER of test/layers.test.ts`;
  const place = `${from}:${line}: ${importer.name} must not import ${to}`;
  if (isPackage) return !typeOnly && !to.startsWith('node:') && importer.not?.test(to) === true ? place : undefined;
  const imported = layerOf(to);
  if (imported === undefined || imported === importer) return undefined;
  if (typeOnly && importer.typesFrom?.test(to) === true) return undefined;
  if (imported.importedBy !== undefined && !imported.importedBy.test(from)) {
    const who = imported.importedBy.source === '^$' ? '' : ` but ${imported.importedBy.source.replace(/[\^\\]/g, '')}`;
    return `${place}: nothing outside may import ${imported.name}${who}`;
  }
  return ORDER.indexOf(imported.name) < ORDER.indexOf(importer.name) ? `${place}, which is above it (${imported.name})` : undefined;
}

function layerOf(file: string): Layer | undefined {
  return LAYERS.find(({ files }) => files.test(file));
}

function inProject(files: Record<string, string>, check: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'layers-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    check(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
