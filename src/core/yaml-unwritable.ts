import type { Finding, ObjectName } from '../errors/finding';
import { isJsonObject } from '../rules/json';
import { describeValue } from './refusal';
import { isUnknown } from './unknown-brand';
import { hasLoneSurrogate } from './yaml-scalar';

/** Why `document` cannot be written as YAML: every place of it, in order; an endless one ends the search. */
export function findUnwritable(document: unknown, deepest: number): Finding[] {
  const search = new Search(deepest, nameOf(document));
  search.visitDocument(document);
  return search.findings;
}

class Search {
  public readonly findings: Finding[] = [];
  private endless = false;

  public constructor(
    private readonly deepest: number,
    private readonly object: ObjectName,
  ) {}

  public visitDocument(document: unknown): void {
    if (isJsonObject(document)) this.visitObject(document, '', 0);
    else this.refuse('', `${JSON.stringify(document)} as a document`, 'an object');
  }

  private visitObject(object: object, path: string, depth: number): void {
    if (isUnknown(object)) return this.refuse(path, describeValue(object), 'a value that is known now', NOT_IN_A_FILE);
    const type = typeName(object);
    if (type !== 'Object') return this.refuse(path, `an instance of ${type}`, 'JSON data');
    const entries = Object.entries(object);
    if (entries.length > 0 && this.isTooDeep(path, depth)) return;
    for (const [key, value] of entries) {
      const at = path === '' ? key : `${path}.${key}`;
      this.visitText(key, at, 'a key');
      // a list stands at the indentation of its key
      if (Array.isArray(value)) this.visitArray(value, at, depth);
      else this.visitValue(value, at, depth + 1);
    }
  }

  private visitArray(items: readonly unknown[], path: string, depth: number): void {
    if (items.length > 0 && this.isTooDeep(path, depth)) return;
    for (let index = 0; index < items.length; index += 1) {
      const at = `${path}[${index}]`;
      const item = items[index];
      if (Array.isArray(item)) this.visitArray(item, at, depth + 1);
      else this.visitValue(item, at, depth + 1);
    }
  }

  private visitValue(value: unknown, path: string, depth: number): void {
    if (this.endless || typeof value === 'boolean' || value === null) return;
    if (typeof value === 'string') return this.visitText(value, path, 'a string');
    if (typeof value === 'object') return this.visitObject(value, path, depth);
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) this.refuse(path, String(value), 'a finite number');
      return;
    }
    this.refuse(path, value === undefined ? 'undefined' : `a ${typeof value}`, 'JSON data');
  }

  private visitText(text: string, path: string, what: string): void {
    if (!hasLoneSurrogate(text)) return;
    const got = `${what} with half of a surrogate pair: ${JSON.stringify(shorten(text))}`;
    this.refuse(path, got, 'Unicode text', 'cut strings between characters: Array.from(text) has them whole');
  }

  private isTooDeep(path: string, depth: number): boolean {
    if (depth <= this.deepest || this.endless) return this.endless;
    this.endless = true;
    const got = `data nested more than ${this.deepest} deep`;
    const fix = 'look for an object that holds itself';
    this.refuse(shorten(path), got, `at most ${this.deepest} levels`, fix);
    return true;
  }

  private refuse(path: string, got: string, expected: string, fix?: string): void {
    const property = path.replace(LONE_SURROGATES, '\ufffd');
    const finding = { code: 'not-yaml', object: this.object, property, got, expected };
    this.findings.push(fix === undefined ? finding : { ...finding, fix });
  }
}

const NOT_IN_A_FILE = 'a file cannot wait for it: give a plain value, or deploy the object with the engine that the value is of';

/** They can stand in no text, hence in no error message either. */
const LONE_SURROGATES = /\p{Surrogate}/gu;

function typeName(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

function nameOf(document: unknown): ObjectName {
  const { apiVersion, kind, metadata } = fields(document);
  const { namespace, name } = fields(metadata);
  const parts = Object.entries({ apiVersion, kind, namespace, name });
  return Object.fromEntries(parts.filter(([, part]) => typeof part === 'string'));
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return isJsonObject(value) ? value : {};
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
