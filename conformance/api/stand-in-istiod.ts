import { mkdtempSync, rmSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { createSecureContext } from 'node:tls';
import { CertificateAuthority } from '../envoy/certificates';
import { asRecord } from '../kubernetes/status';

/**
 * Stands in for istiod: once it is up, it answers the API server's webhook calls and allows everything. What is judged is when it
 * is asked, and what becomes of objects while it is not there.
 */
export class StandInIstiod {
  public static async start(): Promise<StandInIstiod> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-constructs-istiod-'));
    try {
      const istiod = new StandInIstiod(folder, await CertificateAuthority.make(folder));
      await new Promise<void>((resolve, reject) => istiod.proxy.once('error', reject).listen(istiod.socket, resolve));
      return istiod;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Where the API server's `serviceProxy` is. */
  public readonly socket: string;
  /** What istiod writes into webhooks: the certificate of its authority, in base64. */
  public readonly caBundle: string;
  /** Names of the hosts, such as `istiod.istio-system.svc`, behind which an istiod runs. */
  public readonly up = new Set<string>();
  /** How often it was asked. */
  public asked = 0;

  private readonly sockets = new Set<Socket>();
  private readonly proxy: http.Server;
  private readonly webhook: https.Server;

  private constructor(
    private readonly folder: string,
    private readonly authority: CertificateAuthority,
  ) {
    this.socket = path.join(folder, 'proxy.sock');
    this.caBundle = Buffer.from(authority.root).toString('base64');
    this.webhook = https.createServer({ SNICallback: (host, done) => this.choose(host, done) }, (request, response) => this.answer(request, response));
    // the address of a Service says nothing here; the name that is asked for in TLS does
    this.proxy = http.createServer().on('connect', (_request, socket: Socket) => {
      this.sockets.add(socket.once('close', () => this.sockets.delete(socket)).on('error', () => undefined));
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      this.webhook.emit('connection', socket);
    });
  }

  /** Ends all calls, also those that are still open. */
  public async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.proxy.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private choose(host: string, done: (error: Error | null, context?: ReturnType<typeof createSecureContext>) => void): void {
    if (!this.up.has(host)) return done(new Error(`${host} is not up`));
    this.authority.host(host).then(
      ({ certificate, key }) => done(null, createSecureContext({ cert: certificate, key })),
      (error: Error) => done(error),
    );
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      this.asked += 1;
      const { apiVersion, kind, request: asked } = asRecord(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      response.setHeader('content-type', 'application/json');
      // a kept connection would outlive an istiod that is taken down
      response.setHeader('connection', 'close');
      response.end(JSON.stringify({ apiVersion, kind, response: { uid: asRecord(asked)['uid'], allowed: true } }));
    });
  }
}
