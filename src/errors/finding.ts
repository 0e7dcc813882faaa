/**
 * How bad a finding is. An error stops synthesis and makes `validate` exit with 1; a warning is shown, and whoever synthesizes may
 * refuse it; a note is good to know, and nothing has to be done about it.
 */
export type Severity = 'error' | 'warning' | 'note';

/** The object that a finding is about, as a reader of manifests would name it. */
export interface ObjectName {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** A place in a file; line and column count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/**
 * One thing that is wrong, with all that is needed to mend it.
 */
export interface Finding {
  /** Stable kebab-case code, never reused for another meaning, e.g. `unknown-field`. */
  readonly code: string;
  /** @default 'error' */
  readonly severity?: Severity;
  /** Path of the construct in the tree, e.g. `prod/shop/reviews`. */
  readonly construct?: string;
  readonly object?: ObjectName;
  /** Path of the field, e.g. `spec.http[0].route[1].weight`; empty for the whole object. */
  readonly property: string;
  /** What stands there, shortened for reading, e.g. `"ten"`. */
  readonly got: string;
  /** What would be accepted, e.g. `an integer`. */
  readonly expected: string;
  /** What to do about it, e.g. `did you mean "weight"?`. */
  readonly fix?: string;
  readonly source?: SourcePlace;
}

/** How bad a finding is that may not say it. */
export function severityOf({ severity = 'error' }: Finding): Severity {
  return severity;
}

/** The finding on one line: `shop/reviews: spec.http[0].weight: got "ten", expected an integer; …`. */
export function formatFinding(finding: Finding): string {
  const place = finding.source === undefined ? [] : [formatPlace(finding.source)];
  const owner = [...place, ...(finding.construct === undefined ? [] : [finding.construct])];
  const object = finding.object === undefined ? '' : formatObjectName(finding.object);
  const head = [...owner, object, finding.property].filter((part) => part !== '').join(': ');
  const fix = finding.fix === undefined ? '' : `; ${finding.fix}`;
  const level = severityOf(finding) === 'error' ? '' : `${severityOf(finding)} `;
  return `${head}: got ${finding.got}, expected ${finding.expected}${fix} [${level}${finding.code}]`;
}

/** `VirtualService shop/reviews`, or what of it is known. */
export function formatObjectName(object: ObjectName): string {
  const name = [object.namespace, object.name].filter((part) => part !== undefined).join('/');
  return [object.kind ?? '(no kind)', name].filter((part) => part !== '').join(' ');
}

function formatPlace(place: SourcePlace): string {
  const column = place.column === undefined ? '' : `:${place.column}`;
  return `${place.file}:${place.line}${column}`;
}

/** Order of findings: by place of origin, then field, then code, so that a report never depends on discovery order. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compare(a.source?.file ?? '', b.source?.file ?? '') ||
    (a.source?.line ?? 0) - (b.source?.line ?? 0) ||
    compare(a.construct ?? '', b.construct ?? '') ||
    compare(formatObjectName(a.object ?? {}), formatObjectName(b.object ?? {})) ||
    compare(a.property, b.property) ||
    compare(a.code, b.code) ||
    compare(a.got, b.got)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
