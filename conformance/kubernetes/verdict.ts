import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseAllDocuments } from 'yaml';
import type { Verdict } from './client';
import type { ApiServer } from './server';
import { startApiServer } from './server';
import { asRecord } from './status';

const USAGE = 'usage: npx tsx conformance/kubernetes/verdict.ts [--crds FILE]... < objects.ndjson > verdicts.ndjson';
/** Lines under way at a time: enough to keep every connection busy, few enough to hold in memory. */
const WINDOW = 64;

async function main(args: readonly string[]): Promise<void> {
  const documents = crdFiles(args).flatMap(readYaml);
  const server = await startApiServer();
  try {
    const names = await server.installCrds(documents);
    process.stderr.write(`${names.length} CRDs are Established\n`);
    await judge(server);
  } finally {
    await server.stop();
  }
}

async function judge(server: ApiServer): Promise<void> {
  const started = Date.now();
  const underWay: Promise<Verdict>[] = [];
  let count = 0;
  const printOldest = async (): Promise<void> => {
    const oldest = underWay.shift();
    if (oldest === undefined) return;
    const { accepted, causes, message } = await oldest;
    process.stdout.write(`${JSON.stringify(accepted ? { accepted } : { accepted, causes, message })}\n`);
  };
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    count += 1;
    const verdict = judgeLine(server, line, count);
    // Awaited in order further down; until then a failure must not count as one that nobody handles.
    verdict.catch(() => undefined);
    underWay.push(verdict);
    if (underWay.length >= WINDOW) await printOldest();
  }
  while (underWay.length > 0) await printOldest();
  const seconds = (Date.now() - started) / 1000;
  process.stderr.write(`${count} objects in ${seconds.toFixed(1)} s, ${Math.round(count / Math.max(seconds, 0.001))} a second\n`);
}

/** The line itself is sent: parsing and printing it again would lose doubled keys and the way numbers are written. */
async function judgeLine(server: ApiServer, line: string, number: number): Promise<Verdict> {
  let object: unknown;
  try {
    object = JSON.parse(line) as unknown;
  } catch (error) {
    throw new Error(`line ${number} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return await server.dryRunCreate(asRecord(object), line);
}

function crdFiles(args: readonly string[]): string[] {
  const files: string[] = [];
  for (let index = 0; index < args.length; index += 2) {
    const file = args[index + 1];
    if (args[index] !== '--crds' || file === undefined) throw new Error(USAGE);
    files.push(file);
  }
  return files;
}

function readYaml(file: string): unknown[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${file}: ${error.message.split('\n')[0] ?? error.message}`);
    return document.toJS() as unknown;
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`verdict: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
