import { meshError } from '../errors/mesh-error';

/** One thing to bring into order. */
export interface OrderedItem {
  /** Names the item in an error. */
  readonly label: string;
  /** Lower comes first, where nothing else decides. */
  readonly stage: number;
  /** Decides among items of one stage; unlike the order of construction it is the same in every run. */
  readonly sortKey: string;
}

/** A group of items that may be needed as a whole, such as all objects under a construct. */
export interface Edges<T extends OrderedItem> {
  /** The items that must come before `item`. */
  before(item: T): Iterable<T>;
}

/** Items by stage, then sort key. */
export function compareItems(a: OrderedItem, b: OrderedItem): number {
  return a.stage - b.stage || (a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : 0);
}

/**
 * Items by stage and sort key, but each after all that it needs. Linear in items and edges after one sort.
 *
 * @throws MeshError with the chain of a cycle.
 */
export function inOrder<T extends OrderedItem>(items: readonly T[], edges: Edges<T>): T[] {
  const sorted = [...items].sort(compareItems);
  const state = new Map<T, 'open' | 'done'>();
  const result: T[] = [];
  for (const item of sorted) visit(item, edges, state, result);
  return result;
}

interface Frame<T> {
  readonly item: T;
  readonly rest: Iterator<T>;
}

/** Depth first with a stack of its own: a chain of needs may be longer than the engine's call stack. */
function visit<T extends OrderedItem>(start: T, edges: Edges<T>, state: Map<T, 'open' | 'done'>, result: T[]): void {
  if (state.has(start)) return;
  const stack: Frame<T>[] = [open(start, edges, state)];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const next = frame.rest.next();
    if (next.done === true) {
      state.set(frame.item, 'done');
      result.push(frame.item);
      stack.pop();
    } else if (!state.has(next.value)) {
      stack.push(open(next.value, edges, state));
    } else if (state.get(next.value) === 'open') {
      throw cycleError(stack, next.value);
    }
  }
}

function open<T extends OrderedItem>(item: T, edges: Edges<T>, state: Map<T, 'open' | 'done'>): Frame<T> {
  state.set(item, 'open');
  return { item, rest: [...edges.before(item)].sort(compareItems)[Symbol.iterator]() };
}

function cycleError<T extends OrderedItem>(stack: readonly Frame<T>[], back: T): Error {
  const from = stack.findIndex((frame) => frame.item === back);
  const labels = [...stack.slice(from).map((frame) => frame.item), back].map((item) => item.label);
  // a construct and the group of all that is under it have one label
  const chain = labels.filter((label, index) => label !== labels[index - 1]);
  return meshError({
    code: 'dependency-cycle',
    construct: back.label,
    property: '',
    got: chain.join(' => '),
    expected: 'dependencies that lead back to nothing',
    fix: 'take out one of these dependencies; objects of one program are ordered by stage without any',
  });
}
