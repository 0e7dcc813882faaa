import { Construct } from 'constructs';
import { injectionLabelsOf } from '../mesh-reference';
import type { MeshReference } from '../mesh-reference';
import { requireShape } from '../prop-shape';
import { makeControlPlane } from './control-plane-objects';
import type { IstiodProps } from './istiod-props';
import { ISTIOD_SHAPE } from './istiod-shape';
import { istiodSettings } from './istiod-settings';
import type { IstiodSettings } from './istiod-settings';

/** A control plane of this program, whether istiod runs in the cluster or elsewhere. */
export interface ControlPlane extends MeshReference {
  /** @internal */
  readonly settings: IstiodSettings;
}

/**
 * istiod, Istio's control plane: its Deployment and Service, its identity and permissions, the mesh's configuration, the
 * injector with its templates, and the webhooks. It makes what the chart `istiod` makes.
 *
 * Several revisions may run side by side, and a {@link RevisionTag} moves from one to the next.
 *
 * @see https://istio.io/latest/docs/ops/deployment/architecture/#istiod
 */
export class Istiod extends Construct implements ControlPlane {
  /** Namespace that istiod runs in. */
  public readonly namespace: string;
  /** Undefined for the default revision. */
  public readonly revision: string | undefined;
  /** Name of istiod's Deployment, Service and ServiceAccount. */
  public readonly name: string;
  public readonly injectionLabels: Readonly<Record<string, string>>;
  /** @internal */
  public readonly settings: IstiodSettings;

  /**
   * @throws MeshError for props that no control plane can have, such as fewer replicas at most than at least; for a release that
   * is not known; and when the cluster has a control plane of that revision, or a tag of that name.
   */
  public constructor(scope: Construct, id: string, props: IstiodProps = {}) {
    super(scope, id);
    requireShape(this, props, ISTIOD_SHAPE);
    this.settings = istiodSettings(this, props);
    const { namespace, revision, name } = this.settings;
    this.namespace = namespace;
    this.revision = revision;
    this.name = name;
    this.injectionLabels = injectionLabelsOf(this, revision);
    makeControlPlane(this, this.settings);
  }
}
