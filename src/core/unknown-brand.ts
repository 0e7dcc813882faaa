/** The mark of an Unknown of any copy of this library. */
export const UNKNOWN: unique symbol = Symbol.for('mesh-constructs.Unknown') as never;

declare const TYPE: unique symbol;

/**
 * A value that is known only when a program's engine has deployed something, such as an address.
 *
 * It is opaque: nothing of it can be read but its description, and it is no `T`.
 */
export interface Unknown<T> {
  readonly [UNKNOWN]: true;
  /** What the value is, for messages. */
  readonly description: string;
  /** Keeps `Unknown<string>` and `Unknown<number>` apart; not there at run time. */
  readonly [TYPE]?: T;
}

/** True for a value that is known only later. */
export function isUnknown(value: unknown): value is Unknown<unknown> {
  return typeof value === 'object' && value !== null && UNKNOWN in value;
}
