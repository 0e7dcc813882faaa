import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isSkipped } from './figure';
import type { Figure, Skipped } from './figure';
import { declarations, declarationsWithDocs } from './figures/declarations';
import { generate } from './figures/generate';
import { pulumi } from './figures/pulumi';
import { renderAgainstHelm, renderAgainstIstioctl, renderTime } from './figures/render';
import { requireTime } from './figures/require';
import { rules } from './figures/rules';
import { growth, memory, order, services } from './figures/services';
import { tscOfAnApp } from './figures/tsc-of-an-app';
import { validate } from './figures/validate';
import { ROOT } from './processes';

const FIGURES: readonly Figure[] = [
  tscOfAnApp,
  declarations,
  declarationsWithDocs,
  requireTime,
  generate,
  validate,
  renderTime,
  renderAgainstIstioctl,
  renderAgainstHelm,
  ...services,
  ...rules,
  ...pulumi,
  growth,
  memory,
  order,
];

interface Row {
  readonly figure: Figure;
  readonly value: number | Skipped;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' } } });
  if (!existsSync(join(ROOT, 'lib'))) {
    process.stderr.write('lib/ is not there: run npm run build first\n');
    return 2;
  }
  const chosen = FIGURES.filter(({ name }) => values.only === undefined || name.includes(values.only));
  const rows: Row[] = [];
  for (const figure of chosen) {
    if (process.stderr.isTTY) process.stderr.write(`measuring ${figure.name} …\n`);
    rows.push({ figure, value: await figure.measure() });
    const last = rows.at(-1);
    if (values.json === true && last !== undefined) process.stdout.write(`${jsonOf(last)}\n`);
  }
  if (values.json !== true) process.stdout.write(`${tableOf(rows)}\n`);
  return rows.every((row) => isOk(row) !== false) ? 0 : 1;
}

/** Undefined where the figure was not measured. */
function isOk({ figure, value }: Row): boolean | undefined {
  return isSkipped(value) ? undefined : value <= figure.target;
}

function jsonOf(row: Row): string {
  const { name, unit, target } = row.figure;
  const measured = isSkipped(row.value) ? { value: null, skipped: row.value.skipped } : { value: round(row.value) };
  return JSON.stringify({ name, ...measured, unit, target, ok: isOk(row) ?? null });
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { figure, value } = row;
    const shown = isSkipped(value) ? 'skipped' : `${round(value)} ${figure.unit}`;
    const verdict = isSkipped(value) ? value.skipped : isOk(row) === true ? 'reached' : 'NOT REACHED';
    return [figure.name, shown, `≤ ${figure.target} ${figure.unit}`, verdict, figure.what];
  });
  const table = [['figure', 'measured', 'target', '', 'what'], ...lines];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
  return table.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

void main().then((code) => {
  process.exitCode = code;
});
