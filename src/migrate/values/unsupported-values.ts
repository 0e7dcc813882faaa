import { describeValue } from '../../core/refusal';
import type { Finding } from '../../errors/finding';
import type { JsonObject } from '../../rules/json';
import type { ValueRule } from '../value-rule';
import type { Chart } from './charts';
import type { KnownValue, KnownValues } from './known-values';
import { walkValues } from './walk-values';
import type { GivenValue } from './walk-values';

/** Values of a chart, and the rules that make props of them. */
export interface ValuesToTake {
  readonly values: JsonObject;
  readonly chart: Pick<Chart, 'section' | 'flattensGlobal'>;
  readonly rules: readonly ValueRule[];
  readonly known: KnownValues;
  /** Where a path of the values is in what the user gave. */
  readonly place: (path: string) => Pick<Finding, 'construct' | 'property'>;
}

export interface TakenValues {
  /** Values that the chart takes and no prop does. */
  readonly findings: readonly Finding[];
  /** Paths that become props. */
  readonly taken: readonly string[];
  /** Paths that the chart does nothing with. */
  readonly idle: readonly string[];
  /** Those of them that become props, but of other releases. */
  readonly foreign: readonly string[];
}

/** Values that say which others are taken, instead of becoming a prop. */
export const CHOOSING: ReadonlySet<string> = new Set(['profile', 'platform', 'compatibilityVersion', 'global.profile', 'global.platform']);

/** Says of each value whether a prop takes it. One that is the chart's default anyway is no matter. */
export function unsupportedValues(given: ValuesToTake): TakenValues {
  const findings: Finding[] = [];
  const taken: string[] = [];
  const idle: string[] = [];
  const foreign: string[] = [];
  for (const each of walkValues(given.values, given.known)) {
    const rules = rulesFor(each.path, given);
    const known = given.known.get(each.path);
    const isForeign = known === undefined && rules.some(({ path }) => path === each.path) && given.known.namesBelow(each.path).length === 0;
    if (isForeign) foreign.push(each.path);
    if (isForeign) idle.push(each.path);
    else if (CHOOSING.has(each.path) || rules.some(({ unsupported }) => unsupported === undefined)) taken.push(each.path);
    else if (rules.length === 0 && known?.isRead !== true) idle.push(each.path);
    else if (each.value !== null && !(known?.fallback !== undefined && known.fallback === each.value)) {
      findings.push(unsupported(each, known, rules[0], given));
    }
  }
  return { findings, taken, idle, foreign };
}

/** The rules that take a value, or part of it, wherever the chart lets it stand. */
function rulesFor(path: string, { chart, rules }: ValuesToTake): readonly ValueRule[] {
  const paths = [path];
  if (chart.section !== undefined && path.startsWith(`${chart.section}.`)) paths.push(path.slice(chart.section.length + 1));
  if (chart.flattensGlobal) paths.push(path.startsWith('global.') ? path.slice('global.'.length) : `global.${path}`);
  return rules.filter((rule) => paths.some((each) => each === rule.path || each.startsWith(`${rule.path}.`) || rule.path.startsWith(`${each}.`)));
}

function unsupported({ path, value }: GivenValue, known: KnownValue | undefined, rule: ValueRule | undefined, { place }: ValuesToTake): Finding {
  const fallback = known?.fallback === undefined ? 'nothing' : `${describeValue(known.fallback)}, the chart's default`;
  return {
    code: 'unsupported-value',
    ...place(path),
    got: describeValue(value),
    expected: `${fallback}: no prop stands for it`,
    fix: rule?.unsupported ?? 'leave it out, and patch the object that it changes',
  };
}
