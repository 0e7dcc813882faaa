import { closest } from '../../errors/closest';
import { isUnknown, UNKNOWN_KEY } from '../../rules/json';
import { count } from '../describe';
import type { Report } from '../report';
import { has, isObject, namesOf, numberOf } from './check';
import type { Check, Data, Schema } from './check';
import { failType } from './scalars';
import type { Condition } from './scalars';

/** What is known of one property of an object. */
export interface Property {
  readonly check: Check;
  /** True where a null is a value; elsewhere it counts as absent. */
  readonly isNullable: boolean;
  /** Gives the default, complete with the defaults inside of it; absent where there is none. */
  readonly fallback?: () => unknown;
}

/** Everything that the check of an object is made of. */
export interface ObjectParts {
  readonly properties: ReadonlyMap<string, Property>;
  /**
   * What holds for other fields: the same property for each, nothing said (`keep`), refused, or said elsewhere (`ignore`).
   */
  readonly others: Property | 'keep' | 'refuse' | 'ignore';
  readonly conditions: readonly Condition[];
  /** Called for a field that no schema knows, to say more about it. */
  readonly explainUnknown: (field: string, report: Report) => string | undefined;
}

type Mutable = Record<string, unknown>;

/** The check of an object: of its fields first, then of the object with defaults filled in. */
export function objectCheck(parts: ObjectParts): Check {
  const { properties, others, conditions } = parts;
  const fallbacks = [...properties].flatMap(([key, { fallback }]) => (fallback === undefined ? [] : [{ key, fallback }]));
  return (value, report) => {
    if (!isObject(value)) return failType(value, 'object', report);
    let copy: Mutable | undefined;
    for (const key in value) {
      const item = value[key];
      if (item === undefined) continue;
      const known = properties.get(key);
      if (known === undefined && key === UNKNOWN_KEY && isUnknown(value)) return failType(value, 'object', report);
      const property = known ?? (typeof others === 'object' ? others : undefined);
      if (property === undefined) {
        if (others === 'refuse') failUnknown(key, item, parts, report);
        else if (others === 'keep') report.noteUnknownsIn(item, key);
        continue;
      }
      if (item === null && !property.isNullable) {
        copy ??= { ...value };
        replaceNull(copy, key, property);
        continue;
      }
      if (known === undefined) report.enterKey(key);
      else report.enter(key);
      const next = property.check(item, report);
      report.leave();
      if (next === item) continue;
      copy ??= { ...value };
      copy[key] = next;
    }
    for (const { key, fallback } of fallbacks) {
      if (has(copy ?? value, key)) continue;
      copy ??= { ...value };
      copy[key] = fallback();
    }
    const out = copy ?? value;
    for (const condition of conditions) condition(out, report);
    return out;
  };
}

/** A null where none is allowed counts as absent, and takes the default where there is one. */
function replaceNull(object: Mutable, key: string, property: Property): void {
  if (property.fallback === undefined) delete object[key];
  else object[key] = property.fallback();
}

function failUnknown(key: string, item: unknown, parts: ObjectParts, report: Report): void {
  const known = [...parts.properties.keys()];
  const meant = closest(key, known);
  const history = parts.explainUnknown(key, report);
  report.enter(key);
  report.fail('unknown-field', item, history ?? knownFields(known), {
    saidGot: `the field ${JSON.stringify(key)}`,
    fix: history === undefined && meant !== undefined ? `did you mean ${JSON.stringify(meant)}?` : undefined,
    isBlocking: true,
  });
  report.leave();
}

const MOST_SHOWN = 8;

function knownFields(known: readonly string[]): string {
  if (known.length === 0) return 'no fields here';
  const shown = known.slice(0, MOST_SHOWN).join(', ');
  return known.length > MOST_SHOWN ? `one of ${shown}, … (${known.length} fields)` : `one of ${shown}`;
}

/** Conditions on an object as a whole: required fields and their number. */
export function objectConditions(schema: Schema): readonly Condition[] {
  return [sizeCondition(schema), requiredCondition(namesOf(schema, 'required'))].filter((item) => item !== undefined);
}

export function requiredCondition(required: readonly string[]): Condition | undefined {
  if (required.length === 0) return undefined;
  return (value, report) => {
    for (const key of required) if (!has(value as Data, key)) failMissing(key, value as Data, report);
  };
}

function failMissing(key: string, value: Data, report: Report): void {
  // a key in the wrong case, or nearly right, is reported as unknown by itself; here it says what was meant
  report.fail('missing-field', undefined, `the field ${key}`, { below: `.${key}`, fix: fixOfMissing(key, value), isBlocking: true });
}

function fixOfMissing(key: string, value: Data): string | undefined {
  const near = closest(key, Object.keys(value));
  return near === undefined ? `add ${key}` : undefined;
}

function sizeCondition(schema: Schema): Condition | undefined {
  const max = numberOf(schema, 'maxProperties');
  const min = numberOf(schema, 'minProperties');
  if (max === undefined && min === undefined) return undefined;
  return (value, report) => {
    const size = Object.values(value as Data).filter((item) => item !== undefined).length;
    if (min !== undefined && size < min) report.fail('too-few-fields', value, `at least ${count(min, 'field')}`, { saidGot: count(size, 'field') });
    if (max !== undefined && size > max) {
      report.fail('too-many-fields', value, `at most ${count(max, 'field')}`, { saidGot: count(size, 'field'), isBlocking: true });
    }
  };
}
