import { Chart } from 'cdk8s';
import { Namespace } from '../../imports/kubernetes';
import { Cluster } from '../../src/core/cluster';
import { applyLayout, requireLayout } from '../../src/core/layout';
import type { FluxLayout, Layout } from '../../src/core/layout';
import { MeshApp } from '../../src/core/mesh-app';
import { ObjectGraph } from '../../src/core/object-graph';
import type { ObjectItem } from '../../src/core/object-graph';
import { SynthSession } from '../../src/core/synth-session';
import type { JsonObject } from '../../src/rules/json';
import { caught } from '../support/caught';

const PRUNE = 'kustomize.toolkit.fluxcd.io/prune';

function namespaceItem(cluster?: string): ObjectItem {
  const app = new MeshApp();
  const scope = cluster === undefined ? app : new Cluster(app, cluster);
  new Namespace(new Chart(scope, 'shop'), 'shop');
  const [item] = new ObjectGraph(SynthSession.of(app).synthesize().objects).items;
  return item as ObjectItem;
}

/** An item that is taken for a CRD; what else it holds does not matter here. */
function crdItem(annotations: JsonObject): ObjectItem {
  const item = namespaceItem();
  const identity = { ...item.object.identity, group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' };
  return { ...item, object: { ...item.object, identity, manifest: { kind: identity.kind, metadata: { annotations } } } };
}

interface Written {
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> };
  readonly spec: { readonly path: string; readonly dependsOn?: readonly { readonly name: string }[] };
}

function laidOut(items: readonly ObjectItem[], layout: Layout, folder = ''): Map<string, Written[]> {
  const files = applyLayout([{ folder, name: 'shop.yaml', items }], layout, () => new Map());
  return new Map(files.map(({ path, manifests }) => [path, manifests as unknown as Written[]]));
}

function kustomizations(layout: FluxLayout | 'flux', folder = ''): Written[] {
  return laidOut([namespaceItem()], layout, folder).get(`${folder}flux/kustomizations.yaml`) ?? [];
}

describe('a layout that is none', () => {
  test('is a finding that says what there is', () => {
    const [finding] = caught(() => requireLayout('helm' as never)).findings;
    expect(finding).toMatchObject({ code: 'bad-layout', property: 'layout', got: '"helm"' });
    expect(finding?.expected).toContain('"kubectl", "argocd", "flux"');
  });

  test('names the prop of a FluxLayout', () => {
    const [unknown] = caught(() => requireLayout({ path: './dist' } as never)).findings;
    expect(unknown).toMatchObject({ code: 'bad-layout', property: 'layout.path' });
    const [name] = caught(() => requireLayout({ name: 'My Mesh' })).findings;
    expect(name).toMatchObject({ code: 'bad-layout', property: 'layout.name', got: '"My Mesh"' });
  });
});

describe('flux', () => {
  test('every prop has a default', () => {
    expect(kustomizations({})).toEqual(kustomizations('flux'));
    expect(kustomizations({})[0]).toMatchObject({ metadata: { name: 'mesh-00-namespaces' }, spec: { path: './dist/00-namespaces' } });
  });

  test('the Kustomizations stand in a folder of their own, in that of their cluster', () => {
    expect([...laidOut([namespaceItem()], 'flux', 'prod/').keys()]).toEqual(['prod/00-namespaces/shop.yaml', 'prod/flux/kustomizations.yaml']);
    expect(kustomizations({ fluxPath: './deploy/' }, 'prod/')[0]?.spec.path).toBe('./deploy/prod/00-namespaces');
  });

  test('two programs for one Flux have names of their own', () => {
    expect(kustomizations({ name: 'shop' }, 'prod/')[0]?.metadata.name).toBe('shop-prod-00-namespaces');
  });

  test('names are DNS names that fit into a label, and differ where the clusters do', () => {
    const folders = ['Prod_EU/', 'prod-eu/', 'prod_eu/', `${'long-'.repeat(20)}a/`, `${'long-'.repeat(20)}b/`, '1./'];
    const names = folders.map((folder) => kustomizations('flux', folder)[0]?.metadata.name ?? '');
    for (const name of names) expect(name).toMatch(/^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    expect(new Set(names).size).toBe(folders.length);
  });

  test('a CRD is not pruned unless the program says so itself', () => {
    const prune = (own: JsonObject): unknown =>
      laidOut([crdItem(own)], 'flux').get('00-namespaces/shop.yaml')?.[0]?.metadata.annotations?.[PRUNE];
    expect([prune({}), prune({ [PRUNE]: 'enabled' })]).toEqual(['disabled', 'enabled']);
  });
});
