import { Chart } from 'cdk8s';
import { ServiceEntry, Sidecar } from '../../imports/istio';
import { Cluster, EgressLockdown, ExternalService, MeshApp } from '../../src';
import type { Mesh } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

const CLUSTER = '*/*.svc.cluster.local';

function hostsOf(chart: Chart): readonly string[] | undefined {
  return synthTo(chart).one(Sidecar).spec?.egress?.[0]?.hosts;
}

test('a namespace calls services of the cluster, what is listed, and nothing else', () => {
  const { chart, shop } = program();
  const open = new ExternalService(chart, 'open', { host: 'open.example.com' });
  const wild = new ExternalService(chart, 'wild', { host: '*.wild.example.com' });
  new EgressLockdown(chart, 'lockdown', { namespace: shop, allow: [wild, open] });
  expect(synthTo(chart).one(Sidecar)).toMatchObject({
    metadata: { name: 'default', namespace: 'shop' },
    spec: { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, egress: [{ hosts: [CLUSTER, 'shop/*.wild.example.com', 'shop/open.example.com'] }] },
  });
});

test('the mesh is locked by the Sidecar of its root namespace', () => {
  const { platform, mesh } = program();
  new EgressLockdown(platform, 'lockdown', { mesh });
  expect(synthTo(platform).one(Sidecar)).toMatchObject({
    metadata: { name: 'default', namespace: 'istio-system' },
    spec: { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, egress: [{ hosts: [CLUSTER] }] },
  });
});

test('services are allowed later, too, each once and in one order', () => {
  const { chart, shop } = program();
  const a = new ExternalService(chart, 'a', { host: 'a.example.com' });
  const b = new ExternalService(chart, 'b', { host: 'b.example.com' });
  const lockdown = new EgressLockdown(chart, 'lockdown', { namespace: shop });
  lockdown.allow(b);
  lockdown.allow(a, b);
  expect(hostsOf(chart)).toEqual([CLUSTER, 'shop/a.example.com', 'shop/b.example.com']);
});

test('a service of another program is allowed by its namespace and host, and is not made', () => {
  const { chart, shop } = program();
  const named = ExternalService.fromName(chart, 'named', { host: 'named.example.com', namespace: 'platform' });
  new EgressLockdown(chart, 'lockdown', { namespace: shop, allow: [named] });
  expect(hostsOf(chart)).toEqual([CLUSTER, 'platform/named.example.com']);
  expect(synthTo(chart).many(ServiceEntry)).toEqual([]);
});

test('two references to a service of another program are one; a host that this program declares, too, is not', () => {
  const { chart } = program();
  const props = { host: 'named.example.com', namespace: 'platform' };
  ExternalService.fromName(chart, 'one', props);
  expect(() => ExternalService.fromName(chart, 'two', props)).not.toThrow();
  expect(caught(() => new ExternalService(chart, 'own', { host: 'named.example.com' })).findings).toEqual([expect.objectContaining({ code: 'second-owner', property: 'host' })]);
});

test('services of the cluster are those of its own domain', () => {
  const chart = new Chart(new Cluster(new MeshApp({ outdir: 'unused' }), 'prod', { clusterDomain: 'corp.local' }), 'shop', { namespace: 'shop' });
  new EgressLockdown(chart, 'lockdown', { namespace: 'shop' });
  expect(hostsOf(chart)).toEqual(['*/*.svc.corp.local']);
});

describe('a host that a lockdown hides', () => {
  test('from its own namespace, and nobody else may call it', () => {
    const { chart, shop } = program();
    new ExternalService(chart, 'forgotten', { host: 'forgotten.example.com' });
    new EgressLockdown(chart, 'lockdown', { namespace: shop });
    expect(caught(() => synthTo(chart)).findings).toEqual([
      expect.objectContaining({
        code: 'hidden-host',
        construct: 'shop/forgotten',
        got: 'forgotten.example.com, which shop/lockdown hides from pods of the namespace shop, and none leaves open',
        fix: 'name it in allow of the EgressLockdown',
      }),
    ]);
  });

  test('by the lockdown of the mesh', () => {
    const { platform, chart, mesh } = program();
    new ExternalService(chart, 'forgotten', { host: 'forgotten.example.com' });
    new EgressLockdown(platform, 'lockdown', { mesh });
    expect(caught(() => synthTo(chart)).findings).toEqual([expect.objectContaining({ code: 'hidden-host', construct: 'shop/forgotten' })]);
  });

  test('is none where another namespace is allowed to call it', () => {
    const { platform, chart, mesh } = program();
    const shared = new ExternalService(chart, 'shared', { host: 'shared.example.com' });
    new EgressLockdown(platform, 'mesh-lockdown', { mesh });
    new EgressLockdown(chart, 'other', { namespace: 'other', allow: [shared] });
    expect(() => synthTo(chart)).not.toThrow();
  });
});

describe('what is refused', () => {
  test('two lockdowns of one namespace', () => {
    const { chart, shop } = program();
    new EgressLockdown(chart, 'one', { namespace: shop });
    const error = caught(() => new EgressLockdown(chart, 'two', { namespace: 'shop' }));
    expect(error.message).toContain('shop/two: namespace: got the namespace shop, which shop/one locks');
  });

  test('neither a namespace nor a mesh, or both', () => {
    const { chart, mesh } = program();
    expect(caught(() => new EgressLockdown(chart, 'none', {} as never)).findings).toEqual([expect.objectContaining({ code: 'bad-props', construct: 'shop/none' })]);
    expect(caught(() => new EgressLockdown(chart, 'both', { namespace: 'shop', mesh } as never)).findings).toEqual([
      expect.objectContaining({ code: 'bad-props', got: 'both "namespace" and "mesh"' }),
    ]);
  });

  test.each([['a host by its name', 'api.example.com'], ['nothing', undefined], ['a construct that is none', 'mesh']])('%s in the list', (_what, given) => {
    const { chart, shop, mesh } = program();
    const allow = [given === 'mesh' ? mesh : given] as never;
    expect(caught(() => new EgressLockdown(chart, 'lockdown', { namespace: shop, allow })).findings).toEqual([
      expect.objectContaining({ code: 'bad-reference', construct: 'shop/lockdown', property: 'allow' }),
    ]);
  });

  test('a host with a typo: the service that was meant is named', () => {
    const { chart, shop } = program();
    new ExternalService(chart, 'api', { host: 'api.example.com' });
    const error = caught(() => new EgressLockdown(chart, 'lockdown', { namespace: shop, allow: ['api.exampel.com' as never] }));
    expect(error.findings[0]?.fix).toBe('did you mean shop/api, which is api.example.com? Hand it on');
  });

  test('a list that is none', () => {
    const { chart } = program();
    expect(caught(() => new EgressLockdown(chart, 'lockdown', { namespace: 'shop', allow: 'all' as never })).findings).toEqual([
      expect.objectContaining({ code: 'bad-reference', property: 'allow' }),
    ]);
  });

  test('a service of another cluster', () => {
    const app = new MeshApp({ outdir: 'unused' });
    const [east, west] = ['east', 'west'].map((name) => new Chart(new Cluster(app, name), 'shop', { namespace: 'shop' })) as [Chart, Chart];
    const api = new ExternalService(east, 'api', { host: 'api.example.com' });
    expect(caught(() => new EgressLockdown(west, 'lockdown', { namespace: 'shop', allow: [api] })).findings).toEqual([
      expect.objectContaining({ code: 'other-cluster', property: 'allow' }),
    ]);
    // and a host has one owner in each cluster
    expect(() => new ExternalService(west, 'api', { host: 'api.example.com' })).not.toThrow();
  });

  test('a mesh that is none', () => {
    const { chart, shop } = program();
    expect(caught(() => new EgressLockdown(chart, 'lockdown', { mesh: shop as unknown as Mesh })).findings).toEqual([
      expect.objectContaining({ code: 'bad-reference', property: 'mesh' }),
    ]);
  });
});
