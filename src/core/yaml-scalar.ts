/**
 * How a string or a number is written, so that readers of YAML 1.1 (Go's sigs.k8s.io/yaml, hence kubectl and istiod) and
 * of YAML 1.2 (the `yaml` package) both get the same value back.
 *
 * Plain only when no reader could see anything else in it; when in doubt it is quoted. Every pattern here looks at each
 * character once.
 */

/** Letters, digits and the signs of names, paths and hosts: what nearly all strings of a manifest are. */
const NAME = /^[A-Za-z_/][\w./-]*$/;
/** Longest word of any reader that means null, a boolean or a number: `false`. */
const LONGEST_WORD = 5;
const WORDS = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null', 'nan', 'inf']);
/** The `yaml` package in its 1.1 mode takes an exponent without a mantissa for NaN. */
const BARE_EXPONENT = /^[eE][-+]?[0-9]+$/;

/** Sentences, image references, command-line flags: a colon or a space needs something harmless after it. */
const SENTENCE =
  /^(?:[A-Za-z_/$]|--[A-Za-z])(?:[\w./@=+,()*;<>~&$'^%-]|:(?=[\w./@=+,()*;<>~&$'^%:-])| (?=[\w./@=+,()*;<>~&$'^%-]))*$/;

/** Starts with a digit; plain only with what no number, time or date has. */
const DIGIT_FIRST = /^[0-9][\w./-]*$/;
/** Numbers have the letters of hexadecimal, `o`, `p` and `x`; times have `t` and `z`. */
const NO_NUMBER = /[g-nq-su-wyG-NQ-SU-WY/]|^[0-9]+\.[0-9]+\.[0-9]/;

/** Longer strings are no names; the patterns above need memory for each character. */
const LONGEST_PLAIN = 1024;

const NOT_PRINTABLE_ASCII = /[^\x20-\x7e]/;
const NEEDS_ESCAPE_OR_DOUBLING = /["\\]/;

/** Readers refuse or trim some of these, and a reviewer would not see the others: they are written as escapes. */
const INVISIBLE =
  /[\u007f-\u00a0\u00ad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufdd0-\ufdef\ufeff\ufff0-\uffff]/g;

/** A space or tab that a reader, an editor or a hook may take away. */
const TRAILING_SPACE = /[ \t](?:\n|$)/;
const LITERAL_START = /^[^\s]/;
/** What a block literal cannot hold as it is; the tab and the line feed are fine. */
const NOT_LITERAL =
  /[\x00-\x08\x0b-\x1f\u007f-\u00a0\u00ad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufdd0-\ufdef\ufeff\ufff0-\uffff]/;

const LONE_SURROGATE = /\p{Surrogate}/u;

/** True for half of a surrogate pair: such a string is no Unicode text, and no file can hold it. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}

/** The string on one line: plain where that is safe, else in quotes. */
export function writeString(text: string): string {
  return isPlain(text) ? text : quote(text);
}

/** True where the string can stand as a block literal, which keeps scripts and certificates readable. */
export function canBeLiteral(text: string): boolean {
  return (
    text.includes('\n') &&
    LITERAL_START.test(text) &&
    !text.endsWith('\n\n') &&
    !TRAILING_SPACE.test(text) &&
    !NOT_LITERAL.test(text)
  );
}

/**
 * The string as a block literal, from its indicator to its last line, without the last line break.
 *
 * Two or more line breaks at the end would need `|+`: tools that cut a file into documents, and editors, take such
 * lines away, so `canBeLiteral` leaves them to the quotes.
 */
export function writeLiteral(text: string, indent: string): string {
  const ends = text.endsWith('\n');
  const body = ends ? text.slice(0, -1) : text;
  // empty lines stay empty
  return `${ends ? '|' : '|-'}\n${indent}${body.replace(/\n(?!\n)/g, `\n${indent}`)}`;
}

/**
 * A finite number, as `JSON.stringify` has it (`-0` is `0`), with a point in the mantissa of `1.0e+21`: YAML 1.1 wants
 * that and the sign.
 */
export function writeNumber(value: number): string {
  const text = String(value);
  const exponent = text.indexOf('e');
  if (exponent === -1 || text.includes('.')) return text;
  return `${text.slice(0, exponent)}.0${text.slice(exponent)}`;
}

function isPlain(text: string): boolean {
  if (text.length > LONGEST_PLAIN || BARE_EXPONENT.test(text)) return false;
  if (NAME.test(text)) return text.length > LONGEST_WORD || !WORDS.has(text.toLowerCase());
  if (DIGIT_FIRST.test(text)) return NO_NUMBER.test(text);
  return SENTENCE.test(text);
}

function quote(text: string): string {
  if (NOT_PRINTABLE_ASCII.test(text)) return JSON.stringify(text).replace(INVISIBLE, escape);
  // regular expressions and JSON stay readable in single quotes, where nothing is escaped
  return NEEDS_ESCAPE_OR_DOUBLING.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
