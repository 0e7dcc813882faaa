/**
 * Whether something holds: yes, no, or that it hangs on what nobody said. A decision that hangs on what was not said is none, and
 * says what is missing instead of taking something for granted.
 */
export type Truth = boolean | Unsaid;

/** What would have to be said, in words such as `sourceIp` or `host`. */
export interface Unsaid {
  readonly missing: readonly string[];
}

/** Hangs on something that was not said. */
export function unsaid(what: string): Unsaid {
  return { missing: [what] };
}

/** Whether all hold; one that does not decides, whatever hangs on what. */
export function all(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return hanging(truths) ?? true;
}

/** Whether one holds; one that does decides. */
export function some(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return hanging(truths) ?? false;
}

export function not(truth: Truth): Truth {
  return typeof truth === 'boolean' ? !truth : truth;
}

function hanging(truths: readonly Truth[]): Unsaid | undefined {
  const missing = truths.flatMap((truth) => (typeof truth === 'boolean' ? [] : truth.missing));
  return missing.length === 0 ? undefined : { missing: [...new Set(missing)] };
}

/** What Go's own reading of texts takes for true, in annotations and variables. */
export function isTrue(value: unknown): boolean {
  return typeof value === 'string' && ['1', 't', 'T', 'true', 'True', 'TRUE'].includes(value);
}
