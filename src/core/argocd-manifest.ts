import type { JsonObject } from '../rules/json';
import { annotationsOf, withAnnotations } from './annotations';
import { isCrd } from './file-plan';
import type { ObjectItem } from './object-graph';

const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';
const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';

/**
 * With a CRD goes every object of its kind: neither a prune nor the deletion of the Application may take it.
 *
 * Server-side apply is not for their size: the largest CRD of Istio has some 84 kB, and the annotation of a client-side
 * apply holds 256 KiB. With it the fields of several owners stay apart, such as the CA that an operator writes in.
 */
const CRD_OPTIONS = ['Prune=false', 'Delete=false', 'ServerSideApply=true'];
/**
 * Argo CD tries all objects out before it applies the first one, and fails where a kind is not known. It looks past that
 * by itself only where the CRD comes with the same Application; here the CRDs may be another one's, or another tool's.
 * Where the kind is known, it is tried out as ever.
 */
const CUSTOM_OPTIONS = ['SkipDryRunOnMissingResource=true'];

/**
 * The manifest with what Argo CD is to know of it.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 */
export function argocdManifest(item: ObjectItem, wave: number): JsonObject {
  const { manifest } = item.object;
  const waved = withAnnotations(manifest, { [SYNC_WAVE]: String(wave), ...annotationsOf(manifest) });
  const options = isCrd(item) ? CRD_OPTIONS : isCustom(item.object.identity.group) ? CUSTOM_OPTIONS : [];
  if (options.length === 0) return waved;
  return withAnnotations(waved, { [SYNC_OPTIONS]: mergedOptions(annotationsOf(waved)[SYNC_OPTIONS], options) });
}

/** True for the group of a kind that a CRD brings; Kubernetes' own groups have no dot, or end in `.k8s.io`. */
function isCustom(group: string): boolean {
  return group === 'gateway.networking.k8s.io' || (group.includes('.') && !group.endsWith('.k8s.io'));
}

/** A comma list in which no option stands twice; what the program itself says of an option holds. */
function mergedOptions(own: unknown, added: readonly string[]): string {
  const options = typeof own === 'string' ? own.split(',').map((option) => option.trim()).filter((option) => option !== '') : [];
  const keys = new Set(options.map(optionKey));
  return [...new Set([...options, ...added.filter((option) => !keys.has(optionKey(option)))])].join(',');
}

function optionKey(option: string): string {
  return option.split('=')[0] ?? option;
}
