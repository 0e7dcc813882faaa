import { allCases } from '../../conformance/envoy/all-cases';
import { requests } from '../../conformance/envoy/both-forms-program';
import { Coverage } from '../../conformance/envoy/coverage';
import { FIELDS, NOT_SEEN } from '../../conformance/envoy/coverage-fields';

/** What the judge `envoy` rests on, as far as it shows without an Envoy. */

const files = allCases();
const cases = files.flatMap((file) => file.cases);

test('every file of cases can be loaded', () => {
  expect(files.filter(({ error }) => error !== undefined)).toEqual([]);
});

test('every case has a control, for one of its requests at least', () => {
  expect(cases.filter(({ checks }) => checks.every(({ control }) => control === undefined)).map(({ name }) => name)).toEqual([]);
});

test('no two cases have the same name', () => {
  const names = cases.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('a field that no case has is missing from the coverage', () => {
  const coverage = new Coverage();
  coverage.add([{ kind: 'VirtualService', spec: { http: [{ timeout: '5s', retries: { retryOn: '5xx,reset' } }] } }]);
  const details = coverage.row().details ?? [];
  const isMissing = (prop: string): boolean => details.some((detail) => detail.startsWith(`${prop} (`));
  expect(['actions: timeout', 'retry conditions: 5xx', 'retry conditions: reset'].filter(isMissing)).toEqual([]);
  expect(['actions: delegate', 'retry conditions: cancelled'].filter((prop) => !isMissing(prop))).toEqual([]);
});

test('a field that is said to be in no case must be in none', () => {
  const coverage = new Coverage();
  coverage.add([{ kind: 'DestinationRule', spec: { trafficPolicy: { loadBalancer: { warmup: { duration: '1s' } } } } }]);
  expect(coverage.row().details).toContainEqual(expect.stringContaining('warmup: duration has a case'));
});

test('what cannot be shown is a field that there is', () => {
  expect(Object.keys(NOT_SEEN).filter((prop) => !(prop in FIELDS))).toEqual([]);
});

test('the requests of both forms are the same in every run, and no two of them are the same', () => {
  const made = requests('web', 100);
  expect(made).toHaveLength(100);
  expect(requests('web', 100)).toEqual(made);
  expect(new Set(made.map((request) => JSON.stringify(request))).size).toBe(100);
});
