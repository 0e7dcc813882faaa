import { LineCounter, parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';
import { MeshError } from '../../errors/mesh-error';
import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import { indentQuotes } from './indent-quotes';
import type { InputText } from './input-text';

/** A document of an input file, and the line it starts on. */
export interface InputDocument {
  readonly value: JsonObject;
  readonly line: number;
}

/** The documents of a YAML or JSON text; a `List` counts as its items, an empty document as none. */
export function parseDocuments(input: InputText): InputDocument[] {
  const documents = input.text.trimStart().startsWith('{') ? parseJson(input) : parseYaml(input);
  return documents.flatMap(itemsOf);
}

function parseJson(input: InputText): InputDocument[] {
  try {
    return asObjects(input, [{ value: JSON.parse(input.text) as unknown, line: 1 }]);
  } catch (error) {
    if (MeshError.isMeshError(error)) throw error;
    // YAML in flow style also starts with a brace
    return parseYaml(input);
  }
}

function parseYaml(input: InputText): InputDocument[] {
  const lineCounter = new LineCounter();
  const parsed = parseTolerantly(input.text, lineCounter);
  const findings = parsed.flatMap((document) =>
    document.errors.map((error) => {
      const place = lineCounter.linePos(error.pos[0]);
      return {
        code: 'import-malformed-yaml',
        property: '',
        got: (error.message.split('\n')[0] ?? '').replace(/\.$/, ''),
        expected: 'well-formed YAML',
        source: { file: input.name, line: place.line, column: place.col },
      };
    }),
  );
  // one broken line often makes many errors; the first few say enough
  if (findings.length > 0) throw new MeshError(findings.slice(0, 5));
  return asObjects(
    input,
    parsed.map((document) => ({
      value: toPlain(input, () => document.toJS({ maxAliasCount: 1000 }) as unknown),
      line: lineCounter.linePos(document.contents?.range?.[0] ?? 0).line,
    })),
  );
}

/** A text that only needs its quoted lines moved is read; for any other error the text is reported as it stands. */
function parseTolerantly(text: string, lineCounter: LineCounter): Document.Parsed[] {
  const parsed = parseAll(text, lineCounter);
  if (parsed.every((document) => document.errors.length === 0)) return parsed;
  const moved = parseAll(indentQuotes(text), new LineCounter());
  return moved.every((document) => document.errors.length === 0) ? moved : parsed;
}

function parseAll(text: string, lineCounter: LineCounter): Document.Parsed[] {
  const parsed = parseAllDocuments(text, { lineCounter, prettyErrors: false });
  return Array.isArray(parsed) ? parsed : [];
}

/** Aliases that unfold without end are an error of the file, not of ours. */
function toPlain(input: InputText, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    throw new MeshError([
      {
        code: 'import-malformed-yaml',
        property: '',
        got: error instanceof Error ? error.message : String(error),
        expected: 'YAML that stands for plain data',
        source: { file: input.name, line: 1 },
      },
    ]);
  }
}

function asObjects(input: InputText, documents: readonly { value: unknown; line: number }[]): InputDocument[] {
  const present = documents.filter((document) => document.value !== null && document.value !== undefined);
  return present.map(({ value, line }) => {
    if (isJsonObject(value)) return { value, line };
    throw new MeshError([
      {
        code: 'import-not-an-object',
        property: '',
        got: Array.isArray(value) ? 'a list' : `${typeof value} ${JSON.stringify(value).slice(0, 40)}`,
        expected: 'a Kubernetes object',
        source: { file: input.name, line },
      },
    ]);
  });
}

function itemsOf(document: InputDocument): InputDocument[] {
  const { kind, items } = document.value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [document];
  return (items as readonly unknown[]).filter(isJsonObject).map((value) => ({ value, line: document.line }));
}
