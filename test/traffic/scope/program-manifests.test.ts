import { App, Chart, Lazy } from 'cdk8s';
import { Service } from '../../../imports/kubernetes/service';
import { meshError } from '../../../src/errors/mesh-error';
import { ProgramManifests } from '../../../src/traffic/scope/program-manifests';

function services(broken: () => never) {
  const app = new App({ outdir: 'unused' });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  new Service(chart, 'right', { metadata: { name: 'right' }, spec: { ports: [{ port: 80 }] } });
  new Service(chart, 'elsewhere', { metadata: { name: 'elsewhere', namespace: 'other' }, spec: { ports: [{ port: 80 }] } });
  new Service(chart, 'broken', { metadata: { name: 'broken' }, spec: Lazy.any({ produce: broken }) as never });
  return new ProgramManifests(app, '');
}

const refuses = (): never => {
  throw meshError({ code: 'bad-props', construct: 'shop/broken', property: 'spec', got: 'nothing', expected: 'something', fix: 'say it' });
};

test('an object that is refused when it is rendered is left out: whoever renders it says so', () => {
  expect(services(refuses).of('/Service').map(({ name }) => name)).toEqual(['elsewhere', 'right']);
});

test('any other error is not taken for an object that says nothing', () => {
  const deep = (): never => {
    throw new RangeError('too deep');
  };
  expect(() => services(deep).of('/Service')).toThrow(RangeError);
});

test('objects of a namespace are found by it', () => {
  const manifests = services(refuses);
  expect(['shop', 'other', 'none'].map((namespace) => manifests.inside(namespace, '/Service').map(({ name }) => name))).toEqual([['right'], ['elsewhere'], []]);
});
