import { compilePattern } from '../validation/re2';
import { MANIFEST_VALUE } from './manifest-value';
import { describeValue, refusal } from './refusal';
import type { Refusal, ValuePlace } from './refusal';
import { requireKnown } from './unknown';
import type { Known } from './unknown';

const BRAND = Symbol.for('mesh-constructs.StringMatch');
/** Istio refuses longer patterns, because Envoy bounds the size of what they compile to. */
const LONGEST_REGEX = 1024;

export type StringMatchKind = 'exact' | 'prefix' | 'suffix' | 'regex' | 'present';

/** What Istio's traffic API takes for a string match; `{}` means that the header is there. */
export type IstioStringMatch =
  | { readonly exact: string; readonly prefix?: never; readonly regex?: never }
  | { readonly prefix: string; readonly exact?: never; readonly regex?: never }
  | { readonly regex: string; readonly exact?: never; readonly prefix?: never }
  | { readonly exact?: never; readonly prefix?: never; readonly regex?: never };

/** How a text, such as a path or a header, is compared. Capitals and small letters differ. */
export class StringMatch {
  /** The whole text. */
  public static exact(text: Known<string>, place: ValuePlace = {}): StringMatch {
    return new StringMatch('exact', requireText('exact', text, place));
  }

  /** How the text begins. */
  public static prefix(text: Known<string>, place: ValuePlace = {}): StringMatch {
    return new StringMatch('prefix', requireSome('prefix', text, place));
  }

  /** How the text ends. */
  public static suffix(text: Known<string>, place: ValuePlace = {}): StringMatch {
    return new StringMatch('suffix', requireSome('suffix', text, place));
  }

  /**
   * A pattern that the whole text has to fit, in RE2 syntax.
   *
   * @see https://github.com/google/re2/wiki/Syntax
   * @throws MeshError when the pattern is no RE2, is empty, or is longer than Istio takes.
   */
  public static regex(pattern: Known<string>, place: ValuePlace = {}): StringMatch {
    requireSome('regex', pattern, place);
    if (pattern.length > LONGEST_REGEX) {
      throw badMatch(place, 'regex', {
        got: `a pattern of ${pattern.length} characters`,
        expected: `${LONGEST_REGEX} characters at most`,
        fix: 'match a prefix, or make several matches of it',
      });
    }
    const compiled = compilePattern(pattern);
    if (!('error' in compiled)) return new StringMatch('regex', pattern);
    throw badMatch(place, 'regex', {
      got: `${describeValue(pattern)} (${compiled.error})`,
      expected: 'a regular expression in RE2 syntax',
      fix: 'RE2 has no look-around and no back-references: see https://github.com/google/re2/wiki/Syntax',
    });
  }

  /** Any text, as long as there is one: a header that is there. */
  public static present(): StringMatch {
    return new StringMatch('present', '');
  }

  /** Reads the form of AuthorizationPolicy: `exact`, `prefix*`, `*suffix`, or `*` for any. */
  public static fromAuthorizationPolicy(text: Known<string>, place: ValuePlace = {}): StringMatch {
    requireSome('exact', text, place);
    if (text === '*') return StringMatch.present();
    if (text.startsWith('*')) return new StringMatch('suffix', text.slice(1));
    return text.endsWith('*') ? new StringMatch('prefix', text.slice(0, -1)) : new StringMatch('exact', text);
  }

  /** What a prop of type `StringMatch | string` was given, as a StringMatch; a string is the whole text. */
  public static of(value: StringMatch | Known<string>, place: ValuePlace = {}): StringMatch {
    return StringMatch.isStringMatch(value) ? value : StringMatch.exact(value, place);
  }

  /** True for a StringMatch of any copy of this library. */
  public static isStringMatch(value: unknown): value is StringMatch {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /**
   * The order in which matches are tried: exact, then the longest prefix or suffix, then patterns, then presence; equal
   * ones by their texts, so that the order never depends on where they come from.
   */
  public static compare(this: void, a: StringMatch, b: StringMatch): number {
    return (
      RANKS[a.kind] - RANKS[b.kind] ||
      b.text.length - a.text.length ||
      compareText(a.kind, b.kind) ||
      compareText(a.text, b.text)
    );
  }

  private constructor(
    public readonly kind: StringMatchKind,
    /** The text or pattern to compare with; empty for presence. */
    public readonly text: string,
  ) {
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }

  /** True when `value` fits. */
  public matches(value: string): boolean {
    switch (this.kind) {
      case 'exact':
        return value === this.text;
      case 'prefix':
        return value.startsWith(this.text);
      case 'suffix':
        return value.endsWith(this.text);
      case 'present':
        return true;
      case 'regex':
        return matchesWhole(this.text, value);
    }
  }

  /** True when all that fits `other` fits this; undefined where a pattern makes that hard to tell. */
  public covers(other: StringMatch): boolean | undefined {
    if (this.kind === 'present' || this.equals(other)) return true;
    if (other.kind === 'exact') return this.matches(other.text);
    if (this.kind === 'regex' || other.kind === 'regex') return undefined;
    return this.kind === other.kind && this.matches(other.text);
  }

  /** True when some text fits both; undefined where a pattern makes that hard to tell. */
  public overlaps(other: StringMatch): boolean | undefined {
    if (this.kind === 'exact') return other.matches(this.text);
    if (other.kind === 'exact') return this.matches(other.text);
    if (this.kind === 'present' || other.kind === 'present' || this.equals(other)) return true;
    if (this.kind === 'regex' || other.kind === 'regex') return undefined;
    // what begins with the one can end with the other
    return this.kind !== other.kind || this.matches(other.text) || other.matches(this.text);
  }

  /** True when this is to be tried before `other`. */
  public isMoreSpecificThan(other: StringMatch): boolean {
    return RANKS[this.kind] === RANKS[other.kind] ? this.text.length > other.text.length : RANKS[this.kind] < RANKS[other.kind];
  }

  public equals(other: StringMatch): boolean {
    return this.kind === other.kind && this.text === other.text;
  }

  /** For VirtualService and its like, which have no suffix: it becomes a pattern. */
  public toIstio(): IstioStringMatch {
    switch (this.kind) {
      case 'exact':
        return { exact: this.text };
      case 'prefix':
        return { prefix: this.text };
      case 'regex':
        return { regex: this.text };
      case 'suffix':
        return { regex: `.*${this.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}` };
      case 'present':
        return {};
    }
  }

  /**
   * For AuthorizationPolicy: `exact`, `prefix*`, `*suffix`, `*`.
   *
   * @throws MeshError when it cannot be said there: a pattern, an empty text, or an asterisk that would be a wildcard.
   */
  public toAuthorizationPolicy(place: ValuePlace = {}): string {
    const written = { exact: this.text, prefix: `${this.text}*`, suffix: `*${this.text}`, present: '*', regex: '' }[this.kind];
    const read = written === '' ? undefined : StringMatch.fromAuthorizationPolicy(written);
    if (read?.equals(this) === true) return written;
    const fix = this.kind === 'regex' ? 'use exact, prefix, suffix or present' : 'an asterisk at an end is a wildcard there, always';
    const expected = 'what an AuthorizationPolicy can say: "exact", "prefix*", "*suffix" or "*"';
    throw badMatch(place, 'match', { got: this.toString(), expected, fix });
  }

  /** In a manifest it stands as the traffic API has it; an AuthorizationPolicy takes `toAuthorizationPolicy()`. @internal */
  public [MANIFEST_VALUE](): IstioStringMatch {
    return this.toIstio();
  }

  /** E.g. `prefix "/api"`. */
  public toString(): string {
    return this.kind === 'present' ? 'present' : `${this.kind} ${describeValue(this.text)}`;
  }
}

const RANKS: Readonly<Record<StringMatchKind, number>> = { exact: 0, prefix: 1, suffix: 1, regex: 2, present: 3 };

/** Envoy compares the whole text. */
function matchesWhole(pattern: string, value: string): boolean {
  const compiled = compilePattern(`^(?:${pattern})$`);
  return !('error' in compiled) && compiled.matches(value);
}

function requireText(kind: StringMatchKind, text: unknown, place: ValuePlace): string {
  if (typeof text === 'string') return text;
  requireKnown(text, { ...place, property: place.property ?? kind });
  const fix = typeof text === 'number' ? `texts are compared: did you mean "${text}"?` : `write it as StringMatch.${kind}("…")`;
  throw badMatch(place, kind, { got: describeValue(text), expected: 'a string', fix });
}

function requireSome(kind: StringMatchKind, text: unknown, place: ValuePlace): string {
  if (text !== '') return requireText(kind, text, place);
  throw badMatch(place, kind, { got: '""', expected: 'a text that is not empty', fix: 'StringMatch.present() fits any text' });
}

function badMatch(place: ValuePlace, property: string, what: Omit<Refusal, 'code'>): Error {
  return refusal(place, property, { code: 'bad-match', ...what });
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
