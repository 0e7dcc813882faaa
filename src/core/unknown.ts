import { describeValue, refusal } from './refusal';
import type { ValuePlace } from './refusal';
import { isUnknown, UNKNOWN } from './unknown-brand';
import type { Unknown } from './unknown-brand';

export { isUnknown };
export type { Unknown };

/** What a prop takes for a value that ends up in a manifest and nothing else: the value, or one that is known later. */
export type Leaf<T> = T | Unknown<T>;

/**
 * A value that is known only later. Adapters make theirs from what their engine has (a Pulumi Output); this one stands
 * for such a value in tests.
 *
 * @param description what the value is, for messages: `the output "address" of ip`
 */
export function unknown<T>(description: string): Unknown<T> {
  return new UnknownValue<T>(description);
}

/** A class, so that nobody takes it for plain data. */
class UnknownValue<T> implements Unknown<T> {
  declare public readonly [UNKNOWN]: true;

  public constructor(public readonly description: string) {
    Object.defineProperty(this, UNKNOWN, { value: true });
    Object.freeze(this);
  }
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
