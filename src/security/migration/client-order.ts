type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Names in an order in which each comes after those that call it; names that call each other stand together. Of several that may
 * come next, the first by name does, so that the order of construction does not matter.
 *
 * @param calls whom each calls; names that are not in `names` mean nothing
 */
export function clientsFirst(names: readonly string[], calls: Graph): readonly (readonly string[])[] {
  const known = new Set(names);
  const called: Graph = new Map([...known].map((name) => [name, new Set([...(calls.get(name) ?? [])].filter((each) => known.has(each)))]));
  const groups = groupsOf([...known].sort(), called);
  const groupOf = new Map(groups.flatMap((group) => group.map((name) => [name, group] as const)));
  const calledGroups = new Map(groups.map((group) => [group, new Set(group.flatMap((name) => [...(called.get(name) ?? [])]).map((each) => groupOf.get(each) ?? []))]));
  const waitsFor = new Map(groups.map((group) => [group, 0]));
  const count = (caller: readonly string[], more: number): void => {
    for (const group of calledGroups.get(caller) ?? []) if (group !== caller) waitsFor.set(group, (waitsFor.get(group) ?? 0) + more);
  };
  for (const group of groups) count(group, 1);
  const left = new Set(groups);
  const ordered: (readonly string[])[] = [];
  while (left.size > 0) {
    // groups hold whole circles, so one of those that are left waits for none of the others
    const [next = []] = first(left, (group) => waitsFor.get(group) === 0);
    left.delete(next);
    count(next, -1);
    ordered.push(next);
  }
  return ordered;
}

function first<T>(items: Iterable<T>, fits: (item: T) => boolean): [T] | [] {
  for (const item of items) if (fits(item)) return [item];
  return [];
}

/** Names that reach each other, together, by their first name: Kosaraju's two walks, as a thousand namespaces may call in one chain. */
function groupsOf(names: readonly string[], called: Graph): readonly (readonly string[])[] {
  const callers = new Map(names.map((name) => [name, new Set<string>()]));
  for (const [caller, all] of called) for (const each of all) callers.get(each)?.add(caller);
  const walked = new Set<string>();
  const finished = names.flatMap((name) => walk(name, called, walked));
  const grouped = new Set<string>();
  const groups = finished.reverse().map((name) => walk(name, callers, grouped).sort());
  return groups.filter((group) => group.length > 0).sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
}

/** What is reached from a name and was not walked before; each after all that it leads to. */
function walk(start: string, graph: Graph, walked: Set<string>): string[] {
  if (walked.has(start)) return [];
  walked.add(start);
  const finished: string[] = [];
  const open = [{ name: start, rest: (graph.get(start) ?? new Set<string>()).values() }];
  for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
    const next = frame.rest.next();
    if (next.done === true) {
      finished.push(frame.name);
      open.pop();
    } else if (!walked.has(next.value)) {
      walked.add(next.value);
      open.push({ name: next.value, rest: (graph.get(next.value) ?? new Set<string>()).values() });
    }
  }
  return finished;
}
