import { CustomResource } from '@pulumi/pulumi';
import type { CustomResourceOptions, Inputs, Output } from '@pulumi/pulumi';

/**
 * An object of a cluster, as a resource of `@pulumi/kubernetes`.
 *
 * It is registered under the type that the package's own classes have, so that the provider treats it alike; the classes
 * themselves are not loaded: there are thousands.
 */
export class KubernetesObject extends CustomResource {
  declare public readonly apiVersion: Output<string>;
  declare public readonly kind: Output<string>;
  declare public readonly metadata: Output<Readonly<Record<string, unknown>>>;
  /** What controllers write, as far as the provider waits for it; undefined where there is nothing. */
  declare public readonly status: Output<unknown>;

  /** @param type such as `kubernetes:apps/v1:Deployment` */
  public constructor(type: string, name: string, manifest: Inputs, options: CustomResourceOptions) {
    // named, so that it is an output
    super(type, name, { ...manifest, status: undefined }, options);
  }
}
