import type { Chart } from 'cdk8s';
import { AuthorizationPolicy } from '../../../imports/istio';
import { IpBlock, JwtAuthentication, MeshServiceAccount, RequestPrincipal } from '../../../src';
import type { AccessCallers } from '../../../src';
import { synthTo } from '../../../src/testing';
import { program } from '../../support/program';

/** Policies are few, and each is one that an API server and kubectl take. */

function policies(chart: Chart, name: string) {
  return synthTo(chart).many(AuthorizationPolicy).filter(({ metadata }) => metadata.name === name || metadata.name.startsWith(`${name}.`));
}

function shop() {
  const made = program();
  return { ...made, orders: made.shop.addService('orders', { port: 8080 }), web: made.shop.addService('web', { port: 8080 }), batch: made.shop.addService('batch', { port: 8080 }) };
}

const principal = (name: string): string => `cluster.local/ns/shop/sa/${name}`;
const accounts = (chart: Chart, count: number): AccessCallers => Array.from({ length: count }, (_, index) => MeshServiceAccount.fromName(chart, `account-${index}`, { namespace: 'callers' }));

describe('rules are few', () => {
  test('callers that may do the same are one rule; what the same callers may do is one, too', () => {
    const { chart, orders, web, batch } = shop();
    orders.allowFrom(web, { methods: ['GET'] });
    orders.allowFrom(batch, { methods: ['GET'] });
    orders.allowFrom(web, { paths: ['/a'] });
    orders.allowFrom(batch, { paths: ['/a'] });
    expect(policies(chart, 'orders').map(({ spec }) => spec?.rules)).toEqual([
      [{ from: [{ source: { principals: [principal('batch'), principal('web')] } }], to: [{ operation: { methods: ['GET'] } }, { operation: { paths: ['/a'] } }] }],
    ]);
  });

  test('who may do anything needs no rule for some of it', () => {
    const { chart, orders, web } = shop();
    orders.allowFrom(web, { methods: ['GET'] });
    orders.allowFrom(web);
    expect(policies(chart, 'orders')[0]?.spec?.rules).toEqual([{ from: [{ source: { principals: [principal('web')] } }] }]);
  });

  test('no caller gets what was granted to another, nor under other conditions', () => {
    const { chart, orders, web, batch } = shop();
    orders.allowFrom(web, { methods: ['GET'] });
    orders.allowFrom([web, batch], { methods: ['PUT'] });
    orders.allowFrom(web, { methods: ['POST'], when: { 'request.headers[a]': 'b' } });
    orders.allowFrom(web, { methods: ['DELETE'], except: IpBlock.source('10.0.0.1') });
    const rules = policies(chart, 'orders')[0]?.spec?.rules ?? [];
    expect(rules.map(({ from, to, when }) => [from?.length, to?.map(({ operation }) => operation?.methods).flat(), when?.length ?? 0])).toEqual(
      expect.arrayContaining([[1, ['GET'], 0], [1, ['PUT'], 0], [1, ['POST'], 1], [1, ['DELETE'], 0]]),
    );
    expect(rules).toHaveLength(4);
  });
});

describe('what only requests have, beside a port that carries none', () => {
  const mixed = () => {
    const made = program();
    const [web, orders] = [made.shop.addService('web', { port: 8080 }), made.shop.addService('orders', { ports: [8080, { port: 5432, appProtocol: 'tcp' }] })];
    new JwtAuthentication(made.chart, 'login', { target: orders, issuers: [{ issuer: 'https://login.example.com' }], optional: true });
    return { ...made, web, orders };
  };
  const isOfRequests = (rule: object): boolean => /request|methods|paths|hosts/.test(JSON.stringify(rule));

  test('stands in rules of its own: Istio leaves out a whole rule for one such thing', () => {
    const { chart, orders, web } = mixed();
    orders.allowFrom([web, RequestPrincipal.any()]);
    orders.allowFrom(IpBlock.of('10.0.0.1'), { ports: [5432] });
    orders.allowFrom(IpBlock.of('10.0.0.1'), { methods: ['GET'] });
    const rules = policies(chart, 'orders')[0]?.spec?.rules ?? [];
    expect(rules.filter((rule) => !isOfRequests(rule))).toEqual(
      expect.arrayContaining([{ from: [{ source: { principals: [principal('web')] } }] }, { from: [{ source: { ipBlocks: ['10.0.0.1'] } }], to: [{ operation: { ports: ['5432'] } }] }]),
    );
    expect(rules.filter(isOfRequests)).toEqual(
      expect.arrayContaining([{ from: [{ source: { requestPrincipals: ['*'] } }] }, { from: [{ source: { ipBlocks: ['10.0.0.1'] } }], to: [{ operation: { methods: ['GET'] } }] }]),
    );
    expect(rules).toHaveLength(4);
  });

  test('who is denied by identity beside a token is denied on that port, too', () => {
    const { chart, orders, web } = mixed();
    orders.denyFrom([web, RequestPrincipal.of({ issuer: 'https://login.example.com' })]);
    expect(policies(chart, 'orders.deny')[0]?.spec?.rules).toEqual(
      expect.arrayContaining([
        { from: [{ source: { principals: [principal('web')] } }] },
        { from: [{ source: { requestPrincipals: ['https://login.example.com/*'] } }], to: [{ operation: { notPorts: ['5432'] } }] },
      ]),
    );
  });
});

describe('a policy of many callers', () => {
  const many = (count: number) => {
    const made = shop();
    const callers = accounts(made.chart, count);
    made.orders.allowFrom(callers, { methods: ['GET'], paths: ['/a'] });
    made.orders.denyFrom(callers, { methods: ['DELETE'] });
    return made.chart;
  };
  const largest = (chart: Chart): number => Math.max(...synthTo(chart).many(AuthorizationPolicy).map((object) => JSON.stringify(object).length));

  test('stays one as long as kubectl takes it', () => {
    expect(policies(many(1_000), 'orders').map(({ metadata }) => metadata.name)).toEqual(['orders', 'orders.deny']);
  });

  test('becomes several that say the same together', () => {
    const chart = many(8_000);
    const made = policies(chart, 'orders');
    expect(largest(chart)).toBeLessThan(262_144);
    for (const action of ['ALLOW', 'DENY']) {
      const own = made.filter(({ spec }) => (spec?.action ?? 'ALLOW') === action);
      const rules = own.flatMap(({ spec }) => spec?.rules ?? []);
      const named = rules.flatMap(({ from = [] }) => from.flatMap(({ source }) => source?.principals ?? []));
      expect(own.length).toBeGreaterThan(1);
      expect(new Set(named).size).toBe(8_000);
      expect(named).toHaveLength(8_000);
      expect(new Set(rules.map(({ to }) => JSON.stringify(to))).size).toBe(1);
      for (const { spec } of own) expect(spec?.selector).toEqual({ matchLabels: { app: 'orders' } });
    }
    expect(made.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(['orders', 'orders.2', 'orders.deny', 'orders.deny.2']));
  });

  test('of many operations is several, too: no rule has more of them than there may be', () => {
    const { chart, orders, web } = shop();
    for (let index = 0; index < 1_300; index += 1) orders.allowFrom(web, { methods: ['GET'], paths: [`/${index}`] });
    const rules = policies(chart, 'orders').flatMap(({ spec }) => spec?.rules ?? []);
    expect(Math.max(...rules.map(({ to = [] }) => to.length))).toBeLessThanOrEqual(512);
    expect(new Set(rules.flatMap(({ to = [] }) => to.flatMap(({ operation }) => operation?.paths ?? []))).size).toBe(1_300);
  });

  test('is the same whatever was said first, and at a second synthesis', () => {
    const built = (turned: boolean): Chart => {
      const made = shop();
      const callers = accounts(made.chart, 1_300) as readonly never[];
      for (const [index, caller] of (turned ? [...callers].reverse() : callers).entries()) made.orders.allowFrom(caller, { paths: [`/${turned ? 1_299 - index : index}`] });
      return made.chart;
    };
    const [one, other] = [built(false), built(true)];
    const first = policies(one, 'orders').map(({ metadata, spec }) => [metadata.name, spec?.rules]);
    expect(policies(other, 'orders').map(({ metadata, spec }) => [metadata.name, spec?.rules])).toEqual(first);
    expect(policies(one, 'orders')).toHaveLength(first.length);
    expect(first.length).toBeGreaterThan(1);
  });
});
