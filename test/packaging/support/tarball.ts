import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, run } from './project';

/** Our package as `npm publish` would send it. */
export interface Tarball {
  readonly file: string;
  /** Holds the unpacked package. */
  readonly folder: string;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** Paths in the package. */
  readonly files: readonly string[];
  readonly remove: () => void;
}

interface PackReport {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Packs the build with npm, and unpacks it beside. */
export function pack(): Tarball {
  const parent = mkdtempSync(join(tmpdir(), 'mesh-constructs-pack-'));
  const output = run(ROOT, 'npm', ['pack', '--json', '--pack-destination', parent]);
  // the scripts around packing may print before npm does
  const [report] = JSON.parse(output.slice(output.indexOf('[\n'))) as [PackReport];
  const file = join(parent, report.filename);
  const folder = join(parent, 'package');
  mkdirSync(folder);
  run(parent, 'tar', ['-xzf', file, '-C', parent]);
  return {
    file,
    folder,
    packedBytes: report.size,
    unpackedBytes: report.unpackedSize,
    files: report.files.map(({ path }) => path).sort(),
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
}
