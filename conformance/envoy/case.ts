import type { Request } from './client';
import type { Edit, Program } from './manifests';
import type { Reaction } from './upstream';

/** What a construct promises, how it is asked, and what must come out otherwise without it. */
export interface Case {
  readonly name: string;
  /** What the reader of the program takes it to mean. */
  readonly promise: string;
  readonly program: Program;
  readonly through: Through;
  readonly checks: readonly Check[];
  /** What is taken out or turned round: the same requests must then come out otherwise. */
  readonly control: { readonly what: string; readonly edit: Edit };
}

/** The proxies on the way of a request. */
export interface Through {
  /** The proxy that is asked. */
  readonly first: Hop;
  /** The proxy of the pod that the first one calls, over mutual TLS; without it the upstream has none. */
  readonly second?: Hop;
}

export type Hop =
  | { readonly direction: 'outbound' | 'inbound'; readonly app: string; readonly namespace: string; readonly port: number }
  | { readonly direction: 'gateway'; readonly name: string; readonly namespace: string; readonly port: number };

/** One request, and what comes of it. */
export interface Check {
  readonly what: string;
  readonly request: Request;
  /**
   * Who asks: a principal, or `anonymous` for TLS without a certificate of the client.
   * @default - plain text
   */
  readonly as?: string;
  /** @default 1 */
  readonly times?: number;
  /** @default - every upstream answers 200 at once */
  readonly upstreams?: Readonly<Record<string, (nth: number) => Reaction>>;
  readonly expect: Outcome;
  /**
   * What comes out with the control.
   * @default - the control is not asked, because it is not about this request
   */
  readonly control?: Outcome;
}

/** Lowest and highest, both included. */
export type Range = readonly [number, number];

/** What is looked at; what is left out may be anything. */
export interface Outcome {
  /** `cut` is a connection that is refused or closed without an answer. */
  readonly status?: number | 'cut';
  /** The name of the upstream that answered, or a text of the proxy. */
  readonly body?: string;
  readonly location?: string;
  readonly milliseconds?: Range;
  /** How many requests reached each upstream. */
  readonly arrived?: Readonly<Record<string, number>>;
  /** The path that an upstream was asked for. */
  readonly paths?: Readonly<Record<string, string>>;
  /** How many of all answers each upstream gave. */
  readonly shares?: Readonly<Record<string, Range>>;
}

export const sidecarOf = (app: string, namespace: string, port: number): Through => ({
  first: { direction: 'outbound', app, namespace, port },
});

export const inFrontOf = (app: string, namespace: string, port: number): Through => ({
  first: { direction: 'inbound', app, namespace, port },
});
