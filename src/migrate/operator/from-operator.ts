import type { Release } from '../../control-plane/release';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import type { JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';
import type { Installation, InstalledComponent } from '../installation';
import { NEWEST_RELEASE, requireRelease } from '../../control-plane/release';
import { effectiveValues } from '../values/effective-values';
import { withoutPaths } from '../values/merge';
import { KnownValues } from '../values/known-values';
import { unknownValues } from '../values/unknown-values';
import { unsupportedValues } from '../values/unsupported-values';
import type { TakenValues } from '../values/unsupported-values';
import { componentsOf } from './components';
import type { OperatorComponent } from './components';
import { pathOverlaysOf, settingsOf } from './kubernetes-settings';
import { mergeOperator, objectAt } from './merged-operator';
import { operatorFindings } from './operator-form';

/** What holds for the whole of an installation. */
export interface FromOperatorOptions {
  /** Full version of Istio, such as `1.31.3`: that of the istioctl which would read the file. @default - the newest known */
  readonly istio?: string;
}

/**
 * The constructs that make what istioctl makes of an IstioOperator.
 *
 * @throws MeshError for another API version, for fields and values that istioctl does not know or that are not supported, and
 * for an unknown profile or release.
 * @see https://istio.io/latest/docs/reference/config/istio.operator.v1alpha1/
 */
export function installationFromOperator(operator: JsonObject, options: FromOperatorOptions = {}): Installation {
  const release = requireRelease(options.istio ?? NEWEST_RELEASE);
  const findings = operatorFindings(operator);
  if (findings.length > 0) throw new MeshError(findings);
  const spec = objectAt(operator, 'spec');
  const unknown = unknownFindings(spec, release);
  if (unknown.length > 0) throw new MeshError(unknown);
  const made = componentsOf(mergeOperator(spec), release).map((component) => makeComponent(component, spec, release));
  const unsupported = made.flatMap((each) => each.findings);
  if (unsupported.length > 0) throw new MeshError(unsupported);
  const notes = idleValues(made).map((path) => `${path}: no installed component does anything with it`);
  return { istio: release.version, components: made.map(({ component }) => component), ...(notes.length === 0 ? {} : { notes }) };
}

/**
 * The constructs that make what `istioctl install --set profile=NAME` makes.
 *
 * @throws MeshError for a profile or a release that is not known.
 */
export function installationFromProfile(profile: string, options: FromOperatorOptions & { readonly hub?: string; readonly tag?: string } = {}): Installation {
  const { hub, tag, ...rest } = options;
  const spec = { profile, ...(hub === undefined ? {} : { hub }), ...(tag === undefined ? {} : { tag }) };
  return installationFromOperator({ apiVersion: 'install.istio.io/v1alpha1', kind: 'IstioOperator', spec }, rest);
}

function unknownFindings(spec: JsonObject, release: Release): Finding[] {
  const values = objectAt(spec, 'values');
  if (Object.keys(values).length === 0) return [];
  const place = (path: string): { property: string } => ({ property: `spec.values.${path}` });
  const who = `istioctl of Istio ${release.minor}`;
  const known = KnownValues.ofSchema(release.minor);
  return unknownValues({ values, known, isStrict: true, refusesNull: false, isKnown: () => false, who, place });
}

/** Settings that istioctl knows and never looks at. */
const IGNORED_SETTINGS = ['volumeMounts', 'volumes'];
const NOTHING: TakenValues = { findings: [], taken: [], idle: [], foreign: [] };

interface MadeComponent {
  readonly component: InstalledComponent;
  readonly findings: readonly Finding[];
  /** Values of the user that become props of this component. */
  readonly taken: readonly string[];
  /** Values of the user that its chart does nothing with. */
  readonly idle: readonly string[];
}

function makeComponent(given: OperatorComponent, spec: JsonObject, release: Release): MadeComponent {
  const { kind, values, namespace } = given;
  const { chart } = kind;
  const id = given.name ?? chart.name;
  const { rules, propsOf, constructOf } = chart.load();
  const isFlat = kind.name === 'ztunnel';
  const place = (path: string): { construct: string; property: string } => ({ construct: id, property: placeOf(path, isFlat, spec) });
  const user = userValues(spec, isFlat);
  // a profile alone has no values of the user's own, and needs no table of those that are known
  const checked = Object.keys(user).length === 0 ? NOTHING : unsupportedValues({ values: user, chart, rules, known: KnownValues.of(chart, release.minor), place });
  const context = { istio: release.version, releaseName: 'istio', releaseNamespace: namespace };
  const effective = effectiveValues({ chart, user: withoutPaths(values, checked.foreign), release, construct: id });
  const props = propsOf(effective, context) as InstalledComponent['props'];
  const { component, idle } = withSettings({ construct: constructOf?.(effective) ?? chart.construct, id, props }, given, release);
  const paths = (values: readonly string[]): string[] => values.map((path) => place(path).property);
  return { component, findings: checked.findings, taken: paths(checked.taken), idle: [...paths(checked.idle), ...idle] };
}

/** The component with its Kubernetes settings, and those of them that change nothing. */
function withSettings(component: InstalledComponent, given: OperatorComponent, release: Release): Pick<MadeComponent, 'component' | 'idle'> {
  if (given.k8s === undefined) return { component, idle: [] };
  // they try constructs out, which is of no use to all that have none
  const { expressSettings } = require('./express-settings') as typeof import('./express-settings');
  const expressed = expressSettings(component, settingsOf(given), release.version);
  const overlays = [...(expressed.component.overlays ?? []), ...pathOverlaysOf(given)];
  const ignored = [...expressed.idle.map(({ name }) => name), ...IGNORED_SETTINGS.filter((name) => given.k8s?.[name] !== undefined)];
  return {
    component: { ...expressed.component, ...(overlays.length === 0 ? {} : { overlays }) },
    idle: [...new Set(ignored)].map((name) => `${given.path}.k8s.${name}`),
  };
}

/** What the user gave of a component's values; the rest comes from profiles and needs no check. */
function userValues(spec: JsonObject, isFlat: boolean): JsonObject {
  const values = { ...objectAt(spec, 'unvalidatedValues'), ...objectAt(spec, 'values') };
  if (!isFlat) return values;
  const { global } = values;
  return { ...(isJsonObject(global) ? { global } : {}), ...objectAt(values, 'ztunnel') };
}

function placeOf(path: string, isFlat: boolean, spec: JsonObject): string {
  const inValues = isFlat && !path.startsWith('global.') ? `ztunnel.${path}` : path;
  const top = inValues.split('.')[0] ?? '';
  return `spec.${objectAt(spec, 'values')[top] === undefined ? 'unvalidatedValues' : 'values'}.${inValues}`;
}

/** Values that no component does anything with, nor with a part of them. */
function idleValues(components: readonly MadeComponent[]): string[] {
  const taken = components.flatMap((component) => component.taken);
  const idle = new Set(components.flatMap((component) => component.idle));
  return [...idle].filter((path) => !taken.some((other) => other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`)));
}
