import type { ObjectConstruct } from '../core/references';
import type { Labels } from '../core/selector';
import { manifestOf } from './manifest-of';
import type { ServicePort } from './kubernetes-service';

/** What a workload says of its pods. */
export interface WorkloadFacts {
  /** Labels that pick its pods. */
  readonly labels: Labels;
  /** Name of the ServiceAccount that the pods run as; undefined where none is named: Kubernetes takes `default`. */
  readonly serviceAccount: string | undefined;
  /** Ports of the containers. */
  readonly ports: readonly ServicePort[];
}

interface PodTemplate {
  readonly metadata?: { readonly labels?: Labels };
  readonly spec?: {
    readonly serviceAccountName?: string;
    readonly containers?: readonly {
      readonly ports?: readonly { readonly containerPort: number; readonly name?: string; readonly protocol?: ServicePort['protocol'] }[];
    }[];
  };
}

interface WorkloadManifest extends PodTemplate {
  readonly kind?: string;
  readonly spec?: PodTemplate['spec'] & {
    readonly selector?: { readonly matchLabels?: Labels; readonly matchExpressions?: readonly unknown[] };
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplate } };
  };
}

/** A Pod or a workload of cdk8s-plus, as far as it is read here. */
interface PlusWorkload {
  readonly podMetadata: { toJson(): { readonly labels?: Labels } };
  readonly containers: readonly {
    readonly ports: readonly { readonly number: number; readonly name?: string; readonly protocol?: ServicePort['protocol'] }[];
  }[];
  readonly serviceAccount?: { readonly name: string };
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly unknown[];
}

/**
 * What a construct says of its pods: a Pod, or whatever has a template of pods (Deployment, StatefulSet, DaemonSet, Job,
 * CronJob, Argo's Rollout); undefined for what has none.
 *
 * @throws MeshError when it cannot be rendered.
 */
export function readWorkload(workload: ObjectConstruct): WorkloadFacts | undefined {
  return isPlusWorkload(workload) ? readPlus(workload) : readManifest(manifestOf(workload));
}

/** By its properties and not its manifest: with `spread`, rendering it once more would add to what it renders. */
function readPlus({ podMetadata, containers, serviceAccount, matchLabels, matchExpressions }: PlusWorkload): WorkloadFacts {
  const ports = containers.flatMap((container) => container.ports.map(({ number, name, protocol }) => portFrom(number, name, protocol)));
  const selector = { matchLabels: matchLabels ?? {}, matchExpressions: matchExpressions ?? [] };
  return { labels: podLabels(selector, podMetadata.toJson().labels), serviceAccount: serviceAccount?.name, ports };
}

function readManifest(manifest: WorkloadManifest | undefined): WorkloadFacts | undefined {
  const pod = manifest?.kind === 'Pod' ? manifest : (manifest?.spec?.jobTemplate?.spec?.template ?? manifest?.spec?.template);
  if (pod?.spec === undefined) return undefined;
  const ports = (pod.spec.containers ?? []).flatMap((container) =>
    (container.ports ?? []).map(({ containerPort, name, protocol }) => portFrom(containerPort, name, protocol)),
  );
  return { labels: podLabels(manifest?.spec?.selector, pod.metadata?.labels), serviceAccount: pod.spec.serviceAccountName, ports };
}

/** What the workload selects by, where labels say it all; else the labels that its pods have. */
function podLabels(selector: { matchLabels?: Labels; matchExpressions?: readonly unknown[] } = {}, labels: Labels = {}): Labels {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return Object.keys(matchLabels).length > 0 && matchExpressions.length === 0 ? matchLabels : labels;
}

function portFrom(port: number, name: string | undefined, protocol: ServicePort['protocol']): ServicePort {
  return { port, name, ...(protocol === undefined || protocol === 'TCP' ? {} : { protocol }) };
}

function isPlusWorkload(workload: object): workload is PlusWorkload {
  const { podMetadata, containers } = workload as Partial<PlusWorkload>;
  return Array.isArray(containers) && typeof podMetadata?.toJson === 'function';
}
