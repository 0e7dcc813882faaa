import { Chart } from 'cdk8s';
import { VirtualService } from '../../imports/istio';
import { IngressRoute, StringMatch, Tls } from '../../src';
import type { MeshService } from '../../src';
import { synthTo } from '../../src/testing';
import { refused } from '../core/refused';
import { program } from '../support/program';

/**
 * Pain 5: of several VirtualServices for one host, sidecars follow one, and gateways merge all by age. Here all that is said of
 * a host is one object, whose order follows from what is said.
 */

const { prefix } = StringMatch;

function teams(): ReturnType<typeof program> & { web: MeshService; other: Chart } {
  const base = program();
  const web = base.shop.addService('web', { port: 8080, versions: ['v1', 'v2'] });
  return { ...base, web, other: new Chart(base.app, 'other', { namespace: 'other' }) };
}

test('rules of several teams are one VirtualService, the narrower first, whoever was first', () => {
  type Team = (made: ReturnType<typeof teams>) => unknown;
  const team: Team[] = [
    ({ web, chart }) => web.route(chart, 'api', { match: { uri: prefix('/api') }, timeout: '5s' }),
    ({ web, other }) => web.route(other, 'orders', { match: { uri: prefix('/api/orders') }, timeout: '9s' }),
    ({ web, other }) => web.route(other, 'urgent', { match: { headers: { 'x-urgent': 'yes' } }, to: { version: 'v2' }, priority: 1 }),
  ];
  const [first, last] = [team, [...team].reverse()].map((order) => {
    const made = teams();
    for (const add of order) add(made);
    return synthTo(made.chart).one(VirtualService).spec?.http?.map(({ name }) => name);
  });
  expect(first).toEqual(['urgent', 'orders', 'api', undefined]);
  expect(last).toEqual(first);
});

test('where neither rule goes first, both teams are named', () => {
  const { web, chart, other } = teams();
  web.route(chart, 'api', { match: { uri: prefix('/api') }, timeout: '5s' });
  web.route(other, 'beta', { match: { headers: { 'x-beta': 'yes' } }, to: { version: 'v2' } });
  const found = refused(() => synthTo(chart));
  expect(found).toMatchObject({ code: 'rule-overlap', fix: expect.stringContaining('priority') });
  expect(`${found.construct} ${found.got}`).toMatch(/shop\/api/);
  expect(`${found.construct} ${found.got}`).toMatch(/other\/beta/);
});

test('a VirtualService that somebody writes beside it is a second owner', () => {
  const { web, chart, other } = teams();
  web.route(chart, 'api', { match: { uri: prefix('/api') }, timeout: '5s' });
  new VirtualService(other, 'own', { spec: { hosts: [web.host], http: [{ route: [{ destination: { host: web.host } }] }] } });
  expect(refused(() => synthTo(chart))).toMatchObject({ code: 'second-owner', construct: 'other/own', property: 'spec.hosts' });
});

test('routes of several teams for one host at a gateway are one VirtualService, and a path has one owner', () => {
  const { app, mesh, web, chart, other } = teams();
  const gateway = mesh.addIngressGateway('public');
  const route = (scope: Chart, path: string): unknown =>
    new IngressRoute(scope, 'route', { gateway, host: 'shop.example.com', tls: Tls.secret('shop-cert'), routes: [{ path, to: web }] });
  route(chart, '/');
  route(other, '/orders');
  const forGateway = [chart, other, ...app.charts].flatMap((each) => synthTo(each).many(VirtualService)).filter(({ spec }) => spec?.hosts?.includes('shop.example.com'));
  const names = new Set(forGateway.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`));
  expect(names.size).toBe(1);
  const paths = JSON.stringify(forGateway[0]?.spec?.http);
  expect(paths.indexOf('/orders')).toBeGreaterThan(0);
  route(new Chart(app, 'third', { namespace: 'third' }), '/orders');
  const found = refused(() => synthTo(chart));
  expect(`${found.construct} ${found.got}`).toMatch(/other\/route/);
  expect(`${found.construct} ${found.got}`).toMatch(/third\/route/);
});
