/** How the mesh has proxies read paths before they compare them: `pathNormalization` of its configuration. */
export type PathNormalization = 'NONE' | 'BASE' | 'MERGE_SLASHES' | 'DECODE_AND_MERGE_SLASHES';

/**
 * The path that policies are compared with: normalized, and without its query.
 *
 * @see https://istio.io/latest/docs/ops/best-practices/security/#customize-your-system-on-path-normalization
 */
export function comparedPath(path: string, normalization: PathNormalization): string {
  const [plain = ''] = path.split(/[?#]/, 1);
  if (normalization === 'NONE') return plain;
  const decoded = normalization === 'DECODE_AND_MERGE_SLASHES' ? plain.replace(/%2F/gi, '/').replace(/%5C/gi, '\\') : plain;
  const canonical = withoutDots(decoded);
  return normalization === 'BASE' ? canonical : canonical.replace(/\/{2,}/g, '/');
}

/** Dots lead upward, escaped or not; a backslash is a slash; letters, digits and the like are not left escaped, and braces and the like are not left plain. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.replaceAll('\\', '/').split('/').slice(1);
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    const dots = segment.replace(/%2e/gi, '.');
    if (dots !== '.' && dots !== '..') return void kept.push(unescaped(segment));
    if (dots === '..') kept.pop();
    if (isLast) kept.push('');
  });
  return `/${kept.join('/')}`;
}

function unescaped(segment: string): string {
  const plain = segment.replace(/%([0-9a-f]{2})/gi, (escape, digits: string) => {
    const char = String.fromCharCode(parseInt(digits, 16));
    return /[A-Za-z0-9\-._~]/.test(char) ? char : escape;
  });
  // what no path may hold as it is
  return plain.replace(/["<>^`{|}]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
