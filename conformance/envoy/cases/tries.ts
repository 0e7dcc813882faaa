import type { RetryCondition, RouteRetries } from '../../../src';
import type { Case, Check, Outcome } from '../case';
import type { Request } from '../request';
import { WEB, asked, callerAt, shop } from '../shop';
import type { Reaction } from '../upstream';
import { withoutField } from './routes';

/** What is tried again, condition by condition: what the condition names, and what is near to it and is not. */

const retried = (name: string, condition: RetryCondition, checks: readonly Check[], rest: Partial<Case> = {}, more: Partial<RouteRetries> = {}, port: { port: number; appProtocol: string } = { port: 8080, appProtocol: 'http' }): Case => ({
  name: `retry: ${name}`,
  promise: 'what the condition names is tried again, what it does not name is not',
  program: shop(({ web, chart }) => {
    web.split(chart, { v1: 100 });
    web.route(chart, 'again', { match: { uri: '/a' }, retries: { attempts: 1, retryOn: [condition], ...more } });
  }, [port]),
  through: callerAt(port.port),
  checks,
  control: {
    what: 'no retries',
    edit: (manifests) => manifests.map((object) => JSON.parse(JSON.stringify(object).replace(/"attempts":[0-9]+(,"retryOn":"[^"]*")?/, '"attempts":0')) as typeof object),
  },
  ...rest,
});

/** The first try comes to this, the second to an answer. */
const first = (reaction: Reaction): NonNullable<Check['upstreams']> => ({ 'web-v1': (nth) => (nth === 1 ? reaction : {}) });

const again = (what: string, reaction: Reaction, failed: Outcome, request: Partial<Request> = {}): Check => ({
  ...asked(what, { path: '/a', ...request }, { status: 200, body: 'web-v1', arrived: { 'web-v1': 2 } }, { ...failed, arrived: { 'web-v1': 1 } }),
  upstreams: first(reaction),
});
const once = (what: string, reaction: Reaction, failed: Outcome, request: Partial<Request> = {}): Check => ({
  ...asked(what, { path: '/a', ...request }, { ...failed, arrived: { 'web-v1': 1 } }),
  upstreams: first(reaction),
});
const answered = (status: number): [string, Reaction, Outcome] => [`an answer of ${status}`, { status }, { status }];

/** One after another: of two pods, each is the first to be asked now and then. */
const of = (times: number, what: string, expect: Outcome, more: Partial<Check>): Check => ({ ...asked(what, { path: '/a' }, expect), times, atOnce: 1, ...more });
/** Another pod is tried, with a chance that is all but certain once there are three tries. */
const unreachable: Check = {
  ...of(30, 'a pod takes no connections, the other answers', { shares: { 'web-v1-b': [30, 30] } }, { down: ['web-v1-a'] }),
  control: { shares: { 'web-v1-b': [5, 25] } },
};
const twoPods: Partial<Case> = { pods: { 'web-v1': { a: {}, b: {} } } };

const grpcPort = { port: 9090, appProtocol: 'grpc' };
const call: Partial<Request> = { protocol: 'grpc', host: `${WEB}:9090` };
const status = (name: RetryCondition, code: number, other: number): Case =>
  retried(`gRPC ${name}`, name, [
    again(`a call that fails with ${code}`, { grpcStatus: code }, { grpcStatus: code }, call),
    once(`a call that fails with ${other}`, { grpcStatus: other }, { grpcStatus: other }, call),
  ], {}, {}, grpcPort);

export const tries: readonly Case[] = [
  retried('5xx', '5xx', [again(...answered(500)), again(...answered(503)), once(...answered(409))]),
  retried('gateway-error', 'gateway-error', [again(...answered(502)), again(...answered(504)), once(...answered(500))]),
  retried('retriable-4xx', 'retriable-4xx', [again(...answered(409)), once(...answered(404)), once(...answered(503))]),
  retried('a status', 418, [again(...answered(418)), once(...answered(503))]),
  retried('reset', 'reset', [again('a connection that is cut', { cut: true }, { status: 503 }), once(...answered(503))]),
  retried('reset-before-request', 'reset-before-request', [unreachable, of(30, 'a pod cuts what it has read', { shares: { 'web-v1-b': [5, 25] } }, { upstreams: { 'web-v1-a': () => ({ cut: true }) } })], twoPods, { attempts: 3 }),
  retried('connect-failure', 'connect-failure', [unreachable, of(30, 'a pod answers 503', { shares: { '503 web-v1-a': [5, 25] } }, { upstreams: { 'web-v1-a': () => ({ status: 503 }) } })], twoPods, { attempts: 3 }),
  retried('refused-stream', 'refused-stream', [again('a stream that is refused', { refuse: true }, { status: 503 }), once(...answered(503))], {}, {}, { port: 8080, appProtocol: 'http2' }),
  status('cancelled', 1, 5),
  status('deadline-exceeded', 4, 5),
  status('internal', 13, 5),
  status('resource-exhausted', 8, 5),
  status('unavailable', 14, 5),
  {
    ...retried('perTryTimeout', '5xx', []),
    promise: 'each try has its own time, and all together that of the rule',
    program: shop(({ web, chart }) => {
      web.split(chart, { v1: 100 });
      web.route(chart, 'again', { match: { uri: '/a' }, timeout: '3s', retries: { attempts: 2, perTryTimeout: '500ms', retryOn: ['5xx'] } });
    }),
    checks: [
      {
        ...asked('two tries too slow, then an answer', { path: '/a' }, { status: 200, milliseconds: [950, 2_500], arrived: { 'web-v1': 3 } }, { status: 200, milliseconds: [1_900, 3_000], arrived: { 'web-v1': 1 } }),
        upstreams: { 'web-v1': (nth) => (nth <= 2 ? { delayMs: 2_000 } : {}) },
      },
      {
        ...asked('all too slow', { path: '/a' }, { status: 504, milliseconds: [1_400, 2_900], arrived: { 'web-v1': 3 } }),
        upstreams: { 'web-v1': () => ({ delayMs: 2_500 }) },
      },
    ],
    control: { what: 'no retries', edit: withoutField('web', 'again', 'retries') },
  },
];
