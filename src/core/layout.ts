import type { JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import type { ObjectItem } from './object-graph';
import type { OutputFile } from './output-files';
import { Stage } from './stage';

/** Who applies what is written: with `flux`, see {@link FluxLayout} for what can be told. */
export type Layout = 'kubectl' | 'argocd' | 'flux' | FluxLayout;

/** Where Flux finds what is written. */
export interface FluxLayout {
  /**
   * Folder of the output in the repository that Flux reads, such as `./deploy/dist`.
   * @default './dist'
   */
  readonly fluxPath: string;
  /**
   * Name of the GitRepository that holds it, in {@link FluxLayout.namespace}.
   * @default 'flux-system'
   */
  readonly gitRepository?: string;
  /**
   * Namespace of the Kustomizations.
   * @default 'flux-system'
   */
  readonly namespace?: string;
}

/** A file with its manifests as they will be written. */
export interface LaidOutFile {
  readonly path: string;
  readonly manifests: readonly JsonObject[];
}

const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';
const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';
const FLUX_PRUNE = 'kustomize.toolkit.fluxcd.io/prune';

/**
 * Adds what the tool that applies the files needs to keep the order, and to keep CRDs (and with them every object of
 * their kinds) when an application is pruned.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies
 */
export function applyLayout(
  files: readonly OutputFile[],
  layout: Layout,
  findWaves: () => ReadonlyMap<ObjectItem, number>,
): LaidOutFile[] {
  if (layout === 'kubectl') {
    return files.map((file) => ({ path: file.folder + file.name, manifests: file.items.map(manifestOf) }));
  }
  const waves = findWaves();
  if (layout === 'argocd') {
    const manifest = (item: ObjectItem): JsonObject => forArgoCd(item, waves.get(item) ?? item.stage);
    return files.map((file) => ({ path: file.folder + file.name, manifests: file.items.map(manifest) }));
  }
  return forFlux(files, layout === 'flux' ? { fluxPath: './dist' } : layout, waves);
}

function forArgoCd(item: ObjectItem, wave: number): JsonObject {
  const added: Record<string, string> = { [SYNC_WAVE]: String(wave) };
  // a CRD of Istio is larger than the annotation that a client-side apply keeps
  if (isCrd(item)) added[SYNC_OPTIONS] = 'Prune=false,ServerSideApply=true';
  return withAnnotations(manifestOf(item), added);
}

/** One folder a wave, and for each a Kustomization that waits for the one before. */
function forFlux(
  files: readonly OutputFile[],
  layout: FluxLayout,
  waves: ReadonlyMap<ObjectItem, number>,
): LaidOutFile[] {
  const staged = new Map<string, Map<number, LaidOutFile[]>>();
  for (const file of files) {
    for (const [wave, items] of groupByWave(file.items, waves)) {
      const folders = staged.get(file.folder) ?? new Map<number, LaidOutFile[]>();
      staged.set(file.folder, folders);
      const path = `${file.folder}${waveName(wave)}/${file.name}`;
      const manifests = items.map((item) =>
        isCrd(item) ? withAnnotations(manifestOf(item), { [FLUX_PRUNE]: 'disabled' }) : manifestOf(item),
      );
      folders.set(wave, [...(folders.get(wave) ?? []), { path, manifests }]);
    }
  }
  return [...staged].flatMap(([folder, byWave]) => [
    ...[...byWave.values()].flat(),
    { path: `${folder}flux-kustomizations.yaml`, manifests: kustomizations(folder, [...byWave.keys()], layout) },
  ]);
}

function kustomizations(folder: string, waves: readonly number[], layout: FluxLayout): JsonObject[] {
  const sorted = [...waves].sort((a, b) => a - b);
  const prefix = folder === '' ? 'mesh' : folder.replace(/\/$/, '');
  const nameOf = (wave: number): string => `${prefix}-${waveName(wave)}`;
  return sorted.map((wave, index) => {
    const previous = sorted[index - 1];
    return {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: nameOf(wave), namespace: layout.namespace ?? 'flux-system' },
      spec: {
        ...(previous === undefined ? {} : { dependsOn: [{ name: nameOf(previous) }] }),
        interval: '10m',
        path: `${layout.fluxPath.replace(/\/$/, '')}/${folder}${waveName(wave)}`,
        prune: true,
        sourceRef: { kind: 'GitRepository', name: layout.gitRepository ?? 'flux-system' },
        // the next one starts when everything here is healthy
        wait: true,
      },
    };
  });
}

function groupByWave(items: readonly ObjectItem[], waves: ReadonlyMap<ObjectItem, number>): Map<number, ObjectItem[]> {
  const groups = new Map<number, ObjectItem[]>();
  for (const item of items) {
    const wave = waves.get(item) ?? item.stage;
    groups.set(wave, [...(groups.get(wave) ?? []), item]);
  }
  return groups;
}

/** `70-workloads`; a wave between two stages is named for the stage before it. */
function waveName(wave: number): string {
  const stages = Object.entries(Stage).filter(([, stage]) => stage <= wave);
  const [name] = stages.at(-1) ?? ['objects'];
  return `${String(wave).padStart(2, '0')}-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function isCrd(item: ObjectItem): boolean {
  return item.object.identity.kind === 'CustomResourceDefinition';
}

function manifestOf(item: ObjectItem): JsonObject {
  return item.object.manifest;
}

function withAnnotations(manifest: JsonObject, added: { readonly [key: string]: string }): JsonObject {
  const metadata = isJsonObject(manifest['metadata']) ? manifest['metadata'] : {};
  const own = isJsonObject(metadata['annotations']) ? metadata['annotations'] : {};
  const all = Object.entries({ ...added, ...own }).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...manifest, metadata: { annotations: Object.fromEntries(all), ...without(metadata, 'annotations') } };
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
