import type { IConstruct } from 'constructs';
import type { Finding } from '../../errors/finding';
import type { Grant } from '../access/grants';
import { policiesAround, programPolicies } from '../mtls/program-policies';

/**
 * Beginnings of paths that nobody is asked about, where a path can lead out of them again: to a proxy `/public/..%2Fadmin` begins so,
 * and to a service it may be `/admin`. With NONE, which lets `/public/../admin` through as it is, any such rule is an error already.
 *
 * @see https://istio.io/latest/docs/ops/best-practices/security/#customize-your-system-on-path-normalization
 */
export function openExemptions(root: IConstruct, grants: readonly Grant[]): Finding[] {
  const exempting = grants.filter(({ rule }) => rule.pathsAsWritten !== true && rule.notPaths?.some(isBeginning) === true);
  if (exempting.length === 0) return [];
  const policies = programPolicies(root);
  return exempting.flatMap(({ target, rule }) => {
    const { meshes } = policiesAround(target.scope, policies);
    const loose = meshes.map(({ pathNormalization }) => pathNormalization ?? 'BASE').find((kind) => kind !== 'DECODE_AND_MERGE_SLASHES' && kind !== 'NONE');
    const open = rule.notPaths?.find(isBeginning);
    if (loose === undefined || open === undefined) return [];
    return [
      {
        construct: target.scope.node.path,
        property: 'custom.notPaths',
        code: 'open-path',
        severity: 'warning' as const,
        got: `${open}, about which nobody is asked, and which ${open.replace(/\/?(?:\*|\{\*+\})$/, '')}/..%2Fadmin fits; the mesh's pathNormalization is ${loose}`,
        expected: 'paths of which nothing leads to others, as a service may read %2F as a slash',
        fix: "set the mesh's pathNormalization to DECODE_AND_MERGE_SLASHES; or say pathsAsWritten: true where these paths lead to a service that does not",
      },
    ];
  });
}

function isBeginning(path: string): boolean {
  return path.length > 2 && path.startsWith('/') && /[*}]$/.test(path);
}
