import type { JsonObject } from '../../rules/json';
import type { PathNormalization } from './request-paths';

/** Policies of one cluster, and what its mesh is configured to: all that a decision is made by, as plain data. */
export interface Policies {
  readonly mesh: MeshFacts;
  readonly authorizationPolicies: readonly PlainPolicy[];
  readonly peerAuthentications: readonly PlainPolicy[];
  readonly requestAuthentications: readonly PlainPolicy[];
}

/** An AuthorizationPolicy, a PeerAuthentication or a RequestAuthentication as it is written. */
export interface PlainPolicy {
  readonly name: string;
  readonly namespace: string;
  readonly annotations: JsonObject;
  readonly spec: JsonObject;
  /** Path of the construct; empty where none is known. */
  readonly construct: string;
}

/** What the configuration of a mesh says that decisions hang on. */
export interface MeshFacts {
  readonly rootNamespace: string;
  /** The mesh's own, and then its aliases. */
  readonly trustDomains: readonly string[];
  /** Others whose certificates are taken. */
  readonly federated: readonly string[];
  readonly pathNormalization: PathNormalization;
  /** External authorizers by name, and what they are asked about: an HTTP one is not asked about bytes. */
  readonly authorizers: Readonly<Record<string, 'http' | 'grpc'>>;
  /** `numTrustedProxies` of gateways. */
  readonly trustedProxies: number;
  /** Whether several external authorizers may be asked for the same pods. @default false - what they would be asked about is refused */
  readonly asksSeveral?: boolean;
  /** Whether identities of any trust domain are taken. @default false */
  readonly takesAllTrustDomains?: boolean;
}

/** The pods that are called. */
export interface Pods {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether they are a gateway: no PeerAuthentication is for what it listens on. */
  readonly isGateway: boolean;
  /** Proxies in front of them, where their own annotation says so. @default - what the mesh says */
  readonly trustedProxies?: number;
}

/** A request or a connection, as it comes to a port of some pods. */
export interface PlainRequest {
  /** How the caller speaks: mutual TLS shows who it is; `tls` is without a certificate. */
  readonly caller: { readonly speaks: 'mtls'; readonly principal: string } | { readonly speaks: 'plain text' } | { readonly speaks: 'tls' };
  /** Of the pods. */
  readonly port: number;
  /** What a proxy sees at the port. */
  readonly sees: 'requests' | 'bytes';
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** With its port where the caller writes one; undefined where it is not said. */
  readonly host: string | undefined;
  /** By names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly sourceIp: string | undefined;
  readonly remoteIp: string | undefined;
  readonly destinationIp: string | undefined;
  /** The server's name in TLS. */
  readonly sni: string | undefined;
  /** A token, wherever its issuer has it looked for. */
  readonly token: Token | undefined;
  /** Reads a token that stands in the request itself; undefined for a text that is none. @default - it is not known what it says */
  readonly read?: (text: string) => Token | undefined;
  /** What external authorizers answer, by name. */
  readonly authorizers: Readonly<Record<string, 'allows' | 'refuses'>>;
}

/** What a token says, and whether it is good. */
export interface Token {
  readonly claims: JsonObject;
  /** Whether it is out of date, or not yet good. */
  readonly isTimely: boolean;
  /** Whether the keys of this issuer have signed it. */
  readonly isSignedBy: (issuer: JsonObject) => boolean;
}
