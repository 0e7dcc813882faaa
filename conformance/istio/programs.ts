import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { runProgram } from '../envoy/run-program';
import { asList, asRecord, text } from '../kubernetes/status';
import type { IstioBinaries } from './binaries';
import type { KubeObject } from './cluster';

const TIMEOUT_MS = 60_000;

/** What Istio's validation says of one object. */
export interface Verdict {
  readonly object: string;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** What the analyzers say of a set of objects. */
export interface Analysis {
  readonly executed: readonly string[];
  readonly skipped: readonly string[];
  readonly messages: readonly Message[];
}

export interface Message {
  readonly analyzer: string;
  /** Such as `IST0101`. */
  readonly code: string;
  readonly level: string;
  readonly resource: string;
  readonly text: string;
}

/** Istio's code behind command lines. */
export class Programs {
  public constructor(
    private readonly binaries: IstioBinaries,
    private readonly signal?: AbortSignal,
  ) {}

  public async validate(files: readonly string[]): Promise<Verdict[]> {
    const lines = await this.run(this.binaries.validate, files);
    return lines.map((line) => ({ object: text(line['object']), errors: texts(line['errors']), warnings: texts(line['warnings']) }));
  }

  public async analyze(files: readonly string[], options: readonly string[] = []): Promise<Analysis> {
    const [first, ...rest] = await this.run(this.binaries.analyze, [...options, ...files]);
    if (first === undefined) throw new Error('istio-analyze said nothing');
    const messages = rest.map((line) => ({
      analyzer: text(line['analyzer']),
      code: text(line['code']),
      level: text(line['level']),
      resource: text(line['resource']),
      text: text(line['text']),
    }));
    return { executed: texts(first['executed']), skipped: texts(first['skipped']), messages };
  }

  private async run(program: string, args: readonly string[]): Promise<KubeObject[]> {
    const { signal } = this;
    const result = await runProgram(program, args, { timeoutMs: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) });
    const name = path.basename(program);
    if (result.late) throw new Error(`${name} did not end within ${TIMEOUT_MS / 1000} s`);
    if (result.code !== 0) throw new Error(`${name} failed: ${result.stderr.trim().split('\n').pop() ?? ''}`);
    return result.stdout.split('\n').filter((line) => line !== '').map((line) => asRecord(JSON.parse(line)));
  }
}

/** Lends a file that holds the objects. */
export async function withFile<T>(objects: readonly KubeObject[], use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-constructs-istio-'));
  try {
    const file = path.join(folder, 'objects.yaml');
    // JSON is YAML.
    writeFileSync(file, objects.map((object) => `---\n${JSON.stringify(object)}\n`).join(''));
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function texts(value: unknown): string[] {
  return asList(value).map(text);
}
