import type { Json } from '../../../src/rules/json';
import { isJsonObject } from '../../../src/rules/json';
import type { Mutation } from '../case';
import type { Context, Mutator } from './context';
import { changed } from './context';

const TEXTS: readonly string[] = [
  '', 'a b', 'Upper', 'a_b', '-a', 'a-', 'a.b', 'a/b', 'a//b', '/a', '../a', '..', '.', '*', '*.a.b', 'a:1', '1', '80', '1a', 'Ä', 'a\nb', ' a', 'a'.repeat(16), 'a'.repeat(64), 'a'.repeat(254),
  '10.0.0.1', '010.0.0.1', '::1', '::ffff:10.0.0.1', '10.0.0.1/8', '10.0.0.0/8', 'https://a', 'true', 'None', 'Always', 'Never', 'Exists', 'In',
];
const NUMBERS: readonly number[] = [-1, 0, 1, 2, 31, 101, 256, 512, 3601, 65_535, 65_536, 2 ** 31 - 1];
const QUANTITIES: readonly Json[] = ['-1', '0', '', 1, '1.5', '500m', '1Ki', '1e3', '3Mi'];

/**
 * Values of the right type that the code of a server may or may not like: kinds that Kubernetes has built in say little
 * of their texts and numbers in their schemas.
 */
export const oddValues: Mutator = (context) => {
  const { node, value, place } = context.at;
  if (!context.subject.isBuiltIn || place.length === 0) return [];
  const make = (values: readonly Json[], count: number): readonly Mutation[] =>
    context.random.shuffled(values).slice(0, count).map((odd) => changed(context, `odd value ${JSON.stringify(odd).slice(0, 40)}`, odd));
  if (node.definition === 'Quantity') return make(QUANTITIES, 4);
  if (node.definition === 'IntOrString') return make([...NUMBERS, '150%', '0%', '-1%', ...TEXTS.slice(0, 12)], 5);
  if (typeof value === 'string') return make(TEXTS, 7);
  if (typeof value === 'number') return make(NUMBERS, 4);
  if (typeof value === 'boolean') return make([!value], 1);
  if (isJsonObject(value)) return oddObjects(context);
  return Array.isArray(value) && value.length > 1 ? [changed(context, 'other order', [...(value as readonly Json[])].reverse())] : [];
};

/** Each field left out, and a key of a map that is odd. */
function oddObjects(context: Context): readonly Mutation[] {
  const value = context.at.value as { readonly [key: string]: Json };
  const keys = Object.keys(value);
  const without = context.random.shuffled(keys).slice(0, 4).map((left) => changed(context, `without ${left}`, Object.fromEntries(keys.filter((key) => key !== left).map((key) => [key, value[key] as Json]))));
  const isMap = context.at.node.schema['additionalProperties'] !== undefined;
  const [first] = keys;
  if (!isMap || first === undefined) return without;
  const odd = context.random.shuffled(['', 'a b', 'a/b', 'a/b/c', 'cpu', 'pods', 'storage', 'kubernetes.io/x', 'hugepages-2Mi', '..a', 'a'.repeat(64)]).slice(0, 4);
  return [...without, ...odd.map((key) => changed(context, `odd key ${JSON.stringify(key)}`, { ...value, [key]: value[first] as Json }))];
}
