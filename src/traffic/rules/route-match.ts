import type { NamespaceReference, ObjectConstruct } from '../../core/references';
import type { StringMatch } from '../../core/string-match';
import type { Known } from '../../core/unknown';
import type { MeshService } from '../mesh-service';

/**
 * The requests that a rule is for; all that is given must hold. A text is compared as a whole: see `StringMatch.prefix` and
 * `StringMatch.regex` for other ways.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest
 */
export interface RouteMatch {
  /**
   * Path of the request, without its query. A prefix is one of text: `/api` is how `/apiary` begins, too.
   * @default - any
   */
  readonly uri?: StringMatch | Known<string>;
  /**
   * Whether `/a` is `/A`, too: for a whole path or a prefix.
   * @default false
   */
  readonly ignoreUriCase?: boolean;
  /**
   * Calls of gRPC, in place of `uri` and `method`.
   * @default - any request
   */
  readonly grpc?: GrpcMatch;
  /**
   * HTTP method, in capitals.
   * @default - any
   */
  readonly method?: StringMatch | Known<string>;
  /**
   * Headers by name; `StringMatch.present()` for one that is there, whatever it says.
   * @default - any
   */
  readonly headers?: Readonly<Record<string, StringMatch | Known<string>>>;
  /**
   * Headers that the request has not: with this value, or with `StringMatch.present()` not at all. A header is the only
   * thing that Istio can negate.
   * @default - any
   */
  readonly withoutHeaders?: Readonly<Record<string, StringMatch | Known<string>>>;
  /**
   * A cookie; Istio can look at one for each match.
   * @default - any
   */
  readonly cookie?: CookieMatch;
  /**
   * Parameters of the query by name.
   * @default - any
   */
  readonly queryParams?: Readonly<Record<string, StringMatch | Known<string>>>;
  /**
   * `http` or `https`, as the caller's proxy sees the request.
   * @default - any
   */
  readonly scheme?: StringMatch | Known<string>;
  /**
   * The host that is asked for, with its port where the caller says one.
   * @default - any
   */
  readonly authority?: StringMatch | Known<string>;
  /**
   * Who asks: a service or a workload of this program, told by the labels of its pods and its namespace.
   * @default - anyone
   */
  readonly source?: MeshService | ObjectConstruct;
  /**
   * The namespace that the request comes from.
   * @default - any
   */
  readonly sourceNamespace?: NamespaceReference;
  /**
   * Port of the service that is asked.
   * @default - any that carries HTTP
   */
  readonly port?: Known<number>;
}

/**
 * What tokens of requests say, which gateways can tell requests by.
 *
 * @see https://istio.io/latest/docs/tasks/security/authentication/jwt-route/
 */
export interface ClaimsMatch {
  /**
   * Claims of the request's token by name: a text, or one of a list. `realm.roles` is the claim `roles` within `realm`, and
   * `[https://example.com/groups]` one whose own name holds dots. A number, true or false fits nothing.
   * @default - any request
   */
  readonly claims?: Readonly<Record<string, StringMatch | Known<string>>>;
  /**
   * Claims that the request's token has not: with this value, or with `StringMatch.present()` not at all. A request without a
   * token has none.
   * @default - any request
   */
  readonly withoutClaims?: Readonly<Record<string, StringMatch | Known<string>>>;
}

/** A call of gRPC. */
export interface GrpcMatch {
  /** The service with its package, such as `shop.v1.Orders`. */
  readonly service: Known<string>;
  /**
   * One of its methods, such as `Get`.
   * @default - all
   */
  readonly method?: Known<string>;
}

/** A cookie of a request. */
export interface CookieMatch {
  readonly name: Known<string>;
  /** Its value: exact, a prefix, a suffix, or present. */
  readonly value: StringMatch | Known<string>;
}

/** The keys of a match, as rules are told what there is. */
export const MATCH_KEYS: readonly (keyof RouteMatch)[] = [
  'uri',
  'ignoreUriCase',
  'grpc',
  'method',
  'headers',
  'withoutHeaders',
  'cookie',
  'queryParams',
  'scheme',
  'authority',
  'source',
  'sourceNamespace',
  'port',
];

/** What only gateways look at. */
export const CLAIM_KEYS: readonly (keyof ClaimsMatch)[] = ['claims', 'withoutClaims'];
