import { Output, Resource } from '@pulumi/pulumi';
import type { Input } from '@pulumi/pulumi';
import { isUnknown, payloadOf, unknown } from '../core/unknown';
import type { Unknown } from '../core/unknown';
import type { Finding } from '../errors/finding';
import type { Json } from '../rules/json';

/** The same value with Unknowns in the places of Outputs and promises. */
export type FromInput<T> =
  T extends Output<infer V> ? Later<V>
  : T extends PromiseLike<infer V> ? Later<V>
  : T extends string | number | boolean | bigint | null | undefined | ((...args: never[]) => unknown) ? T
  : T extends readonly (infer V)[] ? FromInput<V>[]
  : T extends Plain ? { [Key in keyof T]: FromInput<T[Key]> }
  : T;

/** A map as a whole is a map: its type has no room for the mark of an Unknown. */
type Later<V> = V extends readonly unknown[] ? Unknown<V> : V extends object ? V : Unknown<V>;

interface Plain {
  readonly [key: string]: unknown;
}

/** What Pulumi puts into a text that was made of an Output. */
const OUTPUT_IN_TEXT = /Calling \[to(?:String|JSON)\] on an \[Output<T>\]/;

/**
 * Makes a value of Pulumi fit for the props of a construct: Outputs, promises and secrets in it, however deep, become values
 * that are known only at deployment. They arrive whole in the objects that are registered, and secrets stay secret. (In the
 * fields of objects, programs that are not type-checked may give them as they are.)
 *
 * A name, a namespace, a host or a weight decides which objects there are: these have to be plain values.
 *
 * @example
 * endpoints: [{ address: fromInput(database.privateIpAddress) }]
 */
export function fromInput<T>(value: T): FromInput<T> {
  return converted(value) as FromInput<T>;
}

/** The value as constructs take it, where it is one of Pulumi's. @internal */
export function unknownOf(value: unknown): Unknown<unknown> | undefined {
  if (Output.isInstance(value)) return unknown(describe(value), value);
  return value instanceof Promise ? unknown('a promise of the program', value) : undefined;
}

function converted(value: unknown): unknown {
  const found = unknownOf(value);
  if (found !== undefined) return found;
  if (Array.isArray(value)) return value.map(converted);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, converted(item)]));
}

/** By the resources that it is of, which is all that can be told of an Output; its own types keep that to themselves. */
function describe(output: Output<unknown>): string {
  const of = (output as unknown as { resources?(): Iterable<unknown> }).resources?.() ?? [];
  const names = [...of].map((each) => (Resource.isInstance(each) ? ((each as unknown as { __name?: string }).__name ?? '') : '')).filter((name) => name !== '');
  return names.length === 0 ? 'an Output of Pulumi' : `an Output of ${names.sort().map((name) => JSON.stringify(name)).join(', ')}`;
}

/** A manifest as Pulumi takes it, and what of it cannot be handed on. */
export interface Registrable {
  readonly manifest: Readonly<Record<string, Input<unknown>>>;
  readonly problems: readonly Pick<Finding, 'code' | 'property' | 'got' | 'expected' | 'fix'>[];
}

/** The manifest with Outputs in the places of the values that stood for them. */
export function toInputs(manifest: Json): Registrable {
  const problems: Registrable['problems'][number][] = [];
  const walk = (value: unknown, path: string): unknown => {
    if (isUnknown(value)) {
      const payload = payloadOf(value);
      if (payload === undefined) problems.push(withoutPayload(value, path));
      return payload;
    }
    if (typeof value === 'string' && OUTPUT_IN_TEXT.test(value)) problems.push(inText(path));
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${path}[${index}]`));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, path === '' ? key : `${path}.${key}`)]));
  };
  return { manifest: walk(manifest, '') as Registrable['manifest'], problems };
}

function withoutPayload(value: { readonly description: string }, property: string): Registrable['problems'][number] {
  return {
    code: 'unknown-value',
    property,
    got: `${value.description}, which nothing of Pulumi stands for`,
    expected: 'an Output',
    fix: 'make it with fromInput(output)',
  };
}

function inText(property: string): Registrable['problems'][number] {
  return {
    code: 'output-in-text',
    property,
    got: 'a text that was made of an Output, which is not known while the program runs',
    expected: 'the Output of the whole text',
    fix: 'make the text with pulumi.interpolate`…`, and give fromInput() of that',
  };
}
