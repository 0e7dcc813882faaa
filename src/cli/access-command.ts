import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AccessRow } from '../security/table/access-table';
import { SITES_ASKED } from '../security/table/call-site';
import { ACCESS_HELP } from './access-help';
import { accessLines, accessMermaid } from './access-text';
import type { Command, CommandIo, ExitCode } from './command';

/** `mesh-constructs access`: who may call what in a program. */
export const accessCommand: Command = {
  name: 'access',
  summary: 'print who may call what in a program, and which line says it',
  help: ACCESS_HELP,
  async run(args, io) {
    const request = readRequest(args, io);
    if (request === 'help') {
      io.stdout.write(ACCESS_HELP);
      return 0;
    }
    if ('misuse' in request) {
      io.stderr.write(`${request.misuse}\nmesh-constructs access --help shows how it is used\n`);
      return 2;
    }
    return await run(request, io);
  },
};

interface Request {
  readonly app: string;
  readonly form: 'text' | 'json' | 'mermaid';
}

const OPTIONS = { app: { type: 'string' }, json: { type: 'boolean' }, mermaid: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;

function readRequest(args: readonly string[], io: CommandIo): Request | 'help' | { readonly misuse: string } {
  let values: { readonly app?: string; readonly json?: boolean; readonly mermaid?: boolean; readonly help?: boolean };
  try {
    values = parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (error) {
    return { misuse: (error instanceof Error ? error.message : String(error)).split('. To specify')[0] ?? '' };
  }
  if (values.help === true) return 'help';
  if (values.json === true && values.mermaid === true) return { misuse: 'both --json and --mermaid: one of them' };
  const app = values.app ?? appOf(io.cwd);
  if (app === undefined || app.trim() === '') return { misuse: 'no program: give --app, or "app" in cdk8s.yaml of this folder' };
  return { app, form: values.json === true ? 'json' : values.mermaid === true ? 'mermaid' : 'text' };
}

/** As the command line of cdk8s finds it. */
function appOf(folder: string): string | undefined {
  const file = join(folder, 'cdk8s.yaml');
  if (!existsSync(file)) return undefined;
  const { parse } = require('yaml') as typeof import('yaml');
  try {
    const { app } = (parse(readFileSync(file, 'utf8')) ?? {}) as { readonly app?: unknown };
    return typeof app === 'string' ? app : undefined;
  } catch {
    return undefined;
  }
}

async function run({ app, form }: Request, io: CommandIo): Promise<ExitCode> {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-constructs-access-'));
  try {
    const table = join(folder, 'access.json');
    const code = await runApp(app, { ...process.env, [SITES_ASKED]: table, CDK8S_OUTDIR: join(folder, 'dist') }, io);
    if (code !== 0) {
      io.stderr.write(`the program failed (${code === null ? 'it was ended' : `exit code ${code}`}): ${app}\n`);
      return 1;
    }
    // a program without a word about access writes no table
    const { rows } = existsSync(table) ? (JSON.parse(readFileSync(table, 'utf8')) as { rows: readonly AccessRow[] }) : { rows: [] };
    io.stdout.write(form === 'json' ? `${JSON.stringify({ rows })}\n` : form === 'mermaid' ? accessMermaid(rows) : accessLines(rows));
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the program prints is no part of the table: all of it goes to standard error. */
function runApp(app: string, env: NodeJS.ProcessEnv, io: CommandIo): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(app, { shell: true, cwd: io.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => io.stderr.write(text));
    child.once('error', (error) => {
      io.stderr.write(`${error.message}\n`);
      resolve(null);
    });
    child.once('close', resolve);
  });
}
