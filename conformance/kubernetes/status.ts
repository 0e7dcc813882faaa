/** One thing that the server found wrong. */
export interface Cause {
  /**
   * The server's word, such as `FieldValueRequired`; `UnknownField` and `DuplicateField` are ours, for what strict
   * field validation says in its message only.
   */
  readonly reason: string;
  /** Such as `spec.http[0].route`; `<nil>` where the server means the object as a whole. */
  readonly field: string;
  readonly message: string;
}

export interface Status {
  readonly causes: readonly Cause[];
  readonly message: string;
}

/** What an answer other than success says. */
export function readStatus(body: unknown): Status {
  if (typeof body === 'string') return { causes: [], message: body.trim() };
  const status = asRecord(body);
  const message = text(status['message']);
  const causes = asList(asRecord(status['details'])['causes']).map(asRecord).map((cause) => ({
    reason: text(cause['reason']),
    field: text(cause['field']),
    message: text(cause['message']),
  }));
  return { causes: [...strictCauses(message), ...causes], message };
}

/**
 * Strict field validation gives no causes, only `strict decoding error: unknown field "spec.a", duplicate field "b"`.
 * A field name is printed without escapes, so the end of one is found by what may follow it.
 */
function strictCauses(message: string): Cause[] {
  const start = message.indexOf('strict decoding error: ');
  if (start < 0) return [];
  const causes: Cause[] = [];
  for (const match of message.slice(start).matchAll(/(unknown|duplicate) field "(.*?)"(?=, (?:unknown|duplicate) field "|$)/gs)) {
    const [whole, what, field = ''] = match;
    causes.push({ reason: what === 'unknown' ? 'UnknownField' : 'DuplicateField', field, message: whole });
  }
  return causes;
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
