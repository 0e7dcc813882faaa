import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { namespaceOf } from '../../core/references';
import type { ObjectConstruct } from '../../core/references';
import { SynthSession } from '../../core/synth-session';
import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import { programObject } from './program-policies';
import { labelsIn, listIn, objectIn, textIn } from '../../traffic/scope/reading';

type Texts = Readonly<Record<string, string>>;

/** Pods of the program: those of one workload, whoever made it. */
export interface ProgramPods {
  readonly construct: IConstruct;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
  readonly containers: readonly JsonObject[];
  /** Path of what is said of the pods, for messages: `spec.template`, or nothing for a Pod. */
  readonly template: string;
}

const KINDS = new Set([
  '/Pod',
  '/ReplicationController',
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'argoproj.io/Rollout',
  'batch/CronJob',
  'batch/Job',
]);

/** The workloads of a cluster that say what their pods are, by path. */
export function programPods(root: IConstruct, cluster: string): readonly ProgramPods[] {
  const pods = SynthSession.of(root).constructs().flatMap((construct) => {
    if (!ApiObject.isApiObject(construct) || !KINDS.has(`${groupOf(construct.apiVersion)}/${construct.kind}`) || Cluster.pathOf(construct) !== cluster) return [];
    const found = isPlus(construct.node.scope) ? podsOfPlus(construct, construct.node.scope) : podsOfManifest(construct);
    return found === undefined ? [] : [found];
  });
  return pods.sort((a, b) => (a.construct.node.path < b.construct.node.path ? -1 : 1));
}

/** Whether labels pick these pods; no labels pick none. */
export function picks(selector: Texts, { labels }: Pick<ProgramPods, 'labels'>): boolean {
  const pairs = Object.entries(selector);
  return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value);
}

/** What cannot be rendered is a finding already. */
function podsOfManifest(construct: ApiObject): ProgramPods | undefined {
  const object = programObject(construct);
  if (object === undefined) return undefined;
  const { kind } = construct;
  const job = objectIn(objectIn(object.spec, 'jobTemplate'), 'spec');
  const template = kind === 'Pod' ? (construct.toJson() as JsonObject) : objectIn(kind === 'CronJob' ? job : object.spec, 'template');
  const [metadata, spec] = [objectIn(template, 'metadata'), objectIn(template, 'spec')];
  return {
    construct,
    kind,
    name: object.name,
    namespace: object.namespace,
    labels: labelsIn(metadata, 'labels'),
    annotations: labelsIn(metadata, 'annotations'),
    serviceAccount: textIn(spec, 'serviceAccountName') ?? 'default',
    hostNetwork: spec['hostNetwork'] === true,
    containers: [...listIn(spec, 'containers'), ...listIn(spec, 'initContainers')],
    template: kind === 'Pod' ? '' : kind === 'CronJob' ? 'spec.jobTemplate.spec.template.' : 'spec.template.',
  };
}

/** A workload of cdk8s-plus, as far as it is read here. */
interface PlusWorkload extends IConstruct {
  readonly podMetadata: { toJson(): { readonly labels?: Texts; readonly annotations?: Texts } };
  readonly containers: readonly { _toKube?(): unknown }[];
  readonly serviceAccount?: { readonly name: string };
  readonly hostNetwork?: boolean;
}

function isPlus(scope: IConstruct | undefined): scope is PlusWorkload {
  const { podMetadata, containers } = (scope ?? {}) as Partial<PlusWorkload>;
  return Array.isArray(containers) && typeof podMetadata?.toJson === 'function';
}

/** By its properties and not its manifest: with `spread`, rendering it once more would add to what it renders. */
function podsOfPlus(construct: ApiObject, plus: PlusWorkload): ProgramPods {
  const { labels = {}, annotations = {} } = plus.podMetadata.toJson();
  return {
    construct,
    kind: construct.kind,
    name: construct.name,
    namespace: namespaceOf(construct as unknown as ObjectConstruct) ?? '',
    labels,
    annotations,
    serviceAccount: plus.serviceAccount?.name ?? 'default',
    hostNetwork: plus.hostNetwork === true,
    containers: plus.containers.map((container) => plainContainer(container)).filter(isJsonObject),
    template: construct.kind === 'Pod' ? '' : 'spec.template.',
  };
}

/** Probes and ports, with the numbers that cdk8s wraps taken out. */
function plainContainer(container: { _toKube?(): unknown }): JsonObject {
  const rendered: unknown = container._toKube?.() ?? {};
  // through JSON, as a manifest would be
  return JSON.parse(JSON.stringify(rendered, (_key, value: unknown) => (isWrapped(value) ? value.value : value))) as JsonObject;
}

/** An IntOrString. */
function isWrapped(value: unknown): value is { readonly value: number | string } {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 1 && 'value' in value && ['number', 'string'].includes(typeof value.value);
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}
