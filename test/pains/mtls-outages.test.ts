import { DestinationRule, PeerAuthentication } from '../../imports/istio';
import type { DestinationRuleSpec } from '../../imports/istio/destination-rule';
import { MtlsPolicy } from '../../src';
import type { MtlsMode } from '../../src';
import { synthTo } from '../../src/testing';
import { refused } from '../core/refused';
import { migrating } from '../security/migration/migrating';
import { program } from '../support/program';

/**
 * Pain 9: a mesh is made strict, and something stops: because it went from DISABLE to STRICT at once, because probes come from outside
 * of the mesh, or because a DestinationRule goes on speaking plain text.
 */

describe('the way to STRICT', () => {
  const modesAt = (stage: string): readonly (string | undefined)[] => {
    const made = migrating();
    for (const name of ['web', 'orders']) made.namespace(name);
    made.service('web').calls(made.service('orders'));
    made.migrate(stage);
    return made.app.charts.flatMap((chart) => synthTo(chart).many(PeerAuthentication)).map(({ spec }) => spec?.mtls?.mode);
  };

  test('leads over PERMISSIVE: no stage turns mutual TLS off, and each takes one step', () => {
    const stages = ['start', 'web', 'orders', 'mesh', 'done'];
    const strict = stages.map((stage) => modesAt(stage).filter((mode) => mode === 'STRICT').length);
    expect(stages.flatMap(modesAt)).not.toContain('DISABLE');
    expect(modesAt('start')).toEqual(['PERMISSIVE']);
    expect(strict).toEqual([0, 1, 2, 3, 1]);
  });

  test('clients go first: no stage is strict for a callee whose caller is not there yet', () => {
    const made = migrating();
    for (const name of ['web', 'orders']) made.namespace(name);
    made.service('web').calls(made.service('orders'));
    expect(made.migrate('start').stages.map(({ name }) => name)).toEqual(['start', 'web', 'orders', 'mesh', 'done']);
  });

  test('pods that say DISABLE stay as they are, and are named', () => {
    const made = migrating();
    made.namespace('orders');
    const orders = made.service('orders');
    new MtlsPolicy(made.chart, 'off', { target: orders, mode: 'DISABLE' });
    expect(made.migrate('orders').describe()).toContain('DISABLE');
    const own = synthTo(made.chart).many(PeerAuthentication).find(({ spec }) => spec?.selector !== undefined);
    expect(own?.spec?.mtls?.mode).toBe('DISABLE');
  });
});

describe('probes', () => {
  const probed = (annotations: Readonly<Record<string, string>>, stage = 'orders') => {
    const made = migrating();
    made.namespace('orders');
    made.service('orders', { annotations, container: { livenessProbe: { httpGet: { path: '/', port: 'web' } } } });
    made.migrate(stage);
    return made;
  };
  const off = { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' };

  test('that the kubelet sends past the proxy are refused before they fail, with the pods and the fix', () => {
    expect(refused(() => synthTo(probed(off).chart))).toMatchObject({ code: 'probe-not-rewritten', construct: 'shop/pods-orders-orders', got: expect.stringContaining('livenessProbe'), fix: expect.stringMatching(/./) });
  });

  test('are fine where the proxy answers for them, which is the default, and as long as nothing is strict', () => {
    expect(() => synthTo(probed({}).chart)).not.toThrow();
    expect(() => synthTo(probed(off, 'start').chart)).not.toThrow();
  });
});

describe('a DestinationRule that speaks otherwise than the pods', () => {
  const clash = (mode: MtlsMode, tls: 'DISABLE' | 'SIMPLE' | 'ISTIO_MUTUAL', at: (policy: object) => Partial<DestinationRuleSpec> = (trafficPolicy) => ({ trafficPolicy })) => {
    const { chart, shop } = program();
    const orders = shop.addService('orders', { port: 8080 });
    new MtlsPolicy(chart, 'mode', { target: orders, mode });
    new DestinationRule(chart, 'rule', { spec: { host: orders.host, ...at({ tls: { mode: tls } }) } });
    return chart;
  };

  test.each<[MtlsMode, 'DISABLE' | 'SIMPLE' | 'ISTIO_MUTUAL']>([['STRICT', 'DISABLE'], ['STRICT', 'SIMPLE'], ['DISABLE', 'ISTIO_MUTUAL']])('%s and %s are refused', (mode, tls) => {
    expect(refused(() => synthTo(clash(mode, tls)))).toMatchObject({ code: 'mtls-clash', construct: 'shop/rule', property: 'spec.trafficPolicy.tls.mode' });
  });

  test('also for one version or one port', () => {
    const bySubset = clash('STRICT', 'DISABLE', (trafficPolicy) => ({ subsets: [{ name: 'v1', trafficPolicy }] }));
    const byPort = clash('STRICT', 'DISABLE', (policy) => ({ trafficPolicy: { portLevelSettings: [{ port: { number: 8080 }, ...policy }] } }));
    for (const chart of [bySubset, byPort]) expect(refused(() => synthTo(chart))).toMatchObject({ code: 'mtls-clash' });
  });

  test.each<[MtlsMode, 'DISABLE' | 'ISTIO_MUTUAL']>([['PERMISSIVE', 'DISABLE'], ['PERMISSIVE', 'ISTIO_MUTUAL'], ['STRICT', 'ISTIO_MUTUAL'], ['DISABLE', 'DISABLE']])('%s and %s go together', (mode, tls) => {
    expect(() => synthTo(clash(mode, tls))).not.toThrow();
  });

  test('in a migration, the stage that would break it is refused, and the one before is not', () => {
    const at = (stage: string) => {
      const made = migrating();
      made.namespace('orders');
      new DestinationRule(made.chart, 'rule', { metadata: { namespace: 'orders' }, spec: { host: made.service('orders').host, trafficPolicy: { tls: { mode: 'DISABLE' } } } });
      made.migrate(stage);
      return made.chart;
    };
    expect(() => synthTo(at('start'))).not.toThrow();
    expect(refused(() => synthTo(at('orders')))).toMatchObject({ code: 'mtls-clash' });
  });
});
