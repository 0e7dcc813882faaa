import { StringMatch } from '../../../src';
import type { Case } from '../case';
import { drop } from '../manifests';
import { WEB, asked, callerAt, from, noRules, share, shop } from '../shop';
import { withoutField } from './routes';

/** What is not a plain request: WebSocket, HTTP/2, gRPC, and bytes. */

const grpc = { protocol: 'grpc', host: `${WEB}:9090` } as const;
const grpcPort = [{ port: 9090, appProtocol: 'grpc' }];
const calling = (path: string, headers: Readonly<Record<string, string>> = {}): typeof grpc & { path: string } => ({ ...grpc, path, ...{ headers } });
const ok = (body: string): ReturnType<typeof from> & { grpcStatus: number } => ({ status: 200, body, grpcStatus: 0 });
const bytes = { protocol: 'tcp', host: WEB } as const;

export const protocols: readonly Case[] = [
  {
    name: 'WebSocket',
    promise: 'a WebSocket opens without a word of the program, and follows the rules for its first request',
    program: shop(({ web, chart }) => {
      web.split(chart, { v1: 100 });
      web.route(chart, 'live', { match: { uri: StringMatch.prefix('/live') }, to: { version: 'v2' }, timeout: '5s' });
    }),
    through: callerAt(),
    checks: [
      asked('a WebSocket that fits', { path: '/live/7', protocol: 'websocket' }, { status: 101, body: 'web-v2', asked: { 'web-v2': { protocol: 'websocket' } } }, { status: 101, body: 'web-v1' }),
      asked('another', { path: '/', protocol: 'websocket' }, { status: 101, body: 'web-v1' }),
      asked('a request that asks for none', { path: '/live/7' }, { ...from('web-v2'), asked: { 'web-v2': { protocol: 'http/1.1' } } }, from('web-v1')),
    ],
    control: { what: 'no rule', edit: noRules },
  },
  {
    name: 'HTTP/2 between pods',
    promise: 'a port that says HTTP/2 is asked in HTTP/2, whatever the caller speaks',
    program: shop(({ web, chart }) => web.split(chart, { v1: 100 }), [{ port: 8080, appProtocol: 'http2' }]),
    through: callerAt(),
    checks: [
      asked('a caller of HTTP/1.1', {}, { ...from('web-v1'), asked: { 'web-v1': { protocol: 'h2' } } }, { ...from('web-v1'), asked: { 'web-v1': { protocol: 'http/1.1' } } }),
      asked('a caller of HTTP/2', { protocol: 'h2' }, { ...from('web-v1'), asked: { 'web-v1': { protocol: 'h2' } } }),
    ],
    control: {
      what: 'the port says HTTP',
      edit: (manifests) => manifests.map((object) => JSON.parse(JSON.stringify(object).replace('"appProtocol":"http2"', '"appProtocol":"http"').replace('"name":"http2"', '"name":"http"')) as typeof object),
    },
  },
  {
    name: 'gRPC: match',
    promise: 'calls of a gRPC service go to the version of the rule, others do not',
    program: shop(({ web, chart }) => {
      web.split(chart, { v1: 100 });
      web.route(chart, 'orders', { match: { uri: StringMatch.prefix('/shop.Orders/') }, to: { version: 'v2' } });
    }, grpcPort),
    through: callerAt(9090),
    checks: [
      asked('a call of the service', calling('/shop.Orders/Place'), { ...ok('web-v2'), asked: { 'web-v2': { protocol: 'h2', headers: { 'content-type': 'application/grpc' } } } }, ok('web-v1')),
      asked('a call of another', calling('/shop.Stock/Count'), ok('web-v1')),
    ],
    control: { what: 'no rule', edit: noRules },
  },
  {
    name: 'gRPC: shares',
    promise: 'calls are shared one by one, not by connection',
    program: shop(({ web, chart }) => web.split(chart, { v1: 80, v2: 20 }), grpcPort),
    through: callerAt(9090),
    checks: [
      {
        ...asked('600 calls', calling('/shop.Orders/Place'), { shares: { 'web-v1': share(80, 600), 'web-v2': share(20, 600) } }, { shares: { 'web-v1': share(50, 600), 'web-v2': share(50, 600) } }),
        times: 600,
      },
    ],
    control: { what: 'no shares: whichever pod answers', edit: drop('VirtualService', 'web') },
  },
  {
    name: 'gRPC: retries',
    promise: 'a call that fails with a status of the list is made again, one with another status is not',
    program: shop(({ web, chart }) => {
      web.split(chart, { v1: 100 });
      web.route(chart, 'again', { retries: { attempts: 2, retryOn: ['resource-exhausted'] } });
    }, grpcPort),
    through: callerAt(9090),
    checks: [
      {
        ...asked('two failures, then an answer', calling('/shop.Orders/Place'), { ...ok('web-v1'), arrived: { 'web-v1': 3 } }, { status: 200, grpcStatus: 8, arrived: { 'web-v1': 1 } }),
        upstreams: { 'web-v1': (nth) => (nth <= 2 ? { grpcStatus: 8 } : {}) },
      },
      {
        ...asked('a failure that is not of the list', calling('/shop.Orders/Place'), { status: 200, grpcStatus: 5, arrived: { 'web-v1': 1 } }),
        upstreams: { 'web-v1': () => ({ grpcStatus: 5 }) },
      },
    ],
    control: { what: 'no retries of its own', edit: withoutField('web', 'again', 'retries') },
  },
  {
    name: 'gRPC: faults',
    promise: 'the cohort gets the status, everybody else an answer',
    program: shop(({ web, chart }) => {
      web.split(chart, { v1: 100 });
      web.route(chart, 'broken', {
        match: { headers: { 'x-rehearse': 'yes' } },
        fault: { abort: { grpcStatus: 'PERMISSION_DENIED', percentage: 100 } },
        retries: { attempts: 0 },
      });
    }, grpcPort),
    through: callerAt(9090),
    checks: [
      asked('the cohort', calling('/shop.Orders/Place', { 'x-rehearse': 'yes' }), { status: 200, grpcStatus: 7, arrived: { 'web-v1': 0 } }, ok('web-v1')),
      asked('others', calling('/shop.Orders/Place'), ok('web-v1')),
    ],
    control: { what: 'no fault', edit: withoutField('web', 'broken', 'fault') },
  },
  {
    name: 'TCP: shares',
    promise: 'connections of a port of plain bytes go where the shares say',
    program: shop(({ web, chart }) => web.split(chart, { v1: 70, v2: 30 }), [{ port: 5432, appProtocol: 'tcp' }]),
    through: callerAt(5432, WEB),
    checks: [
      {
        ...asked('400 connections', bytes, { shares: { 'web-v1': share(70, 400), 'web-v2': share(30, 400) } }, { shares: { 'web-v1': [0, 0], 'web-v2': [400, 400] } }),
        times: 400,
      },
      asked('one connection', bytes, { status: 'open', asked: {} }),
    ],
    control: {
      what: 'all for the new version',
      edit: (manifests) => manifests.map((object) => JSON.parse(JSON.stringify(object).replace(/"weight":70/, '"weight":0').replace(/"weight":30/, '"weight":100')) as typeof object),
    },
  },
];
