import * as http from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import * as https from 'node:https';
import type { Certificate } from './certificates';

/** A request as a client makes it. */
export interface Request {
  /** @default 'GET' */
  readonly method?: string;
  /** The host asked for, with its port where clients say it. */
  readonly host: string;
  /** @default '/' */
  readonly path?: string;
  /** @default - none but the host */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface Response {
  /** Undefined when the connection was refused or cut before an answer. */
  readonly status: number | undefined;
  /** The name of the upstream, or Envoy's own text; of a connection that failed, why. */
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  readonly milliseconds: number;
}

/** Who asks: none is plain text, `anonymous` is TLS without a certificate of the client. */
export type Caller = undefined | 'anonymous' | Certificate;

/** Longer than any timeout or delay that is judged. */
const PATIENCE_MS = 15_000;
/** The protocol name by which a sidecar tells another that it speaks HTTP over mutual TLS. */
const SIDECAR_PROTOCOL = 'istio-http/1.1';

/** Sends requests to a local port; connections are kept until `close`. */
export class Client {
  private readonly plain = new http.Agent({ keepAlive: true, maxSockets: 16 });
  private readonly secure = new Map<Caller, https.Agent>();

  /** @param root the certificate that servers are checked against, other than by their name */
  public constructor(private readonly root: string) {}

  public send(port: number, request: Request, caller?: Caller): Promise<Response> {
    const started = Date.now();
    const { method = 'GET', host, path = '/', headers = {} } = request;
    const options = { host: '127.0.0.1', port, method, path, headers: { ...headers, host }, timeout: PATIENCE_MS };
    return new Promise((resolve) => {
      const failed = (why: string): void => {
        resolve({ status: undefined, body: why, headers: {}, milliseconds: Date.now() - started });
      };
      const take = (answer: IncomingMessage): void => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.once('error', (error) => failed(error.message));
        answer.once('end', () => {
          const body = Buffer.concat(parts).toString('utf8');
          resolve({ status: answer.statusCode, body, headers: answer.headers, milliseconds: Date.now() - started });
        });
      };
      const asked =
        caller === undefined
          ? http.request({ ...options, agent: this.plain }, take)
          : https.request({ ...options, agent: this.agentOf(caller), servername: hostname(host) }, take);
      asked.once('timeout', () => asked.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
      asked.once('error', (error) => failed(error.message));
      asked.end();
    });
  }

  /** Sends the same request many times, a few at once, and counts the answers by status and body. */
  public async count(times: number, port: number, request: Request): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    let left = times;
    const work = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const { status, body } = await this.send(port, request);
        const key = status === 200 ? body : `${status ?? 'no answer'} ${body}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 16 }, work));
    return counts;
  }

  public close(): void {
    this.plain.destroy();
    for (const agent of this.secure.values()) agent.destroy();
  }

  /** One for each caller: a connection that was made as one caller must not serve another. */
  private agentOf(caller: Exclude<Caller, undefined>): https.Agent {
    const known = this.secure.get(caller);
    if (known !== undefined) return known;
    const agent = new https.Agent({
      keepAlive: true,
      ca: this.root,
      // Sidecars are known by their identity, not by a host name.
      checkServerIdentity: () => undefined,
      ...(caller === 'anonymous' ? {} : { cert: caller.certificate, key: caller.key, ALPNProtocols: [SIDECAR_PROTOCOL] }),
    });
    this.secure.set(caller, agent);
    return agent;
  }
}

function hostname(host: string): string {
  return host.split(':')[0] ?? host;
}
