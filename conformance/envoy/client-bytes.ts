import * as http from 'node:http';
import type { Socket } from 'node:net';
import { tlsOf } from './connection';
import { webSocketText } from './frames';
import { PATIENCE_MS } from './request';
import type { Request, Response } from './request';

/** Sends a line, and reads until the other side ends the connection. */
export function askBytes(socket: Socket, { host }: Request): Promise<Response> {
  const started = Date.now();
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let agreed: Pick<Response, 'tls'> = {};
    const finish = (why: string): void => {
      const body = Buffer.concat(parts).toString('utf8');
      const answer = body === '' ? { status: undefined, body: why } as const : { status: 'open', body } as const;
      resolve({ ...answer, headers: {}, ...agreed, milliseconds: Date.now() - started });
      socket.destroy();
    };
    socket.setTimeout(PATIENCE_MS, () => finish(`no answer within ${PATIENCE_MS} ms`));
    socket.on('data', (part: Buffer) => {
      agreed = tlsOf(socket);
      parts.push(part);
    });
    socket.once('error', (error) => finish(error.message));
    socket.once('close', () => finish('the connection was closed'));
    socket.write(`hello ${host}\n`);
  });
}

/** Asks for a WebSocket; where one is opened, the body is the first message. */
export function askWebSocket(socket: Socket, { host, path = '/', headers = {} }: Request): Promise<Response> {
  const started = Date.now();
  return new Promise((resolve) => {
    const finish = (response: Omit<Response, 'milliseconds'>): void => {
      resolve({ ...response, milliseconds: Date.now() - started });
      socket.destroy();
    };
    const failed = (why: string): void => finish({ status: undefined, body: why, headers: {} });
    const upgrade = { 'connection': 'upgrade', 'upgrade': 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
    const asked = http.request({ createConnection: () => socket, host: '127.0.0.1', path, headers: { ...headers, ...upgrade, host }, timeout: PATIENCE_MS });
    asked.once('upgrade', (answer, _socket, first: Buffer) => {
      let bytes = first;
      const read = (): void => {
        const body = webSocketText(bytes);
        if (body !== undefined) finish({ status: answer.statusCode, body, headers: answer.headers, ...tlsOf(socket) });
      };
      socket.on('data', (part: Buffer) => {
        bytes = Buffer.concat([bytes, part]);
        read();
      });
      socket.once('close', () => failed('the connection was closed'));
      read();
    });
    asked.once('response', (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('end', () => finish({ status: answer.statusCode, body: Buffer.concat(parts).toString('utf8'), headers: answer.headers, ...tlsOf(socket) }));
    });
    asked.once('timeout', () => failed(`no answer within ${PATIENCE_MS} ms`));
    asked.once('error', (error) => failed(error.message));
    asked.end();
  });
}
