import { Construct } from 'constructs';
import type { ObjectConstruct } from '../core/references';
import { describeValue } from '../core/refusal';
import { requireProps } from '../core/required-props';
import type { Known } from '../core/unknown';
import type { Weight } from '../core/weight';
import { meshError } from '../errors/mesh-error';
import { MeshService } from '../traffic/mesh-service';

/** Props of a {@link CanaryRelease}. */
export interface CanaryReleaseProps {
  /** The service whose traffic is shared; a Service that another construct makes has its versions by `MeshService.from`. */
  readonly service: MeshService | ObjectConstruct;
  /** Version that most callers get. */
  readonly stable: Known<string>;
  /** Version that is tried. */
  readonly canary: Known<string>;
  /** How much of the traffic the canary gets, in whole percent from 0 to 100; the stable version gets the rest. */
  readonly weight: Weight | Known<number>;
}

/**
 * Sends a share of a service's traffic to a new version: of requests on ports that carry HTTP, of connections on others.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/traffic-shifting/
 */
export class CanaryRelease extends Construct {
  /**
   * @throws MeshError when the weight is no percentage, or the versions are one or not the service's; at synthesis, when no
   * port of the service carries TCP.
   */
  public constructor(scope: Construct, id: string, props: CanaryReleaseProps) {
    super(scope, id);
    requireProps(this, props);
    const { stable, canary, weight } = props;
    const service = MeshService.of(this, props.service);
    for (const property of ['stable', 'canary'] as const) this.requireVersion(property, props[property]);
    if (stable === canary) {
      throw meshError({
        code: 'same-version',
        construct: this.node.path,
        property: 'canary',
        got: describeValue(canary),
        expected: 'another version than the stable one',
        fix: 'name the version that is to take over',
      });
    }
    service.split(this, { [stable]: undefined, [canary]: weight });
  }

  private requireVersion(property: 'stable' | 'canary', given: unknown): void {
    if (typeof given === 'string') return;
    throw meshError({
      code: 'unknown-subset',
      construct: this.node.path,
      property,
      got: describeValue(given),
      expected: 'a version of the service',
      fix: 'give one of the versions that the service was made with',
    });
  }
}
