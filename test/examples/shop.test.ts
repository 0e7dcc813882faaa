import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shop } from '../../examples/06-shop/main';
import type { InOrder } from '../../examples/06-shop/world';
import { MeshApp } from '../../src';
import type { MeshProps } from '../../src';
import { Random } from '../support/random';

const RUNS = 500;
/** With the CRDs, which take most of the time and come from no order. */
const WHOLE_RUNS = 5;

let outdir: string;
beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), 'shop-'));
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

function files(inOrder: InOrder, mesh: MeshProps): Record<string, string> {
  shop(new MeshApp({ outdir, onWarning: () => undefined }), inOrder, mesh).synth();
  const paths = readdirSync(outdir, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(outdir, path), 'utf8')]));
}

test.each([
  ['all of it', WHOLE_RUNS, {}, 6],
  ['all but the CRDs', RUNS, { crds: false }, 5],
] as const)('%s, in %i orders of construction, over all teams and their charts: every file is the same to the byte', (_what, runs, mesh, atLeast) => {
  const expected = files((items) => items, mesh);
  expect(Object.keys(expected).length).toBeGreaterThanOrEqual(atLeast);
  for (let seed = 1; seed <= runs; seed += 1) {
    const random = new Random(seed);
    const inOrder: InOrder = (items) => items.map((item) => ({ item, key: random.below(2 ** 30) })).sort((a, b) => a.key - b.key).map(({ item }) => item);
    const written = files(inOrder, mesh);
    for (const [path, text] of Object.entries(expected)) if (written[path] !== text) expect({ seed, path, text: written[path] }).toEqual({ seed, path, text });
    expect(Object.keys(written)).toEqual(Object.keys(expected));
  }
}, 900_000);
