import { createHash } from 'node:crypto';
import type { JsonObject } from '../rules/json';
import { annotationsOf, withAnnotations } from './annotations';
import { argocdManifest } from './argocd-manifest';
import { isCrd } from './file-plan';
import { isDnsLabel } from './kubernetes-names';
import type { ObjectItem } from './object-graph';
import type { OutputFile } from './output-files';
import { describeValue, refusal } from './refusal';
import { Stage } from './stage';

/** Who applies what is written: with `flux`, see {@link FluxLayout} for what can be told. */
export type Layout = 'kubectl' | 'argocd' | 'flux' | FluxLayout;

/**
 * Where Flux finds what is written. The Kustomizations stand in a folder `flux` of their own: point Flux's root
 * Kustomization at that folder only, or it applies all the rest as well, without any order.
 */
export interface FluxLayout {
  /**
   * Folder of the output in the repository that Flux reads, such as `./deploy/dist`.
   * @default './dist'
   */
  readonly fluxPath?: string;
  /**
   * What the names of the Kustomizations begin with; two programs for one Flux need different ones.
   * @default 'mesh'
   */
  readonly name?: string;
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

type Waves = ReadonlyMap<ObjectItem, number>;

const FLUX_PRUNE = 'kustomize.toolkit.fluxcd.io/prune';

const FLUX_PROPS = ['fluxPath', 'name', 'gitRepository', 'namespace'];
/** Flux writes a Kustomization's name into a label of every object that it applies. */
const LONGEST_LABEL_VALUE = 63;

/**
 * The layout, where it is one.
 *
 * @throws MeshError for anything else, which programs that are not type-checked can give.
 */
export function requireLayout(layout: Layout): Layout {
  const given: unknown = layout;
  if (given === 'kubectl' || given === 'argocd' || given === 'flux') return given;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw badLayout('layout', describeValue(given), '"kubectl", "argocd", "flux" or an object { fluxPath, … }');
  }
  for (const [key, value] of Object.entries(given)) {
    if (!FLUX_PROPS.includes(key)) throw badLayout(`layout.${key}`, 'an unknown prop', `one of ${FLUX_PROPS.join(', ')}`);
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      throw badLayout(`layout.${key}`, describeValue(value), 'a text');
    }
  }
  const { name } = layout as FluxLayout;
  if (name !== undefined && !isDnsLabel(name)) {
    throw badLayout('layout.name', describeValue(name), 'small letters, digits and "-", 63 at most');
  }
  return layout;
}

/**
 * Adds what the tool that applies the files needs to keep the order, and to keep CRDs (and with them every object of
 * their kinds) when an application is pruned.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies
 */
export function applyLayout(files: readonly OutputFile[], layout: Layout, findWaves: () => Waves): LaidOutFile[] {
  const waves = layout === 'kubectl' ? new Map<ObjectItem, number>() : findWaves();
  if (layout !== 'kubectl' && layout !== 'argocd') return forFlux(files, layout === 'flux' ? {} : layout, waves);
  return files.map((file) => ({ path: file.folder + file.name, manifests: layoutManifests(file.items, layout, () => waves) }));
}

/** The objects alone as the layout has them, without the files that it adds. */
export function layoutManifests(items: readonly ObjectItem[], layout: Layout, findWaves: () => Waves): JsonObject[] {
  if (layout === 'kubectl') return items.map(manifestOf);
  if (layout !== 'argocd') return items.map(fluxManifest);
  const waves = findWaves();
  return items.map((item) => argocdManifest(item, waves.get(item) ?? item.stage));
}

function fluxManifest(item: ObjectItem): JsonObject {
  const manifest = manifestOf(item);
  return isCrd(item) ? withAnnotations(manifest, { [FLUX_PRUNE]: 'disabled', ...annotationsOf(manifest) }) : manifest;
}

/** One folder a wave, and for each a Kustomization that waits for the one before. */
function forFlux(files: readonly OutputFile[], layout: FluxLayout, waves: Waves): LaidOutFile[] {
  const staged = new Map<string, Map<number, LaidOutFile[]>>();
  for (const file of files) {
    for (const [wave, items] of groupByWave(file.items, waves)) {
      const folders = staged.get(file.folder) ?? new Map<number, LaidOutFile[]>();
      staged.set(file.folder, folders);
      const path = `${file.folder}${waveName(wave)}/${file.name}`;
      folders.set(wave, [...(folders.get(wave) ?? []), { path, manifests: items.map(fluxManifest) }]);
    }
  }
  return [...staged].flatMap(([folder, byWave]) => [
    ...[...byWave.values()].flat(),
    { path: `${folder}flux/kustomizations.yaml`, manifests: kustomizations(folder, [...byWave.keys()], layout) },
  ]);
}

function kustomizations(folder: string, waves: readonly number[], layout: FluxLayout): JsonObject[] {
  const sorted = [...waves].sort((a, b) => a - b);
  const nameOf = (wave: number): string => kustomizationName(layout.name ?? 'mesh', folder, wave);
  return sorted.map((wave, index) => {
    const previous = sorted[index - 1];
    return {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: nameOf(wave), namespace: layout.namespace ?? 'flux-system' },
      spec: {
        ...(previous === undefined ? {} : { dependsOn: [{ name: nameOf(previous) }] }),
        interval: '10m',
        path: `${(layout.fluxPath ?? './dist').replace(/\/+$/, '')}/${folder}${waveName(wave)}`,
        prune: true,
        sourceRef: { kind: 'GitRepository', name: layout.gitRepository ?? 'flux-system' },
        // the next one starts when everything here is healthy
        wait: true,
      },
    };
  });
}

/** `mesh-prod-80-subsets`; where the cluster's folder is no DNS name, or a long one, a hash tells it from others. */
function kustomizationName(name: string, folder: string, wave: number): string {
  const exact = [name, folder.replace(/\/$/, '')].filter((part) => part !== '').join('-');
  const end = `-${waveName(wave)}`;
  if (isDnsLabel(exact) && exact.length + end.length <= LONGEST_LABEL_VALUE) return exact + end;
  const hash = `-${createHash('sha256').update(exact).digest('hex').slice(0, 8)}`;
  const plain = exact.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return plain.slice(0, LONGEST_LABEL_VALUE - hash.length - end.length).replace(/^-+|-+$/g, '') + hash + end;
}

function groupByWave(items: readonly ObjectItem[], waves: Waves): Map<number, ObjectItem[]> {
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

function manifestOf(item: ObjectItem): JsonObject {
  return item.object.manifest;
}

function badLayout(property: string, got: string, expected: string): Error {
  return refusal({}, property, { code: 'bad-layout', got, expected, fix: 'see Layout and FluxLayout for what can be told' });
}
