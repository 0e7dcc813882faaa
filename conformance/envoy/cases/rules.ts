import { Chart } from 'cdk8s';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { CanaryRelease, Mesh, StrictMtlsNamespace, StringMatch } from '../../../src';
import type { MeshService } from '../../../src';
import { asList } from '../../kubernetes/status';
import { sidecarOf } from '../case';
import type { Case, Check, Outcome } from '../case';
import { without } from '../json';
import { change, drop } from '../manifests';
import type { Edit, Program } from '../manifests';
import { withoutField } from './routes';

/** Rules of `MeshService.route`, and policies of pods, as the sidecar of the caller follows them. */

const through = sidecarOf('caller', 'shop', 8080);
const host = 'web.shop.svc.cluster.local:8080';

/** A service with two versions and another one, whose rules `add` makes. */
const shop = (add: (web: MeshService, other: MeshService, chart: Chart, caller: MeshService) => void): Program => (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const namespace = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = namespace.addService('web', { port: 8080, versions: ['v1', 'v2'] });
  const [caller, other] = ['caller', 'other'].map((name) => namespace.addService(name, { port: 8080 })) as [MeshService, MeshService];
  for (const service of [web, caller, other]) addWorkload(chart, service);
  web.split(chart, { v1: 100 });
  add(web, other, chart, caller);
};

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const asked = (what: string, { path = '/', ...request }: Asked, expect: Outcome, control?: Outcome): Check => ({
  what,
  request: { host, path, ...request },
  expect,
  ...(control === undefined ? {} : { control }),
});
const from = (body: string): Outcome => ({ status: 200, body });
const [v1, v2, other] = [from('web-v1'), from('web-v2'), from('other-v1')];

/** Takes all rules out, and leaves the shares. */
const noRules: Edit = change('VirtualService', 'web', (spec) => ({ ...spec, http: asList(spec['http']).slice(-1) }));

/** One kind of match, with a request that fits and one that does not. */
const matching = (name: string, match: Parameters<MeshService['route']>[2]['match'], fits: Asked, others: readonly Asked[]): Case => ({
  name: `rule: ${name}`,
  promise: 'requests that fit go to the new version, and no others',
  program: shop((web, _other, chart) => web.route(chart, 'rule', { match: match ?? [], to: { version: 'v2' } })),
  through,
  checks: [asked('one that fits', fits, v2, v1), ...others.map((one, index) => asked(`one that does not (${index + 1})`, one, v1))],
  control: { what: 'no rule', edit: noRules },
});

const { prefix, regex, present } = StringMatch;

export const rules: readonly Case[] = [
  matching('exact path', { uri: '/a' }, { path: '/a?x=1' }, [{ path: '/a/b' }, { path: '/' }]),
  matching('prefix', { uri: prefix('/a/') }, { path: '/a/b' }, [{ path: '/a' }]),
  matching('pattern', { uri: regex('/a/[0-9]+') }, { path: '/a/7' }, [{ path: '/a/x' }, { path: '/a/7/b' }]),
  matching('method', { method: 'POST' }, { method: 'POST' }, [{}]),
  matching('header that is there', { headers: { 'X-A': present() } }, { headers: { 'x-a': '1' } }, [{}]),
  matching('cookie', { cookie: { name: 'group', value: 'beta' } }, { headers: { cookie: 'id=1; group=beta; x=2' } }, [
    { headers: { cookie: 'id=1; group=beta2' } },
    { headers: { cookie: 'mygroup=beta' } },
    {},
  ]),
  matching('parameter', { queryParams: { q: 'a' } }, { path: '/?x=1&q=a' }, [{ path: '/?q=ab' }, {}]),
  matching('header with another value', { withoutHeaders: { 'x-a': '1' } }, { headers: { 'x-a': '2' } }, [{ headers: { 'x-a': '1' } }]),
  matching('no such value, for lack of the header', { withoutHeaders: { 'x-a': '1' } }, {}, [{ headers: { 'x-a': '1' } }]),
  matching('header that is not there', { uri: '/a', withoutHeaders: { 'x-a': present() } }, { path: '/a' }, [{ path: '/a', headers: { 'x-a': '' } }, {}]),
  {
    name: 'rules: order',
    promise: 'the narrower rule first, then the one of higher priority, then the shares',
    program: shop((web, elsewhere, chart) => {
      web.route(chart, 'wide', { match: { uri: prefix('/a') }, to: { service: elsewhere } });
      web.route(chart, 'narrow', { match: { uri: '/a/b' }, to: { version: 'v2' } });
      web.route(chart, 'header', { match: { headers: { 'x-a': '1' } }, to: { version: 'v2' }, priority: 1 });
    }),
    through,
    checks: [
      asked('the narrow one', { path: '/a/b' }, v2, v1),
      asked('the wide one', { path: '/a/c' }, other, v1),
      asked('the one of priority', { path: '/a/c', headers: { 'x-a': '1' } }, v2, v1),
      asked('all others', { path: '/b' }, v1),
    ],
    control: { what: 'no rules', edit: noRules },
  },
  {
    name: 'rules: source',
    promise: 'the rule is for callers of the source only',
    program: shop((web, elsewhere, chart, caller) => {
      web.route(chart, 'own', { match: { source: caller, uri: '/own' }, to: { version: 'v2' } });
      web.route(chart, 'foreign', { match: { source: elsewhere, uri: '/foreign' }, to: { version: 'v2' } });
    }),
    through,
    checks: [asked('its own rule', { path: '/own' }, v2, v1), asked('the rule of another', { path: '/foreign' }, v1)],
    control: { what: 'no rules', edit: noRules },
  },
  {
    name: 'rules: answers of the proxy',
    promise: 'a redirect and an answer come from the proxy, and no pod is asked',
    program: shop((web, _other, chart) => {
      web.route(chart, 'moved', { match: { uri: '/old' }, redirect: { uri: '/new', redirectCode: 308 } });
      web.route(chart, 'closed', { match: { uri: '/closed' }, directResponse: { status: 418, body: 'closed' } });
    }),
    through,
    checks: [
      asked('/old', { path: '/old' }, { status: 308, location: `http://${host}/new`, arrived: { 'web-v1': 0 } }, v1),
      asked('/closed', { path: '/closed' }, { status: 418, body: 'closed', arrived: { 'web-v1': 0 } }, v1),
      asked('/new', { path: '/new' }, v1),
    ],
    control: { what: 'no rules', edit: noRules },
  },
  {
    name: 'rules: fault for a cohort',
    promise: 'who asks for it gets the failure, everybody else an answer',
    program: shop((web, _other, chart) => {
      web.route(chart, 'broken', { match: { headers: { 'x-rehearse': 'yes' } }, fault: { abort: { httpStatus: 503, percentage: 100 } }, retries: { attempts: 0 } });
    }),
    through,
    checks: [asked('the cohort', { headers: { 'x-rehearse': 'yes' } }, { status: 503, arrived: { 'web-v1': 0 } }, v1), asked('others', {}, v1)],
    control: { what: 'no fault', edit: withoutField('web', 'broken', 'fault') },
  },
  {
    name: 'rules: retries that fit into the timeout',
    promise: 'a try that takes too long is given up and made again',
    program: shop((web, _other, chart) => {
      web.route(chart, 'patient', { match: { uri: '/slow' }, timeout: '3s', retries: { attempts: 2, perTryTimeout: '1s', retryOn: ['5xx'] } });
    }),
    through,
    checks: [
      {
        what: 'the first try takes 2 s, the second none',
        request: { host, path: '/slow' },
        upstreams: { 'web-v1': (nth) => (nth === 1 ? { delayMs: 2_000 } : {}) },
        expect: { status: 200, milliseconds: [900, 2_900], arrived: { 'web-v1': 2 } },
        control: { status: 200, milliseconds: [1_900, 5_000], arrived: { 'web-v1': 1 } },
      },
    ],
    control: { what: 'no retries', edit: withoutField('web', 'patient', 'retries') },
  },
  {
    name: 'rules: what is left keeps the shares of the canary',
    promise: 'a rule without a match or destination changes no shares',
    program: (app) => {
      const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
      const chart = new Chart(app, 'shop', { namespace: 'shop' });
      const namespace = new StrictMtlsNamespace(chart, 'shop', { mesh });
      const web = namespace.addService('web', { port: 8080, versions: ['v1', 'v2'] });
      for (const service of [web, namespace.addService('caller', { port: 8080 })]) addWorkload(chart, service);
      new CanaryRelease(chart, 'canary', { service: web, stable: 'v1', canary: 'v2', weight: 0 });
      web.route(chart, 'rest', { timeout: '500ms', retries: { attempts: 0 } });
    },
    through,
    checks: [
      {
        what: '100 requests',
        request: { host, path: '/' },
        times: 100,
        expect: { shares: { 'web-v1': [100, 100], 'web-v2': [0, 0] } },
        control: { shares: { 'web-v1': [1, 99], 'web-v2': [1, 99] } },
      },
      {
        what: 'a slow answer',
        request: { host, path: '/' },
        upstreams: { 'web-v1': () => ({ delayMs: 2_000 }) },
        expect: { status: 504, milliseconds: [450, 1_500] },
      },
    ],
    control: { what: 'no canary, no rule: whichever pod answers', edit: drop('VirtualService', 'web') },
  },
  {
    name: 'trafficPolicy: server errors',
    promise: 'a pod that fails five times in a row is left alone, and the others answer',
    program: shop((web, _other, chart) => {
      web.route(chart, 'both', { match: { uri: '/both' }, to: [{ version: 'v1', weight: 50 }, { version: 'v2', weight: 50 }] });
      web.trafficPolicy(chart, { outlierDetection: { consecutive5xxErrors: 5, interval: '1s', maxEjectionPercent: 100 } });
    }),
    through,
    checks: [
      {
        // sixteen are under way at once, so that a few more come to it before it is left alone
        what: '200 requests, of which one version fails all',
        request: { host, path: '/both' },
        times: 200,
        upstreams: { 'web-v1': () => ({ status: 500 }) },
        expect: { shares: { '500 web-v1': [5, 25], 'web-v2': [60, 140] } },
        control: { shares: { '500 web-v1': [60, 140], 'web-v2': [60, 140] } },
      },
    ],
    control: { what: 'no policy', edit: change('DestinationRule', 'web', (spec) => without(spec, 'trafficPolicy')) },
  },
  {
    name: 'trafficPolicy: pools',
    promise: 'what is beyond the limits is answered at once, and does not wait',
    program: shop((web, _other, chart) => {
      web.route(chart, 'rest', { match: { uri: '/slow' }, retries: { attempts: 0 } });
      web.trafficPolicy(chart, { connectionPool: { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1 } } });
    }),
    through,
    checks: [
      {
        what: '40 slow requests, several at once',
        request: { host, path: '/slow' },
        times: 40,
        upstreams: { 'web-v1': () => ({ delayMs: 100 }) },
        expect: { shares: { 'web-v1': [1, 30] } },
        control: { shares: { 'web-v1': [40, 40] } },
      },
    ],
    control: { what: 'no policy', edit: change('DestinationRule', 'web', (spec) => without(spec, 'trafficPolicy')) },
  },
];
