import type { Release } from '../../control-plane/release';
import { closest } from '../../errors/closest';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';
import { describeValue } from '../../core/refusal';
import type { Chart } from './charts';
import { mergeValues } from './merge';
import { profileSetsOf } from './profiles';

/** Where the charts keep their own defaults; nobody else may set them. */
export const INTERNAL_KEYS: readonly string[] = ['defaults', '_internal_defaults_do_not_set'];

/** What values are put together from. */
export interface ValuesToMerge {
  readonly chart: Pick<Chart, 'section' | 'flattensGlobal'>;
  readonly user: JsonObject;
  readonly release: Release;
  /** Id of the construct that the values are for. */
  readonly construct: string;
}

/**
 * What a chart makes of a user's values: over the profile, then the compatibility version, then the platform; then older layouts
 * are taken for what they mean today. The chart's own defaults are left out: they are those of the constructs.
 *
 * @throws MeshError for a profile, platform or compatibility version that the release does not have, and for the key that the
 * charts keep their defaults in.
 * @see https://istio.io/latest/docs/setup/additional-setup/config-profiles/
 */
export function effectiveValues({ chart, user, release, construct }: ValuesToMerge): JsonObject {
  const findings = profileFindings({ chart, user, release, construct });
  if (findings.length > 0) throw new MeshError(findings);
  return flatten(chart, chosenSets(user, release).map(({ set }) => set ?? {}).reduce(mergeValues, {}), user);
}

/** What {@link effectiveValues} would refuse. */
export function profileFindings({ user, release, construct }: ValuesToMerge): Finding[] {
  const unknown = chosenSets(user, release).filter(({ set }) => set === undefined);
  return [...INTERNAL_KEYS.flatMap((key) => internalFinding(construct, user, key)), ...unknown.map((each) => unknownName(each, release, construct))];
}

/** A set of values that a user chose by its name. */
interface ChosenSet {
  readonly path: string;
  readonly name: Json;
  /** What such a set is called, for messages. */
  readonly what: string;
  readonly known: Readonly<Record<string, JsonObject>>;
  /** Undefined where the release has none of that name. */
  readonly set: JsonObject | undefined;
}

/** In the order in which one goes over the other. */
function chosenSets(user: JsonObject, release: Release): ChosenSet[] {
  const sets = profileSetsOf(release);
  const globals = isJsonObject(user['global']) ? user['global'] : {};
  const chosen = [
    { path: 'profile', name: firstSet(user['profile'], globals['profile']), known: sets.profiles, what: 'a profile' },
    { path: 'compatibilityVersion', name: firstSet(user['compatibilityVersion']), known: sets.compatibilityVersions, what: 'a compatibility version' },
    { path: 'platform', name: firstSet(user['platform'], globals['platform']), known: sets.platforms, what: 'a platform' },
  ];
  return chosen.flatMap(({ path, name, known, what }) => {
    if (name === undefined) return [];
    const own = firstSet(user[path]) === undefined ? `global.${path}` : path;
    return [{ path: own, name, what, known, set: typeof name === 'string' && Object.hasOwn(known, name) ? known[name] : undefined }];
  });
}

function flatten(chart: Pick<Chart, 'section' | 'flattensGlobal'>, brought: JsonObject, user: JsonObject): JsonObject {
  const globalOf = (values: JsonObject): JsonObject => (isJsonObject(values['global']) ? values['global'] : {});
  const globals = chart.flattensGlobal ? mergeValues(globalOf(brought), globalOf(user)) : {};
  const merged = [globals, user].reduce(mergeValues, brought);
  const section = chart.section === undefined ? undefined : merged[chart.section];
  return isJsonObject(section) ? mergeValues(merged, section) : merged;
}

/** As Helm's `coalesce`: the first that is neither missing nor empty. */
function firstSet(...values: readonly (Json | undefined)[]): Json | undefined {
  return values.find((value) => value !== undefined && value !== null && value !== '' && value !== false && value !== 0);
}

function internalFinding(construct: string, user: JsonObject, key: string): readonly Finding[] {
  if (user[key] === undefined || user[key] === null) return [];
  return [
    {
      code: 'internal-value',
      construct,
      property: key,
      got: describeValue(user[key]),
      expected: 'nothing: it is where the chart keeps its own defaults',
      fix: `move what is in it to the top: instead of ${key}.hub, give hub`,
    },
  ];
}

function unknownName({ path, name, what, known }: ChosenSet, release: Release, construct: string): Finding {
  const names = Object.keys(known);
  const meant = typeof name === 'string' ? closest(name, names) : undefined;
  return {
    code: 'unknown-profile',
    construct,
    property: path,
    got: describeValue(name),
    expected: `${what} of Istio ${release.version}: ${names.join(', ')}`,
    ...(meant === undefined ? typeFix(name) : { fix: `did you mean ${JSON.stringify(meant)}?` }),
  };
}

/** `1.30` without quotes is the number 1.3. */
function typeFix(got: Json): { readonly fix?: string } {
  return typeof got === 'number' ? { fix: 'put it in quotes: YAML reads it as a number' } : {};
}
