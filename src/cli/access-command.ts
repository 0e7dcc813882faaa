import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MeshError } from '../errors/mesh-error';
import { QUESTION_ASKED } from '../security/table/access-table-file';
import type { AccessFile } from '../security/table/access-table-file';
import { SITES_ASKED } from '../security/table/call-site';
import { ACCESS_HELP } from './access-help';
import { readAccessRequest } from './access-request';
import type { AccessRequest } from './access-request';
import { accessOfFolder } from './access-written';
import { accessLines, accessMermaid, rowsAbout } from './access-text';
import type { Command, CommandIo, ExitCode } from './command';

/** `mesh-constructs access`: who may call what in a program, or what is decided on one request. */
export const accessCommand: Command = {
  name: 'access',
  summary: 'print who may call what in a program, and which line says it',
  help: ACCESS_HELP,
  async run(args, io) {
    const request = readAccessRequest(args, io.cwd);
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

async function run(request: AccessRequest, io: CommandIo): Promise<ExitCode> {
  const { app, question } = request;
  const folder = mkdtempSync(join(tmpdir(), 'mesh-constructs-access-'));
  try {
    const table = join(folder, 'access.json');
    const asked = question === undefined ? {} : { [QUESTION_ASKED]: JSON.stringify(question) };
    const code = await runApp(app, { ...process.env, ...asked, [SITES_ASKED]: table, CDK8S_OUTDIR: join(folder, 'dist') }, io);
    if (code !== 0) {
      io.stderr.write(`the program failed (${code === null ? 'it was ended' : `exit code ${code}`}): ${app}\n`);
      return 1;
    }
    // a program whose constructs say nothing about access writes no table
    const found = existsSync(table) ? (JSON.parse(readFileSync(table, 'utf8')) as AccessFile) : await accessOfFolder(join(folder, 'dist'), question, io);
    return question === undefined ? printTable(found, request, io) : printAnswer(found, request, io);
  } catch (error) {
    if (!MeshError.isMeshError(error)) throw error;
    io.stderr.write(`${error.message}\n`);
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printTable({ rows: all }: AccessFile, { form, only }: AccessRequest, io: CommandIo): ExitCode {
  const rows = only === undefined ? all : rowsAbout(all, only);
  io.stdout.write(form === 'json' ? `${JSON.stringify({ rows })}\n` : form === 'mermaid' ? accessMermaid(rows) : accessLines(rows));
  return 0;
}

function printAnswer({ answer }: AccessFile, { form, expect }: AccessRequest, io: CommandIo): ExitCode {
  if (answer === undefined || 'error' in answer) {
    io.stderr.write(`${answer?.error ?? 'the program says nothing of access'}\n`);
    return 1;
  }
  const { text, ...decision } = answer;
  io.stdout.write(form === 'json' ? `${JSON.stringify(decision)}\n` : `${text}\n`);
  if (expect === undefined || (expect === 'allowed') === decision.isAllowed) return 0;
  io.stderr.write(`it was to be ${expect}\n`);
  return 1;
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
