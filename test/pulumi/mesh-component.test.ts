import { Chart } from 'cdk8s';
import { multicluster } from '../../examples/04-multicluster/main';
import { CustomResourceDefinition, Deployment, Namespace, Secret, Service } from '../../imports/kubernetes';
import type { CustomResourceDefinitionProps } from '../../imports/kubernetes';
import { DestinationRule, VirtualService } from '../../imports/istio';
import { Cluster, IngressRoute, Istiod, Mesh, StrictMtlsNamespace, Tls } from '../../src';
import { deploy, MeshComponent } from '../../src/pulumi';
import { caught } from '../support/caught';
import { annotationsOf, kubernetesProvider, needsOf, shop, shopOf } from './programs';
import { isSecret, Recorder, revealed, settled, valueOf } from './recorder';

const SKIP = 'pulumi.com/skipAwait';

const CRD: CustomResourceDefinitionProps = {
  metadata: { name: 'things.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

describe('order', () => {
  test('everything waits for its namespace, its CRD, and what it would fail or be unsafe without', async () => {
    const recorder = new Recorder();
    new MeshComponent('mesh', {
      program: (scope) => {
        const { mesh, reviews } = shopOf(scope, {});
        reviews.allowFrom(mesh.addIngressGateway('public'));
        const labels = { ...reviews.selector, version: 'v1' };
        const containers = [{ name: 'app', image: 'example.com/reviews:1', env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'reviews-key', key: 'key' } } }] }];
        new Deployment(scope, 'reviews-v1', { metadata: { namespace: 'shop' }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } } });
        new Secret(scope, 'reviews-key', { metadata: { namespace: 'shop' }, stringData: { key: 'value' } });
      },
    });
    await settled();
    expect(needsOf(recorder, 'AuthorizationPolicy', 'deny-by-default')).toEqual(
      expect.arrayContaining(['Namespace/shop', 'CustomResourceDefinition/authorizationpolicies.security.istio.io', 'Deployment/istiod', 'ValidatingWebhookConfiguration/istio-validator-istio-system']),
    );
    expect(needsOf(recorder, 'Deployment', 'istiod')).toEqual(expect.arrayContaining(['ServiceAccount/istiod', 'ClusterRoleBinding/istiod-clusterrole-istio-system', 'ConfigMap/istio', 'CustomResourceDefinition/sidecars.networking.istio.io']));
    // it waits for the pods of istiod itself
    expect(needsOf(recorder, 'Deployment', 'istiod')).not.toContain('Service/istiod');
    expect(needsOf(recorder, 'MutatingWebhookConfiguration', 'istio-sidecar-injector')).toContain('Deployment/istiod');
    // pods with the image "auto" are made good by the injector
    expect(needsOf(recorder, 'Deployment', 'public')).toEqual(expect.arrayContaining(['MutatingWebhookConfiguration/istio-sidecar-injector', 'ServiceAccount/public', 'Namespace/istio-ingress']));
    expect(needsOf(recorder, 'Deployment', 'reviews-v1')).toEqual(expect.arrayContaining(['Secret/reviews-key', 'MutatingWebhookConfiguration/istio-sidecar-injector', 'AuthorizationPolicy/deny-by-default', 'PeerAuthentication/default']));
    // on a namespace that lives, callers would be shut out until theirs is there
    expect(needsOf(recorder, 'AuthorizationPolicy', 'deny-by-default')).toContain('AuthorizationPolicy/reviews');
    // a route to a subset that is not there yet answers 503
    expect(needsOf(recorder, 'VirtualService', 'reviews')).toContain('DestinationRule/reviews');
    expect(needsOf(recorder, 'ClusterRoleBinding', 'istiod-clusterrole-istio-system')).toContain('ClusterRole/istiod-clusterrole-istio-system');
  });

  test('a route written by hand waits for the DestinationRule of its host, too', async () => {
    const recorder = new Recorder();
    new MeshComponent('routes', {
      namespace: 'shop',
      program: (scope) => {
        new VirtualService(scope, 'a-route', { spec: { hosts: ['a'], http: [{ route: [{ destination: { host: 'b.shop.svc.cluster.local', subset: 'v1' } }] }] } });
        new DestinationRule(scope, 'b-rule', { spec: { host: 'b.shop.svc.cluster.local', subsets: [{ name: 'v1', labels: { version: 'v1' } }] } });
        new DestinationRule(scope, 'c-rule', { spec: { host: 'c.shop.svc.cluster.local' } });
      },
    });
    await settled();
    expect(needsOf(recorder, 'VirtualService', 'a-route')).toEqual(['DestinationRule/b-rule']);
  });
});

describe('options', () => {
  test('CRDs stay when they are taken out, unless told otherwise', async () => {
    const recorder = new Recorder();
    const program = (scope: Chart): unknown => [new Namespace(scope, 'shop'), new CustomResourceDefinition(scope, 'crd', CRD)];
    new MeshComponent('kept', { program });
    new MeshComponent('gone', { program, retainCrds: false });
    await settled();
    const isRetained = (component: string, type: string): boolean[] => [
      ...new Set(recorder.objects.filter((each) => each.name.startsWith(`${component}/`) && each.type.endsWith(type)).map((each) => each.isRetained)),
    ];
    expect(isRetained('kept', ':CustomResourceDefinition')).toEqual([true]);
    expect(isRetained('gone', ':CustomResourceDefinition')).toEqual([false]);
    expect(isRetained('kept', ':Namespace')).toEqual([false]);
  });

  test('what istiod writes into the webhook that checks its configuration is no change, and no conflict', async () => {
    const recorder = new Recorder();
    new MeshComponent('mesh', { program: shop });
    await settled();
    const validator = 'istio-validator-istio-system';
    expect(recorder.of('ValidatingWebhookConfiguration', validator).ignoreChanges).toEqual(['webhooks[0].failurePolicy']);
    expect(annotationsOf(recorder, 'ValidatingWebhookConfiguration', validator)).toEqual({ 'pulumi.com/patchForce': 'true' });
    // its caBundle is no field of ours, and an index of a list that grows would be refused by the engine
    expect(recorder.of('MutatingWebhookConfiguration', 'istio-sidecar-injector').ignoreChanges).toEqual([]);
    expect(annotationsOf(recorder, 'MutatingWebhookConfiguration', 'istio-sidecar-injector')).toEqual({});
    expect(recorder.of('Deployment', 'istiod').ignoreChanges).toEqual([]);
  });

  test('what a program says itself of the webhook is its own', async () => {
    const recorder = new Recorder();
    const validationWebhook = { caBundle: 'Q0E=' };
    new MeshComponent('mesh', { program: (scope) => new Istiod(scope, 'istiod', { validationWebhook }) });
    await settled();
    const { ignoreChanges, inputs } = recorder.of('ValidatingWebhookConfiguration', 'istio-validator-istio-system');
    expect(inputs['webhooks']).toMatchObject([{ failurePolicy: 'Fail' }]);
    expect([ignoreChanges, annotationsOf(recorder, 'ValidatingWebhookConfiguration', 'istio-validator-istio-system')]).toEqual([[], {}]);
  });

  test('a Service that gets its pods from elsewhere is not waited for; others are, and those that get an address', async () => {
    const recorder = new Recorder();
    new MeshComponent('mesh', {
      program: (scope) => {
        shop(scope).mesh.addIngressGateway('public');
        new Service(scope, 'lb', { metadata: { namespace: 'shop' }, spec: { type: 'LoadBalancer', selector: { app: 'elsewhere' }, ports: [{ port: 80 }] } });
        const annotations = { 'pulumi.com/waitFor': 'jsonpath={.metadata.uid}' };
        new Service(scope, 'own', { metadata: { namespace: 'shop', annotations }, spec: { selector: { app: 'elsewhere' }, ports: [{ port: 80 }] } });
      },
    });
    await settled();
    const skips = (name: string): unknown => annotationsOf(recorder, 'Service', name)[SKIP];
    expect(['reviews', 'istiod', 'public', 'lb', 'own'].map(skips)).toEqual(['true', undefined, undefined, undefined, undefined]);
  });

  test('nothing is waited for on a cluster that has no nodes', async () => {
    const recorder = new Recorder();
    new MeshComponent('mesh', { program: (scope) => shop(scope).mesh.addIngressGateway('public', { api: 'gateway' }), skipAwait: true });
    await settled();
    const skipping = recorder.objects.filter(({ inputs }) => JSON.stringify(inputs['metadata']).includes(SKIP)).map(({ type }) => type.split(':').at(-1));
    expect([...new Set(skipping)].sort()).toEqual(['Deployment', 'Service']);
    expect(JSON.stringify(recorder.objects.map(({ inputs }) => inputs['metadata']))).not.toContain('pulumi.com/waitFor');
  });

  test('single objects take options of their own, which add to ours', async () => {
    const recorder = new Recorder();
    const first = kubernetesProvider('first');
    new MeshComponent('mesh', {
      program: shop,
      resourceOptions: ({ apiVersion, kind, namespace, name, cluster }) => {
        if (kind === 'VirtualService') return { ignoreChanges: ['spec.http[0].route[0].weight'] };
        if (kind === 'ValidatingWebhookConfiguration') return { ignoreChanges: ['metadata.labels'], dependsOn: first };
        return `${cluster} ${apiVersion} ${namespace} ${name}` === ' v1 shop reviews' && kind === 'Service' ? { protect: true } : undefined;
      },
    });
    await settled();
    expect(recorder.of('VirtualService', 'reviews').ignoreChanges).toEqual(['spec.http[0].route[0].weight']);
    const { ignoreChanges, dependencies } = recorder.of('ValidatingWebhookConfiguration', 'istio-validator-istio-system');
    expect(ignoreChanges).toEqual(['webhooks[0].failurePolicy', 'metadata.labels']);
    expect(dependencies).toEqual(expect.arrayContaining([expect.stringContaining('::first') as string, expect.stringMatching(/:Deployment::.*istiod$/) as string]));
    expect(recorder.objects.filter(({ isProtected }) => isProtected).map(({ name }) => name)).toEqual(['mesh/shop/reviews']);
  });

  test('the provider of the component is that of its objects; several clusters have one each', async () => {
    const recorder = new Recorder();
    const [west, east] = [kubernetesProvider('west'), kubernetesProvider('east')];
    new MeshComponent('one', { program: shop }, { provider: west });
    new MeshComponent('two', { program: (_scope, app) => multicluster(app), providers: { west, east } });
    await settled();
    const providerOf = (name: string): string[] => [...new Set(recorder.objects.filter((each) => each.name.startsWith(name)).map(({ provider }) => provider.split('::').slice(3, 4).join()))];
    expect([providerOf('one/'), providerOf('two/west/'), providerOf('two/east/')]).toEqual([['west'], ['west'], ['east']]);
    // the same object in two clusters
    expect(recorder.objects.filter(({ name }) => /^two\/(west|east)\/istio-system\/istio-eastwestgateway$/.test(name)).length % 2).toBe(0);
  });
});

describe('outputs', () => {
  const SERVICE = 'kubernetes:core/v1:Service';

  test.each([
    ['an address', [{ ip: '203.0.113.9' }], '203.0.113.9'],
    ['a host name', [{ hostname: 'lb.example.com' }], 'lb.example.com'],
    ['nothing yet', undefined, undefined],
  ])('the address of a gateway: %s', async (_name, ingress, expected) => {
    new Recorder({ [SERVICE]: { status: { loadBalancer: { ingress } } } });
    const component = new MeshComponent('mesh', { program: (scope) => new Mesh(scope, 'mesh', { crds: false }).addIngressGateway('public') });
    expect(await valueOf(component.addressOf(component.result))).toBe(expected);
  });

  test('the address of a gateway that istiod deploys, which is waited for', async () => {
    const recorder = new Recorder({ 'kubernetes:gateway.networking.k8s.io/v1:Gateway': { status: { addresses: [{ type: 'IPAddress', value: '203.0.113.9' }] } } });
    const component = new MeshComponent('mesh', {
      program: (scope) => {
        const mesh = new Mesh(scope, 'mesh', { crds: false });
        const web = new StrictMtlsNamespace(scope, 'front', { mesh }).addService('web', { port: 8080 });
        const gateway = mesh.addIngressGateway('public', { api: 'gateway' });
        new IngressRoute(scope, 'web', { gateway, host: 'shop.example.com', tls: Tls.secret('shop-cert'), routes: [{ path: '/', to: web }] });
        return gateway;
      },
    });
    expect(await valueOf(component.addressOf(component.result))).toBe('203.0.113.9');
    expect(annotationsOf(recorder, 'Gateway', 'public')).toEqual({ 'pulumi.com/waitFor': 'jsonpath={.status.addresses[0].value}' });
    expect(needsOf(recorder, 'Gateway', 'public')).toContain('Deployment/istiod');
  });

  test('of several clusters, the address is that of the gateway itself', async () => {
    const recorder = new Recorder();
    const providers = { west: kubernetesProvider('west'), east: kubernetesProvider('east') };
    const component = new MeshComponent('two', {
      providers,
      program: (_scope, app) => ['west', 'east'].map((id) => new Mesh(new Chart(new Cluster(app, id), 'chart'), 'mesh', { crds: false }).addIngressGateway('public')),
    });
    const [, east] = component.result;
    const asked = jest.spyOn(component, 'resource');
    if (east !== undefined) component.addressOf(east);
    expect(asked.mock.calls).toEqual([[{ cluster: 'east', kind: 'Service', namespace: 'istio-ingress', name: 'public' }]]);
    await settled();
    expect(recorder.objects.length).toBeGreaterThan(0);
  });

  test('one construct by itself, with what it knows', async () => {
    const recorder = new Recorder();
    const { result } = deploy('stable', Mesh, { revision: 'stable', meshId: 'mesh1', crds: false }, { cluster: { istio: '1.30.7' } });
    await settled();
    expect([result.revision, result.meshId]).toEqual(['stable', 'mesh1']);
    expect(recorder.of('Deployment', 'istiod-stable').name).toBe('stable/istio-system/istiod-stable');
    expect(JSON.stringify(recorder.of('Deployment', 'istiod-stable').inputs)).toContain('pilot:1.30.7');
  });

  test('the resource of any object', async () => {
    new Recorder();
    const component = new MeshComponent('mesh', { program: shop });
    expect(await valueOf(component.resource({ kind: 'VirtualService', namespace: 'shop', name: 'reviews' }).metadata)).toMatchObject({ name: 'reviews' });
    expect(caught(() => component.resource({ kind: 'VirtualService', name: 'reviews' })).findings[0]).toMatchObject({ code: 'no-such-object', construct: 'mesh', got: 'VirtualService reviews' });
  });
});

describe('secrets', () => {
  test('what a Secret holds is secret, whoever wrote it', async () => {
    const recorder = new Recorder();
    new MeshComponent('keys', { namespace: 'shop', program: (scope) => new Secret(scope, 'key', { stringData: { password: 'open sesame' } }) });
    await settled();
    const { inputs, secretOutputs } = recorder.of('Secret', 'key');
    expect(isSecret(inputs['stringData'])).toBe(true);
    expect(revealed(inputs['stringData'])).toEqual({ password: 'open sesame' });
    expect(secretOutputs).toEqual(['data', 'stringData']);
  });
});

test('a Cluster of the program', async () => {
  const recorder = new Recorder();
  new MeshComponent('one', { program: (_scope, app) => new Namespace(new Chart(new Cluster(app, 'prod', { istio: '1.31.3' }), 'c'), 'shop') });
  await settled();
  expect(recorder.objects.map(({ name }) => name)).toEqual(['one/shop']);
});
