import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { bookinfo } from '../../examples/01-bookinfo/main';
import { traffic } from '../../examples/02-traffic/main';
import { upgrade } from '../../examples/03-upgrade/main';
import { multicluster } from '../../examples/04-multicluster/main';
import { egress } from '../../examples/05-egress/main';
import { MeshApp } from '../../src';
import { MeshComponent } from '../../src/pulumi';
import { SynthSession } from '../../src/core/synth-session';
import { kubernetesProvider, shop, shopOf } from './programs';
import { Recorder, revealed, settled } from './recorder';
import type { Registered } from './recorder';

const EXAMPLES: Readonly<Record<string, (app: App) => unknown>> = {
  '01-bookinfo': bookinfo,
  '02-traffic': traffic,
  '03-upgrade': (app) => upgrade(app, 'before'),
  '04-multicluster': multicluster,
  '05-egress': egress,
};

const FOR_PROVIDER: Readonly<Record<string, readonly string[]>> = {
  'pulumi.com/skipAwait': ['Service'],
  'pulumi.com/waitFor': ['Gateway'],
  'pulumi.com/patchForce': ['ValidatingWebhookConfiguration'],
};

/** Without what tells the provider how long to wait, and who wins. */
function asSynthesized({ inputs }: Registered): unknown {
  const object = revealed(inputs) as { metadata: { annotations?: Record<string, string> }; kind: string };
  const annotations = Object.entries(object.metadata.annotations ?? {}).filter(([name]) => !(FOR_PROVIDER[name] ?? []).includes(object.kind));
  if (annotations.length === Object.keys(object.metadata.annotations ?? {}).length) return object;
  const { annotations: _annotations, ...metadata } = object.metadata;
  return { ...object, metadata: annotations.length === 0 ? metadata : { ...metadata, annotations: Object.fromEntries(annotations) } };
}

function sorted(objects: readonly unknown[]): string[] {
  return objects.map((object) => JSON.stringify(object, (_key, value: unknown) => (isTree(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value))).sort();
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Nothing waits for what is not there, either. */
function expectNoCircle(recorder: Recorder): void {
  const waiting = new Map(recorder.objects.map(({ urn, dependencies }) => [urn, new Set(dependencies)]));
  const known = new Set(waiting.keys());
  expect(recorder.objects.flatMap(({ dependencies }) => dependencies.filter((urn) => !known.has(urn)))).toEqual([]);
  while (waiting.size > 0) {
    const free = [...waiting].filter(([, needs]) => ![...needs].some((urn) => waiting.has(urn)));
    expect(free).not.toEqual([]);
    for (const [urn] of free) waiting.delete(urn);
  }
}

describe('what is registered', () => {
  test.each(Object.keys(EXAMPLES))('%s: the objects that cdk8s writes, to the last field, in an order without a circle', async (name) => {
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
    expectNoCircle(recorder);
  }, 60_000);

  test('a resource of the type that the provider has for the kind, under the component, by its version', async () => {
    const recorder = new Recorder();
    new MeshComponent('mesh', { program: (scope) => shopOf(scope, {}) });
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
