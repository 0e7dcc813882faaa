import { App, Chart, Duration as Cdk8sDuration, Lazy, Size, Testing } from 'cdk8s';
import { IntOrString, Quantity } from 'cdk8s-plus-28/lib/imports/k8s';
import { Duration } from '../../src/core/duration';
import { Host } from '../../src/core/host';
import { MeshObject } from '../../src/core/mesh-object';
import { Port } from '../../src/core/port';
import { Selector } from '../../src/core/selector';
import { StringMatch } from '../../src/core/string-match';
import { Weight } from '../../src/core/weight';
import { refused } from './refused';

const TYPE = { apiVersion: 'example.com/v1', kind: 'Thing', scope: 'Namespaced' } as const;

/** What a value becomes in a manifest. */
function rendered(value: unknown, app: App = Testing.app()): unknown {
  const object = new MeshObject(new Chart(app, 'shop', { namespace: 'shop' }), 'thing', TYPE, { spec: { at: value } } as object);
  return (object.toJson()['spec'] as { at: unknown }).at;
}

const VALUES: readonly (readonly [string, unknown, unknown])[] = [
  ['a Duration', Duration.parse('1h30m'), '1h30m'],
  ['a Host', Host.parse('Shop.example.com'), 'shop.example.com'],
  ['a Port', Port.of({ number: 9080, name: 'http' }), 9080],
  ['a Weight', Weight.percent(10), 10],
  ['a Selector', Selector.labels({ app: 'web' }), { matchLabels: { app: 'web' } }],
  ['a StringMatch', StringMatch.prefix('/api'), { prefix: '/api' }],
  ["cdk8s's IntOrString", IntOrString.fromNumber(80), 80],
  ["cdk8s's Quantity", Quantity.fromString('500m'), '500m'],
  ['one that a token gives', Lazy.any({ produce: () => Duration.seconds(5) }), '5s'],
];

test.each(VALUES)('%s stands in a manifest for its value', (_name, value, expected) => {
  expect(rendered(value)).toEqual(expected);
});

test.each(VALUES)('%s does so in an app with resolvers of its own', (_name, value, expected) => {
  expect(rendered(value, new App({ resolvers: [{ resolve: () => undefined }] }))).toEqual(expected);
});

test.each([
  ['another class with a value', new (class Money { public readonly value = 5; })(), 'an instance of Money'],
  ["cdk8s's Duration", Cdk8sDuration.seconds(5), 'an instance of Duration'],
  ["cdk8s's Size", Size.mebibytes(5), 'an instance of Size'],
  ['a Map', new Map([['a', 1]]), 'an instance of Map'],
  ['a Date', new Date(0), 'an instance of Date'],
])('%s is refused with its place', (_name, value, got) => {
  expect(refused(() => rendered(value))).toMatchObject({ code: 'not-plain-data', construct: 'shop/thing', property: 'spec.at', got });
});
