import { join, relative, sep } from 'node:path';
import { ROOT, node, requireFreshBuild } from './support/project';

/** To have the library at hand at all. */
const MAX_MILLISECONDS = 60;
/** To load every construct there is, which no program does: the whole control plane is among them. */
const MAX_MILLISECONDS_OF_ALL = 250;
/**
 * How many files of ours stand behind all names of the main entry. Lower it when it falls; where it rises, see
 * first whether what is new could wait until it is used.
 */
const MAX_FILES = 535;
/** Loaded at their first use, or not ours to load at all. */
const NEVER = [/^@pulumi\//, /^cdk8s-plus-/, /^@?jest/, /^@marcbachmann\//, /^re2js$/, /^json-schema-to-typescript$/, /^typescript$/];

beforeAll(requireFreshBuild);

test('requiring the library is quick, for it loads one file', () => {
  const runs = [1, 2, 3].map(() => load('first'));
  expect(runs[0]?.own).toEqual(['lib/src/index.js']);
  expect(runs[0]?.packages).toEqual([]);
  expect(Math.min(...runs.map(({ milliseconds }) => milliseconds))).toBeLessThanOrEqual(MAX_MILLISECONDS);
});

test('all that the main entry names is quick to load too', () => {
  const runs = [1, 2, 3].map(() => load('all'));
  expect(Math.min(...runs.map(({ milliseconds }) => milliseconds))).toBeLessThanOrEqual(MAX_MILLISECONDS_OF_ALL);
  expect(runs[0]?.own.length).toBeLessThanOrEqual(MAX_FILES);
});

test('nothing heavy stands behind the main entry', () => {
  const { own, packages } = load('all');
  expect(packages.filter((name) => NEVER.some((pattern) => pattern.test(name)))).toEqual([]);
  // the rules of a kind are loaded with the first object of that kind, and the bundled packages with the first that needs them
  expect(own.filter((file) => file.endsWith('.rules.js') || file.startsWith('lib/vendor/'))).toEqual([]);
});

interface Load {
  readonly milliseconds: number;
  /** Files of the library, relative to the project. */
  readonly own: readonly string[];
  readonly packages: readonly string[];
}

function load(how: 'first' | 'all'): Load {
  const output = node(ROOT, join(__dirname, 'support/measure-load.cjs'), 'mesh-constructs', how);
  const { milliseconds, files } = JSON.parse(output) as { milliseconds: number; files: string[] };
  const paths = files.map((file) => relative(ROOT, file).split(sep).join('/'));
  const packages = paths.map((path) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter((name) => name !== undefined);
  return { milliseconds, own: paths.filter((path) => path.startsWith('lib/')), packages: [...new Set(packages)] };
}
