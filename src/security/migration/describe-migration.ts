import type { MtlsStage } from './mtls-stage';

/** A migration as a table for people: its stages, where it stands, and what holds a stage up. */
export function describeMigration(path: string, stages: readonly MtlsStage[], current: number): string {
  const rows = stages.map((stage) => [
    stage.number === current ? '>' : ' ',
    String(stage.number),
    stage.name,
    becomes(stage),
    stage.risks.length === 0 ? '-' : [...new Set(stage.risks.map(({ code }) => code))].sort().join(', '),
  ]);
  const lines = table([[' ', '#', 'stage', 'becomes STRICT', 'held up by'], ...rows]);
  const risks = stages.flatMap(({ number, risks: found }) => found.map(({ code, construct, got }) => `  ${number}  ${construct}: ${got} [${code}]`));
  const exceptions = stages.flatMap((stage) => stage.exceptions).map(({ namespace, pods, ports, mode, construct }) => {
    const which = pods === undefined ? namespace : `${namespace}/${pods}`;
    return `  ${which}${ports.length === 0 ? '' : ` ${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')}`}: ${mode}, by ${construct}`;
  });
  return [
    `${path}: stage ${current} of ${stages.length - 1}, ${stages[current]?.name ?? ''}`,
    '',
    ...lines,
    ...(risks.length === 0 ? [] : ['', 'held up:', ...risks]),
    ...(exceptions.length === 0 ? [] : ['', 'stays as it is:', ...new Set(exceptions)]),
  ].join('\n');
}

function becomes({ of, namespaces }: MtlsStage): string {
  if (of === 'mesh') return 'the mesh';
  if (of === 'done') return '- (policies of namespaces go)';
  return namespaces.length === 0 ? '-' : namespaces.join(', ');
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
}
