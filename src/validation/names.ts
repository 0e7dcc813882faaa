/**
 * Forms of names, labels and keys. Each check gives what is wrong, in words, or nothing.
 *
 * Sources: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 */
export type NameCheck = (name: string) => readonly string[];

const NONE: readonly string[] = [];
const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

export const DNS_SUBDOMAIN_TEXT = 'a DNS name: lower-case letters, digits, - and ., beginning and ending with a letter or digit';
export const DNS_LABEL_TEXT = 'a DNS label: lower-case letters, digits and -, beginning and ending with a letter or digit';

/** `my-name`, at most 63 characters. */
export function dns1123Label(name: string): readonly string[] {
  if (name.length <= 63 && LABEL.test(name)) return NONE;
  return [...tooLong(name, 63), ...(LABEL.test(name) ? [] : [DNS_LABEL_TEXT])];
}

/** As `dns1123Label`, beginning with a letter: the name of a Service. */
export function dns1035Label(name: string): readonly string[] {
  if (name.length <= 63 && LABEL_1035.test(name)) return NONE;
  const form = 'a DNS label that begins with a letter: lower-case letters, digits and -';
  return [...tooLong(name, 63), ...(LABEL_1035.test(name) ? [] : [form])];
}

/** `my-name.example.com`, at most 253 characters. */
export function dns1123Subdomain(name: string): readonly string[] {
  if (name.length <= 253 && isSubdomain(name)) return NONE;
  return [...tooLong(name, 253), ...(isSubdomain(name) ? [] : [DNS_SUBDOMAIN_TEXT])];
}

function isSubdomain(name: string): boolean {
  return name.includes('.') ? name.split('.').every((part) => LABEL.test(part)) : LABEL.test(name);
}

/** `example.com/name` or `name`: the key of a label or annotation. */
export function qualifiedName(name: string): readonly string[] {
  const slash = name.indexOf('/');
  const local = name.slice(slash + 1);
  if (local.length <= 63 && QUALIFIED.test(local) && (slash < 0 || dns1123Subdomain(name.slice(0, slash)) === NONE)) return NONE;
  if (local.includes('/')) return ['a name with at most one /'];
  const prefix = slash < 0 ? NONE : dns1123Subdomain(name.slice(0, slash)).map((problem) => `before the /, ${problem}`);
  const form = 'letters, digits, -, _ and ., beginning and ending with a letter or digit';
  return [...prefix, ...tooLong(local, 63), ...(QUALIFIED.test(local) ? [] : [form])];
}

/** A label's value: empty or like the name part of its key. */
export function labelValue(value: string): readonly string[] {
  if (value === '' || (value.length <= 63 && QUALIFIED.test(value))) return NONE;
  const form = 'nothing, or letters, digits, -, _ and ., beginning and ending with a letter or digit';
  return [...tooLong(value, 63), ...(QUALIFIED.test(value) ? [] : [form])];
}

/** A name that can stand in a URL path: all that RBAC asks of its names. */
export function pathSegment(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`a name that is not ${name}`];
  return /[/%]/.test(name) ? ['a name without / and %'] : NONE;
}

/** The check for a text that is the beginning of a name, as `generateName` is: it may end with a dash. */
export function prefixOf(check: NameCheck): NameCheck {
  if (check === pathSegment) return (name) => (/[/%]/.test(name) ? ['a text without / and %'] : NONE);
  return (name) => check(name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);
}

/** A name of the wanted form that is nearest to what was given, where one can be told. */
export function nearestName(given: string, check: NameCheck): string | undefined {
  const plain = given.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-');
  const [dotted, dashed] = [plain, plain.replaceAll('.', '-')].map((name) => name.replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, ''));
  return [dotted, dashed].find((name): name is string => name !== undefined && name !== '' && name !== given && check(name) === NONE);
}

function tooLong(text: string, limit: number): readonly string[] {
  return text.length > limit ? [`at most ${limit} characters`] : NONE;
}
