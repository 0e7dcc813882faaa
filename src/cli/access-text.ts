import type { AccessRow } from '../security/table/access-table';

const WORDS: Readonly<Record<AccessRow['action'], string>> = { ALLOW: 'allows', DENY: 'denies', AUDIT: 'audits', CUSTOM: 'asks about', NONE: 'does not allow' };

/** The table for people: a line for each sentence of the program, in columns. */
export function accessLines(rows: readonly AccessRow[]): string {
  if (rows.length === 0) return 'the program says nothing of access\n';
  const isClustered = rows.some(({ cluster }) => cluster !== '');
  const head = [...(isClustered ? ['CLUSTER'] : []), 'CALLED', '', 'CALLER', 'WHAT', 'SAID AT'];
  const lines = rows.map((row) => [...(isClustered ? [row.cluster] : []), row.to, `${WORDS[row.action]}${row.dryRun ? ' (dry run)' : ''}`, callersOf(row), row.what === '' ? 'anything' : row.what, placeOf(row)]);
  const widths = head.map((text, column) => lines.reduce((widest, line) => Math.max(widest, widthOf(line[column])), text.length));
  return [head, ...lines].map((line) => `${line.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`).join('');
}

/** Wider than this, a cell pushes on what stands behind it in its own line, and not in thousands of others. */
const WIDEST = 60;

function widthOf(cell = ''): number {
  return cell.length > WIDEST ? 0 : cell.length;
}

/** Rows in which a text is, of who calls or what is called. */
export function rowsAbout(rows: readonly AccessRow[], text: string): readonly AccessRow[] {
  return rows.filter(({ to, from, except }) => [to, ...from, ...except].some((each) => each.includes(text)));
}

/** The table as a flowchart: solid lines allow, crossed lines deny, dotted ones do neither. */
export function accessMermaid(rows: readonly AccessRow[]): string {
  const nodes = new Map<string, string>();
  const nodeOf = (text: string): string => {
    const known = nodes.get(text) ?? `n${nodes.size}`;
    nodes.set(text, known);
    return known;
  };
  const edges = rows
    .filter(({ action }) => action !== 'NONE')
    .flatMap((row) => row.from.map((caller) => `  ${nodeOf(withCluster(row, caller))} ${arrowOf(row)}${labelOf(row)} ${nodeOf(withCluster(row, row.to))}`));
  const declared = [...nodes].map(([text, id]) => `  ${id}["${escaped(text)}"]`);
  return ['flowchart LR', ...declared, ...edges, ''].join('\n');
}

function callersOf({ from, except }: AccessRow): string {
  return except.length === 0 ? from.join(', ') : `${from.join(', ')} but not ${except.join(', ')}`;
}

function placeOf({ site, construct, implied }: AccessRow): string {
  const place = site === undefined ? construct : `${site.file}:${site.line} (${construct})`;
  return implied ? `${place}, implied` : place;
}

function withCluster({ cluster }: AccessRow, text: string): string {
  return cluster === '' ? text : `${cluster}: ${text}`;
}

function arrowOf({ action, dryRun }: AccessRow): string {
  if (dryRun || action === 'AUDIT' || action === 'CUSTOM') return '-.->';
  return action === 'DENY' ? '--x' : '-->';
}

function labelOf(row: AccessRow): string {
  const { action, dryRun, what, except } = row;
  const parts = [
    ...(action === 'ALLOW' ? [] : [action.toLowerCase()]),
    ...(dryRun ? ['dry run'] : []),
    ...(what === '' ? [] : [what]),
    ...(except.length === 0 ? [] : [`not ${except.join(', ')}`]),
  ];
  return parts.length === 0 ? '' : `|"${escaped(parts.join(': '))}"|`;
}

/** In quotes Mermaid takes anything but these. */
function escaped(text: string): string {
  return text.replaceAll('#', '#35;').replaceAll('"', '#quot;');
}
