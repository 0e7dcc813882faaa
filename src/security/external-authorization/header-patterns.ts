import { describeValue } from '../../core/refusal';
import { refuse, requireNames, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';

const NAME = /^\*?[!#$%&'+.^_`|~0-9A-Za-z-]+\*?$/;
/** Envoy's variables, and the sign that they begin with. */
const VARIABLES = /%%|%[A-Z][A-Z0-9_]*(?:\([^)%]*\))?(?::\d+)?%/g;
/** What a check always has of the request, whatever is said of headers. */
const ALWAYS_IN_CHECK = ['authorization', 'host', 'content-length'];
/** Never headers of a check's own: they tell the authorizer which request it is about. */
const OF_THE_REQUEST = ['host', 'content-length', 'transfer-encoding', 'connection'];

/**
 * Names of headers in the small letters that proxies compare by, each perhaps with an asterisk at one end.
 *
 * @throws MeshError for anything else: Istio would refuse the whole authorizer, and with it every request.
 */
export function headerPatterns(place: Place, given: unknown): readonly string[] {
  if (!Array.isArray(given)) throw refuse(place, 'bad-headers', describeValue(given), 'a list of names of headers', 'write ["x-user"]');
  return [...new Set((given as readonly unknown[]).map((each) => pattern(place, each)))].sort();
}

function pattern(place: Place, given: unknown): string {
  if (given === '*') throw refuse(place, 'bad-headers', '"*"', 'names of headers: Istio takes no asterisk alone, and refuses every request', 'name the headers, or what they begin with: "x-auth-*"');
  const isRight = typeof given === 'string' && NAME.test(given) && !(given.startsWith('*') && given.endsWith('*'));
  if (isRight) return given.toLowerCase();
  throw refuse(place, 'bad-headers', describeValue(given), 'the name of a header, such as "x-user", perhaps with an asterisk at one end', 'path, method and host always go into the check');
}

/** Names as above, of headers that are taken out of requests. @throws MeshError for those without which there is no request, too. */
export function removablePatterns(place: Place, given: unknown): readonly string[] {
  const patterns = headerPatterns(place, given);
  const wrong = patterns.find((each) => OF_THE_REQUEST.includes(each));
  if (wrong === undefined) return patterns;
  throw refuse(place, 'bad-headers', describeValue(wrong), 'headers that a request can do without', 'take it out');
}

/** Headers with values, by names in small letters. @throws MeshError when one cannot be, or is there twice. */
export function headerValues(place: Place, given: unknown): Readonly<Record<string, string>> {
  // what was given in its place may be a secret: neither is shown
  if (typeof given !== 'object') throw refuse(place, 'bad-props', `a ${typeof given}`, 'an object with headers by their names', 'write { "x-tenant": "shop" }');
  requireNames(place, given);
  const entries = Object.entries(given as Readonly<Record<string, unknown>>).map(([name, value]) => {
    const at = within(place, name);
    const lower = name.toLowerCase();
    if (!NAME.test(name) || name.includes('*') || OF_THE_REQUEST.includes(lower)) {
      throw refuse(at, 'bad-headers', describeValue(name), 'the name of a header of the check itself, such as "x-tenant"', 'take it out');
    }
    const text = typeof value === 'string' ? value : '';
    if (text === '') throw refuse(at, 'bad-text', value === '' ? 'an empty text' : 'something that is no text', 'a text', 'write it in quotes');
    if (/[\0\r\n]/.test(text)) throw refuse(at, 'bad-text', 'a text with a line break', 'a text on one line', 'take the line break out');
    if (text.replace(VARIABLES, '').includes('%')) throw refuse(at, 'bad-text', 'a text with "%" in it', "Envoy's variables, such as %REQ(:path)%: proxies refuse their whole configuration for any other", 'write %% for the sign itself');
    return [lower, text] as const;
  });
  const second = entries.find(([name], index) => entries.findIndex(([other]) => other === name) < index);
  if (second !== undefined) throw refuse(place, 'bad-headers', `${describeValue(second[0])} twice`, 'each header once: capitals do not tell them apart', 'take one of them out');
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Of the headers that an authorizer sets, those that it does not get from the request: the request's own would be taken for its.
 *
 * @throws MeshError where a name with an asterisk stands for some that it gets and some that it does not.
 */
export function notAsked(place: Place, set: readonly string[], inCheck: readonly string[]): readonly string[] {
  const asked = [...ALWAYS_IN_CHECK, ...inCheck];
  const left = set.filter((name) => !asked.some((each) => covers(each, name)));
  const both = left.flatMap((name) => asked.filter((each) => meet(name, each)).map((each) => [name, each] as const))[0];
  if (both === undefined) return left;
  throw refuse(place, 'bad-headers', `${describeValue(both[0])}, of which the check gets ${describeValue(both[1])} from the request`, 'headers that the authorizer sets, or headers that it is sent', 'name them one by one, or say in ownHeaders which ones clients may not set');
}

/** Whether a header, in small letters, is one of those that a name stands for. */
export function fitsPattern(pattern: string, header: string): boolean {
  return covers(pattern, header);
}

/** Whether some header may fit both. */
function meet(one: string, other: string): boolean {
  if (covers(one, other) || covers(other, one)) return true;
  return (one.endsWith('*') && other.startsWith('*')) || (one.startsWith('*') && other.endsWith('*'));
}

/** Whether every header that fits the one fits the other. */
function covers(wide: string, narrow: string): boolean {
  if (wide.endsWith('*')) return !narrow.startsWith('*') && narrow.replace(/\*$/, '').startsWith(wide.slice(0, -1));
  if (wide.startsWith('*')) return !narrow.endsWith('*') && narrow.replace(/^\*/, '').endsWith(wide.slice(1));
  return wide === narrow;
}
