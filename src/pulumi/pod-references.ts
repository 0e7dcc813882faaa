import { listAt, textAt, treeAt } from './manifest-parts';

/** The pods that a workload makes, or the Pod itself. */
export interface PodTemplate {
  readonly labels: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

export function podTemplateOf(manifest: unknown): PodTemplate {
  const template = textAt(manifest, 'kind') === 'Pod' ? manifest : treeAt(manifest, 'spec', 'template');
  return { labels: treeAt(template, 'metadata', 'labels'), spec: treeAt(template, 'spec') };
}

/** ConfigMaps and Secrets that pods do not start without. */
export function mountsOf(spec: unknown): readonly { readonly kind: 'ConfigMap' | 'Secret'; readonly name: string }[] {
  const volumes = listAt(spec, 'volumes').flatMap((volume) => [volume, ...listAt(volume, 'projected', 'sources')]);
  const containers = [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')];
  const sources = containers.flatMap((container) => [...listAt(container, 'envFrom'), ...listAt(container, 'env').map((env) => treeAt(env, 'valueFrom'))]);
  const maps = [...volumes.map((each) => textAt(each, 'configMap', 'name')), ...sources.flatMap((each) => [textAt(each, 'configMapRef', 'name'), textAt(each, 'configMapKeyRef', 'name')])];
  const secrets = [
    ...volumes.flatMap((each) => [textAt(each, 'secret', 'secretName'), textAt(each, 'secret', 'name')]),
    ...sources.flatMap((each) => [textAt(each, 'secretRef', 'name'), textAt(each, 'secretKeyRef', 'name')]),
  ];
  return [
    ...maps.filter((name) => name !== '').map((name) => ({ kind: 'ConfigMap', name }) as const),
    ...secrets.filter((name) => name !== '').map((name) => ({ kind: 'Secret', name }) as const),
  ];
}
