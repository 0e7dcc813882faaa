import { INTENT_CASES } from '../../conformance/istio/injected-cases';
import { container, env, have, is, names, podSpec } from '../../conformance/istio/injected-objects';

/** What asks Istio's injected pods must itself be able to say no. */

const SPEC = { initContainers: [{ name: 'init', image: 'i' }], containers: [{ name: 'app', env: [{ name: 'A', value: 'b' }] }] };

test('the pod is found in a pod and in what makes pods', () => {
  expect(podSpec([{ kind: 'Pod', spec: SPEC }])).toEqual(SPEC);
  expect(podSpec([{ kind: 'Deployment', spec: { template: { spec: SPEC } } }])).toEqual(SPEC);
  expect(podSpec([])).toEqual({});
});

test('a container is found by name, and is empty where there is none', () => {
  expect(container(SPEC, 'init')).toEqual({ name: 'init', image: 'i' });
  expect(env(container(SPEC, 'app'), 'A')).toBe('b');
  expect(container(SPEC, 'other')).toEqual({});
  expect(names(undefined)).toEqual([]);
});

test('a difference is said, with both sides', () => {
  expect(have('names', ['a'], ['a'])).toBeUndefined();
  expect(have('names', ['a'], ['b'])).toBe('names: got ["a"], expected ["b"]');
  expect(is('it runs', true)).toBeUndefined();
  expect(is('it runs', false)).toBe('not so: it runs');
});

test.each(INTENT_CASES.map(({ name, wrong }) => ({ name, wrong })))('finds fault with nothing at all: $name', ({ wrong }) => {
  expect(wrong([]).filter((said) => said !== undefined)).not.toEqual([]);
});

test('every case has a name of its own', () => {
  expect(new Set(INTENT_CASES.map(({ name }) => name)).size).toBe(INTENT_CASES.length);
});
