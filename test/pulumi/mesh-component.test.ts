import * as pulumi from '@pulumi/pulumi';
import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { bookinfo } from '../../examples/01-bookinfo/main';
import { traffic } from '../../examples/02-traffic/main';
import { upgrade } from '../../examples/03-upgrade/main';
import { multicluster } from '../../examples/04-multicluster/main';
import { egress } from '../../examples/05-egress/main';
import type { MeshService} from '../../src';
import { CanaryRelease, Cluster, Mesh, MeshApp, StrictMtlsNamespace } from '../../src';
import { ConfigMap, Deployment, Namespace, Secret } from '../../imports/kubernetes';
import { DestinationRule, VirtualService } from '../../imports/istio';
import { deploy, MeshComponent } from '../../src/pulumi';
import type { MeshComponentArgs } from '../../src/pulumi';
import type { JsonObject } from '../../src/rules/json';
import { SynthSession } from '../../src/core/synth-session';
import { caught } from '../support/caught';
import { isSecret, Recorder, revealed, settled, valueOf } from './recorder';
import type { Registered } from './recorder';

const SKIP = 'pulumi.com/skipAwait';

const EXAMPLES: Readonly<Record<string, (app: App) => unknown>> = {
  '01-bookinfo': bookinfo,
  '02-traffic': traffic,
  '03-upgrade': (app) => upgrade(app, 'before'),
  '04-multicluster': multicluster,
  '05-egress': egress,
};

/** Without what tells the provider not to wait for a Service that gets its pods from elsewhere. */
function asSynthesized({ inputs }: Registered): unknown {
  const object = revealed(inputs) as { metadata: { annotations?: Record<string, string> }; kind: string };
  const { [SKIP]: skipped, ...others } = object.metadata.annotations ?? {};
  if (skipped === undefined) return object;
  expect(object.kind).toBe('Service');
  const { annotations: _annotations, ...metadata } = object.metadata;
  return { ...object, metadata: Object.keys(others).length === 0 ? metadata : { ...metadata, annotations: others } };
}

function sorted(objects: readonly unknown[]): string[] {
  return objects.map((object) => JSON.stringify(object, (_key, value: unknown) => (isTree(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value))).sort();
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shop(scope: Chart): { readonly mesh: Mesh; readonly reviews: MeshService } {
  const mesh = new Mesh(scope, 'mesh');
  const namespace = new StrictMtlsNamespace(scope, 'shop', { mesh });
  const reviews = namespace.addService('reviews', { port: 8080, portName: 'http', versions: ['v1', 'v2'] });
  new CanaryRelease(scope, 'canary', { service: reviews, stable: 'v1', canary: 'v2', weight: 10 });
  return { mesh, reviews };
}

/** What an object waits for, such as `Namespace/shop`. */
function needsOf(recorder: Recorder, kind: string, name: string): string[] {
  return recorder.of(kind, name).dependencies.map((urn) => {
    const [, type = '', own = ''] = /\$kubernetes:.*:(\w+)::.*?([^/]+)$/.exec(urn) ?? [];
    return `${type}/${own}`;
  });
}

class KubernetesProvider extends pulumi.ProviderResource {
  public constructor(name: string) {
    super('kubernetes', name, {});
  }
}

function kubernetesProvider(name: string): pulumi.ProviderResource {
  return new KubernetesProvider(name);
}

describe('what is registered', () => {
  test.each(Object.keys(EXAMPLES))('%s: the objects that cdk8s writes, to the last field', async (name) => {
    const program = EXAMPLES[name] as (app: App) => unknown;
    const app = new MeshApp();
    program(app);
    const { objects } = SynthSession.of(app).synthesize();
    const recorder = new Recorder();
    const clusters = [...new Set(objects.map(({ identity }) => identity.cluster))];
    const providers = clusters.length < 2 ? {} : Object.fromEntries(clusters.map((cluster) => [cluster, kubernetesProvider(cluster)]));
    new MeshComponent('all', { program: (_scope, own) => program(own), providers });
    await settled();
    expect(recorder.objects.length).toBeGreaterThan(30);
    expect(sorted(recorder.objects.map(asSynthesized))).toEqual(sorted(objects.map(({ manifest }) => manifest)));
  });

  test('a resource of the type that the provider has for the kind, under the component, by its version', async () => {
    const recorder = new Recorder();
    new MeshComponent('mesh', { program: shop });
    await settled();
    const types = ['Namespace', 'Deployment', 'CustomResourceDefinition', 'VirtualService', 'MutatingWebhookConfiguration'].map((kind) => recorder.objects.find(({ type }) => type.endsWith(`:${kind}`))?.type);
    expect(types).toEqual([
      'kubernetes:core/v1:Namespace',
      'kubernetes:apps/v1:Deployment',
      'kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition',
      'kubernetes:networking.istio.io/v1:VirtualService',
      'kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration',
    ]);
    for (const { parent, version } of recorder.objects) {
      expect(parent).toBe('urn:pulumi:stack::project::mesh-constructs:index:MeshComponent::mesh');
      expect(version).toMatch(/^4\./);
    }
  });

  test('names follow from what an object is: a construct may move, and two components do not meet', async () => {
    const recorder = new Recorder();
    const names = (program: (scope: Chart) => unknown, name: string): string[] => {
      new MeshComponent(name, { program });
      return recorder.objects.filter((each) => each.name.startsWith(`${name}/`)).map((each) => `${each.type} ${each.name}`).sort();
    };
    const one = names(shop, 'one');
    await settled();
    expect(recorder.of('VirtualService', 'reviews').name).toBe('one/shop/reviews');
    const again = new Recorder();
    new MeshComponent('one', { program: (scope, app) => shop(new Chart(new Chart(app, 'elsewhere'), scope.node.id)) });
    await settled();
    expect(again.objects.map((each) => `${each.type} ${each.name}`).sort()).toEqual(recorder.objects.map((each) => `${each.type} ${each.name}`).sort());
    expect(one).toEqual([]);
    const both = new Recorder();
    new MeshComponent('one', { program: shop });
    new MeshComponent('two', { program: shop });
    await settled();
    expect(new Set(both.objects.map(({ urn }) => urn)).size).toBe(2 * again.objects.length);
  });

  test('an older version of the same kind is the same resource', async () => {
    const recorder = new Recorder();
    new MeshComponent('mesh', { program: shop });
    await settled();
    expect(recorder.of('VirtualService', 'reviews').aliases).toEqual(['kubernetes:networking.istio.io/v1beta1:VirtualService', 'kubernetes:networking.istio.io/v1alpha3:VirtualService']);
    expect(recorder.of('Namespace', 'shop').aliases).toEqual([]);
  });
});

describe('order', () => {
  test('everything waits for its namespace, its CRD, and what it would fail or be unsafe without', async () => {
    const recorder = new Recorder();
    new MeshComponent('mesh', {
      program: (scope) => {
        const { mesh, reviews } = shop(scope);
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

  test.each(Object.keys(EXAMPLES).filter((name) => name !== '04-multicluster'))('%s: no circle, and nothing waits for what is not there', async (name) => {
    const recorder = new Recorder();
    new MeshComponent('all', { program: (_scope, app) => EXAMPLES[name]?.(app) });
    await settled();
    const waiting = new Map(recorder.objects.map(({ urn, dependencies }) => [urn, new Set(dependencies)]));
    for (const { dependencies } of recorder.objects) for (const urn of dependencies) expect([...waiting.keys()]).toContain(urn);
    while (waiting.size > 0) {
      const free = [...waiting].filter(([, needs]) => ![...needs].some((urn) => waiting.has(urn)));
      expect(free).not.toEqual([]);
      for (const [urn] of free) waiting.delete(urn);
    }
  });
});

describe('options', () => {
  test('CRDs stay when they are taken out, unless told otherwise', async () => {
    const recorder = new Recorder();
    new MeshComponent('kept', { program: shop });
    new MeshComponent('gone', { program: shop, retainCrds: false });
    await settled();
    const isRetained = (component: string, type: string): boolean[] => [
      ...new Set(recorder.objects.filter((each) => each.name.startsWith(`${component}/`) && each.type.endsWith(type)).map((each) => each.isRetained)),
    ];
    expect(isRetained('kept', ':CustomResourceDefinition')).toEqual([true]);
    expect(isRetained('gone', ':CustomResourceDefinition')).toEqual([false]);
    expect(isRetained('kept', ':Deployment')).toEqual([false]);
  });

  test('what istiod writes into its webhooks is no change', async () => {
    const recorder = new Recorder();
    new MeshComponent('mesh', { program: shop });
    await settled();
    expect(recorder.of('ValidatingWebhookConfiguration', 'istio-validator-istio-system').ignoreChanges).toEqual(['webhooks[0].clientConfig.caBundle', 'webhooks[0].failurePolicy']);
    const { ignoreChanges, inputs } = recorder.of('MutatingWebhookConfiguration', 'istio-sidecar-injector');
    expect(ignoreChanges).toEqual((inputs['webhooks'] as unknown[]).map((_webhook, index) => `webhooks[${index}].clientConfig.caBundle`));
    expect(recorder.of('Deployment', 'istiod').ignoreChanges).toEqual([]);
  });

  test('a Service that gets its pods from elsewhere is not waited for; others are', async () => {
    const recorder = new Recorder();
    new MeshComponent('mesh', { program: (scope) => shop(scope).mesh.addIngressGateway('public') });
    await settled();
    const skips = (name: string): unknown => (recorder.of('Service', name).inputs['metadata'] as { annotations?: Record<string, string> }).annotations?.[SKIP];
    expect([skips('reviews'), skips('istiod'), skips('public')]).toEqual(['true', undefined, undefined]);
  });

  test('single objects take options of their own, which add to ours', async () => {
    const recorder = new Recorder();
    new MeshComponent('mesh', {
      program: shop,
      resourceOptions: ({ apiVersion, kind, namespace, name, cluster }) => {
        if (kind === 'VirtualService') return { ignoreChanges: ['spec.http[0].route[0].weight'] };
        if (kind === 'MutatingWebhookConfiguration') return { ignoreChanges: ['metadata.labels'] };
        return `${cluster} ${apiVersion} ${namespace} ${name}` === ' v1 shop reviews' && kind === 'Service' ? { protect: true } : undefined;
      },
    });
    await settled();
    expect(recorder.of('VirtualService', 'reviews').ignoreChanges).toEqual(['spec.http[0].route[0].weight']);
    expect(recorder.of('MutatingWebhookConfiguration', 'istio-sidecar-injector').ignoreChanges).toEqual(expect.arrayContaining(['metadata.labels', 'webhooks[0].clientConfig.caBundle']));
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
    const component = new MeshComponent('mesh', { program: (scope) => new Mesh(scope, 'mesh').addIngressGateway('public') });
    expect(await valueOf(component.addressOf(component.result))).toBe(expected);
  });

  test('one construct by itself, with what it knows', async () => {
    const recorder = new Recorder();
    const { result } = deploy('stable', Mesh, { revision: 'stable', meshId: 'mesh1' }, { cluster: { istio: '1.30.7' } });
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

describe('refused, before anything is registered', () => {
  const registersNothing = async (args: unknown): Promise<JsonObject> => {
    const recorder = new Recorder();
    const { findings } = caught(() => new MeshComponent('mesh', args as MeshComponentArgs<unknown>));
    await settled();
    expect(recorder.registered).toEqual([]);
    return findings[0] as unknown as JsonObject;
  };

  test('a field that the kind has not, which Pulumi lets through at first', async () => {
    const program = (scope: Chart): unknown => new ConfigMap(scope, 'a', { metadata: { namespace: 'shop' }, dota: {} } as never);
    expect(await registersNothing({ program })).toMatchObject({ code: 'unknown-field', property: 'dota' });
  });

  test.each([
    ['no program', {}, { code: 'bad-props', property: 'program' }],
    ['nothing at all', undefined, { code: 'bad-props', property: 'program' }],
    ['a misspelt key', { program: shop, retainCRDs: false }, { code: 'bad-props', property: 'retainCRDs' }],
    ['two clusters and no provider', { program: (_scope: Chart, app: App) => multicluster(app) }, { code: 'bad-providers', got: expect.stringContaining('none for the cluster') as string }],
    ['a provider for no cluster', { program: shop, providers: { west: {} } }, { code: 'bad-providers', got: expect.stringContaining('"west"') as string }],
  ])('%s', async (_name, args, finding) => {
    expect(await registersNothing(args)).toMatchObject(finding);
  });

  test('warnings go to the log of Pulumi', async () => {
    const said = jest.spyOn(pulumi.log, 'warn').mockResolvedValue(undefined);
    new Recorder();
    new MeshComponent('mesh', { cluster: { kubernetes: '1.99' }, program: (scope) => new Namespace(scope, 'shop') });
    await settled();
    expect(said).toHaveBeenCalledWith(expect.stringContaining('1.99'), expect.anything());
    said.mockRestore();
  });
});

test('a Cluster of the program', async () => {
  const recorder = new Recorder();
  new MeshComponent('one', { program: (_scope, app) => new Namespace(new Chart(new Cluster(app, 'prod', { istio: '1.31.3' }), 'c'), 'shop') });
  await settled();
  expect(recorder.objects.map(({ name }) => name)).toEqual(['one/shop']);
});
