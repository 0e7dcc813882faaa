import type { Chart } from 'cdk8s';
import { AuthorizationPolicy } from '../../../imports/istio';
import { Deployment } from '../../../imports/kubernetes';
import { Access, IngressRoute, IpBlock, JwtAuthentication, MeshNamespace, RequestPrincipal, Tls, accessTable } from '../../../src';
import type { IngressGateway, MeshService } from '../../../src';
import { synthTo } from '../../../src/testing';
import { program } from '../../support/program';

/** A route lets its gateway in as far as nothing else is said of it, and never further than the program says itself. */

const EDGE = 'cluster.local/ns/istio-ingress/sa/public';

interface Routed extends ReturnType<typeof program> {
  readonly edge: IngressGateway;
  readonly web: MeshService;
  readonly batch: MeshService;
}

/** The route is said before the grants, or after them. */
function routed(say: (made: Routed) => void, order: 'first' | 'last' = 'first'): Chart {
  const made = program();
  const edge = made.mesh.addIngressGateway('public');
  const [web, batch] = [made.shop.addService('web', { port: 8080 }), made.shop.addService('batch', { port: 8080 })];
  const route = (): unknown => new IngressRoute(made.chart, 'route', { gateway: edge, host: 'shop.example.com', tls: Tls.plainText(), routes: [{ path: '/', to: web }] });
  if (order === 'first') route();
  say({ ...made, edge, web, batch });
  if (order === 'last') route();
  return made.chart;
}

const rules = (chart: Chart, name = 'web') => synthTo(chart).one(AuthorizationPolicy, name).spec?.rules;
/** Whether some rule lets the gateway do anything. */
const isWideOpen = (chart: Chart): boolean =>
  synthTo(chart)
    .many(AuthorizationPolicy)
    .flatMap(({ spec }) => (spec?.action === 'ALLOW' ? (spec.rules ?? []) : []))
    .some(({ from, to, when }) => to === undefined && when === undefined && from?.some(({ source }) => source?.principals?.includes(EDGE)) === true);
const warnings = (chart: Chart) => synthTo(chart).warnings.map(({ code }) => code);

describe('what the program says of the gateway counts in place of the route', () => {
  test.each(['first', 'last'] as const)('a grant of some methods lets it do no others, with the route %s', (order) => {
    const chart = routed(({ web, edge }) => web.allowFrom(edge, { methods: ['GET'] }), order);
    expect(rules(chart)).toEqual([{ from: [{ source: { principals: [EDGE] } }], to: [{ operation: { methods: ['GET'] } }] }]);
    expect(warnings(chart)).toEqual([]);
  });

  test.each<[string, (made: Routed) => void]>([
    ['a grant to those whose token says something', ({ web }) => web.allowFrom(RequestPrincipal.of({ claims: { groups: 'admins' } }), { tokensCheckedElsewhere: true })],
    ['a condition on tokens', ({ web }) => web.allowFrom('anyone', { when: { 'request.auth.claims[groups]': 'admins' }, tokensCheckedElsewhere: true })],
    ['a grant to clients of some addresses', ({ web }) => web.allowFrom(IpBlock.remote('203.0.113.0/24'))],
    ['a condition on the identity', ({ web }) => web.allowFrom('anyone', { when: { 'source.principal': EDGE }, methods: ['GET'] })],
    ['a grant among several callers', ({ web, edge, batch }) => web.allowFrom([batch, edge], { paths: ['/a'] })],
  ])('%s does as well', (_what, say) => {
    const chart = routed(say);
    expect(isWideOpen(chart)).toBe(false);
    expect(warnings(chart)).toEqual([]);
  });

  test('also at some of the pods, told by more labels', () => {
    const chart = routed(({ chart: own, edge, web }) => {
      const labels = { ...web.selector, version: 'v1' };
      const v1 = new Deployment(own, 'v1', { metadata: { namespace: 'shop' }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { serviceAccountName: 'web', containers: [{ name: 'a', image: 'b' }] } } } });
      Access.to(v1).allowFrom(edge, { methods: ['GET'] });
    });
    expect(isWideOpen(chart)).toBe(false);
  });

  test('the table says the same as the policies', () => {
    const chart = routed(({ web, edge }) => web.allowFrom(edge, { methods: ['GET'] }));
    const rows = accessTable(chart).filter(({ to, action }) => to === 'service shop/web' && action === 'ALLOW');
    expect(rows.map(({ from, what, implied }) => [from, what, implied])).toEqual([[[EDGE], 'methods GET', false]]);
  });
});

describe('what is said of others leaves the route as it is', () => {
  test.each<[string, (made: Routed) => void]>([
    ['nothing', () => undefined],
    ['a grant to another service', ({ web, batch }) => web.allowFrom(batch, { methods: ['GET'] })],
    ['a grant to another namespace', ({ web, chart }) => web.allowFrom(MeshNamespace.fromName(chart, 'monitoring'), { paths: ['/metrics'] })],
    ['a grant that is only tried out', ({ web, edge }) => web.allowFrom(edge, { methods: ['GET'], dryRun: true })],
    ['a grant to whoever holds the connection', ({ web }) => web.allowFrom(IpBlock.source('10.0.0.0/8'), { paths: ['/healthz'] })],
    ['a grant to everybody in the namespace', ({ shop }) => shop.allowFrom('anyone', { paths: ['/healthz'] })],
    ['a denial', ({ web, edge }) => web.denyFrom(edge, { methods: ['TRACE'] })],
  ])('%s', (_what, say) => {
    const chart = routed(say);
    expect(isWideOpen(chart)).toBe(true);
    expect(warnings(chart)).not.toContain('route-narrowed');
  });
});

describe('a route that reaches less than it leads to, by what does not name its gateway there, is a warning', () => {
  test.each<[string, (made: Routed) => void]>([
    ['by what anyone may do', ({ web }) => web.allowFrom('anyone', { paths: ['/healthz'] })],
    ['by what the gateway may do in the namespace', ({ shop, edge }) => shop.allowFrom(edge, { methods: ['GET'] })],
  ])('%s', (_what, say) => {
    const chart = routed(say);
    expect(isWideOpen(chart)).toBe(false);
    expect(synthTo(chart).warnings).toMatchObject([{ code: 'route-narrowed', construct: 'shop/shop/services/web/mesh', property: 'allowFrom', got: expect.stringContaining(EDGE) as string }]);
  });

  test('and none once the gateway is named', () => {
    const chart = routed(({ web, edge }) => {
      web.allowFrom('anyone', { paths: ['/healthz'] });
      web.allowFrom(edge);
    });
    expect(isWideOpen(chart)).toBe(true);
    expect(warnings(chart)).toEqual([]);
  });

  test('nor where anyone may do anything', () => {
    expect(warnings(routed(({ web }) => web.allowFrom('anyone')))).toEqual([]);
  });
});

test('a token that is required of everybody does not take the route away', () => {
  const chart = routed(({ chart: own, web }) => new JwtAuthentication(own, 'login', { target: web, issuers: [{ issuer: 'https://login.example.com' }] }));
  expect(isWideOpen(chart)).toBe(true);
});
