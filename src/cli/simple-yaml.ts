import { keyText, NotJson, resolvePlain } from './yaml-scalars';

/**
 * A quick reader of the plain YAML that tools write: block mappings and lists, one scalar a line, literal texts.
 * It gives up (undefined) at anything else, and at anything wrong, for the reader that knows all of YAML: what it does
 * read, both read alike, which a test holds. Manifests by the thousand are read several times as fast.
 */
export function readSimpleYaml(text: string): { readonly value: unknown } | undefined {
  // characters whose reading is subtle, or that YAML forbids
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u00a0\u2028\u2029\ufeff]/.test(text) || /^(?:%|\.\.\.)/m.test(text)) return undefined;
  const reader = new SimpleReader(text);
  try {
    return { value: reader.document() };
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
}

/** Thrown where the text is beyond this reader. */
class NotSimple extends Error {}

const KEY = /^([A-Za-z0-9_./$-][\w./$@-]*|"[^"\\]*"|'[^']*'):(?: +|$)/;
const DOUBLE_QUOTED = /^("(?:[^"\\]|\\["\\/bfnrt])*")(?: +#.*| *)$/;
const SINGLE_QUOTED = /^'((?:[^']|'')*)' *$/;
const PLAIN_START = /^[^\s,[\]{}#&*!|>'"%@`?:-]|^-[^\s-]/;

/** Deeper texts are refused by the other reader. */
const DEEPEST = 200;

class SimpleReader {
  private readonly lines: string[];
  private at = 0;
  private depth = 0;
  /** The present line: how far it is indented, and what stands there; -1 at the end. */
  private indent = -1;
  private content = '';

  public constructor(text: string) {
    this.lines = text.split('\n');
    if (/^---( *#.*)? *$/.test(this.lines[0] ?? '')) this.at = 1;
    else if (this.lines[0]?.startsWith('---') === true) this.at = this.lines.length + 1;
    this.load();
  }

  public document(): unknown {
    if (this.at > this.lines.length) throw new NotSimple();
    const value = this.block(0);
    if (this.indent !== -1) throw new NotSimple();
    return value;
  }

  /** Finds the next line that says something. */
  private load(): void {
    for (; this.at < this.lines.length; this.at += 1) {
      const line = this.lines[this.at] as string;
      const content = line.trimStart();
      if (content === '' || content.startsWith('#')) continue;
      this.indent = line.length - content.length;
      this.content = content.trimEnd();
      return;
    }
    this.indent = -1;
    this.content = '';
  }

  private next(): void {
    this.at += 1;
    this.load();
  }

  private block(indent: number): unknown {
    this.depth += 1;
    if (this.indent !== indent || this.depth > DEEPEST) throw new NotSimple();
    const value = this.isItem() ? this.sequence(indent) : this.mapping(indent);
    this.depth -= 1;
    return value;
  }

  private isItem(): boolean {
    return this.content.startsWith('-') && (this.content.length === 1 || this.content[1] === ' ');
  }

  private mapping(indent: number): unknown {
    const data: Record<string, unknown> = {};
    while (this.indent === indent && !this.isItem()) {
      const match = KEY.exec(this.content);
      if (match === null) throw new NotSimple();
      const key = readKey(match[1] as string);
      if (Object.hasOwn(data, key) || key === '__proto__') throw new NotSimple();
      data[key] = this.value(this.content.slice(match[0].length), indent, true);
    }
    if (this.indent > indent) throw new NotSimple();
    return data;
  }

  private sequence(indent: number): unknown {
    const items: unknown[] = [];
    while (this.indent === indent && this.isItem()) {
      const rest = this.content.slice(1);
      const content = rest.trimStart();
      if (content !== '' && (KEY.test(content) || /^-(?: |$)/.test(content))) {
        // what follows the dash begins a block of its own, as deep as it stands
        this.indent = indent + 1 + rest.length - content.length;
        this.content = content;
        items.push(this.block(this.indent));
      } else items.push(this.value(content, indent, false));
    }
    if (this.indent > indent) throw new NotSimple();
    return items;
  }

  /** The value that begins with `text` on the present line, of a key or item that is indented by `indent`. */
  private value(text: string, indent: number, isOfKey: boolean): unknown {
    if (text === '' || text.startsWith('#')) return this.nested(indent, isOfKey);
    if (text === '|' || text === '|-') return this.literal(indent, text === '|');
    const scalar = readScalar(text);
    this.next();
    // a scalar may go on in deeper lines
    if (this.indent > indent) throw new NotSimple();
    return scalar;
  }

  private nested(indent: number, isOfKey: boolean): unknown {
    this.next();
    if (this.indent > indent) return this.block(this.indent);
    return isOfKey && this.indent === indent && this.isItem() ? this.sequence(indent) : null;
  }

  private literal(indent: number, endsWithBreak: boolean): string {
    const found: string[] = [];
    let depth = -1;
    for (this.at += 1; this.at < this.lines.length; this.at += 1) {
      const line = this.lines[this.at] as string;
      const content = line.trimStart();
      const own = line.length - content.length;
      if (content !== '' && depth < 0) depth = own;
      if (content !== '' && own < depth) break;
      if (depth >= 0 && depth <= indent) break;
      if (depth < 0 && own > 0) throw new NotSimple();
      found.push(depth < 0 ? '' : line.slice(depth));
    }
    while (found.at(-1) === '') found.pop();
    if (found.length === 0 || found.some((line) => line.trim() === '' && line !== '')) throw new NotSimple();
    this.load();
    if (this.indent > indent) throw new NotSimple();
    return found.join('\n') + (endsWithBreak ? '\n' : '');
  }
}

function readKey(text: string): string {
  if (/^["']/.test(text)) return text.slice(1, -1);
  const key = resolvePlain(text);
  if (key === null) throw new NotSimple();
  return keyText(key);
}

function readScalar(text: string): unknown {
  if (text === '{}') return {};
  if (text === '[]') return [];
  if (text.startsWith('"')) {
    const quoted = DOUBLE_QUOTED.exec(text)?.[1];
    if (quoted === undefined) throw new NotSimple();
    return JSON.parse(quoted) as string;
  }
  if (text.startsWith("'")) {
    const quoted = SINGLE_QUOTED.exec(text)?.[1];
    if (quoted === undefined) throw new NotSimple();
    return quoted.replaceAll("''", "'");
  }
  if (!PLAIN_START.test(text) || text.includes(': ') || text.endsWith(':') || text.includes(' #')) throw new NotSimple();
  const value = resolvePlain(text);
  if (value instanceof NotJson) throw new NotSimple();
  return value;
}
