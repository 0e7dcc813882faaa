import * as kplus from 'cdk8s-plus-28';
import { VirtualService } from '../../imports/istio';
import { CanaryRelease, MeshService } from '../../src';
import { Weight } from '../../src/core/weight';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

test.each([
  [0, [['v1', 100], ['v2', 0]]],
  [10, [['v1', 90], ['v2', 10]]],
  [100, [['v1', 0], ['v2', 100]]],
])('at %s percent', (weight, expected) => {
  const { chart, shop } = program();
  const service = shop.addService('web', { port: 80, versions: ['v1', 'v2'] });
  new CanaryRelease(chart, 'canary', { service, stable: 'v1', canary: 'v2', weight });
  const [http] = synthTo(chart).one(VirtualService).spec?.http ?? [];
  expect(http?.route?.map((route) => [route.destination?.subset, route.weight])).toEqual(expected);
});

test.each([-1, 101, 10.5, NaN, '10'])('a weight of %p is refused, naming the construct and the prop', (weight) => {
  const { chart, shop } = program();
  const service = shop.addService('web', { port: 80, versions: ['v1', 'v2'] });
  const make = (): CanaryRelease => new CanaryRelease(chart, 'canary', { service, stable: 'v1', canary: 'v2', weight: weight as number });
  expect(caught(make).findings[0]).toMatchObject({ code: 'bad-weight', construct: 'shop/canary' });
});

test('stable and canary must be two versions of the service', () => {
  const { chart, shop } = program();
  const service = shop.addService('web', { port: 80, versions: ['v1', 'v2'] });
  const make = (stable: string, canary: string) => () => new CanaryRelease(chart, `${stable}-${canary}`, { service, stable, canary, weight: Weight.percent(5) });
  expect(caught(make('v1', 'v1')).findings[0]).toMatchObject({ code: 'same-version', property: 'canary' });
  expect(caught(make('v1', 'v3')).findings[0]).toMatchObject({ code: 'unknown-subset' });
});

test('a Service of cdk8s-plus is taken, with the versions that it was given', () => {
  const { chart } = program();
  const service = new kplus.Service(chart, 'web', { metadata: { name: 'web' }, ports: [{ port: 80, name: 'http' }], selector: kplus.Pods.all(chart, 'pods') });
  MeshService.from(service, { versions: ['v1', 'v2'] });
  new CanaryRelease(chart, 'canary', { service, stable: 'v1', canary: 'v2', weight: 10 });
  expect(synthTo(chart).one(VirtualService).spec?.http).toHaveLength(1);
});

test('a canary of a database shares connections, not requests', () => {
  const { chart, shop } = program();
  const service = shop.addService('db', { port: 5432, versions: ['v1', 'v2'] });
  new CanaryRelease(chart, 'canary', { service, stable: 'v1', canary: 'v2', weight: 10 });
  const { http, tcp } = synthTo(chart).one(VirtualService).spec ?? {};
  expect(http).toBeUndefined();
  expect(tcp?.map(({ route }) => route?.map(({ destination, weight }) => [destination.subset, weight]))).toEqual([[['v1', 90], ['v2', 10]]]);
});

test.each([
  [null, 'bad-props'],
  [{}, 'bad-reference'],
  [{ service: 'web' }, 'bad-reference'],
  [{ service: {} }, 'bad-reference'],
])('%j is refused, as plain JavaScript may give it', (props, code) => {
  const { chart } = program();
  expect(caught(() => new CanaryRelease(chart, 'canary', props as never)).findings[0]).toMatchObject({ code, construct: 'shop/canary' });
});

test.each(['stable', 'canary', 'weight'])('a canary without %s is refused', (missing) => {
  const { chart, shop } = program();
  const service = shop.addService('web', { port: 80, versions: ['v1', 'v2'] });
  const props = { service, stable: 'v1', canary: 'v2', weight: 10, [missing]: undefined };
  expect(caught(() => new CanaryRelease(chart, 'canary', props)).findings[0]).toMatchObject({ construct: 'shop/canary' });
});
