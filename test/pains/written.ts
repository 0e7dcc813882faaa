import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { MeshApp } from '../../src';
import type { MeshAppProps } from '../../src';
import { runCli } from '../cli/run-cli';

interface Written {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** What a program writes, as `Kind name`, in the order in which kubectl would apply it, and what `uninstall` would delete. */
export async function applied(program: (app: MeshApp) => unknown, props: MeshAppProps = {}): Promise<{ order: string[]; waves: ReadonlyMap<string, number>; deleted: string[] }> {
  const outdir = mkdtempSync(join(tmpdir(), 'pains-'));
  try {
    const app = new MeshApp({ outdir, ...props });
    program(app);
    app.synth();
    const files = readdirSync(outdir).filter((file) => file.endsWith('.yaml')).sort();
    const objects = files.flatMap((file) => parseAllDocuments(readFileSync(join(outdir, file), 'utf8')).map((document) => document.toJS() as Written));
    const others = objects.filter(({ kind }) => kind !== 'CustomResourceDefinition');
    const nameOf = ({ kind, metadata }: Written): string => `${kind} ${metadata.name}`;
    const waves = others.map((object): [string, number] => [nameOf(object), Number(object.metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0)]);
    const { stdout } = await runCli(['uninstall', '--json', outdir]);
    const deleted = (JSON.parse(stdout) as { delete: { kind: string; name: string }[] }).delete.map(({ kind, name }) => `${kind} ${name}`);
    return { order: others.map(nameOf), waves: new Map(waves), deleted };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
