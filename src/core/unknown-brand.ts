import type { UNKNOWN_KEY } from '../rules/json';

export { isUnknown, UNKNOWN, UNKNOWN_KEY } from '../rules/json';
export type { UnknownLeaf } from '../rules/json';

/**
 * A value that is known only at deployment, such as an address that a cloud gives out.
 *
 * By type it is a `T`, so that it stands wherever a field takes one; only places of type {@link Known} refuse it. At run
 * time it is no `T` but an opaque object: nothing can be computed from it while the program runs.
 *
 * The key is a text and no symbol, so that two copies of this library and generated files mean the same by it.
 */
export type Unknown<T> = T & { readonly [UNKNOWN_KEY]: true };

/**
 * A `T` that has to be known while the program runs: a name, a namespace, a host that identifies, a weight, whatever
 * objects are sorted by. Plain values are taken as they are; an {@link Unknown} does not compile.
 */
export type Known<T> = T & { readonly [UNKNOWN_KEY]?: never };
