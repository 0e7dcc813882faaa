import { describeValue } from '../../core/refusal';
import { closest } from '../../errors/closest';
import { meshError } from '../../errors/mesh-error';
import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';
import { valueAt } from '../props-from';
import { mergeValues } from '../values/merge';
import { OPERATOR_PROFILES } from './profiles';

/** What an IstioOperator asks for, with its profile beneath and in the terms of the charts. */
export interface MergedOperator {
  readonly components: JsonObject;
  /** One tree of values for all charts. */
  readonly values: JsonObject;
  /** Namespace of components that name none. */
  readonly namespace: string;
}

/**
 * The spec over its profile over the default profile; then what the spec says by itself becomes values, over which the user's
 * own values go once more.
 *
 * @throws MeshError for a profile that istioctl does not have.
 */
export function mergeOperator(spec: JsonObject): MergedOperator {
  const merged = [profileOf(spec['profile']), spec].reduce(mergeValues, OPERATOR_PROFILES['default'] ?? {});
  const components = objectAt(merged, 'components');
  const own = [
    objectAt(merged, 'values'),
    topValues(merged),
    { pilot: { enabled: isEnabled(components, 'pilot'), cni: { enabled: isEnabled(components, 'cni') } } },
    objectAt(spec, 'values'),
    objectAt(spec, 'unvalidatedValues'),
  ].reduce<JsonObject>(mergeValues, {});
  const namespace = valueAt(own, 'global.istioNamespace');
  return { components, values: own, namespace: typeof namespace === 'string' && namespace !== '' ? namespace : 'istio-system' };
}

function profileOf(name: Json | undefined): JsonObject {
  if (name === undefined || name === null || name === '') return {};
  const profile = typeof name === 'string' && Object.hasOwn(OPERATOR_PROFILES, name) ? OPERATOR_PROFILES[name] : undefined;
  if (profile !== undefined) return profile;
  const names = Object.keys(OPERATOR_PROFILES).sort();
  const meant = typeof name === 'string' ? closest(name, names) : undefined;
  throw meshError({
    code: 'unknown-profile',
    property: 'spec.profile',
    got: describeValue(name),
    expected: `a profile of istioctl: ${names.join(', ')}`,
    fix: meant === undefined ? 'say what the profile says in the spec: profiles in files are not read' : `did you mean ${JSON.stringify(meant)}?`,
  });
}

/** Fields of the spec that are other names for values. */
function topValues(spec: JsonObject): JsonObject {
  const { hub, tag, revision, compatibilityVersion, meshConfig } = spec;
  const image = { ...text('hub', hub), ...text('tag', tag) };
  return {
    ...(Object.keys(image).length === 0 ? {} : { global: image }),
    ...text('revision', revision),
    ...text('compatibilityVersion', compatibilityVersion),
    ...(isJsonObject(meshConfig) ? { meshConfig } : {}),
  };
}

function text(name: string, value: Json | undefined): JsonObject {
  return value === undefined || value === null ? {} : { [name]: String(value) };
}

function isEnabled(components: JsonObject, name: string): boolean {
  const component = components[name];
  return isJsonObject(component) && component['enabled'] === true;
}

export function objectAt(owner: JsonObject, key: string): JsonObject {
  const value = owner[key];
  return isJsonObject(value) ? value : {};
}
