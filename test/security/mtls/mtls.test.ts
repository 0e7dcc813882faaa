import { Chart } from 'cdk8s';
import { DestinationRule, PeerAuthentication } from '../../../imports/istio';
import type { DestinationRuleSpec } from '../../../imports/istio/destination-rule';
import { Deployment, Namespace } from '../../../imports/kubernetes';
import { Mesh, MeshApp, MeshNamespace, MeshService, MtlsPolicy, StrictMtlsNamespace, mtlsModeOf } from '../../../src';
import type { MtlsMode, MtlsPolicyProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

function shopProgram() {
  const made = program();
  return { ...made, orders: made.shop.addService('orders', { ports: [{ port: 80, targetPort: 8080 }, { port: 90, targetPort: 9090, name: 'http-more' }] }) };
}

describe('MtlsPolicy', () => {
  test('of a service is for its pods, with ports of their own', () => {
    const { chart, orders } = shopProgram();
    new MtlsPolicy(chart, 'loose', { target: orders, mode: 'STRICT', ports: { 9090: 'PERMISSIVE' } });
    const { metadata, spec } = synthTo(chart).one(PeerAuthentication, 'orders');
    expect(metadata.namespace).toBe('shop');
    expect(spec).toEqual({ mtls: { mode: 'STRICT' }, portLevelMtls: { 9090: { mode: 'PERMISSIVE' } }, selector: { matchLabels: { app: 'orders' } } });
  });

  test('of a namespace or a mesh is the one for all of it', () => {
    const { chart } = shopProgram();
    new MtlsPolicy(chart, 'legacy', { target: MeshNamespace.fromName(chart, 'legacy-namespace', { name: 'legacy' }), mode: 'DISABLE' });
    new MtlsPolicy(chart, 'all', { target: Mesh.fromName(chart, 'far', { namespace: 'istio-far' }), mode: 'STRICT' });
    const wide = synthTo(chart).many(PeerAuthentication, 'default').filter(({ metadata }) => metadata.namespace !== 'shop');
    expect(wide.map(({ metadata, spec }) => [metadata.namespace, spec])).toEqual([['legacy', { mtls: { mode: 'DISABLE' } }], ['istio-far', { mtls: { mode: 'STRICT' } }]]);
  });

  test.each<[unknown, string, string]>([
    [null, 'bad-props', 'props'],
    [{}, 'bad-reference', 'target'],
    [{ target: 'orders', mode: 'STRICT' }, 'bad-reference', 'target'],
    [{ mode: 'STRICT', modes: {} }, 'unknown-prop', 'modes'],
  ])('%j is refused', (props, code, property) => {
    const { chart } = shopProgram();
    expect(caught(() => new MtlsPolicy(chart, 'a', props as never)).findings[0]).toMatchObject({ code, property });
  });

  test.each<[Omit<MtlsPolicyProps, 'target'>, string, string]>([
    [{}, 'no-mode', 'mode'],
    [{ mode: 'strict' as MtlsMode }, 'bad-choice', 'mode'],
    [{ ports: {} }, 'empty-list', 'ports'],
    [{ ports: [] as never }, 'bad-props', 'ports'],
    [{ ports: { 0: 'STRICT' } }, 'bad-port', 'ports.0'],
    [{ ports: { 70000: 'STRICT' } }, 'bad-port', 'ports.70000'],
    [{ ports: { 80: 'UNSET' as MtlsMode } }, 'bad-choice', 'ports.80'],
  ])('%j is refused', (props, code, property) => {
    const { chart, orders } = shopProgram();
    expect(caught(() => new MtlsPolicy(chart, 'a', { target: orders, ...props })).findings[0]).toMatchObject({ code, property, construct: 'shop/a' });
  });

  test('ports of all pods of a namespace are refused: Istio takes none', () => {
    const { chart, shop } = shopProgram();
    expect(caught(() => new MtlsPolicy(chart, 'a', { target: shop, ports: { 80: 'STRICT' } })).findings[0]).toMatchObject({ code: 'wide-ports' });
  });

  test('a second policy for the same pods is refused, whoever made the first: Istio would follow the older', () => {
    const { chart, orders } = shopProgram();
    new MtlsPolicy(chart, 'a', { target: orders, mode: 'STRICT' });
    new PeerAuthentication(chart, 'b', { spec: { selector: { matchLabels: { app: 'orders' } }, mtls: { mode: 'DISABLE' } } });
    new PeerAuthentication(chart, 'wide', { spec: { mtls: { mode: 'DISABLE' } } });
    expect(caught(() => synthTo(chart)).findings).toMatchObject([
      { code: 'second-owner', construct: 'shop/b', got: expect.stringContaining('shop/a/policy') as string },
      { code: 'second-owner', construct: 'shop/wide', got: expect.stringContaining('shop/shop/mtls') as string },
    ]);
  });
});

test('so is one for some of the pods of another; for other pods it is fine', () => {
  const { chart, orders, shop } = shopProgram();
  new MtlsPolicy(chart, 'a', { target: orders, mode: 'STRICT' });
  new MtlsPolicy(chart, 'b', { target: shop.addService('web', { port: 80 }), mode: 'PERMISSIVE' });
  expect(synthTo(chart).warnings).toEqual([]);
  new PeerAuthentication(chart, 'c', { spec: { selector: { matchLabels: { version: 'v1', app: 'orders' } }, mtls: { mode: 'DISABLE' } } });
  expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'second-owner', construct: 'shop/c' }]);
});

describe('mtlsModeOf', () => {
  test('the narrowest policy that says a mode counts, and a port may have its own', () => {
    const { app, chart, shop, orders } = shopProgram();
    expect(mtlsModeOf(orders, 8080)).toBe('STRICT');
    new MtlsPolicy(chart, 'loose', { target: orders, ports: { 9090: 'DISABLE' } });
    expect([mtlsModeOf(orders), mtlsModeOf(orders, 8080), mtlsModeOf(orders, 9090)]).toEqual(['STRICT', 'STRICT', 'DISABLE']);
    const open = new Chart(app, 'open', { namespace: 'open' });
    const far = MeshService.fromName(open, 'far', { name: 'far', ports: [80] });
    // of a namespace without one, the mesh's counts, which a planner makes
    expect(mtlsModeOf(far)).toBe('STRICT');
    new PeerAuthentication(open, 'default', { spec: { mtls: { mode: 'PERMISSIVE' } } });
    expect([mtlsModeOf(far), mtlsModeOf(shop)]).toEqual(['PERMISSIVE', 'STRICT']);
  });

  test('where nothing is said, plain text is taken as well', () => {
    const chart = new Chart(new MeshApp({ outdir: 'unused' }), 'a', { namespace: 'a' });
    expect(mtlsModeOf(MeshService.fromName(chart, 'far', { name: 'far', ports: [80] }))).toBe('PERMISSIVE');
  });

  test("the mesh's counts where its root namespace is another, of this program or of one that is named", () => {
    const chart = new Chart(new MeshApp({ outdir: 'unused' }), 'a', { namespace: 'a' });
    new MtlsPolicy(chart, 'all', { target: Mesh.fromName(chart, 'far', { namespace: 'istio-far' }), mode: 'STRICT' });
    expect(mtlsModeOf(MeshService.fromName(chart, 'service', { name: 'far', ports: [80] }))).toBe('STRICT');
    const own = new Chart(new MeshApp({ outdir: 'unused' }), 'a', { namespace: 'a' });
    new Mesh(own, 'mesh', { namespace: 'istio-own', controlPlane: false });
    expect(mtlsModeOf(MeshService.fromName(own, 'service', { name: 'far', ports: [80] }))).toBe('STRICT');
  });

  test('of a workload, by the labels of its pods', () => {
    const { chart } = shopProgram();
    const template = { metadata: { labels: { app: 'job' } }, spec: { containers: [{ name: 'main', image: 'example.com/a:1' }] } };
    const job = new Deployment(chart, 'job', { spec: { selector: { matchLabels: { app: 'job' } }, template } });
    new MtlsPolicy(chart, 'loose', { target: job, mode: 'PERMISSIVE' });
    expect(mtlsModeOf(job)).toBe('PERMISSIVE');
  });

  test.each([[undefined, 80], ['orders', 80], [{}, 80]])('of %j it is refused', (subject, port) => {
    expect(caught(() => mtlsModeOf(subject as never, port)).findings[0]).toMatchObject({ code: 'bad-reference', property: 'mtlsModeOf' });
  });

  test.each([[0], [70000], ['80'], [1.5]])('of port %j it is refused', (port) => {
    const { orders } = shopProgram();
    expect(caught(() => mtlsModeOf(orders, port as never)).findings[0]).toMatchObject({ code: 'bad-number', property: 'mtlsModeOf.port' });
  });
});

describe('a DestinationRule that says otherwise (pain 9)', () => {
  const rule = (chart: Chart, spec: Omit<DestinationRuleSpec, 'host'>, host = 'orders.shop.svc.cluster.local') => new DestinationRule(chart, 'rule', { metadata: { namespace: 'callers' }, spec: { host, ...spec } });
  const tls = (mode: 'DISABLE' | 'SIMPLE' | 'ISTIO_MUTUAL') => ({ tls: { mode } });

  test.each<[string, Omit<DestinationRuleSpec, 'host'>, string]>([
    ['plain text', { trafficPolicy: tls('DISABLE') }, 'spec.trafficPolicy.tls.mode'],
    ['TLS without a certificate', { trafficPolicy: tls('SIMPLE') }, 'spec.trafficPolicy.tls.mode'],
    ['plain text on a port', { trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, ...tls('DISABLE') }] } }, 'spec.trafficPolicy.portLevelSettings[0].tls.mode'],
    ['plain text to a subset', { subsets: [{ name: 'v1', trafficPolicy: tls('DISABLE') }] }, 'spec.subsets[0].trafficPolicy.tls.mode'],
  ])('%s to pods that take mutual TLS only is refused', (_name, spec, property) => {
    const { chart } = shopProgram();
    rule(chart, spec);
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'mtls-clash', construct: 'shop/rule', property, got: expect.stringContaining('STRICT') as string }]);
  });

  test('mutual TLS to pods that take none is refused', () => {
    const { chart, orders } = shopProgram();
    new MtlsPolicy(chart, 'off', { target: orders, mode: 'DISABLE' });
    rule(chart, { trafficPolicy: tls('ISTIO_MUTUAL') });
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'mtls-clash', got: 'ISTIO_MUTUAL, for orders.shop.svc.cluster.local, whose pods are DISABLE' }]);
  });

  test.each<[string, Omit<DestinationRuleSpec, 'host'>]>([
    ['mutual TLS to pods that take it', { trafficPolicy: tls('ISTIO_MUTUAL') }],
    ['nothing of TLS', { trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } }],
    ['plain text, but not on the ports that there are', { trafficPolicy: { ...tls('DISABLE'), portLevelSettings: [{ port: { number: 80 } }, { port: { number: 90 } }] } }],
  ])('%s is fine', (_name, spec) => {
    const { chart } = shopProgram();
    rule(chart, spec);
    expect(synthTo(chart).warnings).toEqual([]);
  });

  test('plain text to a port that takes it is fine, by the number of the pods', () => {
    const { chart, orders } = shopProgram();
    new MtlsPolicy(chart, 'loose', { target: orders, ports: { 9090: 'PERMISSIVE' } });
    rule(chart, { trafficPolicy: { portLevelSettings: [{ port: { number: 90 }, ...tls('DISABLE') }] } });
    expect(synthTo(chart).warnings).toEqual([]);
  });

  test('of hosts that the program does not know nothing is said', () => {
    const { chart } = shopProgram();
    rule(chart, { trafficPolicy: tls('DISABLE') }, 'elsewhere.far.svc.cluster.local');
    expect(synthTo(chart).warnings).toEqual([]);
  });
});

test('a namespace of another kind takes the policy as well', () => {
  const { chart, mesh } = program();
  const namespace = new Namespace(chart, 'plain', { metadata: { labels: mesh.injectionLabels } });
  new MtlsPolicy(chart, 'plain-mtls', { target: namespace, mode: 'PERMISSIVE' });
  expect(mtlsModeOf(namespace)).toBe('PERMISSIVE');
  expect(() => new StrictMtlsNamespace(chart, 'other', { mesh })).not.toThrow();
});
