import { createServer } from 'node:http';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { constants, createServer as createHttp2Server } from 'node:http2';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import * as net from 'node:net';
import * as tls from 'node:tls';
import { sleep } from '../kubernetes/client';
import type { Certificate } from './certificates';
import { grpcFrame, webSocketAccept, webSocketFrame } from './frames';

/** A request as it arrived at an upstream. */
export interface SeenRequest {
  readonly protocol: 'http/1.1' | 'h2' | 'websocket' | 'tcp';
  /** Empty of bytes. */
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Of HTTP/1.1 with a length, and of checks over gRPC; empty otherwise. */
  readonly body: string;
  /** The port that the configuration named. */
  readonly port: number;
  /** Of a connection that came encrypted: the name in the handshake, and the name in the certificate of the client. */
  readonly tls: { readonly sni: string; readonly client: string } | undefined;
}

/** How an upstream answers; without anything 200, at once. */
export interface Reaction {
  readonly status?: number;
  readonly delayMs?: number;
  /** @default - none but the type */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of gRPC. @default 0 */
  readonly grpcStatus?: number;
  /** Of gRPC, what the answer holds. @default - the upstream's name */
  readonly message?: Buffer;
  /** The connection is cut instead of an answer. */
  readonly cut?: boolean;
  /** Of HTTP/2: the stream is refused, unread. */
  readonly refuse?: boolean;
}

/** Decides on an answer: `nth` counts from 1. */
export type React = (nth: number, request: SeenRequest) => Reaction;

/** The certificate of an upstream, and whom it is for. */
export interface UpstreamTls extends Certificate {
  /** What certificates of clients are checked against. */
  readonly root: string;
  /** Whether a client has to show one. */
  readonly mutual: boolean;
}

interface Listener {
  readonly server: net.Server;
  /** Of this machine. */
  readonly port: number;
}

type Where = Pick<SeenRequest, 'port' | 'tls'>;

/** What proxies call of an external authorizer. */
const CHECK = '/envoy.service.auth.v3.Authorization/Check';
/** Kept at most, so that a load of requests does not fill the memory. */
const KEPT = 1_000;

/**
 * A pod, or a server outside of the mesh: it answers with its name, in whatever it is spoken to (HTTP/1.1, HTTP/2, gRPC,
 * WebSocket, bytes; plain or over TLS), and remembers what it was asked.
 */
export class Upstream {
  /**
   * @param name what it answers with, such as `reviews-v1`
   * @param secure asked for when the first connection comes encrypted
   */
  public constructor(
    public readonly name: string,
    private readonly secure: () => Promise<UpstreamTls>,
  ) {
    this.http = createServer((request, response) => void this.answer(request, response));
    // Envoy keeps connections longer than Node does by default, and would now and then write to one that just closed.
    this.http.keepAliveTimeout = 60_000;
    this.http.on('upgrade', (request, socket: net.Socket) => void this.upgrade(request, socket));
  }

  /** The first requests, in the order of their arrival. */
  public seen: SeenRequest[] = [];
  private readonly starting = new Map<number, Promise<Listener>>();
  private readonly listeners = new Map<number, Listener>();
  private readonly sockets = new Map<net.Socket, Where>();
  private readonly http: HttpServer;
  private react: React = () => ({});
  private count = 0;
  private connections = 0;

  /** Listens for what is meant for a port of its own. */
  public async listen(port: number): Promise<void> {
    // The pod may be known by several addresses, that are asked for at the same time.
    const starting = this.starting.get(port) ?? this.startServer(port, 0);
    this.starting.set(port, starting);
    this.listeners.set(port, await starting);
  }

  /** The port of this machine that stands for a port of its own. */
  public localPort(port: number): number {
    const listener = this.listeners.get(port);
    if (listener === undefined) throw new Error(`${this.name} does not listen at ${port}`);
    return listener.port;
  }

  /** How many requests have come, kept or not. */
  public get arrived(): number {
    return this.count;
  }

  /** How many connections were made. */
  public get connected(): number {
    return this.connections;
  }

  /** Forgets what was seen, and says how the next requests are answered. */
  public reset(react: React = () => ({})): void {
    this.seen = [];
    this.count = 0;
    this.connections = 0;
    this.react = react;
  }

  /** Takes no connections until `up`, and ends those that there are. */
  public async down(): Promise<void> {
    const closed = [...this.listeners.values()].map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const socket of this.sockets.keys()) socket.destroy();
    await Promise.all(closed);
  }

  /** Takes connections again, at the same ports. */
  public async up(): Promise<void> {
    for (const [port, { port: localPort }] of this.listeners) this.listeners.set(port, await this.startServer(port, localPort));
  }

  public async stop(): Promise<void> {
    // What was about to listen when something else failed must not stay.
    for (const listening of this.starting.values()) await listening.then(({ server }) => server.close(), () => undefined);
    await this.down();
    this.http.close();
  }

  private async startServer(port: number, localPort: number): Promise<Listener> {
    const server = net.createServer((socket) => {
      this.connections += 1;
      this.take(socket, { port, tls: undefined });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(localPort, '127.0.0.1', resolve);
    });
    return { server, port: (server.address() as net.AddressInfo).port };
  }

  /** Tells by the first bytes what is spoken. */
  private take(socket: net.Socket, where: Where): void {
    this.sockets.set(socket, where);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      // Its certificate may take a while: until then nothing is read.
      if (first[0] === 0x16) return void this.takeTls(socket, where);
      if (first.subarray(0, 5).toString('latin1') === 'PRI *') this.takeHttp2(socket, where);
      else if (/^[A-Z]+ \S+ HTTP\/1/.test(first.toString('latin1'))) this.http.emit('connection', socket);
      else void this.takeBytes(socket, where);
      process.nextTick(() => socket.resume());
    });
  }

  private async takeTls(socket: net.Socket, where: Where): Promise<void> {
    const { certificate, key, root, mutual } = await this.secure();
    const options: tls.TlsOptions = { cert: certificate, key, ca: root, requestCert: true, rejectUnauthorized: mutual };
    // A client that names protocols gets one of them: this server speaks them all.
    const server = tls.createServer({ ...options, ALPNCallback: ({ protocols }) => (protocols.includes('h2') ? 'h2' : protocols[0]) });
    server.once('secureConnection', (secured) => {
      const { servername } = secured as { servername?: string | false };
      const client = /(?:DNS|URI):([^,]*)/.exec(secured.getPeerCertificate().subjectaltname ?? '')?.[1] ?? '';
      this.take(secured, { ...where, tls: { sni: servername || '', client } });
    });
    server.on('tlsClientError', () => socket.destroy());
    server.emit('connection', socket);
  }

  private takeHttp2(socket: net.Socket, where: Where): void {
    const server = createHttp2Server();
    server.on('sessionError', () => socket.destroy());
    server.on('stream', (stream, headers) => {
      stream.on('error', () => stream.destroy());
      void this.answerStream(stream, headers, where);
    });
    server.emit('connection', socket);
  }

  private async takeBytes(socket: net.Socket, where: Where): Promise<void> {
    const { delayMs = 0, cut = false } = this.saw({ protocol: 'tcp', method: '', path: '', headers: {}, body: '', ...where });
    if (delayMs > 0) await sleep(delayMs);
    if (cut) socket.destroy();
    else socket.end(this.name);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Number(request.headers['content-length'] ?? 0) > 0 ? await textOf(request) : '';
    const { status = 200, delayMs = 0, headers = {}, cut = false } = this.saw({ protocol: 'http/1.1', ...this.asked(request), body });
    request.resume();
    if (delayMs > 0) await sleep(delayMs);
    if (cut) request.socket.destroy();
    else response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(this.name);
  }

  private async upgrade(request: IncomingMessage, socket: net.Socket): Promise<void> {
    const { delayMs = 0 } = this.saw({ protocol: 'websocket', ...this.asked(request) });
    if (delayMs > 0) await sleep(delayMs);
    const accept = webSocketAccept(request.headers['sec-websocket-key'] ?? '');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ${accept}\r\n\r\n`);
    socket.end(webSocketFrame(this.name));
  }

  private async answerStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, where: Where): Promise<void> {
    const path = headers[':path'] ?? '';
    const body = path === CHECK ? await textOf(stream) : '';
    const reaction = this.saw({ protocol: 'h2', method: headers[':method'] ?? '', path, headers, body, ...where });
    const { status = 200, delayMs = 0, headers: own = {}, grpcStatus = 0, message = this.name, cut = false, refuse = false } = reaction;
    stream.resume();
    if (delayMs > 0) await sleep(delayMs);
    if (stream.destroyed) return;
    if (cut) return void stream.session?.destroy();
    if (refuse) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
    if (headers['content-type'] !== 'application/grpc') {
      stream.respond({ ':status': status, 'content-type': 'text/plain', ...own });
      return void stream.end(this.name);
    }
    const head = { ':status': status, 'content-type': 'application/grpc', ...own };
    // As servers do: a call that fails has a head only.
    if (grpcStatus !== 0) return stream.respond({ ...head, 'grpc-status': String(grpcStatus) }, { endStream: true });
    stream.respond(head, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(grpcFrame(message));
  }

  private asked({ method = '', url = '', headers, socket }: IncomingMessage): Omit<SeenRequest, 'protocol'> {
    return { method, path: url, headers, body: '', ...(this.sockets.get(socket) ?? { port: 0, tls: undefined }) };
  }

  private saw(request: SeenRequest): Reaction {
    this.count += 1;
    if (this.seen.length < KEPT) this.seen.push(request);
    return this.react(this.count, request);
  }
}

/** Read as a whole: its strings stand in it as they are, also where it is a protocol buffer. */
async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
