import { ComponentResource, log, mergeOptions, Resource } from '@pulumi/pulumi';
import type { ComponentResourceOptions, CustomResourceOptions, Output } from '@pulumi/pulumi';
import type { IConstruct } from 'constructs';
import type { ObjectItem } from '../core/object-graph';
import { describeValue, refusal } from '../core/refusal';
import { formatFinding } from '../errors/finding';
import { awaitAnnotations } from './awaited';
import { requireArgs, requireOptions } from './component-args';
import type { MeshComponentArgs } from './component-args';
import { runProgram } from './deployed-program';
import type { DeployedProgram } from './deployed-program';
import { KubernetesObject } from './kubernetes-object';
import { listAt, textAt } from './manifest-parts';
import { registered, resourceName, resourceType, settingsOf } from './resource-settings';

const TYPE = 'mesh-constructs:index:MeshComponent';

/** A gateway whose address is asked for. */
export interface GatewayLike extends IConstruct {
  readonly name: string;
  readonly namespace: string;
}

/**
 * A program of constructs, deployed with Pulumi: each object is a resource of `@pulumi/kubernetes` under this component.
 *
 * The program is settled, rendered and validated as a whole before the first resource is registered: a wrong one throws, and
 * nothing of it is deployed. A resource's URN follows from cluster, kind, namespace and name, and from the name of this
 * component, so that constructs may be moved about. Resources depend on each other as the program's order wants it, deletion
 * goes in reverse.
 *
 * @example
 * const mesh = new MeshComponent('mesh', { program: (scope) => new Mesh(scope, 'mesh') }, { provider });
 */
export class MeshComponent<Result = unknown> extends ComponentResource {
  /** What the program returned. */
  public readonly result: Result;
  private readonly name: string;
  private readonly resources = new Map<string, KubernetesObject>();
  private readonly clusters: ReadonlySet<string>;

  /** @throws MeshError with every finding of the program, before anything is registered. */
  public constructor(name: string, args: MeshComponentArgs<Result>, options: ComponentResourceOptions = {}) {
    requireArgs(name, args);
    const program = runProgram(args.program, args, name);
    requireProviders(name, program, args);
    const optionsFor = optionsOf(name, program, args);
    super(TYPE, name, {}, options);
    this.name = name;
    this.result = program.result;
    this.clusters = clustersOf(program);
    for (const warning of program.warnings) void log.warn(formatFinding(warning), this);
    for (const note of program.notes) void log.info(formatFinding(note), this);
    this.register(program, optionsFor, args.skipAwait ?? false);
    this.registerOutputs({});
  }

  /**
   * The resource of an object.
   *
   * @throws MeshError when the program makes no such object.
   */
  public resource(query: ResourceQuery): KubernetesObject {
    const { cluster = [...this.clusters][0] ?? '', kind, namespace = '', name } = requireTree<ResourceQuery>(this.name, 'resource', query);
    const found = this.find({ cluster, kind, namespace, name });
    if (found !== undefined) return found;
    throw refusal({ construct: this.name }, 'resource', {
      code: 'no-such-object',
      got: `${describeKind(kind)} ${namespace === '' ? '' : `${namespace}/`}${name}`,
      expected: 'an object that the program makes',
      fix: this.clusters.size > 1 ? `name its cluster: one of ${[...this.clusters].join(', ')}` : 'look at its kind, namespace and name',
    });
  }

  /**
   * The address of a gateway's load balancer, IP or host name: of the Service that the program makes, or of the one that istiod
   * makes for a gateway of the Gateway API. `undefined` where there is none.
   *
   * @throws MeshError when the program makes neither for the gateway.
   */
  public addressOf(gateway: GatewayLike): Output<string | undefined> {
    const { name, namespace, node } = requireTree<GatewayLike>(this.name, 'addressOf', gateway);
    const [first = ''] = this.clusters;
    // of several clusters, the one whose construct the gateway is in
    const cluster = [...this.clusters].find((path) => path !== '' && node?.path.startsWith(`${path}/`)) ?? first;
    const deployed = this.find({ cluster, kind: 'Service', namespace, name }) === undefined ? this.find({ cluster, kind: 'Gateway', namespace, name }) : undefined;
    if (deployed !== undefined) return deployed.status.apply((status) => textAt(listAt(status, 'addresses')[0], 'value') || undefined);
    return this.resource({ cluster, kind: 'Service', namespace, name }).status.apply((status) => {
      const [ingress] = listAt(status, 'loadBalancer', 'ingress');
      return textAt(ingress, 'ip') || textAt(ingress, 'hostname') || undefined;
    });
  }

  private find({ cluster, kind, namespace, name }: Required<ResourceQuery>): KubernetesObject | undefined {
    return this.resources.get([cluster, kind, namespace, name].join('\n'));
  }

  private register({ objects }: DeployedProgram<Result>, optionsFor: ReadonlyMap<ObjectItem, CustomResourceOptions>, skipsAwait: boolean): void {
    const made = new Map<ObjectItem, KubernetesObject>();
    const annotations = awaitAnnotations(objects.map(({ item }) => item), skipsAwait);
    for (const { item, manifest, needs } of objects) {
      const { identity } = item.object;
      const resource = new KubernetesObject(
        resourceType(String(manifest['apiVersion']), identity.kind),
        resourceName(this.name, identity, this.clusters.size > 1),
        registered(item, manifest, annotations.get(item)),
        mergeOptions({ ...optionsFor.get(item), parent: this }, { dependsOn: needs.map((need) => made.get(need)).filter((need) => need !== undefined) }),
      );
      made.set(item, resource);
      this.resources.set([identity.cluster, identity.kind, identity.namespace, identity.name].join('\n'), resource);
    }
  }
}

/** What tells an object. */
export interface ResourceQuery {
  /** Path of its cluster's construct. @default - the only one */
  readonly cluster?: string;
  readonly kind: string;
  /** @default - none: an object of the cluster */
  readonly namespace?: string;
  readonly name: string;
}

function requireTree<T>(construct: string, property: string, value: unknown): T {
  if (typeof value === 'object' && value !== null) return value as T;
  throw refusal({ construct }, property, { code: 'bad-props', got: describeValue(value), expected: 'an object with a name', fix: 'give what tells the object' });
}

function describeKind(kind: unknown): string {
  return typeof kind === 'string' && kind !== '' ? kind : describeValue(kind);
}

/** The options of each object, before any is registered: a function of the program's may throw. */
function optionsOf(name: string, { objects }: DeployedProgram<unknown>, args: MeshComponentArgs<unknown>): ReadonlyMap<ObjectItem, CustomResourceOptions> {
  const { providers = {}, retainCrds = true, resourceOptions } = args;
  const version = providerVersion();
  return new Map(
    objects.map(({ item, manifest }) => {
      const object = { ...item.object.identity, apiVersion: String(manifest['apiVersion']) };
      const provider = providers[clusterId(object.cluster)];
      const ours = { ...version, ...settingsOf(item, retainCrds), ...(provider === undefined ? {} : { provider }) };
      // lists add up; else what the program's author says holds
      return [item, mergeOptions(ours, requireOptions(name, resourceOptions?.(object), object))];
    }),
  );
}

function clustersOf({ objects }: DeployedProgram<unknown>): ReadonlySet<string> {
  return new Set(objects.map(({ item }) => item.object.identity.cluster));
}

/** The id by which the program made the Cluster. */
function clusterId(path: string): string {
  return path.split('/').at(-1) ?? '';
}

/** Objects of two clusters that went through one provider would land in one cluster. */
function requireProviders(name: string, program: DeployedProgram<unknown>, { providers = {} }: MeshComponentArgs<unknown>): void {
  const clusters = [...clustersOf(program)];
  const missing = clusters.length < 2 ? undefined : clusters.find((cluster) => providers[clusterId(cluster)] === undefined);
  const left = Object.keys(providers).find((id) => !clusters.some((cluster) => clusterId(cluster) === id));
  const [id, wrong] = Object.entries<unknown>(providers).find(([, provider]) => !Resource.isInstance(provider)) ?? [];
  if (left === undefined && id !== undefined) {
    throw refusal({ construct: name }, `providers.${id}`, { code: 'bad-providers', got: describeValue(wrong), expected: 'a provider', fix: "new kubernetes.Provider('west', { kubeconfig })" });
  }
  if (missing === undefined && left === undefined) return;
  throw refusal({ construct: name }, 'providers', {
    code: 'bad-providers',
    got: missing === undefined ? `one for "${left ?? ''}", which is no Cluster of the program` : `none for the cluster ${missing === '' ? 'that is implied' : missing}`,
    expected: `one for each of ${clusters.map((cluster) => JSON.stringify(clusterId(cluster))).join(', ')}`,
    fix: 'give { providers: { west: provider, east: provider } }, by the ids of the Clusters',
  });
}

/** The provider that the installed package stands for; without the package the engine takes its newest. */
function providerVersion(): CustomResourceOptions {
  try {
    const { version } = require('@pulumi/kubernetes/package.json') as { version: string };
    return { version };
  } catch {
    return {};
  }
}
