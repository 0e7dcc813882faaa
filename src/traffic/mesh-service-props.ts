import type { NamespaceReference, ObjectConstruct } from '../core/references';
import type { Labels, Selector } from '../core/selector';
import type { ServiceAccountReference } from '../security/callers/mesh-service-account';
import type { ServicePort } from './kubernetes-service';
import type { TrafficApi } from './traffic-objects';
import type { Known } from '../core/unknown';

/** What the mesh should know of a service that somebody else makes. */
export interface MeshServiceOptions {
  /**
   * The API that the service's rules and shares are written in: `istio` for one VirtualService, and subsets of a DestinationRule
   * for its versions; `gateway` for HTTPRoutes and their like that are attached to the Service, and a Service `NAME-VERSION` for
   * each version. What has no form there is an error at synthesis that names it.
   * @default 'istio'
   * @see https://gateway-api.sigs.k8s.io/mesh/
   */
  readonly api?: TrafficApi;
  /**
   * Versions that run of the service, told apart by the label `version` of their pods. They become the subsets of the
   * service's DestinationRule.
   * @default - none: the service has no DestinationRule
   */
  readonly versions?: readonly Known<string>[];
  /**
   * ServiceAccount that the pods run as, its name or the construct: the identity of the service when it calls others.
   * @default - the workload's, where it is known, else one of the service's name
   */
  readonly serviceAccount?: ServiceAccountReference;
}

/** What the mesh should know of a service of this program. */
export interface FromServiceOptions extends MeshServiceOptions {
  /**
   * The workload behind the service, which tells the ServiceAccount of its pods.
   * @default - not known
   */
  readonly workload?: ObjectConstruct;
}

/** A service that is not made in this program. */
export interface NamedServiceProps extends MeshServiceOptions {
  /** Name of the Kubernetes Service. */
  readonly name: Known<string>;
  /**
   * @default - the chart's namespace
   */
  readonly namespace?: NamespaceReference;
  /** Ports of the service; a number is a port without a name. */
  readonly ports: readonly (number | ServicePort)[];
  /**
   * Labels of the pods behind the service.
   * @default - `app` with the service's name
   */
  readonly selector?: Selector | Labels;
}
