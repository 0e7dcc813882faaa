import { YamlDocument } from './yaml-document';
import type { ReadProblem, TextPlace } from './yaml-document';

/** One document of a text. */
export interface TextDocument {
  /** Undefined where it could not be read. */
  readonly value: unknown;
  readonly problems: readonly ReadProblem[];
  /** Where the document begins. */
  readonly line: number;
  /** Where a field of the document stands in the whole text. */
  readonly placeOf: (path: readonly (string | number)[]) => TextPlace;
}

/** The documents of a text of YAML or JSON; empty ones are left out. */
export function readDocuments(text: string): TextDocument[] {
  const json = readJson(text);
  if (json !== undefined) return [json];
  return splitDocuments(text).flatMap(({ content, line }) => {
    const document = readDocument(content, line);
    return document === undefined ? [] : [document];
  });
}

function readDocument(content: string, line: number): TextDocument | undefined {
  const document = new YamlDocument(content);
  const placeOf = (path: readonly (string | number)[]): TextPlace => moved(document.placeOf(path), line);
  const result = document.read();
  if ('problems' in result) {
    return { value: undefined, problems: result.problems.map((problem) => ({ ...problem, place: moved(problem.place, line) })), line, placeOf };
  }
  return result.value === null ? undefined : { value: result.value, problems: [], line, placeOf };
}

function moved(place: TextPlace, line: number): TextPlace {
  return { line: place.line + line - 1, column: place.column };
}

/** A text that is one JSON document in which no key stands twice: that has to be found and placed by the YAML reader. */
function readJson(text: string): TextDocument | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    if (countKeys(value) !== countColons(text)) return undefined;
    let full: YamlDocument | undefined;
    return { value, problems: [], line: 1, placeOf: (path) => (full ??= new YamlDocument(text)).placeOf(path) };
  } catch {
    return undefined;
  }
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const children = Object.values(value);
  return children.reduce<number>((sum, child) => sum + countKeys(child), Array.isArray(value) ? 0 : children.length);
}

/** Colons outside of strings: one for each key of a JSON document. */
function countColons(json: string): number {
  let count = 0;
  for (const match of json.matchAll(/"(?:[^"\\]|\\.)*"|:/gs)) if (match[0] === ':') count += 1;
  return count;
}

/** Cuts where a line begins with three dashes; inside of a document no line does. Directives belong to the next one. */
export function splitDocuments(text: string): { readonly content: string; readonly line: number }[] {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text;
  const parts: { content: string; line: number }[] = [];
  let start = 0;
  let startLine = 1;
  const marker = /^---(?=[ \t\r\n]|$)/gm;
  for (let match = marker.exec(body); match !== null; match = marker.exec(body)) {
    const before = body.slice(start, match.index);
    // what stands before the first marker is a document, unless it is only directives and comments
    if (isContent(before)) parts.push({ content: before, line: startLine });
    else if (/^%/m.test(before)) continue;
    startLine += countLines(before);
    start = match.index;
  }
  const last = body.slice(start);
  if (isContent(last)) parts.push({ content: last, line: startLine });
  return parts;
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function isContent(text: string): boolean {
  return /^(?!---[ \t]*(?:#.*)?\r?$)(?![%#])(?!\.\.\.)[^\S\n]*[^\s#]/m.test(text);
}
