import type { Json, JsonObject } from '../../rules/json';

/** The object that a Kubernetes setting changes, and where. */
interface Place {
  /** @default - the component's workload */
  readonly kind?: 'HorizontalPodAutoscaler' | 'PodDisruptionBudget' | 'Service';
  readonly path: readonly string[];
  /** Whether `path` starts in the component's own container. */
  readonly inContainer?: boolean;
  /** Whether each field of the setting can be told apart from the others. */
  readonly hasFields?: boolean;
}

const POD = ['spec', 'template', 'spec'];

const PLACES = {
  affinity: { path: [...POD, 'affinity'], hasFields: true },
  env: { path: ['env'], inContainer: true },
  hpaSpec: { kind: 'HorizontalPodAutoscaler', path: ['spec'], hasFields: true },
  imagePullPolicy: { path: ['imagePullPolicy'], inContainer: true },
  nodeSelector: { path: [...POD, 'nodeSelector'] },
  podAnnotations: { path: ['spec', 'template', 'metadata', 'annotations'] },
  podDisruptionBudget: { kind: 'PodDisruptionBudget', path: ['spec'], hasFields: true },
  priorityClassName: { path: [...POD, 'priorityClassName'] },
  readinessProbe: { path: ['readinessProbe'], inContainer: true },
  replicaCount: { path: ['spec', 'replicas'] },
  resources: { path: ['resources'], inContainer: true, hasFields: true },
  securityContext: { path: [...POD, 'securityContext'] },
  service: { kind: 'Service', path: ['spec'], hasFields: true },
  serviceAnnotations: { kind: 'Service', path: ['metadata', 'annotations'] },
  strategy: { path: ['spec', 'strategy'], hasFields: true },
  tolerations: { path: [...POD, 'tolerations'] },
} as const satisfies Readonly<Record<string, Place>>;

export type SettingName = keyof typeof PLACES;
export const SETTING_NAMES = Object.keys(PLACES) as readonly SettingName[];

/** The component's own workload, and the container of it that is meant. */
export interface Workload {
  readonly kind: string;
  readonly name: string;
  readonly container: string;
}

export function hasFields(name: SettingName): boolean {
  const place: Place = PLACES[name];
  return place.hasFields === true;
}

/** What is merged into which object; objects of a component have the name of its workload. */
export function settingPatch(setting: string, value: Json, workload: Workload): { readonly kind: string; readonly name: string; readonly merge: JsonObject } {
  const { kind, path, inContainer }: Place = PLACES[setting as SettingName];
  const inner = nested(path, value);
  const merge = inContainer === true ? nested(POD, { containers: [{ name: workload.container, ...inner }] }) : inner;
  return { kind: kind ?? workload.kind, name: workload.name, merge };
}

function nested(path: readonly string[], value: Json): JsonObject {
  return path.reduceRight<Json>((inner, key) => ({ [key]: inner }), value) as JsonObject;
}
