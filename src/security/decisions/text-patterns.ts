/** How values of policies are compared with texts, as Istio has proxies do it. */

/**
 * Whether a text fits: exactly, by its beginning (`a*`) or by its end (`*a`); `*` is anything but nothing. An asterisk elsewhere
 * stands for itself.
 */
export function fitsText(pattern: string, text: string): boolean {
  if (pattern === '*') return text !== '';
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  return text === pattern;
}

/** As `fitsText`, of a header: `*` is there at all, be it empty. */
export function fitsHeader(pattern: string, value: string | undefined): boolean {
  return value !== undefined && (pattern === '*' || fitsText(pattern, value));
}

/** Hosts are compared without regard to capitals, and with their port. */
export function fitsHost(pattern: string, host: string): boolean {
  return fitsHeader(pattern.toLowerCase(), host.toLowerCase());
}

/** What may stand in a path where a template says `{*}`; also with slashes where it says `{**}`. */
const IN_SEGMENT = "a-zA-Z0-9\\-._~%!$&'()*+,;:@=";

/** Whether a path, without its query, fits a pattern of policies. */
export function fitsPath(pattern: string, path: string): boolean {
  return isTemplate(pattern) ? templateOf(pattern).test(path) : fitsText(pattern, path);
}

function isTemplate(pattern: string): boolean {
  return pattern.includes('{*}') || pattern.includes('{**}');
}

/** Asterisks without braces mean the same within a template. */
function templateOf(pattern: string): RegExp {
  const parts = pattern.split(/(\{\*\*\}|\{\*\}|\*\*|\*)/);
  const text = parts.map((part) => (/^\{?\*\*\}?$/.test(part) ? `[${IN_SEGMENT}/]*` : /^\{?\*\}?$/.test(part) ? `[${IN_SEGMENT}]+` : part.replace(/[.$^|()[\]{}+?\\]/g, '\\$&'))).join('');
  return new RegExp(`^${text}$`);
}
