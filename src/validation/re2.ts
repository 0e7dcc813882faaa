import type * as Re2Engine from './re2-engine';

/**
 * Regular expressions as API servers read them: Go's RE2 syntax (https://github.com/google/re2/wiki/Syntax), whose
 * matching takes linear time.
 *
 * A pattern runs on the native engine where both mean the same and the native one cannot take long: no flags, no
 * classes by name, no quantifier inside a quantifier. Any other pattern runs on an RE2 engine, loaded when needed.
 */

/** A pattern that is ready to run, or what is wrong with it. */
export type Pattern = { readonly matches: (text: string) => boolean } | { readonly error: string };

const patterns = new Map<string, Pattern>();

/** The pattern, compiled once; a match anywhere in the text counts, as in a schema's `pattern`. */
export function compilePattern(pattern: string): Pattern {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const compiled = compileOnce(pattern);
  patterns.set(pattern, compiled);
  return compiled;
}

/** The texts that match, at most `limit` of them (all where it is negative). */
export function findMatches(pattern: string, text: string, limit: number): { readonly matches: string[] } | { readonly error: string } {
  const compiled = engine().compileRe2(pattern);
  return 'error' in compiled ? compiled : { matches: compiled.find(text, limit) };
}

function compileOnce(pattern: string): Pattern {
  const source = toNative(pattern);
  if (source !== undefined) {
    const native = new RegExp(source, 'u');
    return { matches: (text) => (text.length <= LONGEST_NATIVE ? native.test(text) : matchesRe2(pattern, text)) };
  }
  const compiled = engine().compileRe2(pattern);
  return 'error' in compiled ? compiled : { matches: compiled.test };
}

/** Without nested repetition the native engine takes quadratic time at worst: nothing here, much for a megabyte. */
const LONGEST_NATIVE = 1000;

function matchesRe2(pattern: string, text: string): boolean {
  const compiled = engine().compileRe2(pattern);
  return !('error' in compiled) && compiled.test(text);
}

function engine(): typeof Re2Engine {
   
  return require('./re2-engine') as typeof Re2Engine;
}

/** The same pattern for the native engine; undefined where it lies outside of the common ground. */
export function toNative(pattern: string): string | undefined {
  const reader = new PatternReader(pattern);
  const source = reader.alternatives();
  return source === undefined || !reader.isAtEnd ? undefined : source;
}

const ESCAPED_LITERAL = /[!-/:-@[-`{-~]/;
/** Escapes whose meaning is the same in both, or is written out here. */
const CLASS_ESCAPES: Readonly<Record<string, string>> = {
  d: '0-9',
  w: '0-9A-Za-z_',
  s: '\\t\\n\\f\\r ',
};
const CONTROL_ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v' };

/** Reads the common ground of both syntaxes and writes it in that of the native engine. */
class PatternReader {
  private at = 0;
  /** True once anything inside of the group that is being read repeats. */
  private repeats = false;

  public constructor(private readonly text: string) {}

  public get isAtEnd(): boolean {
    return this.at === this.text.length;
  }

  public alternatives(): string | undefined {
    const parts: string[] = [];
    for (;;) {
      const part = this.sequence();
      if (part === undefined) return undefined;
      parts.push(part);
      if (!this.take('|')) return parts.join('|');
    }
  }

  private sequence(): string | undefined {
    let source = '';
    while (!this.isAtEnd && this.peek !== '|' && this.peek !== ')') {
      const outer = this.repeats;
      this.repeats = false;
      const atom = this.atom();
      if (atom === undefined) return undefined;
      const quantifier = this.quantifier();
      if (quantifier === undefined) return undefined;
      // a repetition inside of a repetition may take the native engine exponential time
      if (quantifier !== '' && quantifier !== '?' && this.repeats) return undefined;
      if (quantifier !== '' && (atom === '^' || atom === '$')) return undefined;
      this.repeats = this.repeats || outer || (quantifier !== '' && quantifier !== '?');
      source += atom + quantifier;
    }
    return source;
  }

  private atom(): string | undefined {
    const char = this.next();
    switch (char) {
      case '(':
        return this.group();
      case '[':
        return this.charClass();
      case '\\':
        return this.escape();
      case '.':
        return '[^\\n]';
      case '^':
      case '$':
        return char;
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
      case ')':
        return undefined;
      default:
        return literal(char);
    }
  }

  private group(): string | undefined {
    if (this.peek === '?' && this.text[this.at + 1] !== ':') return undefined;
    if (this.peek === '?') this.at += 2;
    const inner = this.alternatives();
    return inner !== undefined && this.take(')') ? `(?:${inner})` : undefined;
  }

  private quantifier(): string | undefined {
    const char = this.peek;
    if (char === '*' || char === '+' || char === '?') {
      this.at += 1;
      return this.isQuantifierNext() ? undefined : char;
    }
    if (char !== '{') return '';
    const [whole = '', min = '', , max] = /^\{(\d{1,3})(,(\d{1,3})?)?\}/.exec(this.text.slice(this.at)) ?? [];
    if (whole === '' || (max !== undefined && Number(max) < Number(min))) return undefined;
    this.at += whole.length;
    return this.isQuantifierNext() ? undefined : whole;
  }

  private isQuantifierNext(): boolean {
    return this.peek !== undefined && '*+?{'.includes(this.peek);
  }

  private escape(): string | undefined {
    const char = this.next();
    if (char in CLASS_ESCAPES) return `[${CLASS_ESCAPES[char] ?? ''}]`;
    const control = CONTROL_ESCAPES[char];
    if (control !== undefined) return classLiteral(control)?.source;
    if (char === 'x') return this.hex();
    return ESCAPED_LITERAL.test(char) ? literal(char) : undefined;
  }

  private hex(): string | undefined {
    const digits = this.text.slice(this.at, this.at + 2);
    if (!/^[0-7][0-9a-fA-F]$/.test(digits)) return undefined;
    this.at += 2;
    return `\\x${digits}`;
  }

  private charClass(): string | undefined {
    const negation = this.take('^') ? '^' : '';
    let source = '';
    // a bracket that opens a class is a literal in RE2 and closes it in the other
    if (this.peek === ']') return undefined;
    while (!this.take(']')) {
      const item = this.classItem();
      if (item === undefined) return undefined;
      source += item;
    }
    return `[${negation}${source}]`;
  }

  private classItem(): string | undefined {
    const from = this.classChar();
    if (from === undefined) return undefined;
    const isRange = this.peek === '-' && this.text[this.at + 1] !== ']';
    if (!isRange || from.isSet) return from.isSet && isRange ? undefined : from.source;
    this.at += 1;
    const to = this.classChar();
    if (to === undefined || to.isSet || to.code < from.code) return undefined;
    return `${from.source}-${to.source}`;
  }

  private classChar(): { readonly source: string; readonly code: number; readonly isSet: boolean } | undefined {
    if (this.isAtEnd || (this.peek === '[' && this.text[this.at + 1] === ':')) return undefined;
    const char = this.next();
    if (char !== '\\') return classLiteral(char);
    const escaped = this.next();
    const set = CLASS_ESCAPES[escaped];
    if (set !== undefined) return { source: set, code: 0, isSet: true };
    const control = CONTROL_ESCAPES[escaped];
    if (control !== undefined) return classLiteral(control);
    if (escaped === 'x') {
      const source = this.hex();
      return source === undefined ? undefined : { source, code: Number.parseInt(source.slice(2), 16), isSet: false };
    }
    return ESCAPED_LITERAL.test(escaped) ? classLiteral(escaped) : undefined;
  }

  private get peek(): string | undefined {
    return this.text[this.at];
  }

  private next(): string {
    const char = this.text[this.at] ?? '';
    this.at += 1;
    return char;
  }

  private take(char: string): boolean {
    if (this.peek !== char) return false;
    this.at += 1;
    return true;
  }
}

/** A character that stands for itself; only ASCII, where no case or width rules differ. */
function literal(char: string): string | undefined {
  const code = char.charCodeAt(0);
  if (Number.isNaN(code) || code > 126 || code < 9) return undefined;
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

function classLiteral(char: string): { readonly source: string; readonly code: number; readonly isSet: boolean } | undefined {
  const code = char.charCodeAt(0);
  if (Number.isNaN(code) || code > 126 || code < 9) return undefined;
  return { source: `\\x${code.toString(16).padStart(2, '0')}`, code, isSet: false };
}
