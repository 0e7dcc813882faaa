import { Construct } from 'constructs';
import { Host } from '../core/host';
import { PlannedObject } from '../core/planned-object';
import { badReference, requireSameCluster } from '../core/references';
import type { ObjectConstruct } from '../core/references';
import { describeValue } from '../core/refusal';
import { requireProps } from '../core/required-props';
import { meshError } from '../errors/mesh-error';
import { MeshService } from '../traffic/mesh-service';
import { IngressGateway } from './ingress-gateway';
import { addToHost } from './ingress-host';
import type { CheckedPath } from './ingress-host';
import { Tls } from './tls';
import type { Known } from '../core/unknown';

/** Requests of one kind, and where they go. */
export type IngressPath = IngressTarget &
  (
    | {
        /** Every path that begins so; `/` is every path. */
        readonly path: Known<string>;
        readonly exact?: never;
      }
    | {
        readonly path?: never;
        /** This path only. */
        readonly exact: Known<string>;
      }
  );

/** Where requests go. */
export interface IngressTarget {
  /** The service, or a Service that another construct makes. */
  readonly to: MeshService | ObjectConstruct;
  /**
   * Port of the service.
   * @default - the service's only port
   */
  readonly port?: Known<number>;
}

/** Props of an {@link IngressRoute}. */
export interface IngressRouteProps {
  /** The gateway: of this program, or `IngressGateway.fromName`. */
  readonly gateway: IngressGateway;
  /** Host that clients ask for, such as `shop.example.com` or `*.example.com`. */
  readonly host: Known<string>;
  /** How the host is served; all routes of a host must agree. Plain text has to be asked for. */
  readonly tls: Tls;
  /** Most specific first, whatever the order here: exact paths, then longer prefixes. */
  readonly routes: readonly IngressPath[];
}

/**
 * Leads requests for a host from a gateway to services, and lets the gateway call those that let in nobody without a
 * grant.
 *
 * All IngressRoutes of one gateway and host become one VirtualService, and all hosts of one certificate one Gateway:
 * several teams may add to a host, and no order of creation decides. Both are in the gateway's namespace; those of a
 * gateway that another program makes are in the chart's, where it has one.
 *
 * @see https://istio.io/latest/docs/ops/best-practices/traffic-management/#split-virtual-services
 */
export class IngressRoute extends Construct {
  /** The VirtualService of the host, to be patched: one for all routes of the host. */
  public readonly virtualServiceObject = new PlannedObject();
  /** The Gateway object that serves the host, to be patched: one for all hosts of the certificate. */
  public readonly gatewayObject = new PlannedObject();

  /**
   * @throws MeshError when there is no gateway or route, a path does not begin with `/`, the host is no full name, or `tls`
   * is none; at synthesis, when routes of one host do not fit together or a service's port is not clear.
   */
  public constructor(scope: Construct, id: string, props: IngressRouteProps) {
    super(scope, id);
    requireProps(this, props);
    const { gateway, tls } = props;
    this.requireGateway(gateway);
    if (!Tls.isTls(tls)) throw this.refusal('bad-tls', 'tls', describeValue(tls), 'Tls.secret(name), or Tls.plainText() in so many words');
    const routes = this.checkedRoutes(props.routes);
    const { virtualServiceObject, gatewayObject } = this;
    addToHost({ owner: this, host: this.checkedHost(props.host), gateway, tls, routes, virtualServiceObject, gatewayObject });
    for (const { to } of routes) to.implyAccessFrom(gateway);
  }

  private requireGateway(gateway: unknown): void {
    const expected = 'an IngressGateway: what `mesh.addIngressGateway` or `IngressGateway.fromName` gives';
    requireSameCluster(this, gateway, 'gateway', expected);
    if (!IngressGateway.isIngressGateway(gateway)) throw badReference(this, gateway, 'gateway', expected);
  }

  /** Istio's gateways refuse names without dots: they stand for no host that a client could ask for. */
  private checkedHost(given: string): string {
    const host = Host.parse(given, { construct: this.node.path, property: 'host' });
    if (!host.isShort || host.isWildcard) return host.value;
    throw this.refusal('bad-host', 'host', describeValue(given), 'a full name, such as "shop.example.com"');
  }

  private checkedRoutes(routes: readonly IngressPath[]): CheckedPath[] {
    if (Array.isArray(routes) && routes.length > 0) return (routes as readonly IngressPath[]).map((route, index) => this.checked(route, `routes[${index}]`));
    const got = Array.isArray(routes) ? '[]' : describeValue(routes);
    throw this.refusal('no-routes', 'routes', got, 'a list of at least one path and where it leads');
  }

  private checked(route: IngressPath, property: string): CheckedPath {
    requireProps(this, route, property);
    const to = MeshService.of(this, route.to, `${property}.to`);
    const path: unknown = route.exact ?? route.path;
    if (typeof path !== 'string' || !path.startsWith('/')) {
      throw this.refusal('bad-path', `${property}.path`, describeValue(path), 'a path that begins with "/"');
    }
    return { to, path, isExact: route.exact !== undefined, port: route.port };
  }

  private refusal(code: string, property: string, got: string, expected: string): Error {
    return meshError({ code, construct: this.node.path, property, got, expected });
  }
}
