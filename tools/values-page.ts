import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MINORS } from '../src/control-plane/release';
import type { ValueRule } from '../src/migrate/value-rule';
import { CHARTS, OPERATOR_GATEWAYS } from '../src/migrate/values/charts';
import type { Chart } from '../src/migrate/values/charts';
import { KNOWN_VALUES } from '../src/migrate/values/known-values.data';
import { CHOOSING } from '../src/migrate/values/unsupported-values';

/**
 * Writes docs/values.md: what becomes of each value that Istio's charts read. It is made of the rules that `render` and
 * `migrate` go by, and of the values that the charts' templates name.
 *
 *     tsx tools/values-page.ts
 */

export const VALUES_PAGE = resolve(__dirname, '../docs/values.md');

/** A value that a template of a chart names. */
export interface ReadValue {
  readonly path: string;
  /** Releases whose chart names it; undefined for all. */
  readonly releases: string | undefined;
}

/** The values that a chart reads, as its templates name them. */
export function readValues(chart: Pick<Chart, 'name'>): readonly ReadValue[] {
  return KNOWN_VALUES[chart.name].split('\n').flatMap((line) => {
    const [, path, releases] = /^(\S+) \w+\?? r(?: =.*?)?(?: @([\d.,]+))?$/.exec(line) ?? [];
    return path === undefined ? [] : [{ path, releases: releases?.replaceAll(',', ', ') }];
  });
}

const [INGRESS] = OPERATOR_GATEWAYS;

/** The charts of the page; that of egress gateways differs from the one of ingress gateways by a name. */
const SECTIONS: readonly { readonly chart: Chart; readonly constructs: string; readonly lead: string }[] = [
  ...CHARTS.map((chart) => ({
    chart,
    constructs: chart.name === 'istiod' ? '`Istiod` or `RemoteIstiod`' : `\`${chart.construct}\``,
    lead: leadOf(chart),
  })),
  ...(INGRESS === undefined ? [] : [{ chart: INGRESS, constructs: '`StandaloneGateway`', lead: 'Only istioctl has these two charts. An egress gateway has the same values under `gateways.istio-egressgateway`.' }]),
];

function leadOf({ section, flattensGlobal }: Chart): string {
  if (section !== undefined) return `Values may stand under \`${section}\` as well: there they win.`;
  return flattensGlobal ? 'Values may stand under `global` as well; those at the top win.' : '';
}

export function valuesPage(): string {
  return `<!-- Made by tools/values-page.ts. Do not edit: run it again instead. -->
# Values of Istio's charts, and the props that they become

The values that the templates of Istio ${MINORS.join(', ')} read, and what \`mesh-constructs render\` and \`migrate\` make of them:
[moving in](migrate.md) says how. What lies below a value of the table belongs to it. A prop is one of the construct at the
head of its table. *Nothing* means that the value changes no object; one that is *not supported* is an error, unless it is the
chart's default. \`profile\`, \`platform\` and \`compatibilityVersion\` choose defaults of other values, as the charts have them.
The last column names releases where not all of them read the value.

${SECTIONS.map(section).join('\n')}`;
}

/** Titles as they are linked to: the name of the chart. */
function section({ chart, constructs, lead }: (typeof SECTIONS)[number]): string {
  const title = chart.name === 'ingress' ? 'Gateways of istioctl' : `Chart ${chart.name}`;
  const intro = [`Becomes ${constructs}.`, lead].filter((text) => text !== '').join(' ');
  return `## ${title}\n\n${intro}\n\n| value | prop | remark | releases |\n| --- | --- | --- | --- |\n${rows(chart).join('\n')}\n`;
}

function rows(chart: Chart): string[] {
  const { rules } = chart.load();
  const read = new Map(readValues(chart).map((value) => [value.path, value]));
  const paths = [...new Set([...read.keys(), ...rules.map(({ path }) => path)])].sort();
  return paths.map((path) => {
    // a chart may name a value where only its section makes it stand
    const inner = chart.section !== undefined && path.startsWith(`${chart.section}.`) ? path.slice(chart.section.length + 1) : path;
    const own = [path, inner].map((each) => ({ at: each, rules: rulesFor(each, rules) })).find((each) => each.rules.length > 0);
    const cells = [code(path), propsOf(own?.at ?? path, own?.rules ?? []), remarkOf(own?.rules ?? []), read.get(path)?.releases ?? ''];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
}

/** The rules for a value itself, else for what it lies in, else for what lies in it. */
function rulesFor(path: string, rules: readonly ValueRule[]): readonly ValueRule[] {
  const [own, around, below] = [
    rules.filter((rule) => rule.path === path),
    rules.filter((rule) => path.startsWith(`${rule.path}.`)),
    rules.filter((rule) => rule.path.startsWith(`${path}.`)),
  ];
  return own.length > 0 ? own : around.length > 0 ? around : below;
}

function propsOf(path: string, rules: readonly ValueRule[]): string {
  const taken = rules.filter(({ prop, unsupported }) => prop !== '' && unsupported === undefined);
  const props = [...new Set(taken.map((rule) => code(path.startsWith(`${rule.path}.`) ? `${rule.prop}.${path.slice(rule.path.length + 1)}` : rule.prop)))];
  if (props.length > 0) return props.join(', ');
  if (CHOOSING.has(path)) return 'chooses defaults';
  return rules.length === 0 || rules.some(({ unsupported }) => unsupported !== undefined) ? '*not supported*' : '*nothing*';
}

function remarkOf(rules: readonly ValueRule[]): string {
  return [...new Set(rules.flatMap(({ note, unsupported }) => [note, unsupported].filter((text) => text !== undefined)))].join('; ');
}

function code(text: string): string {
  return `\`${text}\``;
}

if (require.main === module) writeFileSync(VALUES_PAGE, valuesPage());
