import type { IConstruct } from 'constructs';
import type { JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { MeshObject } from './mesh-object';
import type { OrderedItem } from './order';
import { isInjected } from './injected-pods';
import { Stage, stageOfKind } from './stage';
import type { SynthObject } from './synthesis';

/** An object in the order of the program. */
export interface ObjectItem extends OrderedItem {
  readonly object: SynthObject;
}

/** All objects under a construct, as one thing to come after: a thousand objects that need a thousand stay linear. */
export interface GroupItem extends OrderedItem {
  readonly root: IConstruct;
  readonly members: readonly ObjectItem[];
}

export type GraphItem = ObjectItem | GroupItem;

/** True for an item that stands for one object. */
export function isObjectItem(item: GraphItem): item is ObjectItem {
  return 'object' in item;
}

/**
 * What each object of the program really needs of others:
 *
 * - its Namespace, and the CRD of its kind, where the program makes them
 * - for pods that Istio's injector completes: the injector and its istiod, where the program makes them. Made before, a pod would
 *   have no proxy, or the image `auto`
 * - what its construct declared with `MeshObject.needs()`
 * - what cdk8s dependencies (`node.addDependency`) of its construct, or of a scope around it, lead to
 *
 * A scope that depends on something in it (cdk8s makes every chart depend on the charts in it) speaks of all else that is
 * in it: what is depended on does not come after itself.
 */
export class ObjectGraph {
  public readonly items: readonly ObjectItem[];
  private readonly namespaces = new Map<string, ObjectItem>();
  private readonly crds = new Map<string, ObjectItem>();
  private readonly injectors = new Map<string, ObjectItem[]>();
  private readonly byConstruct = new Map<IConstruct, ObjectItem>();
  private readonly groups = new Map<IConstruct, GroupItem>();
  private readonly inherited = new Map<IConstruct, readonly GroupItem[]>();
  /** Groups that a scope around them depends on. */
  private readonly inner = new Set<GroupItem>();

  public constructor(objects: readonly SynthObject[]) {
    this.items = objects.map(itemOf);
    for (const item of this.items) this.index(item);
  }

  /** The items that must come before `item`. */
  public before(item: GraphItem): readonly GraphItem[] {
    if (!isObjectItem(item)) return item.members;
    const { identity, construct } = item.object;
    const needed: (GraphItem | undefined)[] = [
      this.namespaces.get(`${identity.cluster}\n${identity.namespace}`),
      this.crds.get(`${identity.cluster}\n${identity.group}\n${identity.kind}`),
      ...this.injectorsOf(item),
      ...MeshObject.needsOf(construct).map((need) => this.groupOf(need)),
      ...this.groupsAround(construct),
    ];
    return needed.filter((need): need is GraphItem => need !== undefined && need !== item && !this.isItself(construct, need));
  }

  private isItself(construct: IConstruct, need: GraphItem): boolean {
    return !isObjectItem(need) && this.inner.has(need) && construct.node.scopes.includes(need.root);
  }

  private index(item: ObjectItem): void {
    const { identity, manifest, construct } = item.object;
    this.byConstruct.set(construct, item);
    if (identity.group === '' && identity.kind === 'Namespace') {
      this.namespaces.set(`${identity.cluster}\n${identity.name}`, item);
    }
    if (isInjector(item)) this.injectors.set(identity.cluster, [...(this.injectors.get(identity.cluster) ?? []), item]);
    if (identity.kind === 'CustomResourceDefinition') {
      const defined = definedKind(manifest);
      if (defined !== undefined) this.crds.set(`${identity.cluster}\n${defined}`, item);
    }
  }

  private injectorsOf({ object: { identity, manifest } }: ObjectItem): readonly ObjectItem[] {
    const injectors = this.injectors.get(identity.cluster);
    if (injectors === undefined) return [];
    const namespace = this.namespaces.get(`${identity.cluster}\n${identity.namespace}`)?.object.manifest;
    return isInjected(manifest, namespace) ? injectors : [];
  }

  /** Dependencies of a construct and of all scopes around it. */
  private groupsAround(construct: IConstruct): readonly GroupItem[] {
    const known = this.inherited.get(construct);
    if (known !== undefined) return known;
    const { scope } = construct.node;
    const outer = scope === undefined ? [] : this.groupsAround(scope);
    const own = construct.node.dependencies.map((target) => {
      const group = this.groupOf(target);
      if (target.node.scopes.includes(construct)) this.inner.add(group);
      return group;
    });
    const all = own.length === 0 ? outer : [...outer, ...own];
    this.inherited.set(construct, all);
    return all;
  }

  private groupOf(target: IConstruct): GroupItem {
    const known = this.groups.get(target);
    if (known !== undefined) return known;
    const members = target.node
      .findAll()
      .map((construct) => this.byConstruct.get(construct))
      .filter((item) => item !== undefined);
    const group = { root: target, label: target.node.path, stage: 0, sortKey: target.node.path, members };
    this.groups.set(target, group);
    return group;
  }
}

function itemOf(object: SynthObject): ObjectItem {
  const { identity, construct } = object;
  const { group, kind, namespace, name } = identity;
  return {
    object,
    label: construct.node.path,
    stage: MeshObject.stageOf(construct) ?? stageOfKind(identity),
    sortKey: [kind, namespace, name, group, construct.node.path].join('\n'),
  };
}

/** Istio's injector, and the istiod behind it. */
function isInjector({ object: { identity, manifest }, stage }: ObjectItem): boolean {
  if (identity.kind === 'Deployment') return stage === Stage.istiod;
  return identity.kind === 'MutatingWebhookConfiguration' && JSON.stringify(manifest['webhooks'] ?? []).includes('sidecar-injector.istio.io');
}

/** The group and kind that a CustomResourceDefinition defines. */
function definedKind(manifest: JsonObject): string | undefined {
  const { spec } = manifest;
  if (spec === undefined || !isJsonObject(spec) || !isJsonObject(spec['names'])) return undefined;
  return `${String(spec['group'])}\n${String(spec['names']['kind'])}`;
}
