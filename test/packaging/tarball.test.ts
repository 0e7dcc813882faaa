import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { vendorFile } from '../../tools/build/bundle';
import { BUNDLED_PACKAGES } from '../../tools/build/bundled-packages';
import { declarationGraph } from '../../tools/build/prune-declarations';
import { OUT_DIR, compiled, entryPoints } from '../../tools/surface';
import { consumer } from './support/consumer';
import { ROOT, node, requireFreshBuild, run, tool } from './support/project';
import { pack } from './support/tarball';
import type { Tarball } from './support/tarball';

/** What the package may weigh. Lower these when it gets lighter; raise them only for what users asked for. */
const MAX_PACKED_KB = 1300;
const MAX_UNPACKED_KB = 5100;

const EXPECTED_FILES = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|API\.md)$/,
  /^lib\/(src|imports)\/.*\.(js|d\.ts)$/,
  /^lib\/vendor\/[^/]*\.js$/,
  /^lib\/THIRD-PARTY-LICENSES\.txt$/,
];

let tarball: Tarball;

beforeAll(() => {
  requireFreshBuild();
  tarball = pack();
}, 60_000);

afterAll(() => tarball?.remove());

describe('the tarball', () => {
  test('holds what a user needs and nothing else', () => {
    const folders = subpaths().map((name) => `${name}/package.json`);
    const unexpected = tarball.files.filter((file) => !folders.includes(file) && !EXPECTED_FILES.some((pattern) => pattern.test(file)));
    expect(unexpected).toEqual([]);
    expect(tarball.files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'CHANGELOG.md', 'lib/THIRD-PARTY-LICENSES.txt', ...folders]));
  });

  test('stays light', () => {
    expect(tarball.packedBytes / 1000).toBeLessThanOrEqual(MAX_PACKED_KB);
    expect(tarball.unpackedBytes / 1000).toBeLessThanOrEqual(MAX_UNPACKED_KB);
  });

  test('declares what its declarations import', () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(tarball.folder, 'package.json'), 'utf8')) as PackageJson;
    const declared = Object.keys({ ...dependencies, ...peerDependencies });
    const { packages } = declarationGraph(tarball.folder, entryPoints(ROOT).map((entry) => compiled(entry).types));
    expect([...packages].filter(([name]) => !declared.includes(name)).map(([name, file]) => `${file} imports ${name}`)).toEqual([]);
  });

  test('carries no script that runs at install', () => {
    const { scripts } = JSON.parse(readFileSync(join(tarball.folder, 'package.json'), 'utf8')) as PackageJson;
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$|^prepare$|^prepublish$/.test(name))).toEqual([]);
  });

  test('is clean for publint', () => {
    expect(node(ROOT, tool('publint/src/cli.js'), 'run', tarball.file, '--strict')).toContain('All good!');
  }, 30_000);

  test('is clean for are-the-types-wrong, with node10 too', () => {
    const report = node(ROOT, tool('@arethetypeswrong/cli/dist/index.js'), tarball.file, '--no-definitely-typed', '--no-color', '--format', 'ascii');
    expect(report).toContain('No problems found');
    for (const name of subpaths()) expect(report).toContain(`mesh-constructs/${name}`);
  }, 60_000);
});

describe('the packed library compiles and runs', () => {
  test.each(['cdk8s-init', 'node16-commonjs', 'node16-esm'])('in a project like %s', (kind) => {
    const project = consumer(kind, tarball.folder);
    try {
      node(project.folder, tool('typescript/bin/tsc'), '--build');
      expect(node(project.folder, 'main.js')).toBe('VirtualService shop reviews\nrefused\n');
    } finally {
      project.remove();
    }
  }, 60_000);
});

test('a reader that knows no exports finds the subpaths as folders', () => {
  for (const entry of entryPoints(ROOT).filter(({ name }) => name !== '')) {
    expect(require.resolve(join(tarball.folder, entry.name))).toBe(join(tarball.folder, compiled(entry).script));
  }
});

test("a user's jest, which knows no ES modules, loads the library", () => {
  const project = consumer('node16-commonjs', tarball.folder);
  try {
    const files = BUNDLED_PACKAGES.map(({ name }) => `${OUT_DIR}/${vendorFile(name)}`);
    run(project.folder, process.execPath, [tool('jest/bin/jest.js')], { VENDOR_FILES: JSON.stringify(files) });
  } finally {
    project.remove();
  }
}, 60_000);

interface PackageJson {
  readonly scripts: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
}

function subpaths(): string[] {
  return entryPoints(ROOT).map(({ name }) => name).filter((name) => name !== '');
}
