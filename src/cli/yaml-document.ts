import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Alias, Document, Node, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { indentQuotes } from '../codegen/input/indent-quotes';
import { keyText, NotJson, resolvePlain } from './yaml-scalars';
import type { PlainScalar } from './yaml-scalars';

/** A place in a text; both count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** What keeps a text from being read. */
export interface ReadProblem {
  readonly code: 'malformed-yaml' | 'duplicate-key' | 'alias-bomb' | 'too-deep';
  readonly got: string;
  readonly expected: string;
  readonly fix?: string;
  readonly place: TextPlace;
}

export type ReadResult = { readonly value: unknown } | { readonly problems: readonly ReadProblem[] };

/** One YAML document, read as kubectl reads it. */
export class YamlDocument {
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;
  private readonly problems: ReadProblem[] = [];
  /** Values so far, with those that aliases stand for: a few hundred characters of YAML can stand for gigabytes. */
  private count = 0;
  private readonly anchors = new Map<string, Anchored>();

  /** Set where the text is nested too deeply to be given to the parser at all. */
  private readonly tooDeep: boolean;

  public constructor(text: string) {
    this.tooDeep = isTooDeep(text);
    const document = parse(this.tooDeep ? '' : text, this.lines);
    // quoted texts that are indented too little are fine for Go, and common in published manifests
    const moved = document.errors.length === 0 ? document : parse(indentQuotes(text), new LineCounter());
    this.document = moved.errors.length === 0 ? moved : document;
  }

  /** The document as plain data. */
  public read(): ReadResult {
    if (this.tooDeep) {
      const expected = `at most ${MOST_LEVELS} levels of lists and objects`;
      return { problems: [{ code: 'too-deep', got: `more than ${MOST_LEVELS} levels`, expected, place: { line: 1, column: 1 } }] };
    }
    const [error] = this.document.errors;
    if (error !== undefined) return { problems: [this.syntaxProblem(error.message, error.pos[0])] };
    const value = this.document.contents === null ? null : this.plain(this.document.contents);
    return this.problems.length > 0 ? { problems: this.problems } : { value };
  }

  /** Where a field stands; where it is missing, its nearest parent that is there. */
  public placeOf(path: readonly (string | number)[]): TextPlace {
    let node: Node | null = this.document.contents;
    let offset = node?.range?.[0] ?? 0;
    for (const step of path) {
      const target: Node | null = isAlias(node) ? (node.resolve(this.document) ?? null) : node;
      const found: Found | undefined = childOf(target, step);
      if (found === undefined) break;
      offset = found.offset;
      node = found.node;
    }
    return this.place(offset);
  }

  private place(offset: number): TextPlace {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  private syntaxProblem(message: string, offset: number): ReadProblem {
    const got = (message.split('\n')[0] ?? message).replace(/\.$/, '');
    const fix = /tab/i.test(got) ? 'indent with spaces' : undefined;
    return { code: 'malformed-yaml', got, expected: 'well-formed YAML', ...(fix !== undefined && { fix }), place: this.place(offset) };
  }

  private fail(code: ReadProblem['code'], node: Node | null, got: string, expected: string, fix?: string): null {
    // the first of each kind says enough
    if (!this.problems.some((problem) => problem.code === code)) {
      this.problems.push({ code, got, expected, ...(fix !== undefined && { fix }), place: this.place(node?.range?.[0] ?? 0) });
    }
    return null;
  }

  private plain(node: Node): unknown {
    if (isAlias(node)) return this.alias(node);
    const before = this.count;
    this.count += 1;
    const value = isScalar(node) ? this.scalar(node) : isMap(node) ? this.map(node) : isSeq(node) ? this.sequence(node) : null;
    // set only now: nothing may stand for itself
    if (node.anchor !== undefined) this.anchors.set(node.anchor, { value, node, size: this.count - before });
    return value;
  }

  /** What an alias stands for is the same value in both places; nothing is ever copied. */
  private alias(node: Alias): unknown {
    const target = this.anchors.get(node.source);
    if (target === undefined) return this.fail('malformed-yaml', node, `*${node.source}`, 'an alias of an anchor further up');
    this.count += target.size;
    if (this.count < MOST_VALUES) return target.value;
    return this.fail('alias-bomb', node, 'aliases that stand for more than a million values', 'a document of a reasonable size', 'write the values out, or leave them out');
  }

  private scalar(node: Scalar): unknown {
    const value = scalarValue(node);
    if (!(value instanceof NotJson)) return value;
    return this.fail('malformed-yaml', node, value.text, 'a finite number', 'put it in quotes if it is a text');
  }

  private sequence(node: YAMLSeq): unknown {
    return node.items.map((item) => this.plain(item as Node));
  }

  private map(node: YAMLMap): unknown {
    const data: Record<string, unknown> = {};
    const merged: unknown[] = [];
    for (const { key, value } of node.items) {
      const name = this.key(key as Node | null);
      if (name === undefined) continue;
      const item = value === null ? null : this.plain(value as Node);
      if (name === MERGE) merged.push(item);
      else if (Object.hasOwn(data, name)) {
        this.fail('duplicate-key', key as Node, `the key ${JSON.stringify(name)} twice`, 'every key once', 'leave out one of the two');
      } else setKey(data, name, item);
    }
    for (const source of merged.flat()) {
      if (typeof source === 'object' && source !== null && !Array.isArray(source)) mergeInto(data, source);
      else this.fail('malformed-yaml', node, 'a << that names no object', 'an alias of an object, or a list of them');
    }
    return data;
  }

  private key(node: Node | null): string | typeof MERGE | undefined {
    const target = isAlias(node) ? (this.anchors.get(node.source)?.node ?? null) : node;
    if (target !== null && target.anchor !== undefined && isScalar(target)) {
      this.anchors.set(target.anchor, { value: this.scalar(target), node: target, size: 1 });
    }
    if (target !== null && !isScalar(target)) {
      this.fail('malformed-yaml', target, 'a key that is a list or an object', 'a key that is a text');
      return undefined;
    }
    if (target?.type === 'PLAIN' && target.value === '<<' && target.tag === undefined) return MERGE;
    const value = target === null ? null : scalarValue(target);
    if (value === null) {
      this.fail('malformed-yaml', target, 'a key that is null', 'a key that is a text');
      return undefined;
    }
    return keyText(value);
  }
}

function scalarValue(node: Scalar): PlainScalar | NotJson {
  const text = String(node.value ?? '');
  const tag = node.tag?.replace('tag:yaml.org,2002:', '!!');
  if (tag === '!!str' || (tag === undefined && node.type !== 'PLAIN')) return text;
  if (tag === '!!binary') return Buffer.from(text, 'base64').toString('utf8');
  return tag !== undefined && !/^!!(?:bool|int|float|null|timestamp)$/.test(tag) ? text : resolvePlain(text);
}

const MERGE = Symbol('<<');
/** Only aliases count against this: what is written out, the size of the file limits. */
const MOST_VALUES = 1_000_000;

interface Anchored {
  readonly value: unknown;
  readonly node: Node;
  /** Values that it stands for. */
  readonly size: number;
}

const MOST_LEVELS = 500;

/** True for a text whose indentation or brackets go deeper than any manifest does, and than the stack would bear. */
function isTooDeep(text: string): boolean {
  const indents: number[] = [];
  let brackets = 0;
  for (const line of text.split('\n')) {
    const content = line.trimStart();
    if (content === '') continue;
    const indent = line.length - content.length;
    while ((indents.at(-1) ?? -1) >= indent) indents.pop();
    indents.push(indent);
    const dashes = /^(?:- +)*/.exec(content)?.[0].split('-').length ?? 1;
    for (const char of content) {
      if (char === '[' || char === '{') brackets += 1;
      else if (char === ']' || char === '}') brackets = Math.max(0, brackets - 1);
      if (brackets > MOST_LEVELS) return true;
    }
    if (indents.length + dashes > MOST_LEVELS) return true;
  }
  return false;
}

interface Found {
  readonly node: Node | null;
  readonly offset: number;
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(text, { schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent', lineCounter });
}

function setKey(data: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(data, key, { value, enumerable: true, writable: true, configurable: true });
  else data[key] = value;
}

function mergeInto(data: Record<string, unknown>, source: object): void {
  for (const [key, value] of Object.entries(source)) if (!Object.hasOwn(data, key)) setKey(data, key, value);
}

function childOf(node: Node | null, step: string | number): Found | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)] as Node | undefined;
    return item === undefined ? undefined : { node: item, offset: item.range?.[0] ?? 0 };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (pair === undefined) return undefined;
  return { node: pair.value as Node | null, offset: (pair.key as Node).range?.[0] ?? 0 };
}
