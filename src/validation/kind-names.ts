import { dns1035Label, dns1123Label, dns1123Subdomain, pathSegment } from './names';
import type { NameCheck } from './names';

/** Kinds of Kubernetes whose names take another form than the usual DNS subdomain. */
const SPECIAL: ReadonlyMap<string, NameCheck> = new Map([
  ['/Namespace', dns1123Label],
  ['apps/StatefulSet', dns1123Label],
  ['rbac.authorization.k8s.io/Role', pathSegment],
  ['rbac.authorization.k8s.io/RoleBinding', pathSegment],
  ['rbac.authorization.k8s.io/ClusterRole', pathSegment],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', pathSegment],
  ['batch/CronJob', cronJob],
  // the one kind whose names are not looked at before they become part of a path
  ['policy/PodDisruptionBudget', pathSegment],
]);

/** The controller appends eleven characters to make the names of the jobs. */
function cronJob(name: string): readonly string[] {
  return [...dns1123Subdomain(name), ...(name.length > 52 ? ['at most 52 characters'] : [])];
}

/** The form of the names of a kind, as the given release of Kubernetes checks it. */
export function nameCheckOf(group: string, kind: string, kubernetes: string): NameCheck {
  // since 1.36 the name of a Service may begin with a digit, like other labels
  if (group === '' && kind === 'Service') return minorOf(kubernetes) >= 36 ? dns1123Label : dns1035Label;
  return SPECIAL.get(`${group}/${kind}`) ?? dns1123Subdomain;
}

/** False for the kind that gets a name from the server where it has none. */
export function needsName(group: string, kind: string): boolean {
  return !(group === '' && kind === 'LimitRange');
}

function minorOf(release: string): number {
  return Number(release.split('.')[1] ?? 0);
}
