import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import { isLabelValue, isQualifiedName } from './kubernetes-names';
import { MANIFEST_VALUE } from './manifest-value';
import { describeValue, refusal, refusalFinding } from './refusal';
import type { ValuePlace } from './refusal';
import { requireKnown } from './unknown';
import type { Known } from './unknown';

const BRAND = Symbol.for('mesh-constructs.Selector');

/** Labels of an object, or of what a selector looks for. */
export type Labels = Readonly<Record<string, Known<string>>>;

/**
 * Picks objects, mostly pods, by labels that they must all have.
 *
 * Without labels it would pick everything, which is seldom meant: that is said by `Selector.all()` only.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 */
export class Selector {
  /** Picks everything. */
  public static all(): Selector {
    return new Selector({});
  }

  /** @throws MeshError when there are no labels, or for all labels that Kubernetes would not take. */
  public static labels(labels: Labels, place: ValuePlace = {}): Selector {
    requireKnown<unknown>(labels, { ...place, property: place.property ?? 'selector' });
    if (!isPlainObject(labels)) throw notLabels(describeValue(labels), place);
    const findings = Object.entries(labels).flatMap(([key, value]) => findingsOf(key, value, place));
    if (findings.length > 0) throw new MeshError(findings);
    if (Object.keys(labels).length === 0) throw notLabels('no labels', place);
    return new Selector(labels);
  }

  /** What a prop of type `Selector | Labels` was given, as a Selector. */
  public static of(value: Selector | Labels, place: ValuePlace = {}): Selector {
    return Selector.isSelector(value) ? value : Selector.labels(value, place);
  }

  /** True for a Selector of any copy of this library. */
  public static isSelector(value: unknown): value is Selector {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** Sorted by key; empty for `Selector.all()`. */
  public readonly matchLabels: Labels;

  private constructor(labels: Labels) {
    const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    this.matchLabels = Object.freeze(Object.fromEntries(sorted));
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }

  public get isAll(): boolean {
    return Object.keys(this.matchLabels).length === 0;
  }

  /** True when an object with these labels is picked. */
  public matches(labels: Labels): boolean {
    return Object.entries(this.matchLabels).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
  }

  /** True when this selector picks all that `other` picks. */
  public covers(other: Selector): boolean {
    return this.matches(other.matchLabels);
  }

  /** True when an object can have labels that both pick. */
  public overlaps(other: Selector): boolean {
    const labels = other.matchLabels;
    return Object.entries(this.matchLabels).every(([key, value]) => !Object.hasOwn(labels, key) || labels[key] === value);
  }

  public equals(other: Selector): boolean {
    return this.toString() === other.toString();
  }

  /** As `kubectl -l` takes it, e.g. `app=reviews,version=v1`; `*` for all. */
  public toString(): string {
    if (this.isAll) return '*';
    return Object.entries(this.matchLabels).map(([key, value]) => `${key}=${value}`).join(',');
  }

  /** In a manifest it stands as Istio and workloads write it; a Service takes `matchLabels` itself. @internal */
  public [MANIFEST_VALUE](): object {
    return { matchLabels: this.matchLabels };
  }
}

function findingsOf(key: string, value: unknown, place: ValuePlace): Finding[] {
  const findings: Finding[] = [];
  const property = `${place.property ?? 'selector'}.${key}`;
  requireKnown(value, { ...place, property });
  if (!isQualifiedName(key)) {
    findings.push(
      refusalFinding({ ...place, property }, property, {
        code: 'bad-label',
        got: `the key ${describeValue(key)}`,
        expected: 'up to 63 of letters, digits, "-", "_" and ".", perhaps after a DNS name and "/"',
        fix: 'begin and end it with a letter or digit, e.g. "app" or "example.com/app"',
      }),
    );
  }
  if (!isLabelValue(value)) {
    findings.push(
      refusalFinding({ ...place, property }, property, {
        code: 'bad-label',
        got: describeValue(value),
        expected: 'a string of up to 63 letters, digits, "-", "_" and ".", or an empty one',
        fix: fixFor(value),
      }),
    );
  }
  return findings;
}

function fixFor(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return `labels are strings: did you mean "${value}"?`;
  if (typeof value === 'string' && value.includes('*')) {
    return 'labels are compared as they are, there are no wildcards; leave the label out';
  }
  return 'begin and end it with a letter or digit, or leave the label out';
}

function notLabels(got: string, place: ValuePlace): MeshError {
  return refusal(place, 'selector', {
    code: 'bad-selector',
    got,
    expected: 'one label or more, such as { app: "reviews" }',
    fix: 'say Selector.all() where everything is meant',
  });
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
