import * as http from 'node:http';
import type { IncomingMessage } from 'node:http';
import { sleep } from '../kubernetes/client';
import { Browser } from './browser';
import { askBytes, askWebSocket } from './client-bytes';
import { askHttp2 } from './client-http2';
import { connect, tlsOf } from './connection';
import { PATIENCE_MS } from './request';
import type { Caller, Request, Response } from './request';

/** What a check makes many requests of. */
export interface Load {
  readonly times: number;
  /** How many are under way at the same time. */
  readonly atOnce: number;
  /** How long nothing happens after each. */
  readonly gapMs: number;
  /** The request, by its number from 1. */
  readonly request: (nth: number) => Request;
}

/** Sends requests to a local port. Connections of HTTP/1.1 are kept until `close`; all others are made anew for each request. */
export class Client {
  private readonly agents = new Map<string, http.Agent>();
  private readonly callers = new Map<Caller, number>();
  /** By the port that they ask, and their name. */
  private readonly browsers = new Map<string, Browser>();

  /** @param root the certificate that servers are checked against, other than by their name */
  public constructor(private readonly root: string) {}

  public async send(port: number, request: Request, caller?: Caller): Promise<Response> {
    const open = (): ReturnType<typeof connect> => connect(port, request, caller, this.root);
    const { protocol = 'http/1.1' } = request;
    if (protocol === 'tcp') return await askBytes(open(), request);
    if (protocol === 'websocket') return await askWebSocket(open(), request);
    if (protocol === 'h2' || protocol === 'grpc') return await askHttp2(open(), request);
    const agent = this.agentOf(request, caller);
    if (request.browser === undefined) return await askHttp1(agent, port, request);
    const name = `${port} ${request.browser}`;
    const browser = this.browsers.get(name) ?? new Browser();
    this.browsers.set(name, browser);
    return await browser.send(request, (asked) => askHttp1(agent, port, asked));
  }

  /** Sends many requests, some at once, and counts the answers: by the name of the upstream, or else by status and body. */
  public async count(port: number, { times, atOnce, gapMs, request }: Load, caller?: Caller): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    let made = 0;
    const work = async (): Promise<void> => {
      while (made < times) {
        made += 1;
        const { status, body, grpcStatus = 0 } = await this.send(port, request(made), caller);
        const isAnswer = (status === 200 || status === 101 || status === 'open') && grpcStatus === 0;
        const key = isAnswer ? body : `${status === undefined ? 'no answer' : grpcStatus === 0 ? status : `grpc ${grpcStatus}`} ${body}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
        if (gapMs > 0 && made < times) await sleep(gapMs);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return counts;
  }

  public close(): void {
    for (const agent of this.agents.values()) agent.destroy();
  }

  /** One for all that makes a connection another: who made it, and what was said before the first request. */
  private agentOf(request: Request, caller: Caller): http.Agent {
    if (!this.callers.has(caller)) this.callers.set(caller, this.callers.size);
    const { proxied, sni, tls } = request;
    const host = caller === undefined ? undefined : request.host;
    const key = JSON.stringify([this.callers.get(caller), host, proxied, sni, tls]);
    const known = this.agents.get(key);
    if (known !== undefined) return known;
    const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
    Object.assign(agent, { createConnection: ({ port }: { port: number }) => connect(port, request, caller, this.root) });
    this.agents.set(key, agent);
    return agent;
  }
}

function askHttp1(agent: http.Agent, port: number, request: Request): Promise<Response> {
  const started = Date.now();
  const { method = 'GET', host, path = '/', headers = {}, body = '' } = request;
  return new Promise((resolve) => {
    const failed = (why: string): void => {
      resolve({ status: undefined, body: why, headers: {}, milliseconds: Date.now() - started });
    };
    const take = (answer: IncomingMessage): void => {
      // Asked for now: later the connection may be gone.
      const agreed = tlsOf(answer.socket);
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('error', (error) => failed(error.message));
      answer.once('end', () => {
        const body = Buffer.concat(parts).toString('utf8');
        resolve({ status: answer.statusCode, body, headers: answer.headers, ...agreed, milliseconds: Date.now() - started });
      });
    };
    const asked = http.request({ agent, host: '127.0.0.1', port, method, path, headers: { ...headers, host }, timeout: PATIENCE_MS }, take);
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
    asked.once('error', (error) => failed(error.message));
    asked.end(body);
  });
}
