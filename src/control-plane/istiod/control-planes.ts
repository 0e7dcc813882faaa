import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { addPlanner } from '../../core/planner';
import { rootState } from '../../core/root-state';
import { closest } from '../../errors/closest';
import type { Finding } from '../../errors/finding';
import { MeshError, meshError } from '../../errors/mesh-error';
import type { ResourceScope } from '../component';

/** What a cluster has once: a control plane of a revision, and a tag. Whatever makes one of these registers it here. */

/** A control plane, as the others of its cluster see it. */
export interface ControlPlaneEntry {
  readonly construct: IConstruct;
  readonly namespace: string;
  /** Undefined for the default revision. */
  readonly revision: string | undefined;
  /** Whether it has pods injected that name its revision. */
  readonly injects: boolean;
  readonly resourceScope: ResourceScope;
}

/** A name of a revision that can move to another one. */
export interface TagEntry {
  readonly construct: IConstruct;
  readonly property: string;
  readonly tag: string;
  readonly resourceScope: ResourceScope;
  /** Revision that must be there, by name; undefined where it is known to be. */
  readonly needs?: { readonly namespace: string; readonly revision: string };
}

interface Registry {
  readonly controlPlanes: ControlPlaneEntry[];
  readonly tags: TagEntry[];
}

/** @throws MeshError when the cluster has a control plane of that revision, or a tag of that name. */
export function registerControlPlane(entry: ControlPlaneEntry): void {
  const { controlPlanes, tags } = registryOf(entry.construct);
  const other = controlPlanes.find((each) => isSame(each, entry));
  if (other !== undefined) {
    const revision = entry.revision === undefined ? 'the default revision' : `the revision "${entry.revision}"`;
    throw meshError({
      code: 'revision-twice',
      construct: entry.construct.node.path,
      property: 'revision',
      got: `${revision}, which ${other.construct.node.path} is of`,
      expected: 'a revision that no other control plane of the cluster has: both would inject the same pods',
      fix: 'give one of them another revision, or injectorWebhook: false and a namespace of its own',
    });
  }
  const tag = tags.find((each) => overlap(each, entry) && collides(each.tag, entry));
  if (tag !== undefined) throw meshError(tagIsRevision(tag, entry, entry.construct, 'revision'));
  controlPlanes.push(entry);
}

/** @throws MeshError when the cluster has such a tag already, or a revision of that name. */
export function registerTag(entry: TagEntry): void {
  const { controlPlanes, tags } = registryOf(entry.construct);
  const other = tags.find((each) => each.tag === entry.tag && overlap(each, entry));
  if (other !== undefined) {
    throw meshError({
      code: 'tag-twice',
      construct: entry.construct.node.path,
      property: entry.property,
      got: `"${entry.tag}", which ${other.construct.node.path} makes`,
      expected: 'a tag that nothing else of the cluster makes: it stands for one revision',
      fix: 'leave one of them out',
    });
  }
  const revision = controlPlanes.find((each) => each.construct !== entry.construct && overlap(each, entry) && collides(entry.tag, each));
  if (revision !== undefined) throw meshError(tagIsRevision(entry, revision, entry.construct, entry.property));
  tags.push(entry);
  if (entry.needs !== undefined) addPlanner(entry.construct, { key: 'revision-tags', plan: () => requireRevisions(entry.construct) });
}

/** Whether a construct of the cluster makes such a tag, and so what goes with it. */
export function hasTag(construct: IConstruct, tag: string): boolean {
  return registryOf(construct).tags.some((each) => each.tag === tag);
}

function registryOf(construct: IConstruct): Registry {
  const clusters = rootState(construct, 'controlPlanes', () => new Map<string, Registry>());
  const cluster = Cluster.pathOf(construct);
  const known = clusters.get(cluster) ?? { controlPlanes: [], tags: [] };
  clusters.set(cluster, known);
  return known;
}

/** Only at synthesis is it known which revisions there are. */
function requireRevisions(construct: IConstruct): void {
  const registries = rootState(construct, 'controlPlanes', () => new Map<string, Registry>());
  const findings = [...registries.values()].flatMap(({ controlPlanes, tags }) => tags.flatMap((tag) => missingRevision(tag, controlPlanes)));
  if (findings.length > 0) throw new MeshError(findings);
}

function missingRevision({ construct, needs }: TagEntry, controlPlanes: readonly ControlPlaneEntry[]): readonly Finding[] {
  if (needs === undefined) return [];
  const inNamespace = controlPlanes.filter((each) => each.namespace === needs.namespace).map((each) => each.revision ?? 'default');
  if (inNamespace.includes(needs.revision)) return [];
  const meant = closest(needs.revision, inNamespace);
  return [
    {
      code: 'unknown-revision',
      construct: construct.node.path,
      property: 'revision',
      got: `"${needs.revision}", of which no control plane in namespace ${needs.namespace} is`,
      expected: inNamespace.length === 0 ? 'the revision of an Istiod of this program' : `one of ${inNamespace.sort().join(', ')}`,
      fix: meant === undefined ? 'make that Istiod, or give external: true where another program does' : `did you mean "${meant}"?`,
    },
  ];
}

/** Of one revision and in one namespace objects have the same names; in two, webhooks still select the same pods. */
function isSame(a: ControlPlaneEntry, b: ControlPlaneEntry): boolean {
  return a.revision === b.revision && overlap(a, b) && (a.namespace === b.namespace || (a.injects && b.injects));
}

/** The cluster-wide objects and the others of one control plane may be made apart. */
function overlap(a: { readonly resourceScope: ResourceScope }, b: { readonly resourceScope: ResourceScope }): boolean {
  return a.resourceScope === 'all' || b.resourceScope === 'all' || a.resourceScope === b.resourceScope;
}

function collides(tag: string, { revision, injects }: ControlPlaneEntry): boolean {
  return revision === undefined ? injects && tag === 'default' : tag === revision;
}

function tagIsRevision({ tag }: TagEntry, entry: ControlPlaneEntry, construct: IConstruct, property: string): Finding {
  return {
    code: 'tag-is-revision',
    construct: construct.node.path,
    property,
    got: `"${tag}", which is both a tag and the revision of ${entry.construct.node.path}`,
    expected: 'a tag that is no revision: both would inject the same pods',
    fix: entry.revision === undefined ? 'give the control plane of the default revision a name, or injectorWebhook: false' : 'give the tag another name',
  };
}
