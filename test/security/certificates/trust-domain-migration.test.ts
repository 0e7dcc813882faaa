import { Chart } from 'cdk8s';
import { parse } from 'yaml';
import { AuthorizationPolicy } from '../../../imports/istio/authorization-policy';
import { ConfigMap } from '../../../imports/kubernetes/config-map';
import { Cluster } from '../../../src/core/cluster';
import { MeshApp } from '../../../src/core/mesh-app';
import { unknown } from '../../../src/core/unknown';
import type { MeshError } from '../../../src/errors/mesh-error';
import { Mesh } from '../../../src/mesh/mesh';
import type { MeshProps } from '../../../src/mesh/mesh-props';
import { TrustDomainMigration } from '../../../src/security/certificates/trust-domain-migration';
import type { TrustDomainStage } from '../../../src/security/certificates/trust-domain-migration';
import { MeshServiceAccount } from '../../../src/security/callers/mesh-service-account';
import { StrictMtlsNamespace } from '../../../src/security/namespace/strict-mtls-namespace';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';

const at = (stage: TrustDomainStage): TrustDomainMigration => TrustDomainMigration.of({ from: 'old.example', to: 'new.example', stage });

/** What istiod is told, and whom a policy of the program names. */
function outcome(stage: TrustDomainStage, more: MeshProps = {}): { trustDomain: string; aliases: string[] | undefined; principals: unknown } {
  const domain = at(stage);
  const cluster = new Cluster(new MeshApp(), 'prod', { trustDomain: domain.trustDomain });
  const platform = new Chart(cluster, 'platform');
  const mesh = new Mesh(platform, 'mesh', { ...more, trustDomainMigration: domain });
  const chart = new Chart(cluster, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const [web, orders] = [shop.addService('web', { port: 8080 }), shop.addService('orders', { port: 8080 })];
  orders.allowFrom(web);
  const config = parse(synthTo(platform).one(ConfigMap, 'istio').data?.['mesh'] ?? '') as { trustDomain: string; trustDomainAliases?: string[] };
  const principals = synthTo(chart).one(AuthorizationPolicy, 'orders').spec?.rules?.[0]?.from?.[0]?.source?.principals;
  return { trustDomain: config.trustDomain, aliases: config.trustDomainAliases, principals };
}

describe('a migration', () => {
  test.each<[TrustDomainStage, string, string[] | undefined]>([
    ['before', 'old.example', undefined],
    ['accept-new', 'old.example', ['new.example']],
    ['issue-new', 'new.example', ['old.example']],
    ['done', 'new.example', undefined],
  ])('at the stage %s: certificates of %s, aliases %p, and policies to match', (stage, trustDomain, aliases) => {
    expect(outcome(stage)).toEqual({ trustDomain, aliases, principals: [`${trustDomain}/ns/shop/sa/web`] });
  });

  test('each stage accepts what the one before and the one behind issue', () => {
    const stages = (['before', 'accept-new', 'issue-new', 'done'] as const).map(at);
    const accepted = (one: TrustDomainMigration): readonly string[] => [one.trustDomain, ...one.aliases];
    for (const [index, one] of stages.entries()) {
      const next = stages[index + 1];
      if (next === undefined) continue;
      // while a stage is rolled out, some proxies have it, and some do not; certificates of the old one are gone before the last
      expect(accepted(one)).toContain(next.trustDomain);
      if (next.stage !== 'done') expect(accepted(next)).toContain(one.trustDomain);
    }
  });

  test('other aliases stay', () => {
    expect(outcome('accept-new', { meshConfig: { trustDomainAliases: ['far.example', 'new.example'] } }).aliases).toEqual(['new.example', 'far.example']);
    expect(outcome('done', { meshConfig: { trustDomainAliases: ['far.example'] } }).aliases).toEqual(['far.example']);
  });

  test('what still names the old trust domain at the end is refused', () => {
    const domain = at('done');
    const cluster = new Cluster(new MeshApp(), 'prod', { trustDomain: domain.trustDomain });
    const mesh = new Mesh(new Chart(cluster, 'platform'), 'mesh', { trustDomainMigration: domain });
    const chart = new Chart(cluster, 'shop', { namespace: 'shop' });
    const orders = new StrictMtlsNamespace(chart, 'shop', { mesh }).addService('orders', { port: 8080 });
    orders.allowFrom(MeshServiceAccount.fromName(chart, 'robot', { trustDomain: 'old.example' }));
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'other-trust-domain', construct: expect.stringContaining('orders') as string }]);
  });

  describe('policies that the program writes itself', () => {
    const policies = (stage: TrustDomainStage, principal: string, from = 'old.example', place: 'shop' | 'other cluster' = 'shop'): readonly unknown[] => {
      const domain = TrustDomainMigration.of({ from, to: 'new.example', stage });
      const app = new MeshApp();
      const cluster = new Cluster(app, 'prod', { trustDomain: domain.trustDomain });
      new Mesh(new Chart(cluster, 'platform'), 'mesh', { trustDomainMigration: domain });
      const chart = new Chart(place === 'shop' ? cluster : new Cluster(app, 'other'), 'shop');
      new AuthorizationPolicy(chart, 'thieves', { metadata: { name: 'thieves', namespace: 'shop' }, spec: { action: 'DENY', rules: [{ from: [{ source: { principals: [principal] } }], to: [{ operation: { paths: ['/old.example/x'] } }] }] } });
      return synthTo(chart).warnings.map(({ code, construct, property, fix }) => ({ code, construct, property, fix }));
    };

    test('are warned of where they name the old one at the end: what they deny would be let in', () => {
      expect(policies('done', 'old.example/ns/far/sa/thief')).toEqual([{ code: 'left-trust-domain', construct: 'prod/shop/thieves', property: 'spec.rules', fix: 'name it as "new.example/ns/far/sa/thief" before the stage done' }]);
    });

    test.each<[string, Parameters<typeof policies>]>([
      ['before the end', ['issue-new', 'old.example/ns/far/sa/thief']],
      ['by the new one', ['done', 'new.example/ns/far/sa/thief']],
      ['by one that only begins the same', ['done', 'old.example.org/ns/far/sa/thief']],
      ['by what Istio reads as the own one', ['done', 'cluster.local/ns/far/sa/thief', 'cluster.local']],
      ['of another cluster', ['done', 'old.example/ns/far/sa/thief', 'old.example', 'other cluster']],
    ])('are taken %s', (_, asked) => {
      expect(policies(...asked)).toEqual([]);
    });
  });

  describe('clusters of one mesh', () => {
    const together = (east: TrustDomainStage, west: TrustDomainStage, more: MeshProps = {}): readonly string[] => {
      const app = new MeshApp();
      for (const [name, stage] of Object.entries({ east, west })) {
        const domain = at(stage);
        const cluster = new Cluster(app, name, { trustDomain: domain.trustDomain });
        new Mesh(new Chart(cluster, 'platform'), 'mesh', { meshId: 'shop', clusterName: name, trustDomainMigration: domain, ...(name === 'west' ? more : {}) });
      }
      try {
        app.synthYaml();
        return [];
      } catch (error) {
        return (error as MeshError).findings.map(({ code, construct }) => `${construct ?? ''} ${code}`);
      }
    };

    test.each<[TrustDomainStage, TrustDomainStage]>([['before', 'before'], ['before', 'accept-new'], ['accept-new', 'issue-new'], ['issue-new', 'done']])('may be at %s and %s', (one, other) => {
      expect([together(one, other), together(other, one)]).toEqual([[], []]);
    });

    test.each<[TrustDomainStage, TrustDomainStage, readonly string[]]>([
      ['before', 'issue-new', ['east']],
      ['accept-new', 'done', ['west']],
      ['before', 'done', ['east', 'west']],
    ])('may not be at %s and %s: who is behind is refused', (east, west, refusing) => {
      expect(together(east, west)).toEqual(refusing.map((name) => `${name}/platform/mesh trust-domain-not-accepted`));
    });

    test('are told apart by the id of the mesh, and may name others for good', () => {
      expect(together('before', 'done', { meshId: 'staging' })).toEqual([]);
      expect(together('accept-new', 'done', { meshConfig: { trustDomainAliases: ['*.example'] } })).toEqual([]);
    });
  });

  // what it shows, Prometheus itself says: conformance/promql
  test('asks Prometheus for calls by and to the old one, as a pattern', () => {
    for (const metric of ['istio_requests_total', 'istio_tcp_connections_opened_total']) {
      for (const side of ['source', 'destination']) expect(at('issue-new').remainingQuery).toContain(String.raw`${metric}{${side}_principal=~"spiffe://old\\.example/.*"}`);
    }
  });
});

test('with istio-csr, pods have to be restarted as soon as the new one is issued', () => {
  const warnings = (stage: TrustDomainStage): unknown => {
    const domain = at(stage);
    const chart = new Chart(new Cluster(new MeshApp(), 'prod', { trustDomain: domain.trustDomain }), 'platform');
    new Mesh(chart, 'mesh', { trustDomainMigration: domain, istioCsr: { issuer: 'istio-ca' } });
    return synthTo(chart).warnings.map(({ code, construct, property }) => ({ code, construct, property }));
  };
  expect(warnings('accept-new')).toEqual([]);
  expect(warnings('issue-new')).toEqual([{ code: 'restart-for-istio-csr', construct: 'prod/platform/mesh', property: 'trustDomainMigration' }]);
});

test('aliases that are known at deployment only are refused, as the configuration is a text', () => {
  const chart = new Chart(new MeshApp(), 'platform');
  new Mesh(chart, 'mesh', { meshId: 'shop', meshConfig: { trustDomainAliases: unknown<string[]>('the aliases') } });
  expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'not-yaml', construct: 'platform/mesh/istiod/mesh-config' }]);
});

test('in ambient mode is refused as long as two are accepted: ztunnel knows no aliases', () => {
  const codes = (stage: TrustDomainStage): readonly unknown[] => {
    const domain = at(stage);
    const chart = new Chart(new Cluster(new MeshApp(), 'prod', { trustDomain: domain.trustDomain }), 'platform');
    const make = (): unknown => new Mesh(chart, 'mesh', { trustDomainMigration: domain, dataPlane: 'ambient' });
    if (domain.aliases.length > 0) return caught(make).findings.map(({ code, construct, property }) => [code, construct, property]);
    make();
    return synthTo(chart).warnings;
  };
  const refused = [['not-supported', 'prod/platform/mesh', 'trustDomainMigration']];
  expect((['before', 'accept-new', 'issue-new', 'done'] as const).map(codes)).toEqual([[], refused, refused, []]);
});

describe('bad input', () => {
  test.each<[string, unknown, { code: string; property: string }]>([
    ['a domain that is none', { from: 'old example', to: 'new.example', stage: 'before' }, { code: 'bad-host', property: 'trustDomainMigration.from' }],
    ['a wildcard', { from: 'old.example', to: '*.example', stage: 'before' }, { code: 'bad-trust-domain', property: 'trustDomainMigration.to' }],
    ['the same twice', { from: 'old.example', to: 'OLD.example', stage: 'before' }, { code: 'same-trust-domain', property: 'trustDomainMigration.to' }],
    ['a stage that there is not', { from: 'old.example', to: 'new.example', stage: 'issue_new' }, { code: 'bad-choice', property: 'trustDomainMigration.stage' }],
    ['a misspelt key', { from: 'old.example', to: 'new.example', stage: 'done', state: 1 }, { code: 'unknown-prop', property: 'trustDomainMigration.state' }],
    ['no stage', { from: 'old.example', to: 'new.example' }, { code: 'bad-choice', property: 'trustDomainMigration.stage' }],
    ['nothing', undefined, { code: 'bad-props', property: 'trustDomainMigration' }],
    ['a number', { from: 7, to: 'new.example', stage: 'done' }, { code: 'bad-host', property: 'trustDomainMigration.from' }],
  ])('%s', (_, props, expected) => {
    expect(caught(() => TrustDomainMigration.of(props as never)).findings).toMatchObject([expected]);
  });

  test('a Cluster of the other trust domain', () => {
    const cluster = new Cluster(new MeshApp(), 'prod', { trustDomain: 'old.example' });
    expect(caught(() => new Mesh(new Chart(cluster, 'platform'), 'mesh', { trustDomainMigration: at('issue-new') })).findings).toMatchObject([
      { code: 'trust-domain-not-of-cluster', construct: 'prod/platform/mesh', property: 'trustDomainMigration', got: 'the stage issue-new, of the trust domain new.example, in a Cluster of old.example' },
    ]);
  });

  test.each<[string, MeshProps, { code: string; property: string }]>([
    ['a trust domain beside it', { meshConfig: { trustDomain: 'x.example' } }, { code: 'said-twice', property: 'meshConfig.trustDomain' }],
    ['aliases in one text', { meshConfig: { trustDomainAliases: 'far.example' as never } }, { code: 'bad-prop', property: 'meshConfig.trustDomainAliases' }],
    ['aliases that are known at deployment only', { meshConfig: { trustDomainAliases: unknown<string[]>('aliases') } }, { code: 'bad-prop', property: 'meshConfig.trustDomainAliases' }],
    ['no control plane', { controlPlane: false }, { code: 'contradiction', property: 'trustDomainMigration' }],
    ['plain data', { trustDomainMigration: { from: 'a', to: 'b', stage: 'done' } as never }, { code: 'bad-prop', property: 'trustDomainMigration' }],
  ])('%s', (_, props, expected) => {
    const cluster = new Cluster(new MeshApp(), 'prod', { trustDomain: 'old.example' });
    expect(caught(() => new Mesh(new Chart(cluster, 'platform'), 'mesh', { trustDomainMigration: at('before'), ...props })).findings).toMatchObject([expected]);
  });
});
