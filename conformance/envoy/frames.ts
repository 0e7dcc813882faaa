import { createHash } from 'node:crypto';

/** The little of two protocols that it takes to send a name as one message, and to read it. */

/** A message of gRPC: not compressed, its length, its bytes. */
export function grpcFrame(message: string | Buffer): Buffer {
  const body = Buffer.from(message as Buffer);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** The text of the first message of gRPC; of what is none, all of it. */
export function grpcText(bytes: Buffer): string {
  const isFrame = bytes.length >= 5 && bytes[0] === 0 && bytes.readUInt32BE(1) === bytes.length - 5;
  return bytes.subarray(isFrame ? 5 : 0).toString('utf8');
}

/** A text of less than 126 bytes as one frame of a WebSocket, from a server. */
export function webSocketFrame(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, body.length]), body]);
}

/** The text of the first frame from a server, or undefined while it is not there as a whole. */
export function webSocketText(bytes: Buffer): string | undefined {
  const length = bytes[1];
  return length === undefined || bytes.length < 2 + length ? undefined : bytes.subarray(2, 2 + length).toString('utf8');
}

/** By which a server shows that it understood that a WebSocket is wanted. */
export function webSocketAccept(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}
