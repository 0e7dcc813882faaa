import type { Json, JsonObject } from '../../src/rules/json';
import { isJsonObject } from '../../src/rules/json';
import { withValue } from './places';
import type { Place } from './places';

const MOST_TRIES = 150;

/** The smallest object that is found, by taking parts out, of which `isSame` still holds. */
export async function shrink(object: Json, isSame: (smaller: Json) => Promise<boolean>): Promise<Json> {
  let current = object;
  let tries = 0;
  for (let hasShrunk = true; hasShrunk && tries < MOST_TRIES; ) {
    hasShrunk = false;
    for (const smaller of smallerOnes(current)) {
      tries += 1;
      if (tries > MOST_TRIES) break;
      if (!(await isSame(smaller))) continue;
      current = smaller;
      hasShrunk = true;
      break;
    }
  }
  return current;
}

/** Every object with one part less: large parts first. */
function smallerOnes(object: Json): Json[] {
  const places: { readonly place: Place; readonly size: number }[] = [];
  const texts: { readonly place: Place; readonly text: string }[] = [];
  const visit = (value: Json, place: Place): void => {
    const isNeeded = place.length === 1 && ['apiVersion', 'kind', 'metadata'].includes(String(place[0]));
    if (place.length > 0 && !isNeeded) places.push({ place, size: JSON.stringify(value).length });
    if (typeof value === 'string' && value.length > 8 && !isNeeded) texts.push({ place, text: value });
    if (Array.isArray(value)) (value as readonly Json[]).forEach((item, index) => visit(item, [...place, index]));
    else if (isJsonObject(value)) for (const [key, item] of Object.entries(value as JsonObject)) visit(item, [...place, key]);
  };
  visit(object, []);
  places.sort((a, b) => b.size - a.size);
  return [
    ...places.map(({ place }) => withValue(object, place, undefined)),
    ...texts.map(({ place, text }) => withValue(object, place, text.slice(0, Math.ceil(text.length / 2)))),
  ];
}
