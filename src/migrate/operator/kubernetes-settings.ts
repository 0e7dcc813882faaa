import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';
import type { ObjectOverlay } from '../installation';
import { valueAt } from '../props-from';
import { hasFields, SETTING_NAMES, settingPatch } from '../overlay/setting-places';
import type { SettingName } from '../overlay/setting-places';
import type { OperatorComponent } from './components';

/** One Kubernetes setting of a component, or one field of it: a patch of one object of the component's chart. */
export interface KubernetesSetting {
  /** Name of the setting under `k8s`. */
  readonly name: SettingName;
  /** The field of it that is set; undefined for all of it. */
  readonly field?: string;
  readonly value: Json;
  readonly overlay: ObjectOverlay & { readonly merge: JsonObject };
}

/** Fields that make sense together only: a new minimum may lie above the old maximum. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = { hpaSpec: ['minReplicas', 'maxReplicas'] };

/**
 * What the Kubernetes settings of a component change in the objects of its chart: each is merged into the workload, its
 * autoscaler, its disruption budget or its Service.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.operator.v1alpha1/#KubernetesResources
 */
export function settingsOf(component: OperatorComponent): KubernetesSetting[] {
  const { k8s, kind } = component;
  if (k8s === undefined || kind.workload === undefined) return [];
  return SETTING_NAMES.flatMap((name) => {
    const value = k8s[name];
    if (value === undefined) return [];
    const given = name === 'service' ? withoutGatewayPorts(component, value) : value;
    return fieldsOf(name, given).map((part) => ({ name, ...part, overlay: overlayOf(component, name, part) }));
  });
}

/** The overlays of a component, which come after its settings. */
export function pathOverlaysOf({ k8s }: OperatorComponent): ObjectOverlay[] {
  const overlays = Array.isArray(k8s?.['overlays']) ? (k8s['overlays'] as readonly Json[]) : [];
  return overlays.filter(isJsonObject).map(({ kind, name, patches }) => ({
    kind: String(kind),
    name: String(name),
    patches: Array.isArray(patches) ? (patches as readonly JsonObject[]) : [],
  }));
}

interface Part {
  readonly field?: string;
  readonly value: Json;
}

function fieldsOf(name: SettingName, value: Json): Part[] {
  if (!hasFields(name) || !isJsonObject(value)) return [{ value }];
  const together = (TOGETHER[name] ?? []).filter((field) => value[field] !== undefined);
  const alone = Object.entries(value).filter(([field]) => !together.includes(field));
  const parts = alone.map(([field, each]): Part => ({ field, value: { [field]: each } }));
  if (together.length === 0) return parts;
  return [{ field: together.join('+'), value: Object.fromEntries(together.map((field) => [field, value[field] as Json])) }, ...parts];
}

function overlayOf(component: OperatorComponent, setting: SettingName, { value }: Part): KubernetesSetting['overlay'] {
  const { kind = '', name = '', container = '' } = component.kind.workload ?? {};
  return { ...settingPatch(setting, value, { kind, container, name: nameOf(component, name) }), patches: [] };
}

/** A revision's objects are named after it, which istioctl minds for istiod only. */
function nameOf({ kind, name, values }: OperatorComponent, fallback: string): string {
  if (kind.isGateway === true && name !== undefined) return name;
  const revision = valueAt(values, 'revision');
  const suffix = kind.name === 'pilot' && typeof revision === 'string' && revision !== '' && revision !== 'default' ? `-${revision}` : '';
  return fallback + suffix;
}

/** The ports of a gateway's Service are values of its chart. */
function withoutGatewayPorts({ kind }: OperatorComponent, service: Json): Json {
  if (kind.isGateway !== true || !isJsonObject(service)) return service;
  const { ports: _ports, ...rest } = service;
  return rest;
}
