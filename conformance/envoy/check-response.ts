/** The answer of an external authorizer over gRPC (`envoy.service.auth.v3.CheckResponse`), as bytes. */

export interface CheckAnswer {
  /** Set in the place of the client's, of a request that is let in; of the answer to the client, of one that is refused. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Taken out of a request that is let in. */
  readonly headersToRemove?: readonly string[];
  /** What the client is answered with, of a request that is refused. */
  readonly status?: number;
  readonly body?: string;
}

const OK = 0;
const PERMISSION_DENIED = 7;

/** A request is let in. */
export function letsIn({ headers = {}, headersToRemove = [] }: CheckAnswer = {}): Buffer {
  const ok = [...headerOptions(headers), ...headersToRemove.map((name) => field(5, Buffer.from(name)))];
  return Buffer.concat([field(1, number(1, OK)), field(3, Buffer.concat(ok))]);
}

/** A request is refused. */
export function refuses({ headers = {}, status = 403, body = '' }: CheckAnswer = {}): Buffer {
  const denied = [field(1, number(1, status)), ...headerOptions(headers), field(3, Buffer.from(body))];
  return Buffer.concat([field(1, number(1, PERMISSION_DENIED)), field(2, Buffer.concat(denied))]);
}

function headerOptions(headers: Readonly<Record<string, string>>): Buffer[] {
  return Object.entries(headers).map(([name, value]) => field(2, field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))]))));
}

/** A field that holds bytes, a text or another message. */
function field(index: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint((index << 3) | 2), varint(bytes.length), bytes]);
}

/** A field that holds a number. */
function number(index: number, value: number): Buffer {
  return Buffer.concat([varint(index << 3), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}
