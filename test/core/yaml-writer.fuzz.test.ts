import { writeYaml } from '../../src/core/yaml-writer';
import { setKey } from '../../src/rules/json';
import type { Json, JsonObject } from '../../src/rules/json';
import { Random } from '../support/random';
import { canonical, READERS } from './yaml-readers';

/** Signs of numbers, times and words; every string of up to four of them is tried. */
const NUMBER_SIGNS = ['0', '1', '8', '-', '+', '.', ':', '_', 'e', 'x', 'o', 'b', 'n'];

const SEED = 20260411;
const DOCUMENTS = 1_500;

const PIECES = [
  ...['a', 'Z', '0', '1', '9', 'e', 'E', 'x', 'o', 'b', 'n', 'y', 'no', 'on', 'true', 'null', '.nan', '.inf', '_', '-', '--', '---', '+'],
  ...['.', '..', '...', ':', ': ', ' :', '#', ' #', ' ', '  ', '\t', '\n', '\n\n', '\r', '\r\n', ',', '[', ']', '{', '}', '"', "'", '\\'],
  ...['!', '&', '*', '|', '>', '%', '@', '`', '?', '? ', '=', '<<', '<', '~', '/', '$', '(', ')', '^', ';', '\0', '\u0007', '\u001b', '\u007f'],
  ...['\u0085', '\u00a0', '\u2028', '\u2029', '\ufeff', '\ufffd', '\uffff', 'é', '日', '😀', '\u{10ffff}', '2001-12-14', '12:30', 'T', 'Z', ' word '],
];

class Fuzz {
  private readonly random = new Random(SEED);

  public document(): JsonObject {
    return this.object(5);
  }

  private value(depth: number): Json {
    const kind = this.random.below(depth === 0 ? 8 : 14);
    if (kind < 5) return this.string();
    if (kind === 5) return this.number();
    if (kind === 6) return this.random.pick([true, false, null]);
    if (kind === 7) return this.random.pick([{}, []]);
    if (kind < 11) return Array.from({ length: this.random.below(4) }, () => this.value(depth - 1));
    return this.object(depth - 1);
  }

  private object(depth: number): JsonObject {
    const result: Record<string, Json> = {};
    for (let count = this.random.below(5); count >= 0; count -= 1) setKey(result, this.string(), this.value(depth));
    return result;
  }

  private string(): string {
    const length = this.random.below(20) === 0 ? 400 : this.random.below(7);
    return Array.from({ length }, () => this.random.pick(PIECES)).join('');
  }

  private number(): number {
    const digits = (this.random.below(2 ** 32) / 2 ** 32 - 0.5) * 10 ** this.random.below(30);
    return this.random.pick([Math.round(digits), digits, digits / 1e20, this.random.below(70_000)]);
  }
}

describe('random documents with a hostile alphabet', () => {
  const fuzz = new Fuzz();
  const documents = Array.from({ length: DOCUMENTS }, () => fuzz.document());
  const text = writeYaml(documents);

  test.each([...READERS])('%s reads back what was written', (_name, read) => {
    const got = read(text);
    const wrong = documents.findIndex((document, index) => got[index] !== canonical(document));
    expect({ wrong, got: got[wrong], want: wrong < 0 ? undefined : canonical(documents[wrong]) }).toEqual({ wrong: -1 });
    expect(got).toHaveLength(DOCUMENTS);
  });
});

describe('every short string of signs that numbers and times have', () => {
  const strings = [''];
  for (const text of strings) {
    if (text.length < 4) strings.push(...NUMBER_SIGNS.map((sign) => text + sign));
  }
  const text = writeYaml([{ strings }]);

  test.each([...READERS])('%s reads back a string', (_name, read) => {
    const got = (JSON.parse(read(text)[0] ?? '') as { readonly strings: unknown[] }).strings;
    expect(strings.filter((each, index) => got[index] !== each)).toEqual([]);
    expect(got).toHaveLength(30_941);
  });
});
