import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';
import type { SettingName } from '../overlay/setting-places';
import type { KubernetesSetting } from './kubernetes-settings';

type Props = Readonly<Record<string, unknown>>;

/** What a prop for a setting is found by. */
export interface SettingContext {
  readonly setting: KubernetesSetting;
  /** Class of the construct. */
  readonly construct: string;
  /** Props of the construct so far. */
  readonly props: Props;
  /** The object before the setting is merged into it, and after. */
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/**
 * Props that may say what a setting says, in place of those that there are; the first that makes the same objects is the one.
 * A prop that a construct does not have makes no difference, or is refused: so one list serves all constructs.
 */
export function propsForSetting(context: SettingContext): readonly Props[] {
  const make: ((context: SettingContext) => readonly Props[]) | undefined = CANDIDATES[context.setting.name];
  return make?.(context) ?? [];
}

const CANDIDATES: Readonly<Partial<Record<SettingName, (context: SettingContext) => readonly Props[]>>> = {
  affinity: ({ setting, props, after }) => {
    const affinity = podSpecOf(after)['affinity'];
    const field = setting.field ?? '';
    if (!isJsonObject(affinity)) return [];
    return [{ affinity: { ...objectProp(props, 'affinity'), [field]: affinity[field] } }, ...(field === 'podAntiAffinity' ? [{ podAntiAffinity: affinity[field] }] : [])];
  },
  env: ({ setting, props }) => {
    const variables = Array.isArray(setting.value) ? (setting.value as readonly JsonObject[]) : [];
    const texts = variables.filter(({ value }) => typeof value === 'string').map(({ name, value }) => [String(name), value] as const);
    const others = variables.filter(({ value }) => typeof value !== 'string');
    const env = texts.length === 0 ? {} : { env: { ...objectProp(props, 'env'), ...Object.fromEntries(texts) } };
    const envVarFrom = others.length === 0 ? {} : { envVarFrom: [...listProp(props, 'envVarFrom'), ...others] };
    return [{ ...env, ...envVarFrom }];
  },
  hpaSpec: (context) => {
    const autoscaling = autoscalingOf(context);
    if (autoscaling === undefined || context.props['autoscaling'] === false) return [];
    const scaled = { autoscaling: { ...objectProp(context.props, 'autoscaling'), ...autoscaling } };
    // the chart made up its mind about a disruption budget before the setting came
    return [scaled, { ...scaled, disruptionBudget: false }];
  },
  imagePullPolicy: ({ setting, props }) => [{ image: { ...objectProp(props, 'image'), pullPolicy: setting.value } }],
  nodeSelector: ({ setting, props }) => entriesOver(props['nodeSelector'], setting.value).map((nodeSelector) => ({ nodeSelector })),
  podAnnotations: ({ setting, props }) => entriesOver(props['podAnnotations'], setting.value).map((podAnnotations) => ({ podAnnotations })),
  podDisruptionBudget: ({ after }) => {
    const { selector: _selector, ...budget } = isJsonObject(after['spec']) ? after['spec'] : {};
    return [{ disruptionBudget: budget }];
  },
  priorityClassName: ({ setting }) => [{ priorityClassName: setting.value }],
  replicaCount: ({ setting }) => [{ replicas: setting.value }],
  resources: ({ setting: { field = '', value }, props }) => {
    const resources = objectProp(props, 'resources');
    const amounts = isJsonObject(value) ? value[field] : undefined;
    return isJsonObject(amounts) ? [{ resources: { ...resources, [field]: { ...objectProp(resources, field), ...amounts } } }] : [];
  },
  service: ({ setting: { field = '', value }, construct, props }) => {
    const isTyped = (SERVICE_FIELDS[construct] ?? []).includes(field) && isJsonObject(value) && value[field] !== 'ExternalName';
    return isTyped && props['service'] !== false ? [{ service: { ...objectProp(props, 'service'), ...value } }] : [];
  },
  serviceAnnotations: ({ setting, props }) => {
    const service = objectProp(props, 'service');
    return entriesOver(service['annotations'], setting.value).map((annotations) => ({ service: { ...service, annotations } }));
  },
  strategy: ({ setting: { field, value }, props }) => {
    const update = field === 'rollingUpdate' && isJsonObject(value) ? value['rollingUpdate'] : undefined;
    return isJsonObject(update) ? [{ rollingUpdate: { ...objectProp(props, 'rollingUpdate'), ...update } }] : [];
  },
  tolerations: ({ setting, props, before }) => {
    if (!Array.isArray(setting.value)) return [];
    const tolerations = setting.value as readonly Json[];
    // those of the component come before those of the prop
    const all = podSpecOf(before)['tolerations'];
    const own = (Array.isArray(all) ? all.length : 0) - listProp(props, 'tolerations').length;
    return [{ tolerations }, { tolerations: tolerations.slice(own) }];
  },
};

/** Fields of a Service for which the constructs have a prop of the same name. */
const SERVICE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Istiod: ['ipFamilyPolicy', 'ipFamilies', 'trafficDistribution'],
  RemoteIstiod: ['ipFamilyPolicy', 'ipFamilies', 'trafficDistribution'],
  StandaloneGateway: ['type', 'loadBalancerIP', 'loadBalancerSourceRanges', 'externalTrafficPolicy', 'ipFamilyPolicy', 'ipFamilies'],
};

function autoscalingOf({ setting: { field, value } }: SettingContext): Props | undefined {
  if (!isJsonObject(value)) return undefined;
  if (field === 'behavior') return value;
  if (field === 'metrics') return targetsOf(value['metrics']);
  return value['minReplicas'] === undefined && value['maxReplicas'] === undefined ? undefined : value;
}

/** Targets by use of CPU and memory, which are the metrics that there are props for. */
function targetsOf(metrics: Json | undefined): Props | undefined {
  if (!Array.isArray(metrics)) return undefined;
  const targets: Record<string, Json | undefined> = { targetMemoryUtilization: undefined };
  for (const metric of metrics as readonly Json[]) {
    const resource = isJsonObject(metric) ? metric['resource'] : undefined;
    const target = isJsonObject(resource) ? resource['target'] : undefined;
    if (!isJsonObject(resource) || !isJsonObject(target)) return undefined;
    targets[resource['name'] === 'memory' ? 'targetMemoryUtilization' : 'targetCpuUtilization'] = target['averageUtilization'];
  }
  return targets;
}

/** Entries over others: as they are, with the nulls that take a default away, and without. */
function entriesOver(before: unknown, value: Json): readonly Props[] {
  if (!isJsonObject(value)) return [];
  const entries = { ...(isJsonObject(before as Json) ? (before as Props) : {}), ...value };
  const without = Object.fromEntries(Object.entries(entries).filter(([, each]) => each !== null));
  return Object.keys(without).length === Object.keys(entries).length ? [entries] : [entries, without];
}

function podSpecOf(workload: JsonObject): JsonObject {
  return ['spec', 'template', 'spec'].reduce<JsonObject>((at, key) => (isJsonObject(at[key]) ? at[key] : {}), workload);
}

function objectProp(props: Props, name: string): Props {
  const value = props[name] as Json | undefined;
  return isJsonObject(value) ? value : {};
}

function listProp(props: Props, name: string): readonly unknown[] {
  return Array.isArray(props[name]) ? props[name] : [];
}
