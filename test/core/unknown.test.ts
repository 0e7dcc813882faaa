import { isUnknown, requireKnown, unknown } from '../../src/core/unknown';
import type { Leaf, Unknown } from '../../src/core/unknown';
import { refused } from './refused';

interface Props {
  /** An identity: what is made depends on it. */
  readonly name: string;
  /** Only goes into a manifest. */
  readonly address?: Leaf<string>;
  readonly port?: Leaf<number>;
}

const output = unknown<string>('the output "address" of ip');

test('it is told from all other values, for any copy of the library, and does not change', () => {
  expect(isUnknown(output)).toBe(true);
  expect([undefined, null, 'x', 1, {}, [], { description: 'x' }].some((value) => isUnknown(value))).toBe(false);
  expect(isUnknown({ [Symbol.for('mesh-constructs.Unknown')]: true, description: 'x' })).toBe(true);
  expect(output.description).toBe('the output "address" of ip');
  expect(() => Object.assign(output, { description: '' })).toThrow(TypeError);
});

test('what has to be known is given back, or refused with its place', () => {
  const place = { construct: 'prod/shop/web', property: 'name' };
  expect(requireKnown<string>('web', place)).toBe('web');
  expect(requireKnown<number | undefined>(undefined, place)).toBeUndefined();
  expect(refused(() => requireKnown<string>(output, place))).toEqual({
    code: 'unknown-value',
    construct: 'prod/shop/web',
    property: 'name',
    got: 'a value that is known only later (the output "address" of ip)',
    expected: 'a value that is known when the program runs: it decides which objects there are, or their order',
    fix: 'give a plain value; one that is known later may stand in fields that only go into a manifest',
  });
});

test('the types allow it in leaves, and nowhere else', () => {
  const allowed: Props[] = [{ name: 'web', address: output }, { name: 'web', address: '10.0.0.1', port: 80 }];
  // @ts-expect-error a name decides which object it is
  const named: Props = { name: output };
  // @ts-expect-error a port is a number, and this will be a string
  const mixed: Props = { name: 'web', port: output };
  // @ts-expect-error nothing can be read of it
  const read: string = output;
  // @ts-expect-error nor can it be made by hand
  const made: Unknown<string> = { description: 'x' };
  expect([...allowed, named, mixed, read, made]).toHaveLength(6);
});
