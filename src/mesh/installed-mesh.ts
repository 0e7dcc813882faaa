import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { Gateway } from '../control-plane/gateway/gateway';
import { injectionLabelsOf } from '../control-plane/mesh-reference';
import type { MeshReference } from '../control-plane/mesh-reference';
import { StandaloneGateway } from '../control-plane/standalone-gateway/standalone-gateway';
import { Cluster } from '../core/cluster';
import { describeValue, refusal } from '../core/refusal';
import { closest } from '../errors/closest';
import { MeshError } from '../errors/mesh-error';
import { IngressGateway } from '../ingress/ingress-gateway';
import type { Installation } from '../migrate/installation';
import { placeInstallation } from '../migrate/place';
import { newest } from '../validation/versions';

/**
 * A mesh that is exactly what Istio's own installers make: no more, and no stricter. It makes neither namespaces nor policies.
 *
 * See `Mesh.fromProfile`, `Mesh.fromOperator` and `Mesh.fromHelmValues`.
 */
export class InstalledMesh extends Construct implements MeshReference {
  public readonly namespace: string;
  public readonly revision: string | undefined;
  public readonly injectionLabels: Readonly<Record<string, string>>;
  /** The constructs of the installation, by their ids. */
  public readonly components: Readonly<Record<string, Construct>>;

  /** @internal */
  public constructor(scope: Construct, id: string, read: (istio: string | undefined) => Installation) {
    super(scope, id);
    const installation = this.located(() => read(newest(Cluster.factsOf(this).istio)));
    this.components = Object.fromEntries(placeInstallation(this, installation).map((component) => [component.node.id, component]));
    const controlPlane = Object.values(this.components).find(isControlPlane);
    this.namespace = controlPlane?.namespace ?? 'istio-system';
    this.revision = controlPlane?.revision;
    this.injectionLabels = injectionLabelsOf(this, this.revision);
  }

  /**
   * A gateway of the installation, for `IngressRoute`.
   *
   * @throws MeshError when the installation has no gateway of that name.
   */
  public gateway(name: string): IngressGateway {
    const known = this.node.tryFindChild(`gateway-${name}`);
    if (IngressGateway.isIngressGateway(known)) return known;
    const gateways = Object.values(this.components).filter((each): each is Gateway | StandaloneGateway => each instanceof Gateway || each instanceof StandaloneGateway);
    const found = gateways.find((each) => each.name === name);
    if (found === undefined) throw this.noGateway(name, gateways.map((each) => each.name));
    const { namespace, selector, serviceAccount } = found;
    return IngressGateway.fromName(this, `gateway-${name}`, { name, namespace, selector, serviceAccount });
  }

  private noGateway(name: string, names: readonly string[]): MeshError {
    const meant = closest(String(name), names);
    return refusal({ construct: this.node.path }, 'gateway', {
      code: 'unknown-gateway',
      got: describeValue(name),
      expected: names.length === 0 ? 'a gateway; the installation has none' : `one of ${names.join(', ')}`,
      fix: meant === undefined ? 'add a Gateway to the program' : `did you mean "${meant}"?`,
    });
  }

  /** Findings of the input say where in the program it was given. */
  private located<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      const path = this.node.path;
      throw new MeshError(error.findings.map((finding) => ({ ...finding, construct: finding.construct === undefined ? path : `${path}/${finding.construct}` })));
    }
  }
}

interface ControlPlaneFacts extends IConstruct {
  readonly namespace: string;
  readonly revision: string | undefined;
}

function isControlPlane(component: IConstruct): component is ControlPlaneFacts {
  return 'injectionLabels' in component;
}
