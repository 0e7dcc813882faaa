import type { MeshError } from '../errors/mesh-error';
import { describeValue, refusal } from './refusal';
import type { ValuePlace } from './refusal';
import { isUnknown, UNKNOWN, UNKNOWN_KEY } from './unknown-brand';
import type { Known, Unknown, UnknownLeaf } from './unknown-brand';

export { isUnknown };
export type { Known, Unknown };

/**
 * Says of a prop that it only goes into a manifest: the value, or one that is known only at deployment. The compiler
 * takes the same values for it as for `T`.
 */
export type Leaf<T> = T | Unknown<T>;

/**
 * A value that is known only at deployment. Adapters make theirs from what their engine has (a Pulumi Output).
 *
 * @param description what the value is, for messages: `the output "address" of ip`
 * @param payload what an adapter puts in its place later; nothing else looks at it
 */
export function unknown<T>(description: string, payload?: unknown): Unknown<T> {
  return new UnknownValue(description, payload) as unknown as Unknown<T>;
}

/** What an adapter gave to {@link unknown} for this value; undefined for values that are known. */
export function payloadOf(value: unknown): unknown {
  return isUnknown(value) ? (value as UnknownLeaf & { readonly payload?: unknown }).payload : undefined;
}

/**
 * The value, which has to be known now: names, namespaces, hosts, weights and whatever objects are sorted by decide
 * what is made, and cannot wait for a deployment.
 *
 * The types refuse an Unknown in such a place; this is for programs that are not type-checked.
 *
 * @throws MeshError when the value is an Unknown.
 */
export function requireKnown<T>(value: Leaf<T>, place: ValuePlace & { readonly property: string }): T {
  if (!isUnknown(value)) return value;
  throw refusal(place, place.property, {
    code: 'unknown-value',
    got: describeValue(value),
    expected: 'a value that is known when the program runs: it decides which objects there are, or their order',
    fix: 'give a plain value; one that is known later may stand in fields that only go into a manifest',
  });
}

/** A class, so that nobody takes it for plain data; whatever would make a text or a number of it is refused. */
class UnknownValue implements UnknownLeaf {
  declare public readonly [UNKNOWN]: true;
  /** The first key: see `UNKNOWN_KEY`. */
  public readonly [UNKNOWN_KEY] = true;
  public readonly description: string;
  declare public readonly payload: unknown;

  public constructor(description: string, payload: unknown) {
    this.description = description;
    Object.defineProperty(this, UNKNOWN, { value: true });
    Object.defineProperty(this, 'payload', { value: payload });
    Object.freeze(this);
  }

  public toString(): never {
    throw notNow(this, 'its text');
  }

  public toJSON(): never {
    throw notNow(this, 'its JSON');
  }

  public [Symbol.toPrimitive](hint: string): never {
    throw notNow(this, hint === 'number' ? 'arithmetic or a comparison with it' : 'a text or a number made of it');
  }
}

function notNow(value: UnknownLeaf, got: string): MeshError {
  return refusal({}, value.description, {
    code: 'unknown-value',
    got: `${got}, while the program runs`,
    expected: 'the value as it is, in a field of its own: it is known only at deployment',
    fix: 'make the whole text or number with the engine that the value is of, and give that',
  });
}
