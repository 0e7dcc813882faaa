import { inOrder } from '../../src/core/order';
import type { OrderedItem } from '../../src/core/order';
import { MeshError } from '../../src/errors/mesh-error';

interface Item extends OrderedItem {
  readonly needs: Item[];
}

function item(label: string, stage = 0): Item {
  return { label, stage, sortKey: label, needs: [] };
}

function labels(items: readonly Item[]): string[] {
  return inOrder(items, { before: ({ needs }) => needs }).map(({ label }) => label);
}

test('stage decides, then the sort key, and not the order they were given in', () => {
  const items = [item('b', 2), item('c', 1), item('a', 2)];
  expect(labels(items)).toEqual(['c', 'a', 'b']);
  expect(labels([...items].reverse())).toEqual(['c', 'a', 'b']);
});

test('what an item needs comes first, even from a later stage', () => {
  const [early, late] = [item('early', 0), item('late', 90)];
  early.needs.push(late);
  expect(labels([early, late])).toEqual(['late', 'early']);
});

test('a cycle is refused with the chain that leads back', () => {
  const [a, b, c] = [item('a'), item('b'), item('c')];
  a.needs.push(b);
  b.needs.push(c);
  c.needs.push(b);
  expect(() => labels([a, b, c])).toThrow(MeshError);
  expect(() => labels([a, b, c])).toThrow('got b => c => b, expected dependencies that lead back to nothing');
});

test('a chain longer than the call stack', () => {
  const items = Array.from({ length: 50_000 }, (_, index) => item(String(index)));
  for (const [index, each] of items.entries()) {
    const next = items[index + 1];
    if (next !== undefined) each.needs.push(next);
  }
  expect(labels(items)[0]).toBe('49999');
});
