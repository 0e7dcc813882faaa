import type { Random } from './random';

/**
 * Texts that match a pattern. Reads the part of the syntax that the published schemas use: alternatives, groups, classes,
 * repeats and escapes; anchors match nothing by themselves. What it makes is checked against the pattern by its caller,
 * so that a part it reads wrongly costs a try, not a wrong object.
 */
export function textFor(pattern: string, random: Random): string {
  return new PatternReader(pattern, random).alternatives();
}

const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
const MOST_REPEATS = 3;
const SIMPLE_REPEATS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['*', [0, MOST_REPEATS]],
  ['+', [1, MOST_REPEATS]],
  ['?', [0, 1]],
]);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['d', '7'],
  ['w', 'a'],
]);

class PatternReader {
  private at = 0;

  public constructor(
    private readonly pattern: string,
    private readonly random: Random,
  ) {}

  /** Reads up to the end of the group, and gives a text for one of its alternatives. */
  public alternatives(): string {
    const texts = [this.sequence()];
    while (this.pattern[this.at] === '|') {
      this.at += 1;
      texts.push(this.sequence());
    }
    return this.random.pick(texts);
  }

  private sequence(): string {
    let text = '';
    while (this.at < this.pattern.length && this.pattern[this.at] !== '|' && this.pattern[this.at] !== ')') {
      text += this.repeated();
    }
    return text;
  }

  private repeated(): string {
    const start = this.at;
    const once = this.atom();
    const end = this.at;
    const [least, most] = this.repeats();
    if (least === 1 && most === 1) return once;
    const after = this.at;
    let text = '';
    const count = least + this.random.below(most - least + 1);
    for (let round = 0; round < count; round += 1) {
      // read again rather than repeated, so that each round may choose otherwise
      this.at = start;
      text += this.atom();
      this.at = end;
    }
    this.at = after;
    return text;
  }

  private repeats(): readonly [number, number] {
    const rest = this.pattern.slice(this.at);
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(rest);
    if (counted !== null) {
      this.at += counted[0].length;
      const least = Number(counted[1]);
      const most = counted[2] === undefined ? least : counted[3] === '' ? least + MOST_REPEATS : Number(counted[3]);
      return [least, Math.min(most, Math.max(least, MOST_REPEATS))];
    }
    const simple = SIMPLE_REPEATS.get(rest.slice(0, 1));
    if (simple === undefined) return [1, 1];
    this.at += 1;
    return simple;
  }

  private atom(): string {
    const char = this.pattern[this.at] ?? '';
    this.at += 1;
    switch (char) {
      case '^':
      case '$':
        return '';
      case '(': {
        if (this.pattern.startsWith('?:', this.at)) this.at += 2;
        const text = this.alternatives();
        this.at += 1;
        return text;
      }
      case '[':
        return this.random.pick(this.characters());
      case '.':
        return 'a';
      case '\\':
        return this.escaped();
      default:
        return char;
    }
  }

  private escaped(): string {
    const char = this.pattern[this.at] ?? '';
    this.at += 1;
    if (char === 'x') {
      this.at += 2;
      return String.fromCharCode(Number.parseInt(this.pattern.slice(this.at - 2, this.at), 16));
    }
    return ESCAPES.get(char) ?? char;
  }

  private characters(): readonly string[] {
    const isNegated = this.pattern[this.at] === '^';
    if (isNegated) this.at += 1;
    const chars: string[] = [];
    while (this.at < this.pattern.length && (this.pattern[this.at] !== ']' || chars.length === 0)) {
      const first = this.classCharacter();
      const isRange = this.pattern[this.at] === '-' && this.pattern[this.at + 1] !== ']';
      if (!isRange) {
        chars.push(first);
        continue;
      }
      this.at += 1;
      const last = this.classCharacter();
      for (let code = first.charCodeAt(0); code <= last.charCodeAt(0); code += 1) chars.push(String.fromCharCode(code));
    }
    this.at += 1;
    return isNegated ? PRINTABLE.filter((char) => !chars.includes(char)) : chars;
  }

  private classCharacter(): string {
    const char = this.pattern[this.at] ?? '';
    this.at += 1;
    return char === '\\' ? this.escaped() : char;
  }
}
