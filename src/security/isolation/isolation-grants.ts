import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import { MeshError } from '../../errors/mesh-error';
import type { MeshService } from '../../traffic/mesh-service';
import { isPart } from '../../traffic/scope/dependencies';
import { accessProgram } from '../access/grants';
import type { Grant } from '../access/grants';
import { policyTarget } from '../access/policy-target';
import type { PolicyTarget } from '../access/policy-target';
import { inOrder, isolationsByCluster } from './isolations';
import type { Isolation } from './isolations';

/**
 * Shuts out all who do not use an isolated namespace, and lets namespaces that do call those of its services that do not say
 * themselves who calls them. What is said of some pods is never widened; and where callers need no grant, none is made.
 *
 * @param roots root namespaces of a cluster's meshes, of which nothing is said: a policy there is for the whole mesh
 */
export function grantUsers(root: IConstruct, roots: (cluster: string) => readonly string[]): void {
  const { grants, denials } = accessProgram(root);
  const known = rootState(root, 'isolationGrants', () => new Set<Grant>());
  // those of an earlier round: a service may have said something since
  for (let index = grants.length - 1; index >= 0; index -= 1) if (known.has(grants[index] as Grant)) grants.splice(index, 1);
  known.clear();
  const closing = closingLabels([...grants.filter(({ action, implied, rule }) => action === 'ALLOW' && !implied && rule.dryRun !== true), ...denials].map(({ target }) => target));
  const services = servicesByPlace(root);
  for (const [cluster, isolations] of isolationsByCluster(root)) {
    const ofMesh = roots(cluster);
    for (const isolation of inOrder(isolations)) {
      const { namespace } = isolation;
      if (ofMesh.includes(namespace)) continue;
      const place = `${cluster}\n${namespace}`;
      for (const grant of [denialOf(isolation), ...grantsOf(isolation, services.get(place) ?? [], closing.get(place) ?? [])]) {
        known.add(grant);
        grants.push(grant);
      }
    }
  }
}

type Labels = Readonly<Record<string, string>>;

/** Labels of pods of which something is said, by cluster and namespace. */
function closingLabels(targets: readonly PolicyTarget[]): Map<string, Labels[]> {
  const closing = new Map<string, Labels[]>();
  for (const target of targets) {
    if (target.selector === undefined) continue;
    const key = `${Cluster.pathOf(target.scope)}\n${target.namespace}`;
    const known = closing.get(key);
    if (known === undefined) closing.set(key, [labelsOf(target)]);
    else known.push(labelsOf(target));
  }
  return closing;
}

/** Callers without an identity are none of those who use it, and shut out as well. */
function denialOf({ construct, subject, namespaces, gateways, readers, site }: Isolation): Grant {
  const except = [subject, ...namespaces, ...gateways, ...readers];
  const saidBy = { construct: construct.node.path, props: { '': 'usedBy' } };
  return { method: 'denyFrom', action: 'DENY', target: policyTarget(undefined, subject, 'denyFrom'), callers: undefined, except, rule: {}, conditions: [], implied: false, saidBy, site };
}

function servicesByPlace(root: IConstruct): Map<string, MeshService[]> {
  const places = new Map<string, MeshService[]>();
  for (const service of rootState(root, 'meshServices', () => new Map<string, MeshService>()).values()) {
    const place = `${Cluster.pathOf(service)}\n${service.namespace}`;
    const known = places.get(place);
    if (known === undefined) places.set(place, [service]);
    else known.push(service);
  }
  return places;
}

function grantsOf({ construct, namespaces, grants, site }: Isolation, services: readonly MeshService[], said: readonly Labels[]): Grant[] {
  if (!grants || namespaces.length === 0) return [];
  const saidBy = { construct: construct.node.path, props: { '': 'usedBy' } };
  return services.flatMap((service): Grant[] => {
    const target = policyTarget(undefined, service, 'allowFrom');
    const labels = labelsOf(target);
    // some pods may be of both: a version of a service is told by more labels than the service
    if (Object.keys(labels).length === 0 || said.some((other) => isPart(labels, other) || isPart(other, labels))) return [];
    return [{ method: 'allowFrom', action: 'ALLOW', target, callers: namespaces, except: undefined, rule: {}, conditions: [], implied: true, saidBy, site }];
  });
}

/** What cannot tell its labels is refused by whoever makes policies of it. */
function labelsOf({ selector }: PolicyTarget): Labels {
  try {
    return selector?.() ?? {};
  } catch (error) {
    if (MeshError.isMeshError(error)) return {};
    throw error;
  }
}
