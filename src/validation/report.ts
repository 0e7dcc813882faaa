import type { Finding } from '../errors/finding';
import type { UnknownLeaf } from '../rules/json';
import type { ValidationCode } from './codes';
import { describe } from './describe';
import { unknownPlaces } from './unknowns';
import type { Unjudged } from './unknowns';

/** A step of a field path: a property, a key of a map, or an index. */
enum Step {
  Property,
  Key,
}

/**
 * What one validation has found so far, and where it stands. The path is two arrays that are written over and over, so
 * that validating a correct object makes no garbage.
 */
export class Report {
  public readonly findings: Finding[] = [];
  /** True once something is wrong that keeps an API server from running CEL rules. */
  public isBlocked = false;
  /** Problems so far, reported or not. */
  public failures = 0;
  /** What could not be judged, by place and rule. */
  public readonly unjudged = new Map<string, Unjudged>();
  /** Values known only at deployment that were met so far, listed or not. */
  public unknownsMet = 0;

  private muted = 0;
  private depth = 0;
  private readonly steps: (string | number)[] = [];
  private readonly kinds: Step[] = [];

  public enter(property: string): void {
    this.steps[this.depth] = property;
    this.kinds[this.depth] = Step.Property;
    this.depth += 1;
  }

  public enterKey(key: string): void {
    this.steps[this.depth] = key;
    this.kinds[this.depth] = Step.Key;
    this.depth += 1;
  }

  public enterIndex(index: number): void {
    this.steps[this.depth] = index;
    this.kinds[this.depth] = Step.Key;
    this.depth += 1;
  }

  public leave(): void {
    this.depth -= 1;
  }

  /** True where `check` finds nothing wrong with the value; what it finds is not reported. */
  public isFine(check: (value: unknown, report: Report) => unknown, value: unknown): boolean {
    const before = this.failures;
    this.muted += 1;
    check(value, this);
    this.muted -= 1;
    const isFine = this.failures === before;
    this.failures = before;
    return isFine;
  }

  /** Whether a value fits, where that may depend on values that are known only at deployment. */
  public verdict(check: (value: unknown, report: Report) => unknown, value: unknown): 'fits' | 'may fit' | 'does not fit' {
    const before = this.unknownsMet;
    const isFine = this.isFine(check, value);
    if (!isFine) return 'does not fit';
    return this.unknownsMet === before ? 'fits' : 'may fit';
  }

  /** Notes that the value at the present place is known only at deployment, or that a rule's outcome depends on such a value. */
  public noteUnknown({ description }: Pick<UnknownLeaf, 'description'>, rule?: string): void {
    this.unknownsMet += 1;
    if (this.muted > 0) return;
    this.note({ path: this.path, description, ...(rule !== undefined && { rule }) });
  }

  /** Notes every value known only at deployment in data that no schema describes. */
  public noteUnknownsIn(value: unknown, key?: string): void {
    if (typeof value !== 'object' || value === null || this.muted > 0) return;
    const path = key === undefined ? this.path : [this.path, key].filter((part) => part !== '').join('.');
    for (const place of unknownPlaces(value, path)) {
      this.unknownsMet += 1;
      this.note(place);
    }
  }

  private note(unjudged: Unjudged): void {
    this.unjudged.set(`${unjudged.path}\n${unjudged.rule ?? ''}`, unjudged);
  }

  /** Reports a problem of the value at the present place. */
  public fail(code: ValidationCode, got: unknown, expected: string, more: FailureDetails = {}): void {
    this.failures += 1;
    if (this.muted > 0) return;
    if (more.isBlocking === true) this.isBlocked = true;
    this.findings.push({
      code,
      property: more.below === undefined ? this.path : `${this.path}${more.below}`.replace(/^\./, ''),
      got: more.saidGot ?? describe(got),
      expected,
      ...(more.fix !== undefined && { fix: more.fix }),
      ...(more.severity !== undefined && { severity: more.severity }),
    });
  }

  /** The present place, as API servers write it: `spec.http[0].route`, `metadata.labels[app]`. */
  public get path(): string {
    let path = '';
    for (let at = 0; at < this.depth; at += 1) {
      const step = this.steps[at] ?? '';
      if (this.kinds[at] === Step.Key) path += `[${step}]`;
      else path += path === '' ? String(step) : `.${step}`;
    }
    return path;
  }

  /** The names and indices of the present place. */
  public get pathSteps(): readonly (string | number)[] {
    return this.steps.slice(0, this.depth);
  }

  /** Makes the report ready for the next object. */
  public reset(): void {
    this.findings.length = 0;
    this.isBlocked = false;
    this.failures = 0;
    this.unknownsMet = 0;
    this.unjudged.clear();
    this.muted = 0;
    this.depth = 0;
  }
}

export interface FailureDetails {
  /** Path below the present place, such as `.name`. */
  readonly below?: string | undefined;
  readonly fix?: string | undefined;
  /** What was got, in words, where the value itself says too little. */
  readonly saidGot?: string;
  readonly severity?: 'warning';
  readonly isBlocking?: boolean;
}
