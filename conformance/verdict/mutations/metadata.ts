import type { Json } from '../../../src/rules/json';
import type { Mutation } from '../case';
import { withValue } from '../places';
import type { Place } from '../places';
import type { Context } from './context';

/** What may be wrong, or only unusual, about metadata; the same for objects of every kind. */
const METADATA: readonly (readonly [Place, readonly (Json | undefined)[]])[] = [
  [['name'], [undefined, '', 'Shop', 'shop_1', '-shop', 'a'.repeat(253), 'a'.repeat(254), 'a..b', 'shop.v1', 'a/b', '..', 5, null, 'é', '1shop', 'b'.repeat(63), 'b'.repeat(64)]],
  [['generateName'], ['shop-', 'Shop', '', 5]],
  [['namespace'], [undefined, '', 'Shop', 'a.b', 'a'.repeat(63), 'a'.repeat(64), 5]],
  [['labels'], [{ app: '' }, { app: 'a b' }, { app: 'a'.repeat(63) }, { app: 'a'.repeat(64) }, { 'a/b/c': 'x' }, { '': 'x' }, { app: 5 }, { app: null }, [], 'x', null, { 'Example.com/a': 'x' }, { '/a': 'x' }, { [`${'a'.repeat(253)}/b`]: 'x' }, { [`${'a'.repeat(254)}/b`]: 'x' }, { a: '-x' }, { ['a'.repeat(64)]: 'x' }]],
  [['annotations'], [{ 'a b': 'x' }, { 'Example.com/A': 'x' }, { a: '' }, { a: 5 }, { a: null }, [], { 'a/b/c': 'x' }, { a: 'x'.repeat(262_143) }, { a: 'x'.repeat(262_144) }, { a: 'é'.repeat(131_072) }]],
  [['finalizers'], [['example.com/keep'], ['keep'], ['a b'], [''], ['orphan', 'foregroundDeletion'], ['orphan'], 'x', [5], [null], ['a/b/c']]],
  [['ownerReferences'], [
    [{ apiVersion: 'v1', kind: 'Service', name: 'a', uid: 'b' }],
    [{ apiVersion: 'v1', kind: 'Service', name: 'a' }],
    [{ apiVersion: '', kind: '', name: '', uid: '' }],
    [{ apiVersion: 'v1', kind: 'Service', name: 'a', uid: 'b', bogus: 1 }],
    [{ apiVersion: 'a/b/c', kind: 'Service', name: 'a', uid: 'b' }],
    [{ apiVersion: 'v1', kind: 'Event', name: 'a', uid: 'b' }],
    [{ apiVersion: 'v1', kind: 'Service', name: 'a', uid: 'b', controller: true }, { apiVersion: 'v1', kind: 'Pod', name: 'c', uid: 'd', controller: true }],
    [{ apiVersion: 'v1', kind: 'Service', name: 'a', uid: 'b', controller: 'yes' }],
    {}, [5], [null],
  ]],
  [['creationTimestamp'], ['2026-01-31T12:00:00Z', '', 'now', null, 5, '2026-01-31', '2026-02-31T12:00:00Z']],
  [['deletionTimestamp'], ['2026-01-31T12:00:00Z', 'now']],
  [['generation'], [1, -1, 'a', 1.5]],
  [['uid'], ['abc', 5]],
  [['selfLink'], ['/x', 5]],
  [['deletionGracePeriodSeconds'], [5, 'a']],
  [['managedFields'], [[], [{ manager: 'a' }], 'x', [{ manager: 'a', operation: 'Apply', apiVersion: 'v1', time: '2026-01-31T12:00:00Z', fieldsType: 'FieldsV1', fieldsV1: {} }], [{ bogus: 1 }]]],
  [['bogus'], [1]],
  [['clusterName'], ['a']],
  [['Labels'], [{}]],
  [[], [undefined, null, 5, 'x', [], {}]],
];

const TYPE_META: readonly (readonly [string, readonly (Json | undefined)[]])[] = [
  ['apiVersion', [undefined, '', 'v0', 'networking.istio.io/v9', 'a/b/c', 5, null, 'nowhere.example.com/v1']],
  ['kind', [undefined, '', 'Bogus', 'virtualservice', 5, null]],
];

export function metadataMutations({ object }: Pick<Context, 'object'>): readonly Mutation[] {
  const change = (place: Place, value: Json | undefined): Mutation => ({
    what: `${place.join('.')} ${value === undefined ? 'left out' : JSON.stringify(value).slice(0, 80)}`,
    object: withValue(object, place, value),
    claims: [],
  });
  return [
    ...METADATA.flatMap(([place, values]) => values.map((value) => change(['metadata', ...place], value))),
    ...TYPE_META.flatMap(([field, values]) => values.map((value) => change([field], value))),
    { what: 'unknown field at the root', object: withValue(object, ['bogus'], 1), claims: [] },
    { what: 'generateName alone', object: withValue(withValue(object, ['metadata', 'name'], undefined), ['metadata', 'generateName'], 'shop-'), claims: [] },
  ];
}
