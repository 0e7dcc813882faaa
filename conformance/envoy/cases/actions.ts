import { StringMatch } from '../../../src';
import type { RouteProps } from '../../../src';
import type { Case, Check } from '../case';
import type { Request } from '../request';
import { WEB, asked, callerAt, from, noRules, share, shop } from '../shop';
import { withoutField } from './routes';

/** What a rule does with requests: what pods are asked, what callers see, who gets copies. */

const host = `${WEB}:8080`;

/** A rule for the path `/a`, beside shares that lead to the old version. */
const rule = (props: RouteProps): Case['program'] => shop(({ web, chart }) => {
  web.split(chart, { v1: 100 });
  web.route(chart, 'rule', { match: { uri: StringMatch.prefix('/a') }, ...props } as RouteProps);
});

const one = (name: string, promise: string, props: RouteProps, checks: readonly Check[], field?: string): Case => ({
  name: `action: ${name}`,
  promise,
  program: rule(props),
  through: callerAt(),
  checks,
  control: field === undefined ? { what: 'no rule', edit: noRules } : { what: `no ${field}`, edit: withoutField('web', 'rule', field) },
});

const redirected = (code: 301 | 302 | 303 | 307 | 308, props: Partial<Extract<RouteProps, { redirect: object }>['redirect']>, location: string): Case =>
  one(`redirect ${code} to ${location}`, 'the caller is sent there, and no pod is asked', { redirect: { redirectCode: code, ...props } }, [
    asked('/a/b?c=d', { path: '/a/b?c=d' }, { status: code, location, arrived: { 'web-v1': 0 } }, from('web-v1')),
    asked('/b', { path: '/b' }, from('web-v1')),
  ]);

const preflight = (origin: string): Partial<Request> => ({ path: '/a', method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } });

export const actions: readonly Case[] = [
  redirected(301, { uri: '/z' }, `http://${host}/z?c=d`),
  redirected(302, { authority: 'new.example.com' }, 'http://new.example.com/a/b?c=d'),
  redirected(303, { scheme: 'https', authority: 'new.example.com' }, 'https://new.example.com/a/b?c=d'),
  redirected(307, { authority: 'new.example.com', port: 8443 }, 'http://new.example.com:8443/a/b?c=d'),
  one(
    'rewrite by pattern',
    'what fits the pattern is replaced, the query stays',
    { rewrite: { uriRegexRewrite: { match: '^/a/([0-9]+)/(.*)$', rewrite: '/items/\\2/\\1' } } },
    [
      asked('a path that fits', { path: '/a/7/name?x=1' }, { ...from('web-v1'), paths: { 'web-v1': '/items/name/7?x=1' } }, { ...from('web-v1'), paths: { 'web-v1': '/a/7/name?x=1' } }),
      asked('one that does not', { path: '/a/b' }, { ...from('web-v1'), paths: { 'web-v1': '/a/b' } }),
    ],
    'rewrite',
  ),
  one(
    'rewrite of the host',
    'the pod is asked for another host',
    { rewrite: { authority: 'inside.example.com' } },
    [
      asked('/a', { path: '/a' }, { ...from('web-v1'), asked: { 'web-v1': { headers: { host: 'inside.example.com' } } } }, { ...from('web-v1'), asked: { 'web-v1': { headers: { host } } } }),
      asked('/b', { path: '/b' }, { ...from('web-v1'), asked: { 'web-v1': { headers: { host } } } }),
    ],
    'rewrite',
  ),
  one(
    'headers both ways',
    'headers are set, added and removed, of requests and of answers',
    {
      headers: {
        request: { set: { 'x-set': 'new' }, add: { 'x-add': 'more' }, remove: ['x-gone'] },
        response: { set: { 'x-frame-options': 'DENY' }, add: { vary: 'accept' }, remove: ['x-powered-by'] },
      },
    },
    [
      {
        ...asked(
          'a request with headers of its own',
          { path: '/a', headers: { 'x-set': 'old', 'x-add': 'first', 'x-gone': 'yes' } },
          {
            ...from('web-v1'),
            headers: { 'x-frame-options': 'DENY', 'vary': /accept/, 'x-powered-by': null },
            asked: { 'web-v1': { headers: { 'x-set': 'new', 'x-add': /^first, ?more$/, 'x-gone': null } } },
          },
          {
            ...from('web-v1'),
            headers: { 'x-frame-options': null, 'vary': null, 'x-powered-by': 'node' },
            asked: { 'web-v1': { headers: { 'x-set': 'old', 'x-add': 'first', 'x-gone': 'yes' } } },
          },
        ),
        upstreams: { 'web-v1': () => ({ headers: { 'x-powered-by': 'node' } }) },
      },
      asked('a request for another path', { path: '/b', headers: { 'x-gone': 'yes' } }, { ...from('web-v1'), headers: { 'x-frame-options': null }, asked: { 'web-v1': { headers: { 'x-gone': 'yes', 'x-add': null } } } }),
    ],
    'headers',
  ),
  one(
    'CORS',
    'browsers of the origins that are named are told what they may do; others are told nothing',
    {
      corsPolicy: {
        allowOrigins: ['https://shop.example.com', StringMatch.regex('https://[a-z]+\\.partner\\.example')],
        allowMethods: ['GET', 'PUT'],
        allowHeaders: ['x-token'],
        exposeHeaders: ['x-total'],
        maxAge: '1h',
        allowCredentials: true,
      },
    },
    [
      asked(
        'a preflight of an origin',
        preflight('https://shop.example.com'),
        {
          status: 200,
          headers: {
            'access-control-allow-origin': 'https://shop.example.com',
            'access-control-allow-methods': 'GET,PUT',
            'access-control-allow-headers': 'x-token',
            'access-control-max-age': '3600',
            'access-control-allow-credentials': 'true',
          },
          arrived: { 'web-v1': 0 },
        },
        { status: 200, headers: { 'access-control-allow-origin': null }, arrived: { 'web-v1': 1 } },
      ),
      asked('a preflight of an origin that fits the pattern', preflight('https://one.partner.example'), { status: 200, headers: { 'access-control-allow-origin': 'https://one.partner.example' } }, { headers: { 'access-control-allow-origin': null } }),
      asked('a request of an origin', { path: '/a', headers: { origin: 'https://shop.example.com' } }, { ...from('web-v1'), headers: { 'access-control-allow-origin': 'https://shop.example.com', 'access-control-expose-headers': 'x-total' } }, { ...from('web-v1'), headers: { 'access-control-expose-headers': null } }),
      asked('a preflight of a stranger', preflight('https://evil.example'), { headers: { 'access-control-allow-origin': null, 'access-control-allow-methods': null } }),
    ],
    'corsPolicy',
  ),
  {
    ...one('mirror of a share', 'the share of requests is copied, and all are answered by the old version', { mirror: { version: 'v2', percentage: 25 } }, []),
    checks: [
      {
        ...asked(
          '400 requests',
          { path: '/a' },
          { shares: { 'web-v1': [400, 400] }, load: { 'web-v1': [400, 400], 'web-v2': share(25, 400) } },
          { shares: { 'web-v1': [400, 400] }, load: { 'web-v1': [400, 400], 'web-v2': [0, 0] } },
        ),
        times: 400,
      },
    ],
  },
  {
    ...one('fault for a share', 'the share of the cohort fails, no more', { match: { headers: { 'x-rehearse': 'yes' } }, fault: { abort: { httpStatus: 503, percentage: 30 } }, retries: { attempts: 0 } }, []),
    checks: [
      {
        ...asked(
          '400 requests of the cohort',
          { path: '/a', headers: { 'x-rehearse': 'yes' } },
          { shares: { 'web-v1': share(70, 400), '503 fault filter abort': share(30, 400) } },
          { shares: { 'web-v1': [400, 400] } },
        ),
        times: 400,
      },
    ],
  },
  {
    ...one('delay for a cohort', 'the cohort waits, nobody else', { match: { headers: { 'x-rehearse': 'yes' } }, fault: { delay: { fixedDelay: '1s', percentage: 100 } } }, []),
    checks: [
      asked('the cohort', { headers: { 'x-rehearse': 'yes' } }, { ...from('web-v1'), milliseconds: [950, 5_000] }, { ...from('web-v1'), milliseconds: [0, 900] }),
      asked('others', {}, { ...from('web-v1'), milliseconds: [0, 900] }),
    ],
  },
  {
    ...one('weights over versions and services', 'each place gets its share', { to: [{ version: 'v1', weight: 50 }, { version: 'v2', weight: 30 }] }, []),
    program: shop(({ web, other, chart }) => {
      web.split(chart, { v1: 100 });
      web.route(chart, 'rule', { match: { uri: '/a' }, to: [{ version: 'v1', weight: 50 }, { version: 'v2', weight: 30 }, { service: other }] });
    }),
    checks: [
      {
        ...asked(
          '500 requests',
          { path: '/a' },
          { shares: { 'web-v1': share(50, 500), 'web-v2': share(30, 500), 'other-v1': share(20, 500) } },
          { shares: { 'web-v1': [500, 500] } },
        ),
        times: 500,
      },
    ],
  },
];
