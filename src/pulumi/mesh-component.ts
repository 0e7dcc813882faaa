import { ComponentResource, log } from '@pulumi/pulumi';
import type { ComponentResourceOptions, CustomResourceOptions, Output, ProviderResource } from '@pulumi/pulumi';
import type { IConstruct } from 'constructs';
import { describeValue, refusal } from '../core/refusal';
import { formatFinding } from '../errors/finding';
import { runProgram } from './deployed-program';
import type { DeployedObject, DeployedProgram, MeshProgram, ProgramPlace } from './deployed-program';
import { servicesWithoutPods } from './awaited';
import { KubernetesObject } from './kubernetes-object';
import type { ObjectItem } from '../core/object-graph';
import { registered, resourceName, resourceType, settingsOf } from './resource-settings';

const TYPE = 'mesh-constructs:index:MeshComponent';
const ARGS = ['program', 'cluster', 'namespace', 'providers', 'retainCrds', 'resourceOptions'];

/** What an object is, as options are chosen by. */
export interface ObjectIdentity {
  /** Path of its cluster's construct; empty for the implied one. */
  readonly cluster: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for an object of the cluster. */
  readonly namespace: string;
  readonly name: string;
}

/** What a {@link MeshComponent} takes. */
export interface MeshComponentArgs<Result> extends ProgramPlace {
  /** The program: the same constructs as for `cdk8s synth`. What it returns is the component's `result`. */
  readonly program: MeshProgram<Result>;
  /**
   * Providers by the id of the `Cluster` that the program makes, where it makes several.
   * @default - the component's own `provider`
   */
  readonly providers?: Readonly<Record<string, ProviderResource>>;
  /**
   * Whether CustomResourceDefinitions stay when they are taken out of the program or the stack is destroyed: with one goes
   * every object of its kind, whoever made it.
   * @default true
   */
  readonly retainCrds?: boolean;
  /**
   * Options for single objects, added to those that follow from what the object is: `ignoreChanges` for what another
   * controller writes, `protect`, `import`, …
   * @default - none
   */
  readonly resourceOptions?: (object: ObjectIdentity) => CustomResourceOptions | undefined;
}

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
    const program = runProgram(args.program, args);
    requireProviders(name, program, args);
    super(TYPE, name, {}, options);
    this.name = name;
    this.result = program.result;
    this.clusters = clustersOf(program);
    for (const warning of program.warnings) void log.warn(formatFinding(warning), this);
    this.register(program, args);
    this.registerOutputs({});
  }

  /**
   * The resource of an object.
   *
   * @throws MeshError when the program makes no such object.
   */
  public resource({ cluster, kind, namespace = '', name }: ResourceQuery): KubernetesObject {
    const found = this.resources.get([cluster ?? [...this.clusters][0] ?? '', kind, namespace, name].join('\n'));
    if (found !== undefined) return found;
    throw refusal({ construct: this.name }, 'resource', {
      code: 'no-such-object',
      got: `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`,
      expected: 'an object that the program makes',
      fix: this.clusters.size > 1 ? `name its cluster: one of ${[...this.clusters].join(', ')}` : 'look at its kind, namespace and name',
    });
  }

  /**
   * The address of a gateway's load balancer, IP or host name; `undefined` where its Service has none.
   *
   * @throws MeshError when the program makes no Service for the gateway.
   */
  public addressOf({ name, namespace }: GatewayLike): Output<string | undefined> {
    return this.resource({ kind: 'Service', namespace, name }).status.apply((status) => {
      const [first] = (status as ServiceStatus | undefined)?.loadBalancer?.ingress ?? [];
      return first?.ip ?? first?.hostname;
    });
  }

  private register({ objects }: DeployedProgram<Result>, args: MeshComponentArgs<Result>): void {
    const made = new Map<ObjectItem, KubernetesObject>();
    const version = providerVersion();
    const skipped = servicesWithoutPods(objects.map(({ item }) => item));
    for (const object of objects) {
      const { item, manifest, needs } = object;
      const { identity } = item.object;
      const apiVersion = String(manifest['apiVersion']);
      const own = args.resourceOptions?.({ ...identity, apiVersion }) ?? {};
      const options = merged({ ...version, ...settingsOf(item, args.retainCrds ?? true), ...this.providerFor(object, args) }, own);
      const resource = new KubernetesObject(
        resourceType(apiVersion, identity.kind),
        resourceName(this.name, identity, this.clusters.size > 1),
        registered(item, manifest, skipped.has(item)),
        { ...options, parent: this, dependsOn: needs.map((need) => made.get(need)).filter((need) => need !== undefined) },
      );
      made.set(item, resource);
      this.resources.set([identity.cluster, identity.kind, identity.namespace, identity.name].join('\n'), resource);
    }
  }

  private providerFor({ item }: DeployedObject, { providers = {} }: MeshComponentArgs<Result>): CustomResourceOptions {
    const provider = providers[clusterId(item.object.identity.cluster)];
    return provider === undefined ? {} : { provider };
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

interface ServiceStatus {
  readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
}

/** Lists add up; else what the program's author says holds. */
function merged(ours: CustomResourceOptions, theirs: CustomResourceOptions): CustomResourceOptions {
  const ignoreChanges = [...(ours.ignoreChanges ?? []), ...(theirs.ignoreChanges ?? [])];
  const aliases = [...(Array.isArray(ours.aliases) ? ours.aliases : []), ...(Array.isArray(theirs.aliases) ? theirs.aliases : [])];
  return { ...ours, ...theirs, ...(ignoreChanges.length > 0 && { ignoreChanges }), ...(aliases.length > 0 && { aliases }) };
}

function clustersOf({ objects }: DeployedProgram<unknown>): ReadonlySet<string> {
  return new Set(objects.map(({ item }) => item.object.identity.cluster));
}

/** The id by which the program made the Cluster. */
function clusterId(path: string): string {
  return path.split('/').at(-1) ?? '';
}

function requireArgs(name: string, args: unknown): void {
  const given = args as Readonly<Record<string, unknown>> | null | undefined;
  const unknownKey = Object.keys(given ?? {}).find((key) => !ARGS.includes(key));
  if (typeof given === 'object' && given !== null && typeof given['program'] === 'function' && unknownKey === undefined) return;
  throw refusal({ construct: name }, unknownKey ?? 'program', {
    code: 'bad-props',
    got: unknownKey === undefined ? describeValue(given?.['program']) : `the key "${unknownKey}"`,
    expected: unknownKey === undefined ? 'a function that makes constructs' : `one of ${ARGS.join(', ')}`,
    fix: "{ program: (scope) => new Mesh(scope, 'mesh') }",
  });
}

/** Objects of two clusters that went through one provider would land in one cluster. */
function requireProviders(name: string, program: DeployedProgram<unknown>, { providers = {} }: MeshComponentArgs<unknown>): void {
  const clusters = [...clustersOf(program)];
  const missing = clusters.length < 2 ? undefined : clusters.find((cluster) => providers[clusterId(cluster)] === undefined);
  const left = Object.keys(providers).find((id) => !clusters.some((cluster) => clusterId(cluster) === id));
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
