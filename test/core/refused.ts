import type { Finding } from '../../src/errors/finding';
import { caught } from '../support/caught';

/** The one finding that `body` is refused with. */
export function refused(body: () => unknown): Finding {
  const [finding, ...more] = allRefused(body);
  if (finding === undefined || more.length > 0) throw new Error(`expected one finding, got ${more.length + 1}`);
  return finding;
}

/** All findings that `body` is refused with. */
export function allRefused(body: () => unknown): readonly Finding[] {
  return caught(body).findings;
}

/** Values of the wrong type that a JavaScript program may give, and how a message shows them. */
export const WRONG_TYPES: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['NaN', Number.NaN],
  ['true', true],
  ['an object', {}],
  ['a list', []],
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['1n', 1n],
];
