import type { Release } from './release';

/** Where a component's images come from. */
export interface ImageProps {
  /**
   * Registry and path that the image names are put behind.
   * @default 'docker.io/istio'
   */
  readonly hub?: string;
  /**
   * Tag of the images.
   * @default - the version of the release
   */
  readonly tag?: string;
  /**
   * Variant of the images, added to the tag: `distroless` has no shell and no package manager, `debug` has both.
   * @default - the plain image
   * @see https://istio.io/latest/docs/ops/configuration/security/harden-docker-images/
   */
  readonly variant?: string;
  /**
   * When a node pulls an image.
   * @default - Kubernetes' own rule: always for the tag `latest`, else only if it is not there
   */
  readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /**
   * Names of Secrets with registry credentials, in the component's namespace.
   * @default - none
   */
  readonly pullSecrets?: readonly string[];
}

/** Where the one image of a component comes from. */
export interface ComponentImageProps extends ImageProps {
  /**
   * Name of the image. One with a slash is a whole reference and takes the place of hub, tag and variant.
   * @default - the component's own
   */
  readonly name?: string;
}

/** Hub of the images where none is given: the only one of Istio's own registries that stays after December 2026. */
export const DEFAULT_HUB = 'docker.io/istio';

/** The image of a component: `<hub>/<name>:<tag>-<variant>`. A name with a slash is a whole reference, taken as it is. */
export function imageReference(name: string, image: ImageProps, release: Release): string {
  if (name.includes('/')) return name;
  const variant = image.variant === undefined || image.variant === '' ? '' : `-${image.variant}`;
  return `${image.hub ?? DEFAULT_HUB}/${name}:${image.tag ?? release.version}${variant}`;
}
