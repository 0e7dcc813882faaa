import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The lines of Pulumi's packages that the library states beside the one it is built with: what `npm ci` installs is neither the
 * oldest nor the newest. They are fetched into `.cache` on request, for test/pulumi/lines.test.ts.
 *
 * Run as a program, it fetches what is missing: `npx tsx tools/pulumi-lines.ts`.
 */

const ROOT = resolve(__dirname, '..');

export interface PulumiLine {
  readonly name: 'oldest' | 'newest';
  /** Package and exact version. */
  readonly packages: Readonly<Record<string, string>>;
  /** Package of the Node.js that it needs; absent where ours will do. */
  readonly node?: string;
}

const NODE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

export const PULUMI_LINES: readonly PulumiLine[] = [
  { name: 'oldest', packages: { '@pulumi/pulumi': '3.150.0', '@pulumi/kubernetes': '4.32.0' } },
  { name: 'newest', packages: { '@pulumi/pulumi': '3.270.0', '@pulumi/kubernetes': '4.34.2', [NODE]: '22.23.3' }, node: NODE },
];

/** Where a line is, or is to be. */
export function lineFolder({ name }: PulumiLine): string {
  return join(ROOT, '.cache/pulumi-lines', name);
}

/** The Node.js to run a line with. */
export function lineNode(line: PulumiLine): string {
  return line.node === undefined ? process.execPath : join(lineFolder(line), 'node_modules', line.node, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** Whether all of it is there, in its versions. */
export function isFetched(line: PulumiLine): boolean {
  return Object.entries(line.packages).every(([name, version]) => {
    const file = join(lineFolder(line), 'node_modules', name, 'package.json');
    return existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version === version;
  });
}

/** No script of a package is run: the plugins that they would download are for an engine. */
function fetchLine(line: PulumiLine): void {
  const folder = lineFolder(line);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: line.packages }));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--engine-strict=false', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
}

if (require.main === module) {
  for (const line of PULUMI_LINES) {
    if (!isFetched(line)) fetchLine(line);
    console.log(`${line.name}: ${Object.entries(line.packages).map(([name, version]) => `${name} ${version}`).join(', ')}`);
  }
}
