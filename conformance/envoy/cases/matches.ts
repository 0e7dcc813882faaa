import { StringMatch } from '../../../src';
import type { MeshService, RouteMatch } from '../../../src';
import type { Case } from '../case';
import { replace } from '../manifests';
import type { Request } from '../request';
import { WEB, asked, callerAt, from, noRules, shop } from '../shop';

/** Each kind of match of a rule that `rules.ts` does not show: requests that fit go to the new version, and no others. */

type Part = Partial<Request>;

const matching = (
  name: string,
  match: RouteMatch | readonly RouteMatch[] | ((shop: { readonly caller: MeshService; readonly other: MeshService }) => RouteMatch),
  fits: readonly Part[],
  others: readonly Part[],
): Case => ({
  name: `match: ${name}`,
  promise: 'requests that fit go to the new version, and no others',
  program: shop((all) => {
    all.web.split(all.chart, { v1: 100 });
    all.web.route(all.chart, 'rule', { match: typeof match === 'function' ? match(all) : match, to: { version: 'v2' } });
  }),
  through: callerAt(),
  checks: [
    ...fits.map((request, index) => asked(`one that fits (${index + 1})`, request, from('web-v2'), from('web-v1'))),
    ...others.map((request, index) => asked(`one that does not (${index + 1})`, request, from('web-v1'))),
  ],
  control: { what: 'no rule', edit: noRules },
});

const { prefix, suffix, regex, present } = StringMatch;
const a = (value: string): Part => ({ headers: { 'x-a': value } });

export const matches: readonly Case[] = [
  matching('beginning, end and pattern of a header', { headers: { 'x-a': prefix('be') } }, [a('beta')], [a('abe'), a('Beta'), {}]),
  matching('end of a header', { headers: { 'x-a': suffix('-eu') } }, [a('web-eu')], [a('web-eu2'), a('eu'), {}]),
  matching('pattern of a header', { headers: { 'x-a': regex('v[0-9]+') } }, [a('v12')], [a('v'), a('xv1'), a('v1x'), {}]),
  matching('header without a pattern', { withoutHeaders: { 'x-a': regex('bot.*') } }, [a('person'), {}], [a('bot-7')]),
  matching('methods by pattern', { method: regex('PUT|PATCH') }, [{ method: 'PUT' }, { method: 'PATCH' }], [{ method: 'POST' }, {}]),
  matching('cookie by its beginning', { cookie: { name: 'group', value: prefix('be') } }, [{ headers: { cookie: 'a=1; group=beta' } }], [{ headers: { cookie: 'group=alpha; x=be' } }, {}]),
  matching('cookie that is there', { cookie: { name: 'group', value: present() } }, [{ headers: { cookie: 'group=x' } }], [{ headers: { cookie: 'groups=x' } }, {}]),
  matching('parameter by pattern', { queryParams: { page: regex('[0-9]+') } }, [{ path: '/?page=7' }], [{ path: '/?page=x7' }, { path: '/?pages=7' }, {}]),
  matching('parameter that is there', { queryParams: { debug: present() } }, [{ path: '/?debug' }, { path: '/?a=1&debug=0' }], [{ path: '/?a=debug' }, {}]),
  matching('scheme', { scheme: 'https' }, [{ headers: { 'x-forwarded-proto': 'https' } }], [{}]),
  matching('authority', { authority: `${WEB}:8080` }, [{ host: `${WEB}:8080` }], [{ host: 'web.shop:8080' }, { host: 'web:8080' }]),
  matching('port', { port: 8080, uri: '/a' }, [{ path: '/a' }], [{ path: '/b' }]),
  matching('namespace of the caller', { sourceNamespace: 'shop', uri: '/a' }, [{ path: '/a' }], [{ path: '/b' }]),
  matching('one of several', [{ uri: '/a' }, { method: 'DELETE', headers: { 'x-a': '1' } }], [{ path: '/a' }, { method: 'DELETE', ...a('1') }], [{ method: 'DELETE' }, a('1'), {}]),
  matching(
    'all that is said',
    { uri: prefix('/a'), method: 'POST', headers: { 'x-a': '1' }, queryParams: { q: 'x' } },
    [{ path: '/a/b?q=x', method: 'POST', ...a('1') }],
    [
      { path: '/a/b?q=x', method: 'GET', ...a('1') },
      { path: '/a/b?q=y', method: 'POST', ...a('1') },
      { path: '/b?q=x', method: 'POST', ...a('1') },
      { path: '/a/b?q=x', method: 'POST' },
    ],
  ),
  {
    name: 'match: namespace of others',
    promise: 'the rule is for callers of the other namespace only',
    program: shop(({ web, chart }) => {
      web.split(chart, { v1: 100 });
      web.route(chart, 'own', { match: { sourceNamespace: 'shop', uri: '/own' }, to: { version: 'v2' } });
      web.route(chart, 'foreign', { match: { sourceNamespace: 'elsewhere', uri: '/foreign' }, to: { version: 'v2' } });
    }),
    through: callerAt(),
    checks: [asked('a rule of its own', { path: '/own' }, from('web-v2'), from('web-v1')), asked('a rule of others', { path: '/foreign' }, from('web-v1'), from('web-v2'))],
    control: { what: 'the namespaces are changed', edit: replace('VirtualService', 'web', /"sourceNamespace":"(shop|elsewhere)"/g, (_all, name) => `"sourceNamespace":"${name === 'shop' ? 'elsewhere' : 'shop'}"`) },
  },
];
