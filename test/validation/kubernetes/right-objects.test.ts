import { catalog } from '../../../imports/catalog';
import { builtInObjects } from '../../../conformance/verdict/built-ins';
import { UNKNOWN } from '../../../src/rules/json';
import type { Json } from '../../../src/rules/json';
import { Validator } from '../../../src/validation/validator';

const validator = new Validator({ target: { kubernetes: '1.36.3' } });
const LATER = { [UNKNOWN]: true, description: 'known later' };
/** What says which object it is cannot be known later. */
const IDENTITY = ['apiVersion', 'kind', 'metadata'];

const objects = catalog
  .filter(({ source }) => source === 'kubernetes')
  .flatMap(({ kind, group, scope, versions }) => {
    const [version = ''] = versions;
    return builtInObjects(kind, group === '' ? version : `${group}/${version}`, scope, 1).map((object, index) => [`${kind} ${index}`, object] as const);
  });

test.each(objects)('%s, which a real server accepts, is accepted', (_name, object) => {
  expect(validator.validate(object).findings).toEqual([]);
});

test.each(objects)('%s is accepted whichever of its values is known only at deployment', (_name, object) => {
  const refused = leaves(object).flatMap((place) => {
    const { findings } = validator.validate(replaced(object, place));
    return findings.length === 0 ? [] : [{ place: place.join('.'), findings }];
  });
  expect(refused).toEqual([]);
});

type Place = readonly (string | number)[];

function leaves(value: Json, place: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((item, index) => leaves(item, [...place, index]));
  return Object.entries(value).flatMap(([key, item]) => (place.length === 0 && IDENTITY.includes(key) ? [] : leaves(item, [...place, key])));
}

function replaced(value: Json, [step, ...rest]: Place): unknown {
  if (step === undefined) return LATER;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item, index) => (index === step ? replaced(item, rest) : item));
  const object = value as { readonly [key: string]: Json };
  return { ...object, [step]: replaced(object[step] as Json, rest) };
}
