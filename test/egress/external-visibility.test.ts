import type { Chart } from 'cdk8s';
import { DestinationRule, ServiceEntry, VirtualService } from '../../imports/istio';
import { EgressGateway, EgressLockdown, EgressRoute, ExternalService, MeshNamespace, TlsOrigination } from '../../src';
import type { ExternalServiceProps } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

const HOST = 'api.example.com';
const FULL: ExternalServiceProps = { host: HOST, ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.simple() }], timeout: '5s' };

function exported(chart: Chart): unknown[] {
  const shown = synthTo(chart);
  return [ServiceEntry, DestinationRule, VirtualService].map((kind) => (shown.one(kind as typeof ServiceEntry, 'api').spec as { exportTo?: string[] }).exportTo);
}

test('all namespaces know it, which is not said', () => {
  const { chart } = program();
  new ExternalService(chart, 'api', FULL);
  expect(exported(chart)).toEqual([undefined, undefined, undefined]);
});

test('some namespaces: of all that is said of the host, in one order, its own as Istio writes it', () => {
  const { chart, shop } = program();
  new ExternalService(chart, 'api', { ...FULL, exportTo: ['ops', shop, '.', 'batch'] });
  const names = ['.', 'batch', 'ops'];
  expect(exported(chart)).toEqual([names, names, names]);
});

test('an egress gateway knows what is led through it', () => {
  const { chart, shop } = program();
  const api = new ExternalService(chart, 'api', { ...FULL, exportTo: ['.'] });
  const gateway = EgressGateway.fromName(chart, 'egress', { name: 'egress' });
  new EgressRoute(chart, 'out', { gateway, to: api, allowFrom: [shop] });
  const names = ['.', 'istio-egress'];
  expect(exported(chart)).toEqual([names, names, names]);
});

describe('two services of one host', () => {
  test('are two where no namespace sees both', () => {
    const { chart } = program();
    new ExternalService(chart, 'one', { host: HOST, exportTo: ['one'] });
    expect(() => new ExternalService(chart, 'two', { host: HOST, exportTo: ['two'] })).not.toThrow();
    expect(caught(() => new ExternalService(chart, 'three', { host: HOST, exportTo: ['three', 'two'] })).findings).toEqual([
      expect.objectContaining({ code: 'second-owner', construct: 'shop/three', got: `${HOST}, which shop/two stands for, too` }),
    ]);
  });

  test('meet at a gateway that both are led through', () => {
    const { chart } = program();
    const gateway = EgressGateway.fromName(chart, 'egress', { name: 'egress' });
    for (const name of ['one', 'two']) {
      const to = new ExternalService(chart, name, { host: HOST, exportTo: [name] });
      new EgressRoute(chart, `${name}-out`, { gateway, to, allowFrom: [MeshNamespace.fromName(chart, `${name}-namespace`, { name } as never)] });
    }
    const { findings } = caught(() => synthTo(chart));
    expect(findings).toContainEqual(expect.objectContaining({ code: 'second-owner', construct: 'shop/two' }));
  });

  test('of bytes share a port where no namespace sees both', () => {
    const { chart } = program();
    for (const name of ['one', 'two']) new ExternalService(chart, name, { host: `${name}.example.com`, ports: [{ port: 5432, protocol: 'TCP' }], exportTo: [name] });
    expect(() => synthTo(chart)).not.toThrow();
  });
});

describe('what hides a host', () => {
  test('a list of a namespace that it is not declared to', () => {
    const { chart } = program();
    const api = new ExternalService(chart, 'api', { host: HOST, exportTo: ['.'] });
    new EgressLockdown(chart, 'lockdown', { namespace: 'ops', allow: [api] });
    expect(caught(() => synthTo(chart)).findings).toEqual([
      expect.objectContaining({ code: 'hidden-host', construct: 'shop/lockdown', property: 'allow', fix: 'add the namespace to exportTo of shop/api' }),
    ]);
  });

  test('callers of a namespace that it is not declared to', () => {
    const { chart } = program();
    const to = new ExternalService(chart, 'api', { host: HOST, exportTo: ['.'] });
    const gateway = EgressGateway.fromName(chart, 'egress', { name: 'egress' });
    new EgressRoute(chart, 'out', { gateway, to, allowFrom: [MeshNamespace.fromName(chart, 'ops')] });
    expect(caught(() => synthTo(chart)).findings).toEqual([
      expect.objectContaining({ code: 'hidden-host', construct: 'shop/out', property: 'allowFrom', got: `callers in the namespace ops, to which shop/api does not declare ${HOST}` }),
    ]);
  });

  test('a lockdown of a namespace that never knew it hides nothing', () => {
    const { chart, shop } = program();
    new ExternalService(chart, 'api', { host: HOST, exportTo: ['ops'] });
    new EgressLockdown(chart, 'lockdown', { namespace: shop });
    expect(() => synthTo(chart)).not.toThrow();
  });
});
