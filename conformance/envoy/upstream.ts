import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import { sleep } from '../kubernetes/client';

/** A request as it arrived at an upstream. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** How an upstream answers; without anything 200, at once. */
export interface Reaction {
  readonly status?: number;
  readonly delayMs?: number;
}

/** Kept at most, so that a load of requests does not fill the memory. */
const KEPT = 1_000;

/** An application behind a proxy: it answers with its name, and remembers what it was asked. */
export class Upstream {
  /** @param name of the version of a service, such as `reviews-v1` */
  public static async start(name: string): Promise<Upstream> {
    const upstream = new Upstream(name);
    await new Promise<void>((resolve, reject) => {
      upstream.server.once('error', reject);
      upstream.server.listen(0, '127.0.0.1', resolve);
    });
    return upstream;
  }

  /** The first requests, in the order of their arrival. */
  public seen: SeenRequest[] = [];
  private readonly server: Server;
  private react: (nth: number) => Reaction = () => ({});
  private count = 0;

  private constructor(public readonly name: string) {
    this.server = createServer((request, response) => {
      this.count += 1;
      if (this.seen.length < KEPT) this.seen.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers });
      request.resume();
      void this.answer(response, this.react(this.count));
    });
    // Envoy keeps connections longer than Node does by default, and would now and then write to one that just closed.
    this.server.keepAliveTimeout = 60_000;
  }

  public get port(): number {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error(`${this.name} does not listen`);
    return address.port;
  }

  /** Forgets what was seen, and says how the next requests are answered: `nth` counts from 1. */
  public reset(react: (nth: number) => Reaction = () => ({})): void {
    this.seen = [];
    this.count = 0;
    this.react = react;
  }

  public async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(response: ServerResponse, { status = 200, delayMs = 0 }: Reaction): Promise<void> {
    if (delayMs > 0) await sleep(delayMs);
    response.writeHead(status, { 'content-type': 'text/plain' }).end(this.name);
  }
}
