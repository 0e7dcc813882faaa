import { JsonPatch } from 'cdk8s';
import { DestinationRule, ServiceEntry, Sidecar, VirtualService } from '../../../imports/istio';
import { Service } from '../../../imports/kubernetes';
import { MeshService } from '../../../src';
import { synthTo } from '../../../src/testing';
import type { Finding } from '../../../src';
import { MeshError } from '../../../src';
import { twoNamespaces } from './shop';

/** What is found in a program where web calls stock, of another namespace. */
function found(add: (shop: ReturnType<typeof twoNamespaces>) => unknown): readonly Finding[] {
  const made = twoNamespaces();
  made.web.calls(made.stock);
  add(made);
  try {
    synthTo(made.chart);
    return [];
  } catch (error) {
    if (MeshError.isMeshError(error)) return error.findings;
    throw error;
  }
}

const sidecar = (spec: object, namespace = 'shop') => ({ chart }: ReturnType<typeof twoNamespaces>): unknown => new Sidecar(chart, 'own', { metadata: { name: 'own', namespace }, spec: spec as never });

describe('a Sidecar of the program', () => {
  test('that hides what is called is named, and what to do', () => {
    expect(found(sidecar({ egress: [{ hosts: ['./*', 'istio-system/*'] }] }))).toEqual([
      {
        code: 'hidden-host',
        construct: 'shop/shop/services/web/mesh',
        property: 'calls',
        got: 'stock.back.svc.cluster.local, which shop/own hides from pods of the namespace shop',
        expected: 'a host that its pods can see',
        fix: 'add it to egress.hosts of that Sidecar, or take the call out',
      },
    ]);
  });

  test('is the one to be changed, also where it locks', () => {
    const [finding] = found(sidecar({ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, egress: [{ hosts: ['./*'] }] }));
    expect(finding).toMatchObject({ got: expect.stringContaining('which shop/own hides'), fix: 'add it to egress.hosts of that Sidecar, or take the call out' });
  });

  test.each<[string, object, string]>([
    ['shows the host', { egress: [{ hosts: ['./*', 'back/stock.back.svc.cluster.local'] }] }, 'shop'],
    ['shows the namespace, by another listener', { egress: [{ port: { number: 80, protocol: 'HTTP', name: 'http' }, hosts: ['./*'] }, { hosts: ['back/*'] }] }, 'shop'],
    ['says nothing of what is called', { inboundConnectionPool: { http: { http2MaxRequests: 10 } } }, 'shop'],
    ['is for other pods', { workloadSelector: { labels: { app: 'orders' } }, egress: [{ hosts: ['./*'] }] }, 'shop'],
    ['is for another namespace', { egress: [{ hosts: ['./*'] }] }, 'elsewhere'],
  ])('that %s hides nothing', (_name, spec, namespace) => {
    expect(found(sidecar(spec, namespace))).toEqual([]);
  });

  test('of the root namespace holds where there is no nearer one', () => {
    const hidden = { egress: [{ hosts: ['./*'] }] };
    expect(found(sidecar(hidden, 'istio-system')).map(({ code }) => code)).toEqual(['hidden-host']);
    const nearer = (made: ReturnType<typeof twoNamespaces>): void => {
      sidecar(hidden, 'istio-system')(made);
      new Sidecar(made.chart, 'nearer', { metadata: { namespace: 'shop' }, spec: { egress: [{ hosts: ['*/*'] }] } });
    };
    expect(found(nearer)).toEqual([]);
  });

  test('hides from those who are let in by name, too', () => {
    const grant = (made: ReturnType<typeof twoNamespaces>): void => {
      made.reports.allowFrom(made.orders);
      sidecar({ workloadSelector: { labels: { app: 'orders' } }, egress: [{ hosts: ['./*'] }] })(made);
    };
    expect(found(grant)).toEqual([expect.objectContaining({ code: 'hidden-host', construct: 'shop/shop/services/orders/mesh', got: expect.stringContaining('reports.back') })]);
  });
});

test('what is open to a whole namespace need not be seen by all of it', () => {
  const open = (made: ReturnType<typeof twoNamespaces>): void => {
    made.reports.allowFrom(made.shop);
    sidecar({ workloadSelector: { labels: { app: 'orders' } }, egress: [{ hosts: ['./*'] }] })(made);
  };
  expect(found(open)).toEqual([]);
});

describe('exportTo', () => {
  const exported = (namespaces: string) => ({ chart, web }: ReturnType<typeof twoNamespaces>): void => {
    const service = new Service(chart, 'hidden', {
      metadata: { name: 'hidden', namespace: 'back', annotations: { 'networking.istio.io/exportTo': namespaces } },
      spec: { selector: { app: 'hidden' }, ports: [{ port: 80, name: 'http' }] },
    });
    web.calls(MeshService.from(service));
  };

  test.each([['.'], ['elsewhere'], ['., edge'], ['~']])('a Service that is exported to "%s" is hidden', (namespaces) => {
    expect(found(exported(namespaces))).toEqual([
      {
        code: 'hidden-host',
        construct: 'shop/shop/services/web/mesh',
        property: 'calls',
        got: 'hidden.back.svc.cluster.local, which exportTo of shop/hidden hides from the namespace shop',
        expected: 'hosts and subsets that are exported to those who call them',
        fix: 'add "shop" to that exportTo, or take the call out',
      },
    ]);
  });

  test.each([['*'], ['shop'], ['., shop']])('one that is exported to "%s" is not', (namespaces) => {
    expect(found(exported(namespaces))).toEqual([]);
  });

  test('where a rule leads is hidden: a service outside, or a subset', () => {
    const ruled = (more: (made: ReturnType<typeof twoNamespaces>) => unknown, destination: object) => (made: ReturnType<typeof twoNamespaces>): void => {
      new VirtualService(made.chart, 'rule', { metadata: { namespace: 'back' }, spec: { hosts: ['stock'], http: [{ route: [{ destination: destination as never }] }] } });
      more(made);
    };
    const outside = ruled(({ chart }) => new ServiceEntry(chart, 'entry', { metadata: { namespace: 'back' }, spec: { hosts: ['out.example.com'], exportTo: ['.'], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], resolution: 'DNS' } }), { host: 'out.example.com' });
    expect(found(outside)).toEqual([expect.objectContaining({ code: 'hidden-host', got: 'out.example.com, where shop/rule leads, which exportTo of shop/entry hides from the namespace shop' })]);

    const subset = ruled(({ chart }) => new DestinationRule(chart, 'subsets', { metadata: { namespace: 'back' }, spec: { host: 'hidden', exportTo: ['.'], subsets: [{ name: 'blue', labels: { color: 'blue' } }] } }), { host: 'hidden', subset: 'blue' });
    expect(found(subset)).toEqual([expect.objectContaining({ code: 'hidden-host', got: 'the subset blue of hidden.back.svc.cluster.local, where shop/rule leads, which exportTo of shop/subsets hides from the namespace shop' })]);
  });

  test('a patch is seen as well', () => {
    const patched = ({ stock, chart }: ReturnType<typeof twoNamespaces>): void => {
      stock.split(chart, { v1: 50, v2: 50 });
      (stock.node.findChild('subsets') as DestinationRule).addJsonPatch(JsonPatch.add('/spec/exportTo', ['.']));
    };
    expect(found(patched).map(({ code }) => code)).toEqual(['hidden-host', 'hidden-host']);
  });
});
