import { describeValue } from '../../core/refusal';
import { closest } from '../../errors/closest';
import type { Finding } from '../../errors/finding';
import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';
import type { KnownValues, ValueKind } from './known-values';
import { walkValues } from './walk-values';
import type { GivenValue } from './walk-values';

/** Values to compare with what is known. */
export interface ValuesToCheck {
  readonly values: JsonObject;
  readonly known: KnownValues;
  /** Whether types are checked by a schema: otherwise templates print scalars, and one may stand for another. */
  readonly isStrict: boolean;
  /** Whether null is checked, too. Everywhere else it takes away a default. */
  readonly refusesNull: boolean;
  /** Paths that are known although they are no values of a chart's own. */
  readonly isKnown: (path: string) => boolean;
  /** What knows them, for messages: `the charts of Istio 1.30`. */
  readonly who: string;
  /** Where a path of the values is in what the user gave. */
  readonly place: (path: string) => Pick<Finding, 'construct' | 'property'>;
}

/** A finding for each value of which nothing is known, or that is of another type than it should be. */
export function unknownValues(given: ValuesToCheck): Finding[] {
  return [...walkValues(given.values, given.known)].flatMap((value) => findingFor(value, given) ?? []);
}

function findingFor(each: GivenValue, given: ValuesToCheck): Finding | undefined {
  const { path, value } = each;
  const known = given.known.get(path);
  if (known === undefined && given.known.namesBelow(path).length === 0) return given.isKnown(path) ? undefined : unknown(each, given);
  if (value === null) {
    const isRefused = given.refusesNull && known?.isNullable === false && known.kind !== 'any';
    return isRefused ? wrongType(each, EXPECTED[known.kind], given) : undefined;
  }
  if (each.isMisplaced) return wrongType(each, EXPECTED.map, given);
  return known === undefined || fits(value, known.kind, given.isStrict) ? undefined : wrongType(each, EXPECTED[known.kind], given);
}

function unknown({ key, owner, value, path }: GivenValue, { known, who, place }: ValuesToCheck): Finding {
  const meant = suggestion(key, owner, known);
  return {
    code: 'unknown-value',
    ...place(path),
    got: describeValue(value),
    expected: `a value that ${who} know`,
    fix: meant === undefined ? 'leave it out: nothing would read it' : `did you mean ${JSON.stringify(place(meant).property)}?`,
  };
}

/** A sibling of nearly that name, else a value of that very name somewhere else. */
function suggestion(key: string, owner: string, known: KnownValues): string | undefined {
  const sibling = closest(key, known.namesBelow(owner));
  if (sibling !== undefined) return owner === '' ? sibling : `${owner}.${sibling}`;
  const elsewhere = known.paths.filter((path) => path.endsWith(`.${key}`) || path === key);
  return elsewhere.sort((a, b) => a.split('.').length - b.split('.').length || (a < b ? -1 : 1))[0];
}

function wrongType({ path, value }: GivenValue, expected: string, { place }: ValuesToCheck): Finding {
  const isQuoted = typeof value === 'string' && /^(true|false|[\d.]+)$/.test(value);
  return { code: 'wrong-value-type', ...place(path), got: describeValue(value), expected, ...(isQuoted ? { fix: 'leave out the quotes' } : {}) };
}

const EXPECTED: Readonly<Record<ValueKind, string>> = {
  boolean: 'true or false',
  number: 'a number',
  text: 'a text',
  scalar: 'a number or a text',
  list: 'a list',
  map: 'values by name',
  free: 'anything',
  any: 'anything',
};

function fits(value: Json, kind: ValueKind, isStrict: boolean): boolean {
  switch (kind) {
    case 'any':
    case 'free':
      return true;
    case 'list':
      return Array.isArray(value);
    case 'map':
      return isJsonObject(value);
    case 'scalar':
      return typeof value !== 'object';
    case 'boolean':
    case 'text':
    case 'number':
      // templates print scalars, and YAML reads what they print
      return isStrict ? typeof value === (kind === 'text' ? 'string' : kind) : typeof value !== 'object';
  }
}
