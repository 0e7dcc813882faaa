import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { catalog } from '../../imports/catalog';
import { PACKAGE_IMPORTS } from '../../src/codegen/emit/imports';
import { isGenerated } from '../../src/codegen/emit/marker';
import { generate } from '../../src/codegen/generate';
import type { Generated } from '../../src/codegen/generate';
import { parseDocuments } from '../../src/codegen/input/parse-documents';
import { readRelease } from '../../src/codegen/input/read-release';
import { GENERATOR_VERSION } from '../../src/codegen/lock';
import type { Lock } from '../../src/codegen/lock';
import { isJsonObject } from '../../src/rules/json';
import type { Json } from '../../src/rules/json';
import { schemaOfVariant } from '../../src/rules/schema';
import { generateOwnImports } from '../../tools/own-imports';
import { compile } from '../support/compile';
import { PUBLISHED, describeShared, sharedFolder, sharedText } from '../support/shared';

const IMPORTS = join(__dirname, '../../imports');
/** The packages as a user's project finds them. */
const AS_USER = { 'mesh-constructs': [join(__dirname, '../support/package.ts')], '*': [join(__dirname, '../../node_modules/*')] };

jest.setTimeout(120_000);

function committed(): Map<string, string> {
  const files = readdirSync(IMPORTS, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(IMPORTS.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

describe('every committed kind', () => {
  test.each(catalog.map((entry) => [`${entry.source} ${entry.kind}`, entry] as const))('%s has rules that say what the catalog says', (_name, entry) => {
    const rules = entry.load();
    const { source, group, kind, plural, scope } = rules;
    expect({ source, group, kind, plural, scope }).toEqual({
      source: entry.source,
      group: entry.group,
      kind: entry.kind,
      plural: entry.plural,
      scope: entry.scope,
    });
    expect(entry.versions).toContain(rules.preferredVersion);
    rules.variants.forEach((_variant, index) => {
      const schema = schemaOfVariant(rules, index, entry.loadShared?.());
      expect(schema?.root['type']).toBe('object');
    });
  });
});

test('every committed file is marked as generated', () => {
  expect([...committed()].filter(([, text]) => !isGenerated(text)).map(([path]) => path)).toEqual([]);
});

test('declarations of DestinationRule without docs are at most 25 kB', () => {
  expect(declarationsSize(join(IMPORTS, 'istio/destination-rule.ts'))).toBeLessThanOrEqual(25_000);
});

describeShared('from the published files', () => {
  test('generating again gives the committed files', async () => {
    const { files } = await generateOwnImports(sharedFolder);
    const now = committed();
    expect([...files.keys()].sort()).toEqual([...now.keys()].sort());
    expect([...files].filter(([path, text]) => now.get(path) !== text).map(([path]) => path)).toEqual([]);
  });

  test('no committed file has a description of the publishers', () => {
    const descriptions = new Set<string>();
    for (const { file } of PUBLISHED) {
      for (const document of parseDocuments({ name: file, text: sharedText(file) })) collectDescriptions(document.value, descriptions);
    }
    for (const release of ['1.32.10', '1.36.3']) {
      collectDescriptions(JSON.parse(sharedText(`schemas/kubernetes-${release}.swagger.json`)) as Json, descriptions);
    }
    expect(descriptions.size).toBeGreaterThan(3000);
    const all = [...committed().values()].join('\n').replace(/\s+/g, ' ');
    // a phrase of fewer words can be a name or a message, which are data
    const sentences = [...descriptions].map((text) => text.split('\n')[0] as string).filter((text) => text.split(' ').length > 6);
    expect(sentences.filter((sentence) => all.includes(JSON.stringify(sentence).slice(1, -1)))).toEqual([]);
  });

  test("a user's own import with docs is at most 70 kB for DestinationRule", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mesh-constructs-'));
    try {
      write(folder, await importOf('istio', '1.30.3', 'crds/istio-1.30.3.yaml', { generator: GENERATOR_VERSION, sources: {} }));
      const size = declarationsSize(join(folder, 'istio/destination-rule.ts'), AS_USER);
      expect(size).toBeGreaterThan(10_000);
      expect(size).toBeLessThanOrEqual(70_000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a user's imports of other operators stand beside each other and compile", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mesh-constructs-'));
    try {
      let lock: Lock = { generator: GENERATOR_VERSION, sources: {} };
      for (const { source, release, file } of PUBLISHED.slice(-4)) {
        const generated = await importOf(source, release, file, lock);
        lock = generated.lock;
        write(folder, generated);
      }
      expect(Object.entries(lock.sources).map(([name, { counts }]) => ({ name, ...counts }))).toEqual([
        { name: 'flagger', kinds: 3, rules: 1, transitionRules: 0 },
        { name: 'argo-rollouts', kinds: 5, rules: 1, transitionRules: 1 },
        { name: 'cert-manager', kinds: 4, rules: 2, transitionRules: 0 },
        { name: 'prometheus-operator', kinds: 3, rules: 0, transitionRules: 0 },
      ]);
      const all = ['catalog', ...Object.keys(lock.sources).map((name) => `${name}/index`)];
      writeFileSync(join(folder, 'all.ts'), all.map((module) => `import './${module}';\n`).join(''));
      expect(compile({ file: join(folder, 'all.ts'), paths: AS_USER, wholeProgram: folder }).errors).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function importOf(name: string, release: string, file: string, lock: Lock): Promise<Generated> {
  const releases = [readRelease({ release }, [{ name: file, text: sharedText(file) }])];
  return generate([{ name, releases }], { imports: PACKAGE_IMPORTS, docs: true, lock });
}

function write(folder: string, generated: Generated): void {
  for (const [path, text] of generated.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function declarationsSize(file: string, paths?: Record<string, string[]>): number {
  const { declared } = compile({ file, declarations: true, ...(paths === undefined ? {} : { paths }) });
  expect(declared.size).toBe(1);
  return Buffer.byteLength([...declared.values()].join(''));
}

function collectDescriptions(value: Json, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value as readonly Json[]) collectDescriptions(item, found);
  if (!isJsonObject(value)) return;
  if (typeof value['description'] === 'string') found.add(value['description']);
  for (const child of Object.values(value)) collectDescriptions(child, found);
}
