import type { MeshReference } from '../../control-plane/mesh-reference';
import type { Duration } from '../../core/duration';
import type { ObjectConstruct } from '../../core/references';
import type { Known } from '../../core/unknown';
import type { ExternalService } from '../../egress/external-service';
import type { MeshService } from '../../traffic/mesh-service';

/**
 * What answers checks: a service of the mesh, a Kubernetes Service, a service outside of the mesh, or the full name of a host that
 * Istio knows.
 */
export type AuthorizerService = MeshService | ObjectConstruct | ExternalService | Known<string>;

/** What of a request's body goes into the check. */
export interface CheckedRequestBody {
  /** How many bytes a proxy holds back at most, until the answer is there. Without `allowPartialMessage`, more is answered with 413. */
  readonly maxRequestBytes: Known<number>;
  /**
   * Whether the check of a longer body gets its beginning.
   * @default false
   */
  readonly allowPartialMessage?: Known<boolean>;
}

/** What of a request's body goes into the check of a gRPC service. */
export interface CheckedGrpcRequestBody extends CheckedRequestBody {
  /**
   * Whether the service gets the body as bytes (`raw_body`), and not as text (`body`).
   * @default false
   */
  readonly packAsBytes?: Known<boolean>;
}

/** What is common to services over HTTP and gRPC. */
export interface AuthorizerServer {
  /** What is asked. Of a service in this program, the proxies that ask it are let in, and no others because of it. */
  readonly service: AuthorizerService;
  /**
   * Port of the service.
   * @default - the only one that it has
   */
  readonly port?: Known<number>;
  /**
   * How long a proxy waits for the answer; none until then counts as no answer.
   * @default 5s
   */
  readonly timeout?: Duration | Known<string>;
  /**
   * Whether requests are let in where there is no answer, or one of 500 and more.
   * @default false - they are refused
   */
  readonly failOpen?: Known<boolean>;
  /**
   * What clients are answered where there is no answer: a status from 400.
   * @default 403
   */
  readonly statusOnError?: Known<number>;
}

/**
 * A service that is asked by an HTTP request: with the method of the original one, its path, its `Host` and its `Authorization`. 200
 * lets the request in; any other answer below 500 is handed on to the client, and the request goes no further.
 */
export interface HttpAuthorizer extends AuthorizerServer {
  /**
   * What stands before the original path in the check.
   * @default - nothing
   */
  readonly pathPrefix?: Known<string>;
  /**
   * Other headers of the request that go into the check; `abc*` and `*abc` for all that begin or end so.
   * @default - none
   */
  readonly includeRequestHeadersInCheck?: readonly Known<string>[];
  /**
   * Headers of the check itself; what the client sends of that name does not get there. The values stand in the mesh's ConfigMap for
   * all to read, and Envoy puts in its variables, such as `%REQ(:path)%`.
   * @default - none
   */
  readonly includeAdditionalHeadersInCheck?: Readonly<Record<string, Known<string>>>;
  /**
   * What of the body goes into the check.
   * @default - nothing
   */
  readonly includeRequestBodyInCheck?: CheckedRequestBody;
  /**
   * Headers of the answer that the pods behind get, in place of those of the client; `abc*` and `*abc` as above.
   * @default - none
   */
  readonly headersToUpstreamOnAllow?: readonly Known<string>[];
  /**
   * Headers of the answer that the client gets where it is let in, such as `set-cookie`.
   * @default - none
   */
  readonly headersToDownstreamOnAllow?: readonly Known<string>[];
  /**
   * Headers of the answer that the client gets where it is refused. `Location` and `WWW-Authenticate` go along.
   * @default - all
   */
  readonly headersToDownstreamOnDeny?: readonly Known<string>[];
}

/**
 * A service that is asked by gRPC (`envoy.service.auth.v3.Authorization`), with all headers of the request. Its answer says which
 * headers are added and taken out. It is asked about connections that carry no requests, too.
 */
export interface GrpcAuthorizer extends AuthorizerServer {
  /**
   * What of the body goes into the check.
   * @default - nothing
   */
  readonly includeRequestBodyInCheck?: CheckedGrpcRequestBody;
}

/** What an authorizer is, but for its mesh. */
export type AuthorizerOf = AuthorizerFacts & (HttpAuthorizerOf | GrpcAuthorizerOf);

/** An authorizer that is asked over HTTP. */
export interface HttpAuthorizerOf {
  readonly http: HttpAuthorizer;
  readonly grpc?: never;
}

/** An authorizer that is asked over gRPC. */
export interface GrpcAuthorizerOf {
  readonly grpc: GrpcAuthorizer;
  readonly http?: never;
}

/** What is said of any authorizer. */
export interface AuthorizerFacts {
  /**
   * Name of the provider in the mesh's configuration.
   * @default - the construct's id
   */
  readonly name?: Known<string>;
  /**
   * Headers of requests that only the authorizer may set: what clients send of them is taken out before the check, of requests that
   * are not checked as well; `abc*` and `*abc` for all that begin or end so.
   * @default - those of `headersToUpstreamOnAllow` that do not go into the check; none over gRPC
   */
  readonly ownHeaders?: readonly Known<string>[];
}

/** Props of an {@link ExternalAuthorizer}. */
export type ExternalAuthorizerProps = AuthorizerOf & {
  /** The mesh, or the meshes of several revisions, whose configuration gets the provider. */
  readonly mesh: MeshReference | readonly MeshReference[];
};
