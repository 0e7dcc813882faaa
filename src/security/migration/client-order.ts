/**
 * Names in an order in which each comes after those that call it; names that call each other stand together. Of several that may
 * come next, the first by name does, so that the order of construction does not matter.
 *
 * @param calls whom each calls; names that are not in `names` mean nothing
 */
export function clientsFirst(names: readonly string[], calls: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] {
  const known = new Set(names);
  const called = new Map([...known].map((name) => [name, new Set([...(calls.get(name) ?? [])].filter((each) => known.has(each)))]));
  const left = groupsOf([...known].sort(), called);
  const ordered: (readonly string[])[] = [];
  while (left.length > 0) {
    const waiting = (group: readonly string[]): boolean =>
      left.some((other) => other !== group && other.some((caller) => group.some((name) => called.get(caller)?.has(name) === true)));
    // groups hold whole circles, so one of those that are left is called by none of the others
    const next = left.findIndex((group) => !waiting(group));
    ordered.push(...left.splice(Math.max(next, 0), 1));
  }
  return ordered;
}

/** Names that reach each other, together. */
function groupsOf(names: readonly string[], called: ReadonlyMap<string, ReadonlySet<string>>): (readonly string[])[] {
  const reached = new Map(names.map((name) => [name, reachedFrom(name, called)]));
  const taken = new Set<string>();
  return names.flatMap((name) => {
    if (taken.has(name)) return [];
    const group = names.filter((other) => other === name || (reached.get(name)?.has(other) === true && reached.get(other)?.has(name) === true));
    for (const each of group) taken.add(each);
    return [group];
  });
}

function reachedFrom(name: string, called: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const reached = new Set<string>();
  const next = [...(called.get(name) ?? [])];
  for (let each = next.pop(); each !== undefined; each = next.pop()) {
    if (reached.has(each)) continue;
    reached.add(each);
    next.push(...(called.get(each) ?? []));
  }
  return reached;
}
