import type { IConstruct } from 'constructs';
import { Duration, ISTIO_DURATION } from '../../core/duration';
import { describeValue } from '../../core/refusal';
import type { JsonObject } from '../../rules/json';
import { oneOf, refuse, requireKeys, someText, wholeNumber, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import { flag } from '../access/checks';
import { authorizerService } from './authorizer-service';
import type { AuthorizerKind, CheckedAuthorizerService } from './authorizer-service';
import type { AuthorizerServer, GrpcAuthorizer, HttpAuthorizer } from './external-authorizer-props';
import { headerPatterns, headerValues, notAsked } from './header-patterns';

/** An authorizer that is right, with all defaults. */
export interface CheckedProvider {
  readonly kind: AuthorizerKind;
  readonly server: CheckedAuthorizerService;
  /** All of it but service and port, as the mesh's configuration says it. */
  readonly settings: JsonObject;
  /** Headers that it sets and is not sent. Asked for where the program does not name them: @throws MeshError where that cannot be told. */
  readonly ownHeaders: () => readonly string[];
}

const SERVER = ['service', 'port', 'timeout', 'failOpen', 'statusOnError', 'includeRequestBodyInCheck'];
const LISTS = ['headersToUpstreamOnAllow', 'headersToDownstreamOnAllow', 'headersToDownstreamOnDeny', 'includeRequestHeadersInCheck'] as const;
const KEYS: Readonly<Record<AuthorizerKind, readonly string[]>> = { http: [...SERVER, 'pathPrefix', 'includeAdditionalHeadersInCheck', ...LISTS], grpc: SERVER };
const BODY: Readonly<Record<AuthorizerKind, readonly string[]>> = { http: ['maxRequestBytes', 'allowPartialMessage'], grpc: ['maxRequestBytes', 'allowPartialMessage', 'packAsBytes'] };
/** Without one Istio waits for ten minutes, and whoever calls with it. */
const TIMEOUT = '5s';
/** Of the statuses that Envoy has a name for, those that say that something went wrong. */
const STATUSES = [...numbers(400, 417), 421, 422, 423, 424, 426, 428, 429, 431, ...numbers(500, 508), 510, 511];
const MOST_BYTES = 2 ** 32 - 1;

/**
 * What a mesh's configuration says of an authorizer that is asked over HTTP.
 *
 * @throws MeshError for what Istio would refuse; it refuses every request then.
 */
export function httpProvider(construct: IConstruct, given: HttpAuthorizer): CheckedProvider {
  const place = { construct: construct.node.path, property: 'http' };
  const { server, settings } = common(construct, place, 'http', given);
  const lists = Object.fromEntries(LISTS.flatMap((key) => (given[key] === undefined ? [] : [[key, headerPatterns(within(place, key), given[key])]]))) as Partial<Record<(typeof LISTS)[number], readonly string[]>>;
  const { pathPrefix, includeAdditionalHeadersInCheck: additional } = given;
  const added = additional === undefined ? {} : headerValues(within(place, 'includeAdditionalHeadersInCheck'), additional);
  return {
    kind: 'http',
    server,
    settings: {
      ...settings,
      ...(pathPrefix !== undefined && { pathPrefix: checkedPrefix(within(place, 'pathPrefix'), pathPrefix) }),
      ...(Object.keys(added).length > 0 && { includeAdditionalHeadersInCheck: added }),
      ...(Object.fromEntries(Object.entries(lists).filter(([, names]) => names.length > 0)) as JsonObject),
    },
    // what the check sets itself does not come from the request
    ownHeaders: () => notAsked(within(place, 'headersToUpstreamOnAllow'), lists.headersToUpstreamOnAllow ?? [], (lists.includeRequestHeadersInCheck ?? []).filter((name) => !(name in added))),
  };
}

/** The same, of an authorizer that is asked over gRPC. @throws MeshError */
export function grpcProvider(construct: IConstruct, given: GrpcAuthorizer): CheckedProvider {
  const place = { construct: construct.node.path, property: 'grpc' };
  return { kind: 'grpc', ...common(construct, place, 'grpc', given), ownHeaders: () => [] };
}

function common(construct: IConstruct, place: Place, kind: AuthorizerKind, given: AuthorizerServer & Pick<GrpcAuthorizer, 'includeRequestBodyInCheck'>): Pick<CheckedProvider, 'server' | 'settings'> {
  requireKeys(place, given, KEYS[kind]);
  const { failOpen, statusOnError, includeRequestBodyInCheck: body } = given;
  const server = authorizerService(construct, place, kind, given);
  const isOpen = failOpen === undefined ? false : flag(within(place, 'failOpen'), failOpen);
  const status = statusOnError === undefined ? undefined : oneOf(within(place, 'statusOnError'), statusOnError, STATUSES);
  if (isOpen && status !== undefined) throw refuse(within(place, 'statusOnError'), 'contradiction', `${status}, with failOpen`, 'a status of requests that are refused: with failOpen, none is', 'leave one of them out');
  return {
    server,
    settings: {
      // read as a protocol buffer, whose durations are in seconds
      timeout: `${Duration.of(given.timeout ?? TIMEOUT, { ...ISTIO_DURATION, ...within(place, 'timeout') }).toSeconds()}s`,
      failOpen: isOpen,
      ...(status !== undefined && { statusOnError: String(status) }),
      ...(body !== undefined && { includeRequestBodyInCheck: checkedBody(within(place, 'includeRequestBodyInCheck'), kind, body) }),
    },
  };
}

function checkedBody(place: Place, kind: AuthorizerKind, given: NonNullable<GrpcAuthorizer['includeRequestBodyInCheck']>): JsonObject {
  requireKeys(place, given, BODY[kind]);
  const flags = (['allowPartialMessage', 'packAsBytes'] as const).flatMap((key) => (given[key] === undefined ? [] : [[key, flag(within(place, key), given[key])] as const]));
  return { maxRequestBytes: wholeNumber(within(place, 'maxRequestBytes'), given.maxRequestBytes, 1, MOST_BYTES), ...Object.fromEntries(flags) };
}

/** Stands before a path: what ends in a slash would make two of it. */
function checkedPrefix(place: Place, given: unknown): string {
  const text = someText(place, given);
  if (/^\/[^\s#%]*[^\s#%/]$/.test(text)) return text;
  throw refuse(place, 'bad-path', describeValue(given), 'what stands before a path: it begins with "/" and does not end so, such as "/check"', 'leave it out for nothing');
}

function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
