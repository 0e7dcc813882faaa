import { Testing } from 'cdk8s';
import { ClusterRole, ConfigMap, Deployment, EndpointSlice, MutatingWebhookConfiguration, Service, ValidatingWebhookConfiguration } from '../../imports/kubernetes';
import { RemoteIstiod } from '../../src/control-plane/remote-istiod/remote-istiod';
import type { RemoteIstiodProps } from '../../src/control-plane/remote-istiod/remote-istiod-props';
import { synthTo } from '../../src/testing';
import type { SynthResult } from '../../src/testing';

function remote(props: RemoteIstiodProps): SynthResult {
  const chart = Testing.chart();
  new RemoteIstiod(chart, 'istiod', props);
  return synthTo(chart);
}

describe('a cluster whose istiod runs elsewhere', () => {
  const shown = remote({ address: '203.0.113.7' });

  test('has nothing that runs, and no configuration of the mesh', () => {
    expect([...shown.many(Deployment), ...shown.many(ConfigMap), ...shown.many(ValidatingWebhookConfiguration)]).toEqual([]);
  });

  test('finds it by a Service of the same name and ports', () => {
    expect(shown.one(Service).metadata.name).toBe('istiod');
    const slice = shown.one(EndpointSlice);
    expect(slice).toMatchObject({ addressType: 'IPv4', endpoints: [{ addresses: ['203.0.113.7'] }], metadata: { labels: { 'kubernetes.io/service-name': 'istiod' } } });
    // endpoints belong to the ports of a Service by name
    expect(slice.ports?.map(({ name }) => name)).toEqual(shown.one(Service).spec?.ports?.map(({ name }) => name));
    expect(shown.one(MutatingWebhookConfiguration).webhooks?.[0]?.clientConfig.service?.name).toBe('istiod');
  });

  test('lets it read, and keep its root certificate and webhooks', () => {
    const [reader, ...others] = shown.many(ClusterRole);
    expect(others).toEqual([]);
    expect(reader?.rules).toContainEqual(expect.objectContaining({ resources: ['mutatingwebhookconfigurations'], verbs: expect.arrayContaining(['patch']) as unknown }));
  });
});

test('a host is followed by name, and needs no endpoints', () => {
  const shown = remote({ address: 'istiod.example.com', revision: 'a' });
  expect(shown.one(Service)).toMatchObject({ metadata: { name: 'istiod-a' }, spec: { type: 'ExternalName', externalName: 'istiod.example.com' } });
  expect(shown.many(EndpointSlice)).toEqual([]);
});

test.each<[string, RemoteIstiodProps]>([
  ['the webhook goes there directly', { injectorWebhook: { url: 'https://istiod.example.com:15017/inject' } }],
  ['somebody else makes the Service', { externalService: true }],
])('no Service where %s', (_, props) => {
  expect(remote(props).many(Service)).toEqual([]);
});

test('the cluster that holds the configuration has it checked, and lets istiod change it', () => {
  const shown = remote({ address: '203.0.113.7', configCluster: true });
  expect(shown.many(ValidatingWebhookConfiguration)).toHaveLength(1);
  expect(shown.many(ClusterRole, 'istiod-clusterrole-istio-system')).toHaveLength(1);
  expect(shown.many(Deployment)).toEqual([]);
});

test('with an injector of its own, that one has the plain name', () => {
  const shown = remote({ address: '203.0.113.7', localInjector: true });
  expect(shown.many(Deployment)).toHaveLength(1);
  expect(shown.many(Service).map(({ metadata }) => metadata.name).sort()).toEqual(['istiod', 'istiod-remote']);
  expect(shown.one(EndpointSlice).metadata.name).toBe('istiod-remote');
  expect(shown.one(ConfigMap, 'istio').data?.['mesh']).toContain('discoveryAddress: istiod-remote.istio-system.svc:15012');
});
