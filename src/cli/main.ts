#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { closest } from '../errors/closest';
import type { Command, CommandIo, ExitCode } from './command';

/** A subcommand as the overview needs it; its module is loaded only when it is run. */
interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Command;
}

const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'access',
    summary: 'print who may call what in a program, and which line says it',
    load: () => (require('./access-command') as typeof import('./access-command')).accessCommand,
  },
  {
    name: 'import',
    summary: 'generate typed constructs from CRDs, or compare two sets of CRDs',
    load: () => (require('./import-command') as typeof import('./import-command')).importCommand,
  },
  {
    name: 'migrate',
    summary: 'print the TypeScript program of Helm values, an IstioOperator or a profile',
    load: () => (require('./migrate-command') as typeof import('./migrate-command')).migrateCommand,
  },
  {
    name: 'render',
    summary: 'print the manifests of Helm values, an IstioOperator or a profile',
    load: () => (require('./render-command') as typeof import('./render-command')).renderCommand,
  },
  {
    name: 'validate',
    summary: 'say of manifests what an API server would say, without a cluster',
    load: () => (require('./validate-command') as typeof import('./validate-command')).validateCommand,
  },
  {
    name: 'versions',
    summary: 'list the releases of Istio that are known, and which were judged',
    load: () => (require('./versions-command') as typeof import('./versions-command')).versionsCommand,
  },
  {
    name: 'uninstall',
    summary: 'list what has to be deleted to take out what some manifests install, in order',
    load: () => (require('./uninstall-command') as typeof import('./uninstall-command')).uninstallCommand,
  },
];

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return `usage: mesh-constructs COMMAND [options]

commands:
${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

  mesh-constructs COMMAND --help   what a command does, its options and examples
  mesh-constructs --version        the version of this program

examples:
  mesh-constructs validate dist/
  mesh-constructs import --name my-crds crds/
`;
}

/** Runs the program: the first argument names the command. */
export async function main(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const [name, ...args] = argv;
  if (name === undefined) {
    io.stderr.write(overview());
    return 2;
  }
  if (name === '--help' || name === '-h' || name === 'help') return help(args, io);
  if (name === '--version' || name === '-V') {
    io.stdout.write(`${version()}\n`);
    return 0;
  }
  const entry = COMMANDS.find((command) => command.name === name);
  return entry === undefined ? unknownCommand(name, io) : await entry.load().run(args, io);
}

function help([name]: readonly string[], io: CommandIo): ExitCode {
  const entry = COMMANDS.find((command) => command.name === name);
  if (entry === undefined && name !== undefined) return unknownCommand(name, io);
  io.stdout.write(entry === undefined ? overview() : entry.load().help);
  return 0;
}

function unknownCommand(name: string, io: CommandIo): ExitCode {
  const meant = closest(name, COMMANDS.map((command) => command.name));
  const hint = meant === undefined ? '' : `, did you mean ${JSON.stringify(meant)}?`;
  io.stderr.write(`no command is called ${JSON.stringify(name)}${hint}\nmesh-constructs --help lists the commands\n`);
  return 2;
}

/** The version in the nearest package.json: the compiled program stands deeper than the source. */
function version(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const parsed = readPackage(join(folder, 'package.json'));
    if (parsed?.name === 'mesh-constructs' && typeof parsed.version === 'string') return parsed.version;
  }
  return 'unknown';
}

function readPackage(file: string): { readonly name?: unknown; readonly version?: unknown } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: unknown };
  } catch {
    return undefined;
  }
}

if (require.main === module) {
  const { stdin, stdout, stderr } = process;
  const io: CommandIo = { stdin, stdout, stderr, cwd: process.cwd(), isTerminal: stderr.isTTY };
  // a reader such as `head` may close the pipe before all is written
  stdout.on('error', () => process.exit(process.exitCode ?? 0));
  main(process.argv.slice(2), io).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      stderr.write(`mesh-constructs: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 2;
    },
  );
}
