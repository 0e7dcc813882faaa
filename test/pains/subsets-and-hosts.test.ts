import { Chart } from 'cdk8s';
import { DestinationRule, VirtualService } from '../../imports/istio';
import { CanaryRelease, ExternalService, EgressGateway, EgressRoute, Mesh, StrictMtlsNamespace, StringMatch } from '../../src';
import type { MeshApp } from '../../src';
import { synthTo } from '../../src/testing';
import { refused } from '../core/refused';
import { program } from '../support/program';
import { applied } from './written';

/**
 * Pain 4: a route to a subset or a host that is not there answers 503. It is not there because a name was mistyped, or because
 * objects were applied, or deleted, in the wrong order.
 */

describe('what is not there', () => {
  test('a host is no text: services are handed on', () => {
    const { chart, shop } = program();
    const web = shop.addService('web', { port: 8080 });
    // @ts-expect-error a service is no text
    expect(refused(() => web.route(chart, 'rule', { match: { uri: '/x' }, to: { service: 'reviews' } }))).toMatchObject({ code: 'bad-reference', construct: 'shop/rule', property: 'to.service' });
  });

  test('a version that the service has not is refused, with the one that was meant', () => {
    const { chart, shop } = program();
    const web = shop.addService('web', { port: 8080, versions: ['v1', 'v2'] });
    web.route(chart, 'rule', { match: { uri: '/x' }, to: { version: 'v3' } });
    expect(refused(() => synthTo(chart))).toMatchObject({ code: 'unknown-subset', construct: 'shop/rule', got: '"v3"', expected: 'one of the versions v1, v2' });
    expect(refused(() => new CanaryRelease(chart, 'canary', { service: web, stable: 'v1', canary: 'v22', weight: 5 }))).toMatchObject({ code: 'unknown-subset', construct: 'shop/canary', fix: 'did you mean "v2"?' });
  });

  test('every subset that is led to is one of the service\'s DestinationRule', () => {
    const { chart, shop } = program();
    const web = shop.addService('web', { port: 8080, versions: ['v1', 'v2', 'v3'] });
    web.split(chart, { v1: 90, v2: 10 });
    web.route(chart, 'rule', { match: { uri: StringMatch.prefix('/x') }, to: [{ version: 'v2', weight: 50 }, { version: 'v3' }], mirror: { version: 'v1' } });
    const result = synthTo(chart);
    const defined = result.one(DestinationRule).spec?.subsets?.map(({ name }) => name) ?? [];
    const led = JSON.stringify(result.one(VirtualService).spec?.http).matchAll(/"subset":"([^"]+)"/g);
    const names = new Set([...led].map(([, name]) => name));
    expect([...names].sort()).toEqual(['v1', 'v2', 'v3']);
    expect(defined).toEqual(expect.arrayContaining([...names]));
  });
});

describe('the order', () => {
  const shop = (app: MeshApp): void => {
    const platform = new Chart(app, 'z-platform');
    const mesh = new Mesh(platform, 'mesh', { controlPlane: false });
    // rules before the service that they are of, by the names of charts
    const rules = new Chart(app, 'a-rules', { namespace: 'shop' });
    const chart = new Chart(app, 'b-shop', { namespace: 'shop' });
    const web = new StrictMtlsNamespace(chart, 'shop', { mesh }).addService('web', { port: 8080, versions: ['v1', 'v2'] });
    web.route(rules, 'rule', { match: { uri: '/x' }, to: { version: 'v2' } });
    const mail = new ExternalService(rules, 'mail', { host: 'mail.example.com' });
    new EgressRoute(rules, 'way-out', { gateway: EgressGateway.fromName(platform, 'egress', { name: 'egress' }), to: mail, allowFrom: [web] });
  };
  const subsets = ['DestinationRule web', 'DestinationRule egress-mail-example-com'];
  const routes = ['VirtualService web', 'VirtualService mail'];

  test.each(['kubectl', 'argocd'] as const)('subsets are applied before the routes that lead to them (%s)', async (layout) => {
    const { order, waves } = await applied(shop, { layout });
    for (const [index, subset] of subsets.entries()) {
      const route = routes[index] ?? '';
      expect(order).toEqual(expect.arrayContaining([subset, route]));
      expect(order.indexOf(subset)).toBeLessThan(order.indexOf(route));
      if (layout === 'argocd') expect(waves.get(subset)).toBeLessThan(waves.get(route) ?? 0);
    }
  });

  test('and deleted after them', async () => {
    const { deleted } = await applied(shop);
    for (const [index, subset] of subsets.entries()) {
      expect(deleted.indexOf(routes[index] ?? '')).toBeGreaterThanOrEqual(0);
      expect(deleted.indexOf(routes[index] ?? '')).toBeLessThan(deleted.indexOf(subset));
    }
  });
});
