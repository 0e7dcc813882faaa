import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';
import type { KnownValues } from './known-values';

/** A value as far down as charts know names: what lies below belongs to it. */
export interface GivenValue {
  readonly path: string;
  readonly key: string;
  /** Path of what it stands in; empty for the top. */
  readonly owner: string;
  readonly value: Json;
  /** Whether there should be named values here, and something else was given. */
  readonly isMisplaced: boolean;
}

/** Every value that was given, in the order in which it was. */
export function* walkValues(values: JsonObject, known: KnownValues, owner = ''): Iterable<GivenValue> {
  for (const [key, value] of Object.entries(values)) {
    const path = owner === '' ? key : `${owner}.${key}`;
    const hasNames = known.namesBelow(path).length > 0;
    if (hasNames && isJsonObject(value)) yield* walkValues(value, known, path);
    else yield { path, key, owner, value, isMisplaced: hasNames && value !== null && known.get(path)?.kind !== 'any' };
  }
}
