import type { Known } from '../core/unknown';
import type { ClaimsMatch, RouteMatch } from '../traffic/rules/route-match';
import type { DelegateRouteProps, DirectResponseRouteProps, ForwardRouteProps, RedirectRouteProps, RouteTarget } from '../traffic/rules/route-props';
import type { HstsProps } from './hsts';
import type { IngressGateway } from './ingress-gateway';
import type { Tls } from './tls';

/** Props of an {@link IngressRoute}. */
export interface IngressRouteProps {
  /** The gateway, or several that serve the host alike: of this program, or `IngressGateway.fromName`. */
  readonly gateway: IngressGateway | readonly IngressGateway[];
  /** Host that clients ask for, such as `shop.example.com` or `*.example.com`. */
  readonly host: Known<string>;
  /** How the host is served; all routes of a host must agree. Plain text has to be asked for. */
  readonly tls: Tls;
  /**
   * The narrowest first, whatever the order here: exact paths, then longer ones, then by `priority`. With `Tls.passthrough()`, one
   * route that says only where connections go.
   */
  readonly routes: readonly IngressPath[];
  /**
   * Whether plain requests for a host with TLS are sent to HTTPS (301); `false` for not serving them at all.
   * @default true, unless another route of the host says otherwise
   */
  readonly redirect?: boolean;
  /**
   * Tells browsers to ask the host over HTTPS only (`Strict-Transport-Security`), on every answer of its routes; `true` for a year.
   * It is for all routes of the host, and browsers remember it: see that nothing needs plain text any more.
   * @default - not told, unless another route of the host does
   * @see https://developer.mozilla.org/docs/Web/HTTP/Headers/Strict-Transport-Security
   */
  readonly hsts?: true | HstsProps;
  /**
   * Whether the gateway's tokens are checked by a RequestAuthentication of another program: claims are those of tokens that were
   * found to be right, and where nobody looks there are none.
   * @default false - a match by `claims` needs a {@link JwtAuthentication} of this program for the gateway
   */
  readonly tokensCheckedElsewhere?: boolean;
}

/** Requests of one kind, and what is done with them. Without `path`, `exact` and `match` it is all of the host's. */
export type IngressPath = IngressConditions & (IngressForward | (IngressAnswer & { readonly port?: never }));

/** Requests of one kind, by their path and whatever else. */
export type IngressConditions = IngressMatching & (IngressPrefix | IngressExact);

interface IngressMatching {
  /**
   * What else has to fit, or a path that is told otherwise (`uri`); of several matches one is enough.
   * @default - any request for the path
   */
  readonly match?: IngressMatch | readonly IngressMatch[];
}

interface IngressPrefix {
  /**
   * This path and all below it: `/api` is `/api` and `/api/orders`, but not `/apiary`; `/` is every path.
   * @default - any path
   */
  readonly path?: Known<string>;
  readonly exact?: never;
}

interface IngressExact {
  readonly path?: never;
  /** This path only. */
  readonly exact: Known<string>;
}

/** What a gateway can tell requests by. */
export interface IngressMatch extends Omit<RouteMatch, 'source' | 'sourceNamespace' | 'port'>, ClaimsMatch {
  /**
   * Some of the route's gateways.
   * @default - all
   */
  readonly gateways?: IngressGateway | readonly IngressGateway[];
}

/** Requests that are handed on to services. */
export interface IngressForward extends Omit<ForwardRouteProps, 'match' | 'to'>, IngressTarget {}

/** Where requests go. */
export interface IngressTarget {
  /** The service, or a Service that another construct makes; one of its versions; or several with shares that add up to 100 percent. */
  readonly to: RouteTarget;
  /**
   * Port of the service, where `to` is one.
   * @default - the service's only port
   */
  readonly port?: Known<number>;
}

/** Requests that the gateway answers itself, or that another VirtualService says more of. */
export type IngressAnswer = Omit<RedirectRouteProps, 'match'> | Omit<DirectResponseRouteProps, 'match'> | Omit<DelegateRouteProps, 'match'>;
