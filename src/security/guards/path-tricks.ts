import type { MeshSettings } from '../mtls/program-policies';

/** A way to write a path that proxies take for another one, and a service may take for the same. */
export interface PathTrick {
  readonly what: 'slashes' | 'escapes' | 'trailing slash' | 'case';
  /** A path that gets round the rule. */
  readonly example: string;
}

/**
 * The ways round a list of paths, given how the mesh reads paths before it compares them: `//a` and `/a%2Fb` are read as `/a` and
 * `/a/b` on request only; a slash at the end and capitals always count.
 *
 * @see https://istio.io/latest/docs/ops/best-practices/security/#customize-your-system-on-path-normalization
 */
export function tricksRound(paths: readonly string[], meshes: readonly Pick<MeshSettings, 'pathNormalization'>[]): PathTrick[] {
  const kinds = meshes.length === 0 ? [undefined] : meshes.map(({ pathNormalization }) => pathNormalization);
  const merges = kinds.every((kind) => kind === 'MERGE_SLASHES' || kind === 'DECODE_AND_MERGE_SLASHES');
  const decodes = kinds.every((kind) => kind === 'DECODE_AND_MERGE_SLASHES');
  const tricks = paths.flatMap((path): PathTrick[] => {
    if (path === '*' || path === '/*') return [];
    const plain = path.replace(/[*]+$/, '').replace(/\{\*+\}/g, 'x');
    const isOpenEnded = path.endsWith('*') && !path.endsWith('/*');
    // where a slash can be written otherwise: the last, or one more at the beginning
    const written = (slash: string): string => (path.startsWith('*') ? plain.replace(/^\*/, '/x').replace(/\/(?=[^/]*$)/, slash) : plain.indexOf('/', 1) < 0 ? `/${plain.replace('/', slash)}` : `/${plain.slice(1).replace('/', slash)}`);
    return [
      ...(merges || !path.includes('/') ? [] : [{ what: 'slashes', example: path.startsWith('*') ? written('//') : `/${plain}` } as const]),
      ...(decodes || !path.includes('/') ? [] : [{ what: 'escapes', example: written('%2F') } as const]),
      ...(isOpenEnded || path.endsWith('/*') || path.endsWith('{**}') ? [] : [{ what: 'trailing slash', example: path.endsWith('/') ? plain.slice(0, -1) : `${plain}/` } as const]),
      ...(/[a-z]/.test(plain) ? [{ what: 'case', example: plain.toUpperCase() } as const] : []),
    ];
  });
  return tricks.filter(({ what }, index) => tricks.findIndex((other) => other.what === what) === index);
}
