import { parseAddress, parseLenientAddress } from './address';

/** Parts of an absolute URI, or of an absolute path, as Go's net/url names them. */
export interface ParsedUri {
  readonly text: string;
  readonly scheme: string;
  /** Host and port, with the brackets of an IPv6 address. */
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly escapedPath: string;
  readonly query: string;
}

const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/;

/**
 * An absolute URI or absolute path (https://pkg.go.dev/net/url#ParseRequestURI); undefined for any other text. A
 * fragment counts as part of the path when the form is checked, and is left out of the parts.
 */
export function parseRequestUri(text: string): ParsedUri | undefined {
   
  if (text === '' || /[\u0000-\u001f\u007f]/.test(text) || text.startsWith(':')) return undefined;
  if (text === '*') return { text, scheme: '', host: '', hostname: '', port: '', escapedPath: '*', query: '' };
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase() ?? '';
  const rest = scheme === '' ? text : text.slice(scheme.length + 1);
  const [path = '', query = ''] = splitOnce(rest, '?');
  if (!path.startsWith('/')) return scheme === '' ? undefined : opaque(text, scheme, query);
  const hasAuthority = path.startsWith('//') && scheme !== '';
  const authority = hasAuthority ? (/^\/\/([^/]*)/.exec(path)?.[1] ?? '') : '';
  const host = hasAuthority ? parseAuthority(scheme, authority) : '';
  const tail = hasAuthority ? path.slice(2 + authority.length) : path;
  if (host === undefined || BAD_ESCAPE.test(tail)) return undefined;
  return {
    text,
    scheme,
    host,
    ...hostAndPort(host),
    escapedPath: escapePath(splitOnce(tail, '#')[0] ?? ''),
    query: splitOnce(query, '#')[0] ?? '',
  };
}

function opaque(text: string, scheme: string, query: string): ParsedUri {
  return { text, scheme, host: '', hostname: '', port: '', escapedPath: '', query: splitOnce(query, '#')[0] ?? '' };
}

function splitOnce(text: string, by: string): readonly string[] {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function parseAuthority(scheme: string, authority: string): string | undefined {
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user) || BAD_ESCAPE.test(user)) return undefined;
  return parseHost(scheme, authority.slice(at + 1));
}

function parseHost(scheme: string, host: string): string | undefined {
  const open = host.lastIndexOf('[');
  if (open > 0) return undefined;
  if (open === 0) return parseBracketed(host);
  const first = host.indexOf(':');
  const last = host.lastIndexOf(':');
  // Go 1.26: the host of an http URL has no colon of its own
  const colon = first !== last && !/^https?$/.test(scheme) ? last : first;
  if (colon >= 0 && !/^:\d*$/.test(host.slice(colon))) return undefined;
  return isHostText(host) ? unescapeText(host) : undefined;
}

function parseBracketed(host: string): string | undefined {
  const close = host.lastIndexOf(']');
  if (close < 0 || !/^(?::\d*)?$/.test(host.slice(close + 1))) return undefined;
  const [address = '', zone] = splitOnce(host.slice(1, close), '%25');
  const isAddress = address.includes(':') && (parseLenientAddress(address) ?? parseAddress(address)) !== undefined;
  return isAddress && zone !== '' ? host.replace('%25', '%') : undefined;
}

/** Escapes in a host may only stand for characters beyond ASCII. */
function isHostText(host: string): boolean {
  return /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"]|[^\u0000-\u007f]|%[89a-fA-F][0-9a-fA-F]|%25)*$/.test(host);
}

function unescapeText(text: string): string {
  return Buffer.from(
    text.replace(/%([0-9a-fA-F]{2})|([^\u0000-\u00ff])/g, (_, hex: string | undefined, wide: string) =>
      hex === undefined ? Buffer.from(wide).toString('latin1') : String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  ).toString('utf8');
}

function hostAndPort(host: string): { readonly hostname: string; readonly port: string } {
  const colon = host.lastIndexOf(':');
  const hasPort = colon >= 0 && /^:\d*$/.test(host.slice(colon)) && !(host.startsWith('[') && colon < host.indexOf(']'));
  const name = hasPort ? host.slice(0, colon) : host;
  return { hostname: name.replace(/^\[(.*)\]$/, '$1'), port: hasPort ? host.slice(colon + 1) : '' };
}

/** The path as it was written where that is a valid encoding, else encoded. */
function escapePath(path: string): string {
  if (/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/[\]]|%[0-9a-fA-F]{2})*$/.test(path)) return path;
  return path.replace(/%[0-9a-fA-F]{2}|[^A-Za-z0-9\-._~$&+,/:;=@]/gu, (part) =>
    /^%[0-9a-fA-F]{2}$/.test(part) ? part : percentEncode(part),
  );
}

function percentEncode(char: string): string {
  return [...Buffer.from(char, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
