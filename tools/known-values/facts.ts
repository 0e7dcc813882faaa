/** What one release of a chart says of one value. */
export interface Fact {
  /** Kind of the value: see {@link kindOf}. */
  readonly kind?: string;
  /** True where a schema takes null for it. */
  readonly isNullable?: boolean;
  /** True where a template of the chart names the path. */
  readonly isRead?: boolean;
  /** The chart's default, where it is a scalar. */
  readonly fallback?: string | number | boolean;
}

/** Facts by dotted path. */
export type Facts = Map<string, Fact>;

/** Adds what is known of a path; what is known already stays. */
export function addFact(facts: Facts, path: string, fact: Fact): void {
  facts.set(path, { ...fact, ...facts.get(path), ...(fact.isRead === true ? { isRead: true } : {}) });
}

/** Text of a fact in the data: the kind, with a question mark where null will do, `r` where it is read, and the default. */
export function factText({ kind = 'any', isNullable, isRead, fallback }: Fact): string {
  const parts = [isNullable === true ? `${kind}?` : kind, ...(isRead === true ? ['r'] : []), ...(fallback === undefined ? [] : [`=${JSON.stringify(fallback)}`])];
  return parts.join(' ');
}

/**
 * The facts of all releases as lines `path kind[?] [r] [=default] [@releases]`; the releases stand where it is not all of them.
 */
export function factLines(byRelease: ReadonlyMap<string, Facts>): string[] {
  const lines = new Map<string, string[]>();
  for (const [release, facts] of byRelease) {
    for (const [path, fact] of facts) {
      const line = `${path} ${factText(fact)}`;
      lines.set(line, [...(lines.get(line) ?? []), release]);
    }
  }
  return [...lines.entries()]
    .map(([line, releases]) => (releases.length === byRelease.size ? line : `${line} @${releases.join(',')}`))
    .sort();
}
