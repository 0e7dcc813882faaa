import type { PublishedRelease, Source } from './model';
import { kebabCase } from './names';
import { compareReleases, compareText, formatRelease } from './version-order';

/**
 * Pass "sources": one folder for all releases under the name that the user gave, or else one for each domain that the
 * API groups belong to: `networking.istio.io` and `security.istio.io` are both `istio`.
 */
export function splitSources(releases: readonly PublishedRelease[], name: string | undefined): Source[] {
  const sources = new Map<string, Map<string, PublishedRelease>>();
  for (const release of releases) {
    for (const kind of release.kinds) {
      const source = name ?? sourceName(kind.group);
      const byRelease = sources.get(source) ?? new Map<string, PublishedRelease>();
      const key = formatRelease(release.release);
      const part = byRelease.get(key) ?? { ...release, kinds: [] };
      byRelease.set(key, { ...part, kinds: [...part.kinds, kind] });
      sources.set(source, byRelease);
    }
  }
  return [...sources]
    .sort(([a], [b]) => compareText(a, b))
    .map(([source, byRelease]) => ({
      name: source,
      releases: [...byRelease.values()].sort((a, b) => compareReleases(a.release, b.release)),
    }));
}

/** `networking.istio.io` → `istio`, `gateway.networking.k8s.io` → `gateway-networking`, the core group → `kubernetes`. */
export function sourceName(group: string): string {
  // Kubernetes' own groups have no domain or end in k8s.io without a project's name before it
  const ofProject = group.replace(/(^|\.)(x-)?k8s\.io$/, '');
  if (!ofProject.includes('.') && ofProject !== group) return kebabCase(ofProject) || 'kubernetes';
  if (!group.includes('.')) return 'kubernetes';
  if (ofProject !== group) return kebabCase(ofProject);
  const labels = group.split('.');
  return kebabCase(labels.slice(-2, -1).join('-')) || kebabCase(group);
}
