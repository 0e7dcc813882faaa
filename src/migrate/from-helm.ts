import type { Release } from '../control-plane/release';
import { NEWEST_RELEASE, requireRelease } from '../control-plane/release';
import { describeValue } from '../core/refusal';
import { closest } from '../errors/closest';
import type { Finding } from '../errors/finding';
import { MeshError, meshError } from '../errors/mesh-error';
import type { JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import type { Installation, InstalledComponent } from './installation';
import { inConstruct } from './refused-values';
import type { ValueRule } from './value-rule';
import type { Chart, ChartName } from './values/charts';
import { CHARTS } from './values/charts';
import { effectiveValues, INTERNAL_KEYS, profileFindings } from './values/effective-values';
import { KnownValues } from './values/known-values';
import { missingSections } from './values/required-sections';
import { unknownValues } from './values/unknown-values';
import { withoutPaths } from './values/merge';
import { CHOOSING, unsupportedValues } from './values/unsupported-values';
import type { TakenValues } from './values/unsupported-values';

/** A Helm release of one of Istio's charts. */
export interface HelmRelease {
  readonly chart: ChartName;
  /** What the user's values files hold, merged. @default - nothing: all of the chart's defaults */
  readonly values?: JsonObject;
  /** @default - `istio-base`, `istiod`, `istio-cni`, `ztunnel`; `istio-ingress` for the chart `gateway` */
  readonly releaseName?: string;
  /**
   * Namespace that the release is installed to.
   * @default - `global.istioNamespace` of the values, else `istio-system`; `istio-ingress` for the chart `gateway`
   */
  readonly namespace?: string;
}

/** What holds for all releases of an installation. */
export interface FromHelmOptions {
  /** Full version of Istio, such as `1.31.3`: the charts' version. @default - the newest known */
  readonly istio?: string;
}

/**
 * The constructs that make what Istio's Helm charts make of these values.
 *
 * @throws MeshError for values that no chart of that release knows, that are of another type than the chart's, or that are not
 * supported, and for an unknown profile, platform, compatibility version or release.
 * @see https://istio.io/latest/docs/setup/install/helm/
 */
export function installationFromHelm(releases: readonly HelmRelease[], options: FromHelmOptions = {}): Installation {
  const release = requireRelease(options.istio ?? NEWEST_RELEASE);
  const findings: Finding[] = [];
  const notes: string[] = [];
  const components = [...releases].sort(byOrder).flatMap((each) => {
    try {
      const made = componentOf(each, release);
      notes.push(...made.notes);
      return [made.component];
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      findings.push(...error.findings);
      return [];
    }
  });
  findings.push(...duplicateFindings(components));
  if (findings.length > 0) throw new MeshError(findings);
  return { istio: release.version, components, ...(notes.length === 0 ? {} : { notes }) };
}

function componentOf(given: HelmRelease, release: Release): { readonly component: InstalledComponent; readonly notes: readonly string[] } {
  const chart = chartOf(given.chart);
  const user = given.values ?? {};
  if (!isJsonObject(user)) throw noValues(chart, user);
  const releaseName = given.releaseName ?? chart.release.name;
  const releaseNamespace = given.namespace ?? namespaceOf(chart, user);
  const construct = idOf(chart, releaseName);
  const { rules, propsOf, constructOf } = chart.load();
  const { idle, foreign } = requireKnown({ chart, rules, user, release, construct });
  const values = effectiveValues({ chart, user: withoutPaths(user, foreign), release, construct });
  const missing = missingSections(chart, values, construct);
  if (missing.length > 0) throw new MeshError(missing);
  const context = { istio: release.version, releaseName, releaseNamespace };
  const props = inConstruct(construct, () => propsOf(values, context)) as InstalledComponent['props'];
  return {
    component: { construct: constructOf?.(values) ?? chart.construct, id: construct, props },
    notes: idle.map((path) => `${construct}: ${path}: the chart ${chart.name} of Istio ${release.minor} does nothing with it`),
  };
}

interface GivenValues {
  readonly chart: Chart;
  readonly rules: readonly ValueRule[];
  readonly user: JsonObject;
  readonly release: Release;
  readonly construct: string;
}

/** Which values change nothing, once it is clear that all of them are known, and taken if they change something. */
function requireKnown({ chart, rules, user, release, construct }: GivenValues): Pick<TakenValues, 'idle' | 'foreign'> {
  const known = KnownValues.of(chart, release.minor);
  const place = (path: string): { construct: string; property: string } => ({ construct, property: path });
  const unknown = unknownValues({
    values: user,
    known,
    isStrict: chart.isStrict,
    refusesNull: chart.isStrict,
    // Helm takes no notice of what only charts of other releases know, unless a schema says what stands at the top
    isKnown: (path) => INTERNAL_KEYS.includes(path) || CHOOSING.has(path) || ((!chart.isStrict || path.includes('.')) && rules.some((rule) => rule.path === path)),
    who: `the charts of Istio ${release.minor}`,
    place,
  });
  const { findings, idle, foreign } = unsupportedValues({ values: user, chart, rules, known, place });
  const all = [...unknown, ...findings, ...profileFindings({ chart, user, release, construct })];
  if (all.length > 0) throw new MeshError(all);
  return { idle, foreign };
}

/** Releases are found by the name in their documentation; those of gateways are named after what they are. */
function idOf(chart: Chart, releaseName: string): string {
  return chart.name === 'gateway' || releaseName !== chart.release.name ? releaseName : chart.name;
}

function namespaceOf(chart: Chart, values: JsonObject): string {
  const named = isJsonObject(values['global']) ? values['global']['istioNamespace'] : undefined;
  return chart.name !== 'gateway' && typeof named === 'string' && named !== '' ? named : chart.release.namespace;
}

function chartOf(name: string): Chart {
  const chart = CHARTS.find((known) => known.name === name);
  if (chart !== undefined) return chart;
  const names = CHARTS.map((known) => known.name);
  const meant = closest(name, names);
  throw meshError({
    code: 'unknown-chart',
    property: 'chart',
    got: describeValue(name),
    expected: `one of Istio's charts: ${names.join(', ')}`,
    ...(meant === undefined ? {} : { fix: `did you mean ${JSON.stringify(meant)}?` }),
  });
}

function noValues(chart: Chart, values: unknown): MeshError {
  return meshError({ code: 'bad-values', property: chart.name, got: describeValue(values), expected: 'values by name, as in a values.yaml' });
}

function duplicateFindings(components: readonly InstalledComponent[]): Finding[] {
  const ids = components.map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))].map((id) => ({
    code: 'duplicate-release',
    property: 'releaseName',
    got: `${JSON.stringify(id)} more than once`,
    expected: 'one release of each name',
    fix: 'give each a release name of its own',
  }));
}

/** Charts that are not known come first; they are refused. */
function byOrder(a: HelmRelease, b: HelmRelease): number {
  return orderOf(a) - orderOf(b);
}

function orderOf(release: HelmRelease): number {
  return CHARTS.findIndex(({ name }) => name === release.chart);
}
