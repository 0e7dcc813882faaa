import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, Lazy, Testing } from 'cdk8s';
import type { AppProps } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { VirtualService } from '../../imports/istio';
import { ConfigMap } from '../../imports/kubernetes';
import { Cluster } from '../../src/core/cluster';
import { MeshApp } from '../../src/core/mesh-app';
import type { MeshAppProps } from '../../src/core/mesh-app';
import { addPlanner } from '../../src/core/planner';
import type { Finding } from '../../src/errors/finding';
import { MeshError, meshError } from '../../src/errors/mesh-error';
import { caught } from '../support/caught';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'findings-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(outdir, { recursive: true, force: true });
});

function refuse(construct: string): never {
  throw meshError({ code: 'no-plan', construct, property: '', got: 'one', expected: 'another', fix: 'change it' });
}

const codes = (error: MeshError): string[] => error.findings.map(({ construct, code }) => `${construct ?? '?'} ${code}`);

describe('one error holds', () => {
  const ENTRIES: [string, (props: AppProps) => App, (app: App, chart: Chart) => unknown][] = [
    ['MeshApp.synth', (props) => new MeshApp(props), (app) => app.synth()],
    ['MeshApp.synthYaml', (props) => new MeshApp(props), (app) => app.synthYaml()],
    ['App.synth', (props) => new App(props), (app) => app.synth()],
    ['Testing.synth', (props) => new App(props), (_app, chart) => Testing.synth(chart)],
  ];

  test.each(ENTRIES)('%s: what planners refuse, cannot be rendered, constructs say and a server would refuse, sorted', (_name, make, synth) => {
    const app = make({ outdir });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    for (const key of ['z', 'a']) addPlanner(chart, { key, plan: () => refuse(`shop/${key}-planned`) });
    new ConfigMap(chart, 'y-data', { data: { a: (() => 1) as never } });
    new ConfigMap(chart, 'b_name');
    chart.node.addValidation({ validate: () => ['the shop has no door'] });
    expect(codes(caught(() => synth(app, chart)))).toEqual([
      'shop construct-validation',
      'shop/a-planned no-plan',
      'shop/b_name bad-name',
      'shop/y-data not-plain-data',
      'shop/z-planned no-plan',
    ]);
    expect(readdirSync(outdir)).toEqual([]);
  });
});

describe('planners', () => {
  test('one that refuses keeps no other from planning', () => {
    const app = new MeshApp({ outdir });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const planned: string[] = [];
    addPlanner(chart, { key: 'a', plan: () => refuse('shop') });
    addPlanner(chart, { key: 'b', plan: () => planned.push('b') });
    expect(codes(caught(() => app.synth()))).toEqual(['shop no-plan']);
    expect(planned).toContain('b');
  });

  test('what one refuses only until another has planned is no finding', () => {
    const app = new MeshApp({ outdir });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    let isReady = false;
    addPlanner(chart, { key: 'a', plan: () => { if (!isReady) refuse('shop'); } });
    addPlanner(chart, { key: 'b', plan: () => { isReady = true; } });
    expect(() => app.synth()).not.toThrow();
  });

  test('an error that is no refusal is thrown as it is: its stack leads to the fault', () => {
    const app = new MeshApp({ outdir });
    const fault = new RangeError('a fault of the planner');
    addPlanner(app, { key: 'a', plan: () => { throw fault; } });
    expect(() => app.synth()).toThrow(fault);
  });
});

describe('validations of constructs, which cdk8s asks for', () => {
  test('those of cdk8s-plus hold under MeshApp as under App', () => {
    const make = (app: App): App => {
      new kplus.Ingress(new Chart(app, 'shop', { namespace: 'shop' }), 'web');
      return app;
    };
    expect(() => make(new App({ outdir })).synth()).toThrow(/ingress with no rules/);
    const [finding] = caught(() => make(new MeshApp({ outdir })).synth()).findings;
    expect(finding).toMatchObject({ code: 'construct-validation', construct: 'shop/web' });
    expect(finding?.got).toContain('ingress with no rules');
  });

  test('one that throws is a finding as well', () => {
    const app = new MeshApp({ outdir });
    const chart = new Chart(app, 'shop');
    chart.node.addValidation({ validate: () => { throw new TypeError('x is undefined'); } });
    expect(caught(() => app.synth()).findings).toMatchObject([{ construct: 'shop', got: 'the complaint "x is undefined"' }]);
  });

  test('each is asked once a synthesis', () => {
    const app = new MeshApp({ outdir });
    const validate = jest.fn(() => []);
    new Chart(app, 'shop').node.addValidation({ validate });
    app.synth();
    expect(validate).toHaveBeenCalledTimes(1);
  });
});

test('an object of another library that fails to render is found beside all else', () => {
  const app = new MeshApp({ outdir });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const fails = (): never => { throw new Error('no value\nand more'); };
  new ApiObject(chart, 'foreign', { apiVersion: 'v1', kind: 'ConfigMap', data: Lazy.any({ produce: fails }) } as never);
  new ConfigMap(chart, 'b_name');
  const { findings } = caught(() => app.synth());
  expect(findings.map(({ code }) => code)).toEqual(['bad-name', 'cannot-render']);
  expect(findings[1]).toMatchObject({ construct: 'shop/foreign' });
});

describe('warnings', () => {
  function appWith(istio: string, props: MeshAppProps = {}): MeshApp {
    const app = new MeshApp({ outdir, ...props });
    const chart = new Chart(new Cluster(app, 'prod', { istio }), 'shop', { namespace: 'shop' });
    new VirtualService(chart, 'web', { spec: { hosts: ['web'], http: [{ route: [{ destination: { host: 'web' } }] }] } });
    return app;
  }

  const linesOf = (body: () => void): string[] => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    body();
    return write.mock.calls.map(([text]) => String(text));
  };

  test('a patch release whose rules are not known: one line on the standard error says whose stand in', () => {
    expect(linesOf(() => appWith('1.31.99').synth())).toEqual([
      'prod: istio: got "1.31.99", expected a version whose rules are known; the rules of Istio 1.31.1 stand in for it [warning version-stand-in]\n',
    ]);
  });

  test.each(['1.31.1', '1.31', 'v1.31.1', '1.31.3', '1.30.7', '1.29.0'])('Istio %s is known, and so are its fields: nothing is printed', (istio) => {
    expect(linesOf(() => appWith(istio).synth())).toEqual([]);
  });

  test.each(['1.32.0', '1.34', '1.36.99'])('Kubernetes %s is one of those between which rules are known: nothing is printed', (kubernetes) => {
    const app = new MeshApp({ outdir });
    new ConfigMap(new Chart(new Cluster(app, 'prod', { kubernetes }), 'shop', { namespace: 'shop' }), 'map');
    expect(linesOf(() => app.synth())).toEqual([]);
  });

  test('versions of which no object is are not spoken of', () => {
    const app = new MeshApp({ outdir });
    const cluster = new Cluster(app, 'prod', { istio: '1.31.99', kubernetes: '1.37', gatewayApi: '1.4.0' });
    new ConfigMap(new Chart(cluster, 'shop', { namespace: 'shop' }), 'map');
    const lines = linesOf(() => app.synth());
    expect(lines).toEqual([expect.stringMatching(/^prod: kubernetes: got "1\.37", .* the rules of Kubernetes 1\.36\.\d+ stand in/)]);
  });

  test('of several clusters come in the order of their paths, whatever the order of construction', () => {
    const seen: (string | undefined)[] = [];
    const app = new MeshApp({ outdir, onWarning: ({ construct }) => seen.push(construct) });
    for (const name of ['prod', 'dev', 'staging']) {
      new ConfigMap(new Chart(new Cluster(app, name, { kubernetes: '1.31' }), 'shop', { namespace: 'shop' }), 'map');
    }
    app.synth();
    expect(seen).toEqual(['dev', 'prod', 'staging']);
  });

  test('onWarning takes the findings, at synth and at synthYaml; nothing is printed then', () => {
    const seen: Finding[] = [];
    const app = appWith('1.31.99', { onWarning: (warning) => seen.push(warning) });
    expect(linesOf(() => { app.synth(); app.synthYaml(); })).toEqual([]);
    expect(seen.map(({ code, severity }) => [code, severity])).toEqual([['version-stand-in', 'warning'], ['version-stand-in', 'warning']]);
  });

  test('an onWarning that throws keeps files from being written', () => {
    const app = appWith('1.31.99', { onWarning: (warning) => { throw new MeshError([warning]); } });
    expect(codes(caught(() => app.synth()))).toEqual(['prod version-stand-in']);
    expect(readdirSync(outdir)).toEqual([]);
  });

  test('notes are printed, and onWarning is not asked about them', () => {
    const onWarning = jest.fn(() => { throw new Error('no warnings here'); });
    const app = new MeshApp({ outdir, onWarning });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    new ConfigMap(chart, 'map');
    const note: Finding = { code: 'x-noted', severity: 'note', property: 'p', got: 'a', expected: 'b' };
    chart.node.addValidation({ validate: () => { throw new MeshError([note]); } });
    expect(linesOf(() => app.synth())).toEqual(['shop: p: got a, expected b [note x-noted]\n']);
    expect(readdirSync(outdir)).toContain('shop.k8s.yaml');
  });

  test('an error is thrown without its warnings', () => {
    const onWarning = jest.fn();
    const app = appWith('1.31.99', { onWarning });
    new ConfigMap(new Chart(app, 'other', { namespace: 'x' }), 'b_name');
    expect(codes(caught(() => app.synth()))).toEqual(['other/b_name bad-name']);
    expect(onWarning).not.toHaveBeenCalled();
  });
});
