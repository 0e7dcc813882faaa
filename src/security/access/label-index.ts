type Labels = Readonly<Record<string, string>>;

/**
 * Things that select pods by labels, found by labels. Each is kept under the rarest of its labels: what all of them share, such as a
 * team's name, would lead to all of them.
 */
export class LabelIndex<T> {
  private readonly having = new Map<string, T[]>();
  private readonly rarest = new Map<string, T[]>();
  private readonly labels: ReadonlyMap<T, Labels>;
  private readonly without: readonly T[];

  public constructor(items: readonly T[], labelsOf: (item: T) => Labels) {
    this.labels = new Map(items.map((item) => [item, labelsOf(item)]));
    this.without = items.filter((item) => Object.keys(this.of(item)).length === 0);
    for (const item of items) for (const pair of pairsOf(this.of(item))) push(this.having, pair, item);
    for (const item of items) {
      const pair = this.rarestOf(pairsOf(this.of(item)));
      if (pair !== undefined) push(this.rarest, pair, item);
    }
  }

  /** Those that select all pods with these labels. */
  public wider(labels: Labels): readonly T[] {
    const found = pairsOf(labels).flatMap((pair) => this.rarest.get(pair) ?? []).filter((item) => isWithin(this.of(item), labels));
    return [...this.without, ...found];
  }

  /** Those that select none but pods with these labels. */
  public narrower(labels: Labels): readonly T[] {
    const rarest = this.rarestOf(pairsOf(labels));
    return rarest === undefined ? [...this.labels.keys()] : (this.having.get(rarest) ?? []).filter((item) => isWithin(labels, this.of(item)));
  }

  private of(item: T): Labels {
    return this.labels.get(item) ?? {};
  }

  private rarestOf(pairs: readonly string[]): string | undefined {
    const count = (pair: string): number => this.having.get(pair)?.length ?? 0;
    return pairs.reduce<string | undefined>((rarest, pair) => (rarest === undefined || count(pair) < count(rarest) ? pair : rarest), undefined);
  }
}

function pairsOf(labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

function isWithin(a: Labels, b: Labels): boolean {
  return Object.entries(a).every(([key, value]) => b[key] === value);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
