import { Chart } from 'cdk8s';
import { Cluster, MeshService, StringMatch } from '../../../src';
import type { RouteProps } from '../../../src/traffic/rules/route-props';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

/** A rule as a program in plain JavaScript may write it. */
type Given = Record<string, unknown>;

function refused(rule: Given) {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080, versions: ['v1', 'v2'] });
  return caught(() => {
    web.route(chart, 'rule', rule as unknown as RouteProps);
    synthTo(chart);
  }).findings;
}

const match = { headers: { 'x-tester': 'yes' } };
const fault = { abort: { httpStatus: 503, percentage: 100 } };

test.each<[string, Given, string, string]>([
  ['a misspelt prop', { match, timeuot: '5s' }, 'unknown-prop', 'timeuot'],
  ['a misspelt condition, which would match everybody', { match: { header: { x: '1' } }, timeout: '5s' }, 'unknown-prop', 'match.header'],
  ['a rule that says nothing', {}, 'empty-rule', ''],
  ['no matches', { match: [], timeout: '5s' }, 'empty-list', 'match'],
  ['a match that any request fits, beside others', { match: [{ uri: '/a' }, { uri: StringMatch.prefix('/') }], timeout: '5s' }, 'never-matches', 'match[1]'],
  ['a pattern that is no RE2', { match: { uri: { regex: '(?=a)' } }, timeout: '5s' }, 'bad-match', 'match.uri'],
  ['a path without a slash', { match: { uri: 'a' }, timeout: '5s' }, 'bad-path', 'match.uri'],
  ['capitals of a pattern', { match: { uri: StringMatch.regex('/a.*'), ignoreUriCase: true }, timeout: '5s' }, 'bad-match', 'match.ignoreUriCase'],
  ['capitals of no path', { match: { method: 'GET', ignoreUriCase: true }, timeout: '5s' }, 'bad-match', 'match.ignoreUriCase'],
  ['a call of gRPC with a path beside it', { match: { grpc: { service: 'a.B' }, uri: '/a' }, timeout: '5s' }, 'bad-match', 'match.grpc'],
  ['a method of gRPC without its service', { match: { grpc: { method: 'Get' } }, timeout: '5s' }, 'bad-match', 'match.grpc.service'],
  ['a method of gRPC as a path', { match: { grpc: { service: 'a.B', method: '/Get' } }, timeout: '5s' }, 'bad-match', 'match.grpc.method'],
  ['a path with its query', { match: { uri: '/a?b=c' }, timeout: '5s' }, 'bad-path', 'match.uri'],
  ['a method in small letters', { match: { method: 'get' }, timeout: '5s' }, 'never-matches', 'match.method'],
  ['a header that cannot be', { match: { headers: { ':path': '/a' } }, timeout: '5s' }, 'bad-header', 'match.headers.:path'],
  ['a header twice', { match: { headers: { 'X-A': '1', 'x-a': '2' } }, timeout: '5s' }, 'bad-header', 'match.headers.x-a'],
  ['a header that is wanted and unwanted', { match: { headers: { x: '1' }, withoutHeaders: { x: StringMatch.present() } }, timeout: '5s' }, 'never-matches', 'match'],
  ['a cookie beside the header', { match: { headers: { cookie: 'a=b' }, cookie: { name: 'a', value: 'b' } }, timeout: '5s' }, 'bad-match', 'match.cookie'],
  ['a source that has no pods', { match: { source: 'web' }, timeout: '5s' }, 'bad-reference', 'match.source'],
  ['a port that the service has not', { match: { port: 81 }, timeout: '5s' }, 'never-matches', 'match.port'],
  ['a number as a duration', { match, timeout: 5 }, 'bad-duration', 'timeout'],
  ['a timeout of zero, which Istio refuses', { match, timeout: '0s' }, 'bad-duration', 'timeout'],
  ['a priority that is none', { match, timeout: '5s', priority: 0.5 }, 'bad-number', 'priority'],
  ['tries that the timeout cuts off', { match, timeout: '5s', retries: { attempts: 2, perTryTimeout: '2s' } }, 'retries-beyond-timeout', 'retries.perTryTimeout'],
  ['a condition that there is not', { match, retries: { attempts: 1, retryOn: ['5xxx'] } }, 'bad-choice', 'retries.retryOn[0]'],
  ['how to do what is not done', { match, retries: { attempts: 0, perTryTimeout: '1s' } }, 'bad-retries', 'retries'],
  ['a fault that hits everyone by accident', { fault }, 'fault-for-everyone', 'fault'],
  ['a fault for a path, which is everyone', { match: { uri: '/a' }, fault }, 'fault-for-everyone', 'fault'],
  ['a fault of which one match is no cohort', { match: [match, { uri: '/a' }], fault }, 'fault-for-everyone', 'fault'],
  ['a fault without a share', { match, fault: { abort: { httpStatus: 503 } } }, 'bad-percentage', 'fault.abort.percentage'],
  ['a fault of two kinds', { match, fault: { abort: { httpStatus: 503, grpcStatus: 'INTERNAL', percentage: 1 } } }, 'bad-fault', 'fault.abort'],
  ['a fault that does nothing', { match, fault: {} }, 'bad-fault', 'fault'],
  ['a redirect beside destinations', { match, redirect: { uri: '/b' }, to: { version: 'v1' } }, 'two-actions', 'to'],
  ['a redirect that comes back', { match: { uri: StringMatch.prefix('/a') }, redirect: { uri: '/a/b' } }, 'redirect-loop', 'redirect.uri'],
  ['a redirect to nowhere', { match, redirect: {} }, 'redirect-loop', 'redirect'],
  ['a code that is no redirect', { match, redirect: { authority: 'b', redirectCode: 304 } }, 'bad-choice', 'redirect.redirectCode'],
  ['an answer that is no status', { match, directResponse: { status: 99 } }, 'bad-number', 'directResponse.status'],
  ['a rewrite of nothing', { match, rewrite: {} }, 'bad-rewrite', 'rewrite'],
  ['a rewrite of the host by a header', { match, headers: { request: { set: { Host: 'b' } } } }, 'bad-header', 'headers.request.set'],
  ['half a variable', { match, headers: { response: { add: { 'x-a': '50%' } } } }, 'bad-header', 'headers.response.add.x-a'],
  ['CORS with credentials for any page', { match, corsPolicy: { allowOrigins: ['*'], allowCredentials: true } }, 'bad-cors', 'corsPolicy.allowOrigins'],
  ['CORS that preflights do not come to', { match: { method: 'POST' }, corsPolicy: { allowOrigins: ['https://a.example'] } }, 'bad-cors', 'corsPolicy'],
  ['a version that there is not', { match, to: { version: 'v3' } }, 'unknown-subset', 'to.version'],
  ['no copies', { match, mirror: [] }, 'empty-list', 'mirror'],
  ['the second of two copies', { match, mirror: [{ version: 'v2' }, {}] }, 'bad-mirror', 'mirror[1]'],
  ['a delegate that is none', { match, delegate: 'reports' }, 'bad-reference', 'delegate'],
  ['a copy to where requests go anyway', { match, mirror: {} }, 'bad-mirror', 'mirror'],
  ['shares that do not add up', { match, to: [{ version: 'v1', weight: 50 }, { version: 'v2', weight: 60 }] }, 'bad-split', 'to'],
  ['a share that is none', { match, to: [{ version: 'v1', weight: '50' }, { version: 'v2' }] }, 'bad-weight', 'to[0].weight'],
  ['a service that is none', { match, to: { service: 'orders' } }, 'bad-reference', 'to.service'],
  ['a list in place of a rule', { match: 'x' }, 'bad-props', 'match'],
])('%s', (_name, rule, code, property) => {
  const findings = refused(rule);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ code, construct: 'shop/rule', property });
});

test('the fix says what was meant', () => {
  expect(refused({ match, timeuot: '5s' })[0]?.fix).toBe('did you mean "timeout"?');
  expect(refused({ match, to: { version: 'v22' } })[0]?.fix).toBe('did you mean "v2"?');
  expect(refused({ match, timeout: '5s', retries: { attempts: 2, perTryTimeout: '2s' } })[0]?.fix).toBe('give a timeout of 6s, fewer attempts, or less time for each');
});

test('tries that fit exactly are fine, and so are tries without a timeout', () => {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  web.route(chart, 'exact', { match: { uri: '/a' }, timeout: '6s', retries: { attempts: 2, perTryTimeout: '2s' } });
  web.route(chart, 'never', { match: { uri: '/b' }, retries: { attempts: 2, perTryTimeout: '2s' } });
  expect(() => synthTo(chart)).not.toThrow();
});

test('a service without HTTP, another of two ports, a share of a share that is not whole', () => {
  const { chart, shop } = program();
  const db = shop.addService('db', { port: 5432 });
  db.route(chart, 'a', { timeout: '5s' });
  expect(caught(() => synthTo(chart)).findings[0]).toMatchObject({ code: 'never-matches', construct: 'shop/a', property: 'service' });
  const second = program();
  const web = second.shop.addService('web', { port: 80 });
  const two = second.shop.addService('two', { ports: [80, 8080], versions: ['v1', 'v2'] });
  two.split(second.chart, { v1: 75, v2: 25 });
  web.route(second.chart, 'two', { match: { uri: '/two' }, to: { service: two } });
  web.route(second.chart, 'half', { match: { uri: '/half' }, to: [{ service: two, port: 80, weight: 50 }, { weight: 50 }] });
  expect(caught(() => synthTo(second.chart)).findings.map(({ code, construct, property }) => [code, construct, property])).toEqual([
    ['bad-split', 'shop/half', 'to[0].weight'],
    ['which-port', 'shop/two', 'to.port'],
  ]);
});

test('a rule in another cluster, or under an id that is taken', () => {
  const { app, chart, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  const elsewhere = new Chart(new Cluster(app, 'prod'), 'elsewhere', { namespace: 'shop' });
  expect(caught(() => web.route(elsewhere, 'rule', { timeout: '5s' })).findings[0]).toMatchObject({ code: 'other-cluster' });
  web.route(chart, 'rule', { timeout: '5s' });
  expect(caught(() => web.route(chart, 'rule', { timeout: '5s' })).findings[0]).toMatchObject({ code: 'id-taken', construct: 'shop/rule' });
  expect(caught(() => web.route(chart, 'none', null as never)).findings[0]).toMatchObject({ code: 'bad-props' });
});

test('a source that says another namespace than is given', () => {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  const jobs = MeshService.fromName(chart, 'jobs', { name: 'jobs', namespace: 'ops', ports: [80] });
  web.route(chart, 'rule', { match: { source: jobs, sourceNamespace: 'shop' }, timeout: '5s' });
  expect(caught(() => synthTo(chart)).findings[0]).toMatchObject({ code: 'never-matches', property: 'match.sourceNamespace' });
});

test('what the types can tell does not compile', () => {
  const wrong: readonly RouteProps[] = [
    // @ts-expect-error a redirect leads nowhere else
    { match, redirect: { uri: '/b' }, to: { version: 'v1' } },
    // @ts-expect-error a key that there is not
    { match: { header: { x: '1' } }, timeout: '5s' },
    // @ts-expect-error a failure of two kinds
    { match, fault: { abort: { httpStatus: 503, grpcStatus: 'INTERNAL', percentage: 1 } } },
    // @ts-expect-error a failure without a share
    { match, fault: { abort: { httpStatus: 503 } } },
    // @ts-expect-error false would read as if nobody were hit
    { match, fault: { ...fault, everyone: false } },
  ];
  for (const rule of wrong) expect(refused(rule as unknown as Given)).toHaveLength(1);
});
