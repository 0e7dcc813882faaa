import * as http2 from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { tlsOf } from './connection';
import { grpcFrame, grpcText } from './frames';
import { PATIENCE_MS } from './request';
import type { Request, Response } from './request';

/** One request over HTTP/2, which is how gRPC is spoken, on a connection of its own. */
export function askHttp2(socket: Socket, request: Request): Promise<Response> {
  const started = Date.now();
  const isGrpc = request.protocol === 'grpc';
  return new Promise((resolve) => {
    const session = http2.connect(`http://${request.host}`, { createConnection: () => socket });
    const finish = (response: Omit<Response, 'milliseconds'>): void => {
      clearTimeout(timer);
      resolve({ ...response, milliseconds: Date.now() - started });
      session.destroy();
    };
    const failed = (why: string): void => finish({ status: undefined, body: why, headers: {} });
    const timer = setTimeout(() => failed(`no answer within ${PATIENCE_MS} ms`), PATIENCE_MS);
    session.once('error', (error) => failed(error.message));
    session.once('close', () => failed('the connection was closed'));
    const stream = session.request(headersOf(request, isGrpc), { endStream: !isGrpc });
    const parts: Buffer[] = [];
    let head: http2.IncomingHttpHeaders = {};
    let trailers: http2.IncomingHttpHeaders = {};
    stream.once('response', (headers) => (head = headers));
    stream.once('trailers', (headers) => (trailers = headers));
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.once('error', (error) => failed(error.message));
    stream.once('end', () => {
      const bytes = Buffer.concat(parts);
      const grpcStatus = trailers['grpc-status'] ?? head['grpc-status'];
      finish({
        status: head[':status'] === undefined ? undefined : Number(head[':status']),
        body: isGrpc ? grpcText(bytes) : bytes.toString('utf8'),
        headers: head as IncomingHttpHeaders,
        ...tlsOf(socket),
        ...(isGrpc && grpcStatus !== undefined ? { grpcStatus: Number(grpcStatus) } : {}),
      });
    });
    if (isGrpc) stream.end(grpcFrame('hello'));
  });
}

function headersOf({ method, host, path = '/', headers = {} }: Request, isGrpc: boolean): http2.OutgoingHttpHeaders {
  return {
    ...headers,
    ':authority': host,
    ':path': path,
    ':method': method ?? (isGrpc ? 'POST' : 'GET'),
    ...(isGrpc ? { 'content-type': 'application/grpc', 'te': 'trailers' } : {}),
  };
}
