import type { IncomingHttpHeaders } from 'node:http';
import type { Certificate } from './certificates';

/** A request as a client makes it. */
export interface Request {
  /**
   * What the client speaks. `tcp` sends a line and reads until the connection ends.
   * @default 'http/1.1'
   */
  readonly protocol?: 'http/1.1' | 'h2' | 'grpc' | 'websocket' | 'tcp';
  /** @default 'GET', of gRPC 'POST' */
  readonly method?: string;
  /** The host asked for, with its port where clients say it. */
  readonly host: string;
  /** @default '/' */
  readonly path?: string;
  /** @default - none but the host */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of HTTP/1.1. @default - none */
  readonly body?: string;
  /**
   * Of HTTP/1.1, who asks: a browser by a name. It keeps cookies, and goes to other sites by itself, until it is sent back to the
   * one that is asked; where it was sent to it asks for where no `path` is given.
   * @default - each request is of somebody else
   */
  readonly browser?: string;
  /**
   * The host named in the TLS handshake; empty to name none.
   * @default - the host without its port
   */
  readonly sni?: string;
  /**
   * What the client offers of TLS.
   * @default - 1.2 and up, by Node's ciphers
   */
  readonly tls?: { readonly minVersion?: TlsVersion; readonly maxVersion?: TlsVersion; readonly ciphers?: string };
  /**
   * Where the connection comes from and was meant to go, told in a line of the PROXY protocol before all else. Sidecars of a
   * scene read it, in the place of what iptables tell; a gateway does where its configuration says so.
   * @default - no such line
   */
  readonly proxied?: { readonly from?: string; readonly to?: string; readonly port?: number };
}

export type TlsVersion = 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** What came back. */
export interface Response {
  /** `open` is an answer in bytes; undefined is a connection that was refused or cut before an answer. */
  readonly status: number | 'open' | undefined;
  /** The name of the upstream, or Envoy's own text; of a connection that failed, why. */
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  /** Of gRPC. */
  readonly grpcStatus?: number;
  /** What was agreed on in the handshake, and the DNS name of the certificate that was shown. */
  readonly tls?: { readonly version: string; readonly cipher: string; readonly certificate: string };
  readonly milliseconds: number;
}

/** Who asks: none is plain text, `anonymous` is TLS without a certificate of the client. */
export type Caller = undefined | 'anonymous' | Identity;

/** The certificate of a client. */
export interface Identity extends Certificate {
  /** Sidecars tell by the names of protocols in TLS that they speak to one of their own. */
  readonly isSidecar: boolean;
}

/** Longer than any timeout or delay that is judged. */
export const PATIENCE_MS = 15_000;
