import { MeshError } from '../errors/mesh-error';
import type { Json, JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { UNKNOWN } from './unknown-brand';
import { findUnwritable } from './yaml-unwritable';
import { canBeLiteral, hasLoneSurrogate, writeLiteral, writeNumber, writeString } from './yaml-scalar';

/** Deeper than any manifest; a reader that calls itself for each level would run out of stack. */
export const DEEPEST_YAML = 500;

/** Readers take `key: value` only up to 1024 characters; beyond, the key has to be marked by `?`. */
const LONGEST_SIMPLE_KEY = 1000;
const BEYOND_ASCII = /[^\x00-\x7f]/;

/**
 * The documents as block-style YAML, separated by `---`; no documents give the empty text.
 *
 * Readers of YAML 1.1 and of YAML 1.2 read back exactly the data that went in. Keys keep the order they have. Lists
 * stand at the indentation of their key, as `kubectl get -o yaml` prints them. No line is ever folded.
 *
 * @throws MeshError when a value is no JSON or known only later, a string is no Unicode text (half of a surrogate pair),
 * or data is nested more than 500 deep; it lists all such places.
 */
export function writeYaml(documents: readonly JsonObject[]): string {
  const writer = new YamlWriter();
  try {
    return documents.map((document) => writer.write(document)).join('---\n');
  } catch (error) {
    if (error !== UNWRITABLE) throw error;
    throw new MeshError(documents.flatMap((document) => findUnwritable(document, DEEPEST_YAML)));
  }
}

/** Thrown where a value cannot be written; the path to it is found afterwards, so that good data pays nothing for it. */
const UNWRITABLE = Symbol('unwritable');

class YamlWriter {
  /** Manifests have few different keys. */
  private readonly keys = new Map<string, string>();
  private readonly indents: string[] = [''];
  private text = '';

  public write(document: JsonObject): string {
    this.text = '';
    if (!isJsonObject(document)) throw UNWRITABLE;
    const keys = keysOf(document);
    if (keys.length === 0) return '{}\n';
    this.writeObject(document, keys, 0, true);
    return flatten(this.text);
  }

  /** `continues`: the first key stands on the line that is already begun. */
  private writeObject(object: JsonObject, keys: readonly string[], depth: number, continues: boolean): void {
    const indent = this.indentOf(depth);
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index] as string;
      if (index > 0 || !continues) this.text += indent;
      this.text += this.keys.get(key) ?? this.writeKey(key, indent);
      this.writeValue(object[key], depth);
    }
  }

  private writeArray(items: readonly Json[], depth: number, continues: boolean): void {
    const indent = this.indentOf(depth);
    for (let index = 0; index < items.length; index += 1) {
      if (index > 0 || !continues) this.text += indent;
      this.text += '-';
      this.writeItem(items[index], depth);
    }
  }

  /** What follows `key:`. */
  private writeValue(value: Json | undefined, depth: number): void {
    if (typeof value !== 'object' || value === null) return this.writeScalar(value, depth);
    if (Array.isArray(value)) {
      if (value.length === 0) return this.append(' []\n');
      this.text += '\n';
      return this.writeArray(value, depth, false);
    }
    const keys = keysOf(value);
    if (keys.length === 0) return this.append(' {}\n');
    this.text += '\n';
    this.writeObject(value as JsonObject, keys, depth + 1, false);
  }

  /** What follows the dash of a list. */
  private writeItem(value: Json | undefined, depth: number): void {
    if (typeof value !== 'object' || value === null) return this.writeScalar(value, depth);
    if (Array.isArray(value)) {
      if (value.length === 0) return this.append(' []\n');
      this.text += ' ';
      return this.writeArray(value, depth + 1, true);
    }
    const keys = keysOf(value);
    if (keys.length === 0) return this.append(' {}\n');
    this.text += ' ';
    this.writeObject(value as JsonObject, keys, depth + 1, true);
  }

  private writeScalar(value: unknown, depth: number): void {
    if (typeof value === 'string') this.text += ` ${this.writeText(value, depth)}\n`;
    else if (typeof value === 'number' && Number.isFinite(value)) this.text += ` ${writeNumber(value)}\n`;
    else if (typeof value === 'boolean') this.text += value ? ' true\n' : ' false\n';
    else if (value === null) this.text += ' null\n';
    else throw UNWRITABLE;
  }

  private writeText(text: string, depth: number): string {
    if (depth < DEEPEST_YAML && canBeLiteral(text)) {
      if (hasLoneSurrogate(text)) throw UNWRITABLE;
      return writeLiteral(text, this.indentOf(depth + 1));
    }
    const written = writeString(text);
    if (written !== text && hasLoneSurrogate(text)) throw UNWRITABLE;
    return written;
  }

  private writeKey(key: string, indent: string): string {
    if (hasLoneSurrogate(key)) throw UNWRITABLE;
    const written = writeString(key);
    // readers count characters differently; four bytes are the most that one can take
    const longest = BEYOND_ASCII.test(written) ? LONGEST_SIMPLE_KEY / 4 : LONGEST_SIMPLE_KEY;
    if (written.length > longest) return `? ${written}\n${indent}:`;
    this.keys.set(key, `${written}:`);
    return `${written}:`;
  }

  private indentOf(depth: number): string {
    const known = this.indents[depth];
    if (known !== undefined) return known;
    if (depth > DEEPEST_YAML) throw UNWRITABLE;
    const indent = '  '.repeat(depth);
    this.indents[depth] = indent;
    return indent;
  }

  private append(text: string): void {
    this.text += text;
  }
}

/** A Map, a Date and their like have no keys, and would pass for an empty object. */
function keysOf(value: object): string[] {
  if (UNKNOWN in value) throw UNWRITABLE;
  const keys = Object.keys(value);
  if (keys.length === 0 && Object.prototype.toString.call(value) !== '[object Object]') throw UNWRITABLE;
  return keys;
}

/**
 * V8 keeps a text that was put together as a tree of its pieces until a character is asked for. Asking after each
 * document makes 30,000 of them three times as fast, because the pieces are garbage at once.
 */
function flatten(text: string): string {
  text.charCodeAt(0);
  return text;
}
