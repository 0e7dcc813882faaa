import type { MeshSettings } from './program-policies';

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
    const inner = plain.replace(/^\*/, '').indexOf('/', 1);
    return [
      ...(merges || !path.startsWith('/') ? [] : [{ what: 'slashes', example: `/${plain}` } as const]),
      ...(decodes || inner < 0 ? [] : [{ what: 'escapes', example: `${plain.slice(0, plain.indexOf('/', 1))}%2F${plain.slice(plain.indexOf('/', 1) + 1)}` } as const]),
      ...(isOpenEnded || path.endsWith('/*') || path.endsWith('{**}') ? [] : [{ what: 'trailing slash', example: path.endsWith('/') ? plain.slice(0, -1) : `${plain}/` } as const]),
      ...(/[a-z]/.test(plain) ? [{ what: 'case', example: plain.toUpperCase() } as const] : []),
    ];
  });
  return tricks.filter(({ what }, index) => tricks.findIndex((other) => other.what === what) === index);
}
