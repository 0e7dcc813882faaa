import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Chart } from 'cdk8s';
import { App } from 'cdk8s';
import { traffic } from '../../examples/02-traffic/main';
import { AuthorizationPolicy, DestinationRule, VirtualService } from '../../imports/istio';
import type { VirtualServiceHttp } from '../../imports/istio';
import { Deployment, Service } from '../../imports/kubernetes';
import { synthTo } from '../../src/testing/synth-to';
import type { SynthResult } from '../../src/testing/synth-to';

const ROOT = resolve(__dirname, '../..');

let outdir: string;
let shown: SynthResult;
beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), 'traffic-'));
  shown = synthTo(traffic(new App({ outdir })).node.findChild('shop') as Chart);
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

function routes(name: string): VirtualServiceHttp[] {
  return shown.one(VirtualService, name).spec?.http ?? [];
}

function route(virtualService: string, name: string): VirtualServiceHttp {
  const found = routes(virtualService).find((one) => one.name === name);
  if (found === undefined) throw new Error(`no route ${name}`);
  return found;
}

/** Where a route leads, such as `catalog v2`. */
function targets(http: VirtualServiceHttp): string[] {
  return (http.route ?? []).map(({ destination: { host, subset } }) => [host.split('.')[0], subset].filter(Boolean).join(' '));
}

describe('paths', () => {
  test('narrow paths come before wide ones, and the last route takes the rest', () => {
    expect(routes('store-paths').map(({ match }) => match?.[0]?.uri)).toEqual([
      { exact: '/offers' },
      { exact: '/items/new' },
      { regex: '/items/[0-9]+' },
      { prefix: '/api/v1/orders' },
      undefined,
    ]);
    expect(routes('store-paths').map(targets)).toEqual([[], ['catalog v2'], ['catalog v1'], ['orders'], ['store']]);
  });

  test('what has moved is redirected for good, what has another name behind is rewritten', () => {
    expect(route('store-paths', 'moved').redirect).toEqual({ uri: '/items', redirectCode: 301 });
    expect(route('store-paths', 'orders').rewrite).toEqual({ uri: '/orders' });
  });
});

describe('versions', () => {
  test('beta testers get the new catalog, everyone else the old one', () => {
    const [beta, everyone] = routes('catalog-beta');
    expect(beta?.match).toEqual([{ headers: { 'x-beta': { exact: 'yes' } } }]);
    expect(beta && targets(beta)).toEqual(['catalog v2']);
    expect(everyone?.match).toBeUndefined();
    expect(everyone && targets(everyone)).toEqual(['catalog v1']);
  });

  test('the new payments get a copy of every request and answer none', () => {
    const real = route('payments-rehearsal', 'real');
    expect(targets(real)).toEqual(['payments v1']);
    expect(real.mirror).toEqual({ host: 'payments.shop.svc.cluster.local', subset: 'v2' });
    expect(real.mirrorPercentage).toEqual({ value: 100 });
  });

  test('every subset that a route names exists, and every host is a service', () => {
    const subsets = shown.many(DestinationRule).flatMap(({ spec }) => (spec?.subsets ?? []).map(({ name }) => `${spec?.host} ${name}`));
    const hosts = shown.many(Service).map(({ metadata }) => `${metadata.name}.shop.svc.cluster.local`);
    const all = shown.many(VirtualService).flatMap(({ spec }) => spec?.http ?? []);
    for (const { destination } of all.flatMap((http) => http.route ?? [])) {
      expect(hosts).toContain(destination.host);
      if (destination.subset !== undefined) expect(subsets).toContain(`${destination.host} ${destination.subset}`);
    }
  });
});

describe('patience and failures', () => {
  test('a report has half a second and one attempt; other requests are tried three times', () => {
    const report = route('orders-patience', 'report');
    expect([report.timeout, report.retries]).toEqual(['500ms', { attempts: 0 }]);
    const { timeout, retries } = route('orders-patience', 'orders');
    expect([timeout, retries]).toEqual([undefined, { attempts: 2, perTryTimeout: '2s', retryOn: '5xx' }]);
  });

  test('only who sends the header sees a fault', () => {
    const [broken, slow, real] = routes('payments-rehearsal');
    expect(broken?.match).toEqual([{ headers: { 'x-rehearse': { exact: 'broken' } } }]);
    expect(broken?.fault).toEqual({ abort: { httpStatus: 503, percentage: { value: 100 } } });
    expect(slow?.match).toEqual([{ headers: { 'x-rehearse': { exact: 'slow' } } }]);
    expect(slow?.fault).toEqual({ delay: { fixedDelay: '1s', percentage: { value: 100 } } });
    expect(real?.fault).toBeUndefined();
  });
});

test('only web may call, and it calls everything', () => {
  const granted = shown.many(AuthorizationPolicy).filter(({ spec }) => spec?.rules !== undefined);
  expect(granted.map(({ metadata }) => metadata.name).sort()).toEqual(['catalog', 'orders', 'payments', 'store']);
  for (const { spec } of granted) expect(spec?.rules).toEqual([{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/web'] } }] }]);
});

test('there are pods of every version, and they run as the account of their service', () => {
  const pods = shown.many(Deployment).map(({ metadata, spec }) => [metadata.name, spec?.template.spec?.serviceAccountName]);
  expect(pods.sort()).toEqual([
    ['catalog-v1', 'catalog'],
    ['catalog-v2', 'catalog'],
    ['orders-v1', 'orders'],
    ['payments-v1', 'payments'],
    ['payments-v2', 'payments'],
    ['store-v1', 'store'],
    ['web-v1', 'web'],
  ]);
});

test('the program runs', () => {
  const env = { ...process.env, CDK8S_OUTDIR: outdir, TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.dev.json') };
  execFileSync(join(ROOT, 'node_modules', '.bin', 'tsx'), ['main.ts'], { cwd: join(ROOT, 'examples', '02-traffic'), env, stdio: 'pipe' });
  expect(readdirSync(outdir).filter((name) => name.endsWith('.yaml')).sort()).toEqual(['0000-platform-crds.k8s.yaml', '0001-platform.k8s.yaml', '0002-shop.k8s.yaml']);
}, 30_000);
