import { Construct } from 'constructs';
import { Host } from '../core/host';
import { requireSameCluster } from '../core/references';
import { meshError } from '../errors/mesh-error';
import { MeshService } from '../traffic/mesh-service';
import type { IngressGateway } from './ingress-gateway';
import { addToHost } from './ingress-host';
import { Tls } from './tls';

/** Requests of one kind, and where they go. */
export type IngressPath = IngressTarget &
  (
    | {
        /** Every path that begins so; `/` is every path. */
        readonly path: string;
        readonly exact?: never;
      }
    | {
        readonly path?: never;
        /** This path only. */
        readonly exact: string;
      }
  );

/** Where requests go. */
export interface IngressTarget {
  readonly to: MeshService;
  /**
   * Port of the service.
   * @default - the service's only port
   */
  readonly port?: number;
}

/** Props of an {@link IngressRoute}. */
export interface IngressRouteProps {
  readonly gateway: IngressGateway;
  /** Host that clients ask for, such as `shop.example.com` or `*.example.com`. */
  readonly host: string;
  /** How the host is served; all routes of a host must agree. Plain text has to be asked for. */
  readonly tls: Tls;
  /** Most specific first, whatever the order here: exact paths, then longer prefixes. */
  readonly routes: readonly IngressPath[];
}

/**
 * Leads requests for a host from a gateway to services, and lets the gateway call those that let in nobody without a
 * grant.
 *
 * All IngressRoutes of one gateway and host become one VirtualService, and all hosts of one certificate one Gateway, both
 * in the gateway's namespace: several teams may add to a host, and no order of creation decides.
 *
 * @see https://istio.io/latest/docs/ops/best-practices/traffic-management/#split-virtual-services
 */
export class IngressRoute extends Construct {
  /**
   * @throws MeshError when there is no route, a path does not begin with `/`, the host is no full name, or `tls` is none;
   * at synthesis, when routes of one host do not fit together or a service's port is not clear.
   */
  public constructor(scope: Construct, id: string, props: IngressRouteProps) {
    super(scope, id);
    requireSameCluster(this, props.gateway, 'gateway');
    if (!Array.isArray(props.routes) || props.routes.length === 0) {
      throw this.refusal('no-routes', 'routes', JSON.stringify(props.routes) ?? 'none', 'a list of at least one path and where it leads');
    }
    if (!Tls.isTls(props.tls)) throw this.refusal('bad-tls', 'tls', JSON.stringify(props.tls) ?? 'none', 'Tls.secret(name), or Tls.plainText() in so many words');
    for (const [index, route] of props.routes.entries()) this.check(route, `routes[${index}]`);
    addToHost({ owner: this, host: this.checkedHost(props.host), props });
    for (const { to } of props.routes) to.implyAccessFrom(props.gateway);
  }

  /** Istio's gateways refuse names without dots: they stand for no host that a client could ask for. */
  private checkedHost(given: string): string {
    const host = Host.parse(given, { construct: this.node.path, property: 'host' });
    if (!host.isShort || host.isWildcard) return host.value;
    throw this.refusal('bad-host', 'host', JSON.stringify(given), 'a full name, such as "shop.example.com"');
  }

  private check(route: IngressPath, property: string): void {
    if (!MeshService.isMeshService(route.to)) {
      throw this.refusal('bad-target', `${property}.to`, 'something else', 'a MeshService');
    }
    requireSameCluster(this, route.to, `${property}.to`);
    const path = route.exact ?? route.path;
    if (typeof path !== 'string' || !path.startsWith('/')) {
      throw this.refusal('bad-path', `${property}.path`, JSON.stringify(path) ?? 'none', 'a path that begins with "/"');
    }
  }

  private refusal(code: string, property: string, got: string, expected: string): Error {
    return meshError({ code, construct: this.node.path, property, got, expected });
  }
}
