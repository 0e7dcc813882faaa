import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Caller, Request, Response } from './request';

/** The names by which one sidecar tells another what it speaks over mutual TLS; other clients have their own. */
const SIDECAR_PROTOCOLS: Readonly<Record<string, string>> = { 'h2': 'istio-h2', 'http/1.1': 'istio-http/1.1', 'tcp': 'istio' };

/** A new connection to a local port, as the request wants it. Its errors come as events. */
export function connect(port: number, request: Request, caller: Caller, root: string): net.Socket {
  const raw = net.connect({ host: '127.0.0.1', port });
  raw.setNoDelay();
  if (request.proxied !== undefined) raw.write(proxyLine(request.proxied));
  if (caller === undefined) return raw;
  const { sni = hostname(request.host), tls: offered = {} } = request;
  // OpenSSL refuses to offer what is out of date unless it is told to.
  const old = offered.maxVersion === 'TLSv1.1' ? { minVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const : {};
  const secured = tls.connect({
    socket: raw,
    ca: root,
    // Sidecars are known by their identity, not by a host name; which certificate came is for the case to look at.
    checkServerIdentity: () => undefined,
    ALPNProtocols: protocolNames(request, caller),
    ...(sni === '' ? {} : { servername: sni }),
    ...old,
    ...offered,
    ...(caller === 'anonymous' ? {} : { cert: caller.certificate, key: caller.key }),
  });
  raw.once('error', (error) => secured.destroy(error));
  return secured;
}

/** What a TLS connection agreed on. */
export function tlsOf(socket: net.Socket): Pick<Response, 'tls'> {
  if (!(socket instanceof tls.TLSSocket)) return {};
  const certificate = /DNS:([^,]*)/.exec(socket.getPeerCertificate().subjectaltname ?? '')?.[1] ?? '';
  return { tls: { version: socket.getProtocol() ?? '', cipher: socket.getCipher().name, certificate } };
}

function protocolNames({ protocol = 'http/1.1' }: Request, caller: Caller): string[] {
  const name = protocol === 'grpc' ? 'h2' : protocol === 'websocket' ? 'http/1.1' : protocol;
  if (typeof caller === 'object' && caller.isSidecar) return [SIDECAR_PROTOCOLS[name] ?? name];
  return name === 'tcp' ? [] : [name];
}

function proxyLine({ from = '127.0.0.1', to = '127.0.0.1', port = 80 }: NonNullable<Request['proxied']>): string {
  return `PROXY ${net.isIPv6(from) ? 'TCP6' : 'TCP4'} ${from} ${to} 40000 ${port}\r\n`;
}

function hostname(host: string): string {
  return host.split(':')[0] ?? host;
}
