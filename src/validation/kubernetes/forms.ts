/** Forms of texts in fields of Kubernetes' own kinds; each check gives what is wrong, in words, or nothing. */
import { masked, parseAddress, parseLenientAddress, parsePrefix } from '../formats/address';
import type { Address, Prefix } from '../formats/address';
import { dns1123Label, dns1123Subdomain, pathSegment, qualifiedName } from '../names';
import type { NameCheck } from '../names';

const NONE: readonly string[] = [];

function matching(expression: RegExp, expected: string): NameCheck {
  const wrong = [expected];
  return (text) => (expression.test(text) ? NONE : wrong);
}

/** The name of a port: `http-web`, at most 15 characters (RFC 6335). */
export const portName: NameCheck = matching(
  /^(?=.{1,15}$)(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  'a name of a port: at most 15 lower-case letters, digits and single dashes between them, one letter at least',
);

export const percentage: NameCheck = matching(/^[0-9]+%$/, 'a percentage such as 25%');

export const httpHeaderName: NameCheck = matching(/^[-A-Za-z0-9]+$/, 'the name of an HTTP header: letters, digits and -');

/** Since Kubernetes 1.34 all that can be printed, but for the sign that ends the name. */
export const environmentName: NameCheck = matching(/^[ -<>-~]+$/, 'a name of printable ASCII characters other than =');

/** The key of a ConfigMap or Secret, which becomes the name of a file. */
export const configKey: NameCheck = (text) => {
  if (text.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(text) && text !== '.' && !text.startsWith('..')) return NONE;
  return ['a key of at most 253 letters, digits, -, _ and ., which is not . and does not begin with ..'];
};

/** A DNS name whose labels may hold underscores, as search domains do. */
export const subdomainWithUnderscores: NameCheck = (text) => {
  const isFine = text.length <= 253 && text.split('.').every((part) => /^_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/.test(part));
  return isFine ? NONE : ['a DNS name: lower-case letters, digits, -, _ and .'];
};

/** `*.example.com`. */
export const wildcardSubdomain: NameCheck = (text) => {
  const isFine = text.length <= 253 && text.startsWith('*.') && dns1123Subdomain(text.slice(2)).length === 0;
  return isFine ? NONE : ['a DNS name, or one that begins with *.'];
};

/** `example.com.`, two labels at least. */
export const fullyQualifiedDomain: NameCheck = (text) => {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const labels = name.split('.');
  const isFine = labels.length > 1 && dns1123Subdomain(name).length === 0 && labels.every((label) => dns1123Label(label).length === 0);
  return isFine ? NONE : ['a DNS name of two labels at least'];
};

/** `validate.example.com`, three labels at least: the name of a webhook. */
export const fullyQualifiedName: NameCheck = (text) => {
  const wrong = dns1123Subdomain(text);
  return wrong.length === 0 && text.split('.').length < 3 ? ['a DNS name of three labels at least'] : wrong;
};

/** `example.com/signer`. */
export const domainPath: NameCheck = (text) => {
  const slash = text.indexOf('/');
  const isFine = slash > 0 && dns1123Subdomain(text.slice(0, slash)).length === 0 && /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(text.slice(slash + 1));
  return isFine ? NONE : ['a path that begins with a domain, such as example.com/name'];
};

export const pathName: NameCheck = pathSegment;

/** `example.com/name`: a qualified name that has a domain. */
export const prefixedName: NameCheck = (text) => {
  const wrong = qualifiedName(text);
  return wrong.length === 0 && !text.includes('/') ? ['a name with a domain before it, such as example.com/name'] : wrong;
};

/** A path below another folder: it neither is absolute nor leads upwards. */
export const descendingPath: NameCheck = (text) => (text.startsWith('/') ? ['a relative path', ...noBacksteps(text)] : noBacksteps(text));

export const noBacksteps: NameCheck = (text) => (text.includes('..') && text.split('/').includes('..') ? ['a path without ..'] : NONE);

/** As `descendingPath`, and not a name that the kubelet keeps for itself. */
export const localPath: NameCheck = (text) => {
  const wrong = descendingPath(text);
  return text.startsWith('..') && !text.startsWith('../') ? [...wrong, 'a path that does not begin with ..'] : wrong;
};

/** An IP address in the one way that all programs read the same. */
export const ipAddress: NameCheck = (text) => (parseAddress(text) === undefined ? ['an IP address, such as 10.9.8.7 or 2001:db8::1'] : NONE);

/** A network whose address has no bits beyond the prefix. */
export const network: NameCheck = (text) => {
  const prefix = parsePrefix(text);
  return prefix !== undefined && masked(prefix).address.value === prefix.address.value ? NONE : ['a network, such as 10.9.8.0/24 or 2001:db8::/64'];
};

export function isIpAddress(text: string): boolean {
  return parseLenientAddress(text) !== undefined;
}

/** Networks of which no address leads to another machine. */
const NO_ENDPOINTS: readonly { readonly network: Prefix; readonly what: string }[] = [
  ['127.0.0.0/8', 'the machine itself'],
  ['::1/128', 'the machine itself'],
  ['0.0.0.0/32', 'any address'],
  ['::/128', 'any address'],
  ['169.254.0.0/16', 'the local link'],
  ['fe80::/10', 'the local link'],
  ['224.0.0.0/24', 'the local link'],
  ['ff02::/16', 'the local link'],
].flatMap(([text = '', what = '']) => {
  const prefix = parsePrefix(text);
  return prefix === undefined ? [] : [{ network: prefix, what }];
});

/** An address that an endpoint can have. */
export const endpointAddress: NameCheck = (text) => {
  const address = parseAddress(text);
  if (address === undefined) return ipAddress(text);
  const found = NO_ENDPOINTS.find((each) => isIn(address, each.network));
  return found === undefined ? NONE : [`an address of an endpoint: this one stands for ${found.what}`];
};

export function isIn(address: Address, prefix: Prefix): boolean {
  if (address.bits !== prefix.address.bits) return false;
  return masked({ address, length: prefix.length }).address.value === masked(prefix).address.value;
}
