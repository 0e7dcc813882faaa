import { Chart } from 'cdk8s';
import { AuthorizationPolicy } from '../../imports/istio';
import { MeshService, MtlsPolicy } from '../../src';
import { synthTo } from '../../src/testing';
import { refused } from '../core/refused';
import { program } from '../support/program';

/**
 * Pain 6: a policy means something else than it says. `from` and `to` come apart and are alternatives, an ALLOW without rules shuts
 * everybody out, a DENY about requests closes ports that carry none, and identities count for nothing without mutual TLS.
 */

function shop(...ports: Parameters<ReturnType<typeof program>['shop']['addService']>[1]['ports'] & object) {
  const made = program();
  const [web, batch] = [made.shop.addService('web', { port: 8080 }), made.shop.addService('batch', { port: 8080 })];
  return { ...made, web, batch, orders: made.shop.addService('orders', { ports: ports.length === 0 ? [8080] : ports }) };
}

const policy = (chart: Chart, name: string) => synthTo(chart).one(AuthorizationPolicy, name).spec;
const identity = (name: string): string => `cluster.local/ns/shop/sa/${name}`;

describe('from and to of one grant cannot come apart', () => {
  test('they are one rule, also where several grants become one policy', () => {
    const { chart, web, batch, orders } = shop();
    orders.allowFrom(web, { methods: ['GET'] });
    orders.allowFrom(batch, { methods: ['DELETE'], when: { 'request.headers[x-approved]': 'yes' } });
    for (const rule of policy(chart, 'orders')?.rules ?? []) expect(Object.keys(rule)).toEqual(expect.arrayContaining(['from', 'to']));
    expect(policy(chart, 'orders')?.rules).toEqual(
      expect.arrayContaining([
        { from: [{ source: { principals: [identity('web')] } }], to: [{ operation: { methods: ['GET'] } }] },
        { from: [{ source: { principals: [identity('batch')] } }], to: [{ operation: { methods: ['DELETE'] } }], when: [{ key: 'request.headers[x-approved]', values: ['yes'] }] },
      ]),
    );
  });

  test('what one caller may do is not what another may: nobody gets the other half of a grant', () => {
    const { chart, web, batch, orders } = shop();
    orders.allowFrom(web, { methods: ['GET'], paths: ['/a'] });
    orders.allowFrom(batch, { methods: ['POST'], paths: ['/b'] });
    const pairs = (policy(chart, 'orders')?.rules ?? []).flatMap(({ from = [], to = [] }) => from.flatMap(({ source }) => to.map(({ operation }) => [source?.principals, operation?.methods, operation?.paths])));
    expect(pairs).toHaveLength(2);
    expect(pairs).toEqual(expect.arrayContaining([[[identity('web')], ['GET'], ['/a']], [[identity('batch')], ['POST'], ['/b']]]));
  });
});

describe('a grant that grants nothing', () => {
  test.each<[string, (made: ReturnType<typeof shop>) => void, string]>([
    ['to nobody', ({ orders }) => orders.allowFrom([]), 'no-callers'],
    ['of no methods', ({ orders, web }) => orders.allowFrom(web, { methods: [] }), 'empty-access-list'],
    ['of no paths', ({ orders, web }) => orders.allowFrom(web, { paths: [] }), 'empty-access-list'],
    ['of no condition', ({ orders, web }) => orders.allowFrom(web, { when: {} }), 'empty-condition'],
  ])('%s is refused where it is said', (_what, say, code) => {
    expect(refused(() => say(shop()))).toMatchObject({ code, construct: 'shop/shop/services/orders/mesh' });
  });

  test('an ALLOW without rules is made only where nobody is meant, and then it has no list of rules at all', () => {
    const { chart } = shop();
    expect(policy(chart, 'deny-by-default')).toEqual({});
    const { chart: other } = shop();
    new AuthorizationPolicy(other, 'hand', { spec: { rules: [] } });
    expect(synthTo(other).warnings).toMatchObject([{ code: 'allows-nobody', construct: 'shop/hand', property: 'spec.rules' }]);
  });
});

describe('a denial about requests, where a port carries none', () => {
  const bytes = { port: 5432, appProtocol: 'tcp' } as const;

  test('leaves that port open', () => {
    const { chart, orders } = shop(8080, bytes);
    orders.denyFrom('anyone', { methods: ['DELETE'] });
    expect(policy(chart, 'orders.deny')?.rules).toEqual([{ to: [{ operation: { methods: ['DELETE'], notPorts: ['5432'] } }] }]);
  });

  test('of another service in front of the same pods, too', () => {
    const { chart, orders, shop: namespace } = shop();
    namespace.addService('orders-db', { ports: [bytes], selector: { app: 'orders' } });
    orders.denyFrom('anyone', { methods: ['DELETE'] });
    expect(JSON.stringify(policy(chart, 'orders.deny')?.rules)).toContain('"notPorts":["5432"]');
  });

  test('and is refused where there is no other port, as a grant is, which would let nobody in', () => {
    const deny = shop(bytes);
    deny.orders.denyFrom('anyone', { methods: ['DELETE'] });
    const allow = shop(bytes);
    allow.orders.allowFrom(allow.web, { methods: ['GET'] });
    for (const { chart } of [deny, allow]) expect(refused(() => synthTo(chart))).toMatchObject({ code: 'http-rule-on-tcp-port', construct: 'shop/shop/services/orders/mesh', got: expect.stringContaining('TCP') });
  });
});

describe('a denial about requests that is written by hand, where a port carries none', () => {
  const bytes = { port: 5432, appProtocol: 'tcp' } as const;
  const byHand = (rule: object, spec: object = { selector: { matchLabels: { app: 'orders' } } }, namespace = 'shop') => {
    const { chart } = shop(8080, bytes);
    new AuthorizationPolicy(chart, 'hand', { metadata: { namespace }, spec: { action: 'DENY', ...spec, rules: [rule] } });
    return synthTo(chart).warnings.filter(({ construct }) => construct === 'shop/hand');
  };
  const closes = [{ code: 'http-rule-on-tcp-port', property: 'spec.rules[0]', got: expect.stringContaining('closes port 5432') as string, fix: expect.stringContaining('notPorts') as string }];

  test.each<[string, object, object?, string?]>([
    ['by method', { to: [{ operation: { methods: ['DELETE'] } }] }],
    ['by token', { from: [{ source: { notRequestPrincipals: ['*'] } }] }],
    ['by header', { when: [{ key: 'request.headers[x-a]', values: ['b'] }] }],
    ['beside other ports', { to: [{ operation: { paths: ['/admin'], notPorts: ['9090'] } }] }],
    ['for the namespace', { to: [{ operation: { methods: ['DELETE'] } }] }, {}],
    ['for the mesh', { to: [{ operation: { methods: ['DELETE'] } }] }, {}, 'istio-system'],
  ])('closes the port, and is a warning: %s', (...[, rule, spec, namespace]) => {
    expect(byHand(rule, spec, namespace)).toMatchObject(closes);
  });

  test.each<[string, object, object?]>([
    ['the port is left out', { to: [{ operation: { methods: ['DELETE'], notPorts: ['5432'] } }] }],
    ['another port is named', { to: [{ operation: { methods: ['DELETE'], ports: ['8080'] } }] }],
    ['another port is asked for', { to: [{ operation: { methods: ['DELETE'] } }], when: [{ key: 'destination.port', values: ['8080'] }] }],
    ['the port is closed in so many words', { to: [{ operation: { methods: ['DELETE'], ports: ['8080'] } }, { operation: { ports: ['5432'] } }] }],
    ['it is about callers alone', { from: [{ source: { namespaces: ['guests'] } }] }],
    ['other pods are meant', { to: [{ operation: { methods: ['DELETE'] } }] }, { selector: { matchLabels: { app: 'web' } } }],
    ['it allows', { to: [{ operation: { methods: ['GET'] } }] }, { action: 'ALLOW', selector: { matchLabels: { app: 'orders' } } }],
  ])('nothing is said where %s', (...[, rule, spec]) => {
    expect(byHand(rule, spec)).toEqual([]);
  });
});

describe('identities without mutual TLS', () => {
  const withMode = (mode: 'STRICT' | 'PERMISSIVE' | 'DISABLE') => {
    const made = shop();
    new MtlsPolicy(made.chart, 'mode', { target: made.orders, mode });
    return made;
  };

  test('a grant by identity is refused where the mode is DISABLE: nobody would be let in', () => {
    const { chart, orders, web } = withMode('DISABLE');
    orders.allowFrom(web);
    expect(refused(() => synthTo(chart))).toMatchObject({ code: 'identity-without-mtls' });
  });

  test('it says whom it cuts off where the mode is PERMISSIVE', () => {
    const { chart, orders, web } = withMode('PERMISSIVE');
    orders.allowFrom(web);
    expect(synthTo(chart).warnings).toMatchObject([{ code: 'plain-text-refused' }]);
  });

  test.each(['PERMISSIVE', 'DISABLE'] as const)('a denial by identity is refused where the mode is %s: plain text gets round it', (mode) => {
    const { chart, orders, web } = withMode(mode);
    orders.denyFrom(web);
    expect(refused(() => synthTo(chart))).toMatchObject({ code: 'identity-with-plain-text' });
  });

  test('where everybody speaks mutual TLS, as is the default, nothing is said', () => {
    for (const made of [withMode('STRICT'), shop()]) {
      made.orders.allowFrom(made.web);
      made.orders.denyFrom(made.batch);
      expect(synthTo(made.chart).warnings).toEqual([]);
    }
  });

  test('a caller without an identity of its own cannot be granted anything', () => {
    const { orders, chart } = shop();
    expect(refused(() => orders.allowFrom(new Chart(chart, 'other') as never))).toMatchObject({ code: 'no-identity' });
    orders.allowFrom(MeshService.fromName(chart, 'known', { name: 'known', namespace: 'elsewhere', ports: [80] }));
    expect(JSON.stringify(policy(chart, 'orders'))).toContain('cluster.local/ns/elsewhere/sa/known');
  });
});
