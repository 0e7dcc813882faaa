import { parseArgs } from 'node:util';
import { INJECTOR_VALUE_PATHS } from '../src/control-plane/injection/injector-value-paths';
import type { Family, Outcome, ParityCase } from './parity/case';
import { formatDifference } from './parity/compare';
import type { Difference } from './parity/compare';
import { Goldens } from './parity/goldens';
import { injectFamily } from './parity/inject-family';
import { intended, INTENDED_DIFFERENCES, MOST } from './parity/intended-differences';
import { migrateFamily } from './parity/migrate-family';
import { renderFamilies } from './parity/render-families';

/**
 * Compares what the constructs make with what Istio's own tools make: `npm run parity`.
 *
 * It prints `parity FAMILY: N/M` for each family, and each case that differs with its first difference. The exit code is 1 where
 * one differs.
 */

const HELP = `usage: npm run parity -- [--family NAME]... [--case NAME]...

  --family NAME   only this family: helm, install, inject, migrate
  --case NAME     only cases whose name holds NAME, with all of their differences
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { family: { type: 'string', multiple: true }, case: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const goldens = new Goldens(INJECTOR_VALUE_PATHS);
  const all = [...renderFamilies(goldens), injectFamily(goldens), migrateFamily(goldens)];
  const families = all.filter(({ name }) => values.family === undefined || values.family.includes(name));
  let failed = false;
  const used = new Map<string, number>();
  for (const family of families) failed = (await runFamily(family, values.case, used)) || failed;
  goldens.save();
  printIntended(used);
  return failed || INTENDED_DIFFERENCES.length > MOST ? 1 : 0;
}

/** True where a case differs. */
async function runFamily(family: Family, wanted: readonly string[] | undefined, used: Map<string, number>): Promise<boolean> {
  const cases = await family.cases();
  if ('skipped' in cases) {
    print(`parity ${family.name}: skipped, ${cases.skipped}`);
    return false;
  }
  const chosen = cases.filter(({ name }) => wanted === undefined || wanted.some((part) => name.includes(part)));
  const reports: string[][] = [];
  for (const each of chosen) {
    const lines = await linesOf(each, used);
    if (lines.length > 0) reports.push(report(each, lines, wanted !== undefined));
  }
  print(`parity ${family.name}: ${chosen.length - reports.length}/${chosen.length}`);
  reports.flat().forEach((line) => print(line));
  return reports.length > 0;
}

async function linesOf(each: ParityCase, used: Map<string, number>): Promise<readonly string[]> {
  const outcome: Outcome = await each.run();
  if (outcome.failure !== undefined) return [outcome.failure];
  return outcome.differences.filter((difference) => !isIntended(difference, used)).map(formatDifference);
}

function isIntended(difference: Difference, used: Map<string, number>): boolean {
  const entry = intended(difference);
  if (entry === undefined) return false;
  const key = `${entry.kind} ${entry.path}`;
  used.set(key, (used.get(key) ?? 0) + 1);
  return true;
}

function report({ name }: ParityCase, lines: readonly string[], all: boolean): string[] {
  if (all) return [`  ${name}`, ...lines.map((line) => `    ${line}`)];
  const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : '';
  return [`  ${name}: ${(lines[0] ?? '').split('\n').slice(0, 2).map((line) => line.trim()).join(' ')}${more}`];
}

function printIntended(used: ReadonlyMap<string, number>): void {
  print(`intended differences: ${INTENDED_DIFFERENCES.length} of at most ${MOST}`);
  for (const { kind, path, reason } of INTENDED_DIFFERENCES) print(`  ${kind} ${path} (${used.get(`${kind} ${path}`) ?? 0} times): ${reason}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 2;
  },
);
