import { Construct } from 'constructs';
import type { Weight } from '../core/weight';
import { meshError } from '../errors/mesh-error';
import type { MeshService } from '../traffic/mesh-service';

/** Props of a {@link CanaryRelease}. */
export interface CanaryReleaseProps {
  /** The service whose traffic is shared. */
  readonly service: MeshService;
  /** Version that most callers get. */
  readonly stable: string;
  /** Version that is tried. */
  readonly canary: string;
  /** How much of the traffic the canary gets, in whole percent from 0 to 100; the stable version gets the rest. */
  readonly weight: Weight | number;
}

/**
 * Sends a share of a service's traffic to a new version.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/traffic-shifting/
 */
export class CanaryRelease extends Construct {
  /** @throws MeshError when the weight is no percentage, or the versions are one or not the service's. */
  public constructor(scope: Construct, id: string, props: CanaryReleaseProps) {
    super(scope, id);
    const { service, stable, canary, weight } = props;
    if (stable === canary) {
      throw meshError({
        code: 'same-version',
        construct: this.node.path,
        property: 'canary',
        got: JSON.stringify(canary),
        expected: 'another version than the stable one',
      });
    }
    service.split(this, { [stable]: undefined, [canary]: weight });
  }
}
