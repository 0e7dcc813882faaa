import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { AuthorizationPolicy, VirtualService } from '../../imports/istio';
import { MeshApp } from '../../src/core/mesh-app';
import type { JsonObject } from '../../src/rules/json';
import { Validator } from '../../src/validation/validator';
import { caught } from '../support/caught';

const CHARTS = 300;
const OBJECTS = 10;

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'session-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(outdir, { recursive: true, force: true });
});

/** Counts how often each object is rendered. */
class Counted extends AuthorizationPolicy {
  public static rendered = 0;

  protected override renderManifest(): JsonObject {
    Counted.rendered += 1;
    return super.renderManifest();
  }
}

function fill(app: App): Chart[] {
  Counted.rendered = 0;
  return Array.from({ length: CHARTS }, (_chart, index) => {
    const chart = new Chart(app, `chart-${index}`, { namespace: `ns-${index}` });
    for (let object = 0; object < OBJECTS; object += 1) new Counted(chart, `policy-${object}`, { spec: {} });
    return chart;
  });
}

describe('300 charts of 10 objects: each is rendered and validated once', () => {
  const TOTAL = CHARTS * OBJECTS;

  test('by MeshApp.synth()', () => {
    const app = new MeshApp({ outdir });
    fill(app);
    const validate = jest.spyOn(Validator.prototype, 'validate');
    app.synth();
    expect([Counted.rendered, validate.mock.calls.length]).toEqual([TOTAL, TOTAL]);
  });

  test('by a plain App.synth()', () => {
    const app = new App({ outdir });
    fill(app);
    const validate = jest.spyOn(Validator.prototype, 'validate');
    app.synth();
    expect([Counted.rendered, validate.mock.calls.length]).toEqual([TOTAL, TOTAL]);
  });

  test('by Testing.synth() of one chart', () => {
    const [first] = fill(new App({ outdir }));
    const validate = jest.spyOn(Validator.prototype, 'validate');
    expect(Testing.synth(first as Chart)).toHaveLength(OBJECTS);
    expect([Counted.rendered, validate.mock.calls.length]).toEqual([TOTAL, TOTAL]);
  });
});

describe('after a synthesis everything is forgotten', () => {
  test('what changes between two syntheses counts', () => {
    const app = new App({ outdir });
    const chart = new Chart(app, 'a', { namespace: 'x' });
    const policy = new AuthorizationPolicy(chart, 'policy', { spec: {} });
    Testing.synth(chart);
    policy.metadata.addLabel('later', 'yes');
    expect(Testing.synth(chart)).toMatchObject([{ metadata: { labels: { later: 'yes' } } }]);
  });

  test("objects of other libraries get their own toJson back, and are validated like ours", () => {
    const app = new App({ outdir });
    const chart = new Chart(app, 'a', { namespace: 'x' });
    new AuthorizationPolicy(chart, 'policy', { spec: {} });
    const map = new kplus.ConfigMap(chart, 'map', { metadata: { name: 'map' } });
    Testing.synth(chart);
    expect(Object.hasOwn(ApiObject.of(map), 'toJson')).toBe(false);
    new ApiObject(chart, 'bad', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Bad_Name' }, data: { a: 1 } });
    const codes = caught(() => Testing.synth(chart)).findings.map(({ construct, code }) => [construct, code]);
    expect(codes).toEqual([['a/bad', 'wrong-type'], ['a/bad', 'bad-name']]);
  });
});

test('all findings come in one error, sorted, each with its construct', () => {
  const app = new App({ outdir });
  for (const id of ['b', 'a']) {
    const chart = new Chart(app, id, { namespace: 'x' });
    new AuthorizationPolicy(chart, `policy-${id}`, { spec: { action: 'PERMIT' } } as never);
    new VirtualService(chart, `route-${id}`, { spec: { hosts: ['a'], http: [{ timeout: 5 }] } } as never);
  }
  const error = caught(() => app.synth());
  expect(error.findings.map(({ construct, property }) => `${construct ?? ''} ${property}`)).toEqual([
    'a/policy-a spec.action',
    'a/route-a spec.http[0].timeout',
    'b/policy-b spec.action',
    'b/route-b spec.http[0].timeout',
  ]);
  expect(error.message.split('\n')[0]).toBe('4 problems found');
  expect(error.stack).not.toContain('    at ');
});
