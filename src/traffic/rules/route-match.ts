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
