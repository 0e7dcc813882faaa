import { App, ApiObject, Chart } from 'cdk8s';
import { isDeepStrictEqual } from 'node:util';
import { Cluster } from '../../core/cluster';
import { MeshError } from '../../errors/mesh-error';
import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';
import type { InstalledComponent, ObjectOverlay } from '../installation';
import { mergedInto } from '../overlay/apply-overlays';
import { placeInstallation } from '../place';
import type { KubernetesSetting } from './kubernetes-settings';
import { propsForSetting } from './setting-props';

type Props = InstalledComponent['props'];
/** Objects by kind and name, which is all that a setting tells them by. */
type Objects = ReadonlyMap<string, JsonObject>;

/** Props, and what the construct makes of them. */
interface Attempt {
  readonly props: Props;
  readonly objects: Objects;
}

export interface ExpressedSettings {
  readonly component: InstalledComponent;
  /** Settings that change nothing, since the component does not make the object that they are for. */
  readonly idle: readonly KubernetesSetting[];
}

/**
 * A component with its Kubernetes settings as props. A setting becomes a prop only where the construct makes the very objects
 * of it that the patch would make, which is tried out; all others stay settings.
 */
export function expressSettings(component: InstalledComponent, settings: readonly KubernetesSetting[], istio: string): ExpressedSettings {
  const tryOut = (props: Props): Attempt | undefined => attempt(component, props, istio);
  let current = settings.length === 0 ? undefined : tryOut(component.props);
  // where it is refused, that is told once the constructs are made
  if (current === undefined) return { component: withOverlays(component, settings.map(({ overlay }) => overlay)), idle: [] };
  const left: KubernetesSetting[] = [];
  const idle: KubernetesSetting[] = [];
  for (const setting of settings) {
    const next = expressed(setting, component.construct, current, tryOut);
    if (next === 'no object') idle.push(setting);
    else if (next === 'no prop') left.push(setting);
    else current = next;
  }
  return { component: withSettings({ ...component, props: current.props }, left), idle };
}

/** A null takes away what is there, which no type of Kubernetes has a way to say. */
function withSettings(component: InstalledComponent, left: readonly KubernetesSetting[]): InstalledComponent {
  const typed = left.filter(({ value }) => !holdsNull(value));
  const others = left.filter(({ value }) => holdsNull(value));
  const settings: Record<string, Json> = {};
  for (const { name, value } of typed) {
    const before = settings[name];
    settings[name] = isJsonObject(before) && isJsonObject(value) ? { ...before, ...value } : value;
  }
  return withOverlays(typed.length === 0 ? component : { ...component, settings }, others.map(({ overlay }) => overlay));
}

function holdsNull(value: Json): boolean {
  return value === null || (typeof value === 'object' && Object.values(value).some(holdsNull));
}

function expressed(setting: KubernetesSetting, construct: string, current: Attempt, tryOut: (props: Props) => Attempt | undefined): Attempt | 'no object' | 'no prop' {
  const { props, objects } = current;
  const key = keyOf(setting.overlay);
  const before = objects.get(key);
  if (before === undefined) return 'no object';
  const after = mergedInto(before, setting.overlay.merge);
  if (isDeepStrictEqual(before, after)) return current;
  const wanted = new Map(objects).set(key, after);
  for (const candidate of propsForSetting({ setting, construct, props, before, after })) {
    const made = tryOut({ ...props, ...candidate });
    if (made !== undefined && isDeepStrictEqual(made.objects, wanted)) return made;
  }
  return 'no prop';
}

function withOverlays(component: InstalledComponent, overlays: readonly ObjectOverlay[]): InstalledComponent {
  return overlays.length === 0 ? component : { ...component, overlays };
}

/** Undefined where the construct refuses the props. */
function attempt(component: InstalledComponent, props: Props, istio: string): Attempt | undefined {
  const app = new App();
  const chart = new Chart(new Cluster(app, 'cluster', { istio }), 'istio');
  try {
    placeInstallation(chart, { istio, components: [{ ...component, props }] });
    const objects = chart.node.findAll().filter((construct): construct is ApiObject => ApiObject.isApiObject(construct));
    return { props, objects: new Map(objects.map((object) => [keyOf({ kind: object.kind, name: object.name }), object.toJson() as JsonObject])) };
  } catch (error) {
    if (MeshError.isMeshError(error)) return undefined;
    throw error;
  }
}

function keyOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}
