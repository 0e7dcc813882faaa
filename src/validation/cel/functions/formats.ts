import { FORMATS as DATA_FORMATS } from '../../formats';
import { parseRequestUri } from '../../formats/uri';
import { dns1035Label, dns1123Label, dns1123Subdomain, labelValue, prefixOf, qualifiedName } from '../../names';
import { Opaque, Optional } from '../values';
import { fn } from './overload';
import type { FunctionEntry } from './overload';

/** What is wrong with a text; empty where nothing is. */
type Check = (text: string) => readonly string[];

class Format extends Opaque {
  public readonly typeName = 'format';

  public constructor(
    public readonly name: string,
    public readonly check: Check,
  ) {
    super();
  }

  public equals(other: Opaque): boolean {
    return other instanceof Format && other.name === this.name;
  }
}

const NAMED: ReadonlyMap<string, Format> = new Map(
  (
    [
      ['dns1123Label', dns1123Label],
      ['dns1123Subdomain', dns1123Subdomain],
      ['dns1035Label', dns1035Label],
      ['qualifiedName', qualifiedName],
      ['dns1123LabelPrefix', prefixOf(dns1123Label)],
      ['dns1123SubdomainPrefix', prefixOf(dns1123Subdomain)],
      ['dns1035LabelPrefix', prefixOf(dns1035Label)],
      ['labelValue', labelValue],
      ['uri', (text) => (parseRequestUri(text) === undefined ? [`parse "${text}": invalid URI for request`] : [])],
      ['uuid', dataFormat('uuid', 'does not match the UUID format')],
      ['byte', dataFormat('byte', 'invalid base64')],
      ['date', dataFormat('date', 'invalid date')],
      ['datetime', dataFormat('datetime', 'invalid datetime')],
    ] as const satisfies readonly (readonly [string, Check])[]
  ).map(([name, check]) => [name, new Format(name, check)]),
);

/** Kubernetes' named formats (the "Format library" of https://kubernetes.io/docs/reference/using-api/cel/). */
export const FORMATS: readonly FunctionEntry[] = [
  ...[...NAMED].map(([name, format]) => fn(`format.${name}(): format`, () => format)),
  fn('format.named(string): optional<format>', (name: string) => {
    const format = NAMED.get(name);
    return format === undefined ? Optional.none : new Optional(format);
  }),
  fn('.validate(format, string): optional<list<string>>', (format: Format, text: string) => {
    const problems = format.check(text);
    return problems.length === 0 ? Optional.none : new Optional(problems);
  }),
];

function dataFormat(name: string, message: string): Check {
  return (text) => (DATA_FORMATS.get(name)?.(text) === false ? [message] : []);
}
