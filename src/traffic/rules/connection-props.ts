import type { NamespaceReference, ObjectConstruct } from '../../core/references';
import type { Known } from '../../core/unknown';
import type { MeshService } from '../mesh-service';
import type { RouteTarget } from './route-props';

/** What every rule for connections says. */
interface ConnectionRuleProps {
  /**
   * Where connections go: one place, or several with shares that add up to 100 percent. The calling proxy picks one when a
   * connection is opened.
   */
  readonly to: RouteTarget;
  /**
   * Decides between rules that a connection may fit both, and of which neither is narrower than the other: the higher goes first.
   * @default 0
   */
  readonly priority?: Known<number>;
}

/** What is done with some of the connections to ports that carry neither HTTP nor TLS: see {@link MeshService.tcpRoute}. */
export interface TcpRouteProps extends ConnectionRuleProps {
  /**
   * Connections that the rule is for; of several matches one is enough.
   * @default - all that no other rule is for
   */
  readonly match?: TcpMatch | readonly TcpMatch[];
}

/** What is done with some of the TLS connections that pods end themselves: see {@link MeshService.tlsRoute}. */
export interface TlsRouteProps extends ConnectionRuleProps {
  /**
   * Connections that the rule is for; of several matches one is enough.
   * @default - all whose name (SNI) is the service's own, and that no other rule is for
   */
  readonly match?: TlsMatch | readonly TlsMatch[];
}

/** Who opens a connection, and to which port. */
export interface ConnectionMatch {
  /**
   * Who asks: a service or a workload of this program, told by the labels of its pods and its namespace.
   * @default - anyone
   */
  readonly source?: MeshService | ObjectConstruct;
  /**
   * The namespace that the connection comes from.
   * @default - any
   */
  readonly sourceNamespace?: NamespaceReference;
  /**
   * Port of the service.
   * @default - any of the protocol
   */
  readonly port?: Known<number>;
}

/** @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#L4MatchAttributes */
export interface TcpMatch extends ConnectionMatch {
  /**
   * Addresses of the destination, such as `10.1.0.0/16`. For headless services: others have one address in the mesh.
   * @default - any
   */
  readonly destinationSubnets?: readonly Known<string>[];
}

/** @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#TLSMatchAttributes */
export interface TlsMatch extends ConnectionMatch {
  /**
   * Names that the caller asks for (SNI), with dots and without wildcards.
   * @default - the service's own: `web.shop`, `web.shop.svc` and `web.shop.svc.cluster.local`
   */
  readonly sniHosts?: readonly Known<string>[];
}
