import type { Finding } from '../../errors/finding';
import { findingOf } from './grant-finding';
import { tricksRound } from './path-tricks';
import type { NamedGrant } from '../access/policy-rules';
import type { ClusterPolicies } from '../mtls/program-policies';

/** A path that is shut out by how it is written is open to whoever writes it otherwise. */
export function openPaths(grant: NamedGrant, { meshes }: ClusterPolicies): Finding[] {
  const { action, rule } = grant;
  const key = action === 'ALLOW' ? 'notPaths' : 'paths';
  const paths = rule[key];
  if (action === 'AUDIT' || rule.pathsAsWritten === true) return [];
  const climbing = climbingPaths(grant, key === 'paths' ? 'notPaths' : 'paths', meshes);
  if (paths === undefined || climbing.some(({ severity }) => severity !== 'warning')) return climbing;
  const tricks = tricksRound(paths, meshes);
  if (tricks.length === 0) return climbing;
  const isOnlyCase = tricks.every(({ what }) => what === 'case');
  const fix = action === 'ALLOW' ? 'name the paths that are allowed in paths' : 'say what is not meant in notPaths, so that what is written otherwise is meant';
  const known = meshes.length === 0 ? '' : `; the mesh's pathNormalization is ${[...new Set(meshes.map(({ pathNormalization }) => pathNormalization ?? 'BASE'))].join(', ')}`;
  return [
    ...climbing,
    findingOf(grant, key, {
      code: 'open-path',
      ...(isOnlyCase ? { severity: 'warning' as const } : {}),
      got: `paths that are got round by ${tricks.map(({ example, what }) => `${example} (${what})`).join(', ')}${known}`,
      expected: 'a rule that does not hang on how a path is written',
      fix: `${fix}; or say pathsAsWritten: true where the service takes these for other paths`,
    }),
  ];
}

/** Where paths are compared as they come, one that is let in may climb out again: `/public/../admin`. */
function climbingPaths(grant: NamedGrant, key: 'paths' | 'notPaths', meshes: ClusterPolicies['meshes']): Finding[] {
  const open = grant.rule[key]?.find(isBeginning);
  const kinds = meshes.map(({ pathNormalization }) => pathNormalization ?? 'BASE');
  if (open === undefined) return [];
  if (kinds.includes('NONE')) {
    return [
      findingOf(grant, key, {
        code: 'open-path',
        got: `${open}, which ${below(open, '../admin')} fits; the mesh's pathNormalization is NONE`,
        expected: 'paths of which nothing leads to others',
        fix: 'leave pathNormalization at BASE or more; or say pathsAsWritten: true where the service takes dots for part of a name',
      }),
    ];
  }
  const loose = kinds.find((kind) => kind !== 'DECODE_AND_MERGE_SLASHES');
  if (loose === undefined || !isForEverybody(grant)) return [];
  return [
    findingOf(grant, key, {
      code: 'open-path',
      severity: 'warning',
      got: `${open}, open to everybody, which ${below(open, '..%2Fadmin')} fits; the mesh's pathNormalization is ${loose}`,
      expected: 'paths of which nothing leads to others, as a service may read %2F as a slash',
      fix: "set the mesh's pathNormalization to DECODE_AND_MERGE_SLASHES; or say pathsAsWritten: true where the service takes %2F for part of a name",
    }),
  ];
}

function isBeginning(path: string): boolean {
  return path.length > 2 && /[*}]$/.test(path) && path.startsWith('/');
}

/** A path that fits the beginning, and leads out of it where the service reads it so. */
function below(beginning: string, rest: string): string {
  return `${beginning.replace(/\/?(?:\*|\{\*+\})$/, '')}/${rest}`;
}

/** Whom no other rule of the same pods can know: callers without a name, a token or an address. */
function isForEverybody({ action, from, conditions }: NamedGrant): boolean {
  if (action === 'CUSTOM') return false;
  return conditions.length === 0 && from.some(({ source, conditions: own }) => Object.keys(source).length === 0 && own.length === 0);
}

/** A host that is shut out by its end is open to whoever writes a port behind it; Istio compares one asterisk only. */
export function openHosts(grant: NamedGrant): Finding[] {
  const { action, rule } = grant;
  const key = action === 'ALLOW' ? 'notHosts' : 'hosts';
  const open = action === 'AUDIT' ? undefined : rule[key]?.find((host) => host.length > 1 && host.startsWith('*') && !/:\d+$/.test(host));
  if (open === undefined) return [];
  const fix = action === 'ALLOW' ? 'name the hosts that are allowed in hosts' : 'name the hosts one by one, or say what is not meant in notHosts';
  return [findingOf(grant, key, { code: 'open-host', got: `${open}, which is got round by ${open.replace('*', 'a')}:80`, expected: 'hosts in full, which are compared with any port', fix })];
}
