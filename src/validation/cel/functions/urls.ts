import { parseRequestUri } from '../../formats/uri';
import type { ParsedUri } from '../../formats/uri';
import { CelError, makeMap, Opaque } from '../values';
import { fn } from './overload';
import type { FunctionEntry } from './overload';

class Url extends Opaque {
  public readonly typeName = 'url';

  public constructor(public readonly parts: ParsedUri) {
    super();
  }

  public equals(other: Opaque): boolean {
    return other instanceof Url && other.parts.text === this.parts.text;
  }
}

/** Kubernetes' URL functions: absolute URLs and absolute paths, as Go's url.ParseRequestURI takes them. */
export const URLS: readonly FunctionEntry[] = [
  fn('url(string): url', (text: string) => {
    const parts = parseRequestUri(text);
    if (parts === undefined) throw new CelError(`URL parse error during conversion from string: "${text}"`);
    return new Url(parts);
  }),
  fn('isURL(string): bool', (text: string) => parseRequestUri(text) !== undefined),
  fn('.getScheme(url): string', (url: Url) => url.parts.scheme),
  fn('.getHost(url): string', (url: Url) => url.parts.host),
  fn('.getHostname(url): string', (url: Url) => url.parts.hostname),
  fn('.getPort(url): string', (url: Url) => url.parts.port),
  fn('.getEscapedPath(url): string', (url: Url) => url.parts.escapedPath),
  fn('.getQuery(url): map<string, list<string>>', query),
];

function query(url: Url): ReturnType<typeof makeMap> {
  const values = new Map<string, string[]>();
  for (const part of url.parts.query.split('&')) {
    // Go leaves out what holds a semicolon or a wrong escape
    const [key, value] = part === '' || part.includes(';') ? [] : decodePair(part);
    if (key === undefined || value === undefined) continue;
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return makeMap([...values]);
}

function decodePair(part: string): readonly [string, string] | readonly [] {
  const at = part.indexOf('=');
  const raw = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
  try {
    const [key = '', value = ''] = raw.map((text) => decodeURIComponent(text.replace(/\+/g, ' ')));
    return [key, value];
  } catch {
    return [];
  }
}
