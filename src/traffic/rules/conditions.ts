import { StringMatch } from '../../core/string-match';

/**
 * What a match asks of a request, as a set that can be compared with others. Keys tell what is looked at, such as `uri` or
 * `header x-user`.
 */
export interface Conditions {
  readonly wanted: ReadonlyMap<string, StringMatch>;
  /** What a request must not have: it fits none of these. */
  readonly unwanted: ReadonlyMap<string, StringMatch>;
  /** Whether capitals and small letters of `uri` are the same. */
  readonly ignoresUriCase?: boolean;
}

/** True when every request that fits `narrow` fits `wide`, as far as that can be told. */
export function covers(wide: Conditions, narrow: Conditions): boolean {
  // what asks for more things cannot be wider
  if (wide.wanted.size > narrow.wanted.size) return false;
  for (const [key, match] of wide.wanted) {
    const other = narrow.wanted.get(key);
    const isCovered = other !== undefined && (key === 'uri' ? coversUri(match, wide, other, narrow) : match.covers(other) === true);
    if (!isCovered) return false;
  }
  for (const [key, match] of wide.unwanted) {
    const never = narrow.unwanted.get(key);
    const other = narrow.wanted.get(key);
    const isKeptOut = (never !== undefined && never.covers(match) === true) || (other !== undefined && !isList(key) && match.overlaps(other) === false);
    if (!isKeptOut) return false;
  }
  return true;
}

/** True unless it is certain that no request fits both. */
export function mayOverlap(a: Conditions, b: Conditions): boolean {
  for (const [key, match] of a.wanted) {
    const other = b.wanted.get(key);
    if (other === undefined || isList(key)) continue;
    const overlaps = key === 'uri' ? overlapsUri(match, a, other, b) : match.overlaps(other);
    if (overlaps === false) return false;
  }
  return !excludes(a, b) && !excludes(b, a);
}

/** True when no request can fit: one thing is wanted and unwanted. */
export function contradiction({ wanted, unwanted }: Conditions): string | undefined {
  return [...wanted].find(([key, match]) => unwanted.get(key)?.covers(match) === true)?.[0];
}

/** One text for equal conditions: also the order between those that nothing else orders. */
export function conditionsText({ wanted, unwanted, ignoresUriCase }: Conditions): string {
  const lines = [...wanted].map(([key, match]) => `${key}: ${match.toString()}${key === 'uri' && ignoresUriCase === true ? ' in any capitals' : ''}`);
  lines.push(...[...unwanted].map(([key, match]) => `without ${key}: ${match.toString()}`));
  return lines.length === 0 ? 'any request' : lines.sort().join(', ');
}

/** A claim may be a list, of which one value fits the one and another the other. */
function isList(key: string): boolean {
  return key.startsWith('claim ');
}

/** Every request that fits has what the other must not have. */
function excludes(wanting: Conditions, refusing: Conditions): boolean {
  return [...refusing.unwanted].some(([key, match]) => {
    const other = wanting.wanted.get(key);
    return other !== undefined && match.covers(other) === true;
  });
}

function coversUri(match: StringMatch, { ignoresUriCase: wide = false }: Conditions, other: StringMatch, { ignoresUriCase: narrow = false }: Conditions): boolean {
  if (!wide && !narrow) return match.covers(other) === true;
  // what a pattern does with capitals is hard to tell
  if (match.kind === 'regex' || other.kind === 'regex') return false;
  // a text with letters is not what it is in other capitals
  if (!wide && /[a-z]/i.test(match.text)) return false;
  return inSmall(match).covers(inSmall(other)) === true;
}

function overlapsUri(match: StringMatch, { ignoresUriCase: one = false }: Conditions, other: StringMatch, { ignoresUriCase: another = false }: Conditions): boolean | undefined {
  if (!one && !another) return match.overlaps(other);
  return match.kind === 'regex' || other.kind === 'regex' ? undefined : inSmall(match).overlaps(inSmall(other));
}

/** Proxies know the letters of ASCII only; a path has no others. */
function inSmall({ kind, text }: StringMatch): StringMatch {
  const small = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (kind === 'prefix') return StringMatch.prefix(small);
  return kind === 'suffix' ? StringMatch.suffix(small) : StringMatch.exact(small);
}
