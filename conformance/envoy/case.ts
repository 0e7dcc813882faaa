import type { Edit, Program } from './manifests';
import type { Request } from './request';
import type { React, SeenRequest } from './upstream';
import type { Pods } from './workloads';

/** What a construct promises, how it is asked, and what must come out otherwise without it. */
export interface Case {
  readonly name: string;
  /** What the reader of the program takes it to mean. */
  readonly promise: string;
  readonly program: Program;
  readonly through: Through;
  /**
   * Pods of Deployments, each with labels of its own beside those of all. They answer as `web-v1-NAME`.
   * @default - one pod a Deployment, which answers by the Deployment's name
   */
  readonly pods?: Pods;
  /**
   * How upstreams speak TLS.
   * @default - by a certificate for their own name, and clients need none
   */
  readonly serving?: Readonly<Record<string, Serving>>;
  /**
   * Upstreams and Secrets whose certificates are of an authority that nobody trusts.
   * @default - none
   */
  readonly strangers?: readonly string[];
  readonly checks: readonly Check[];
  /** What is taken out or turned round: the same requests must then come out otherwise. */
  readonly control: { readonly what: string; readonly edit: Edit };
}

export interface Serving {
  /** The DNS name in the certificate, or a principal of the mesh. @default - the name of the upstream */
  readonly certificate?: string;
  /** Whether clients have to show a certificate. @default false */
  readonly mutual?: boolean;
}

/** The proxies on the way of a request. */
export interface Through {
  /** The proxy that is asked. */
  readonly first: Hop;
  /** The proxy that the first one calls, over mutual TLS: that of a pod, or a gateway; without it the upstream has none. */
  readonly second?: Hop;
}

export type Hop = SidecarHop | GatewayHop;

/** The sidecar of the pods that have the label `app`. */
export interface SidecarHop {
  readonly direction: 'outbound' | 'inbound';
  readonly app: string;
  readonly namespace: string;
  /** The port that is called; outbound, 15001 is what no service has. */
  readonly port: number;
  /**
   * Outbound, the host that is called, or that what is called leads to: by its address, where bytes name no host.
   * @default - the listener for all addresses of the port
   */
  readonly to?: string;
}

export interface GatewayHop {
  readonly direction: 'gateway';
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  /** Labels of its pods. @default - `istio` with its name */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default - its name */
  readonly serviceAccount?: string;
}

/** One request, or many of a sort, and what comes of it. */
export interface Check {
  readonly what: string;
  readonly request: Request;
  /**
   * Who asks: a principal such as `cluster.local/ns/shop/sa/web`, a DNS name in a client's certificate, or `anonymous` for
   * TLS without a certificate of the client.
   * @default - plain text
   */
  readonly as?: string;
  /** The certificate of who asks is of an authority that nobody trusts. @default false */
  readonly stranger?: boolean;
  /** @default 1 */
  readonly times?: number;
  /** Of many requests, how many are under way at the same time. @default 16 */
  readonly atOnce?: number;
  /** Of many requests, how long nothing happens after each. @default 0 */
  readonly gapMs?: number;
  /** Of many requests, what is other in the one of this number, which counts from 1. @default - nothing */
  readonly vary?: (nth: number) => Partial<Request>;
  /** How long nothing happens before it. @default 0 */
  readonly pauseMs?: number;
  /** @default - every upstream answers 200 at once */
  readonly upstreams?: Readonly<Record<string, React>>;
  /** Upstreams that take no connections meanwhile. @default - none */
  readonly down?: readonly string[];
  readonly expect: Outcome;
  /**
   * What comes out with the control.
   * @default - the control is not asked, because it is not about this request
   */
  readonly control?: Outcome;
}

/** Lowest and highest, both included. */
export type Range = readonly [number, number];

/** Texts by name: a whole text, a pattern that is found in it, or null for what is not there. */
export type Texts = Readonly<Record<string, string | RegExp | null>>;

/** What is looked at; what is left out may be anything. */
export interface Outcome {
  /** `cut` is a connection that is refused or closed without an answer, `open` an answer in bytes. */
  readonly status?: number | 'cut' | 'open';
  /** The name of the upstream that answered, or a text of the proxy. */
  readonly body?: string;
  readonly location?: string;
  /** Of the answer. */
  readonly headers?: Texts;
  readonly grpcStatus?: number;
  /** The DNS name in the certificate that the client saw. */
  readonly certificate?: string;
  /** What the handshake agreed on. */
  readonly tls?: { readonly version?: string; readonly cipher?: string };
  readonly milliseconds?: Range;
  /** How many requests reached each upstream. */
  readonly arrived?: Readonly<Record<string, number>>;
  /** The path that an upstream was asked for. */
  readonly paths?: Readonly<Record<string, string>>;
  /** What the first request looked like when it reached an upstream. */
  readonly asked?: Readonly<Record<string, Asked>>;
  /** How many of all answers each upstream gave. */
  readonly shares?: Readonly<Record<string, Range>>;
  /** How many upstreams gave answers. */
  readonly spread?: Range;
  /** How many requests reached each upstream, of many. */
  readonly load?: Readonly<Record<string, Range>>;
  /** How many connections to each upstream were made. */
  readonly connections?: Readonly<Record<string, Range>>;
}

/** A request as an upstream saw it; what is left out may be anything. */
export interface Asked {
  readonly protocol?: SeenRequest['protocol'];
  readonly port?: number;
  readonly headers?: Texts;
  /** A whole text, or a pattern that is found in it. */
  readonly body?: string | RegExp;
  /** The name in the TLS handshake; null for plain text. */
  readonly sni?: string | null;
  /** The name in the certificate of the client; null for none. */
  readonly client?: string | null;
}

export const sidecarOf = (app: string, namespace: string, port: number, to?: string): Through => ({
  first: { direction: 'outbound', app, namespace, port, ...(to !== undefined && { to }) },
});

export const inFrontOf = (app: string, namespace: string, port: number): Through => ({
  first: { direction: 'inbound', app, namespace, port },
});

export const gatewayOf = (name: string, namespace: string, port: number): Through => ({
  first: { direction: 'gateway', name, namespace, port },
});
