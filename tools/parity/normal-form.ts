import { readDocuments } from '../../src/cli/manifest-text';
import type { Json, JsonObject } from '../../src/rules/json';
import { isJsonObject, setKey } from '../../src/rules/json';

/**
 * The one form in which two renderings are compared, so that what means the same is the same:
 *
 * - a null is as good as a missing key;
 * - in metadata, `env` and `affinity` so is an empty object or list; elsewhere those mean something;
 * - texts of a ConfigMap that hold YAML or JSON are compared as what they hold;
 * - labels that only say by what an object was installed are left out;
 * - so are CustomResourceDefinitions, Helm's dump of all values, and the text of the injector's template.
 */

/** Labels of objects and of pod templates that say how something was installed, not what it is. */
const INSTALLER_LABELS = [
  'app.kubernetes.io/instance',
  'app.kubernetes.io/managed-by',
  'app.kubernetes.io/part-of',
  'app.kubernetes.io/version',
  'helm.sh/chart',
  'install.operator.istio.io/owning-resource',
  'operator.istio.io/component',
  'release',
];
/** Keys under which nothing and an empty value are the same. */
const EMPTY_IS_NOTHING = new Set(['metadata', 'env', 'affinity']);
const INJECTOR = /^istio-sidecar-injector(-|$)/;
const VALUES_DUMP = /^values(-|$)/;

/** Objects by identity: `group/kind namespace/name`. */
export type NormalForm = ReadonlyMap<string, JsonObject>;

/** @param injectorPaths values of the injector that something reads; only these are compared */
export function normalForm(objects: readonly JsonObject[], injectorPaths: readonly string[]): NormalForm {
  const result = new Map<string, JsonObject>();
  for (const object of objects) {
    if (isLeftOut(object)) continue;
    const key = identityOf(object);
    // objects of one identity are no set: both must show
    result.set(result.has(key) ? `${key} (again)` : key, normalObject(object, injectorPaths));
  }
  return result;
}

/** The objects of a YAML text, as a Kubernetes server reads it. */
export function readObjects(text: string): JsonObject[] {
  return readDocuments(text).flatMap(({ value, problems }) => {
    if (problems.length > 0) throw new Error(problems.map(({ got }) => got).join('; '));
    return isJsonObject(value) ? [value] : [];
  });
}

export function identityOf(object: JsonObject): string {
  const apiVersion = String(object['apiVersion']);
  const group = apiVersion.includes('/') ? `${apiVersion.slice(0, apiVersion.indexOf('/'))}/` : '';
  const { namespace, name } = metadataOf(object);
  return `${group}${String(object['kind'])} ${namespace === undefined || namespace === null ? '' : `${String(namespace)}/`}${String(name)}`;
}

function metadataOf(object: JsonObject): JsonObject {
  return isJsonObject(object['metadata']) ? object['metadata'] : {};
}

function isLeftOut(object: JsonObject): boolean {
  const name = String(metadataOf(object)['name']);
  return object['kind'] === 'CustomResourceDefinition' || (object['kind'] === 'ConfigMap' && VALUES_DUMP.test(name));
}

function normalObject(object: JsonObject, injectorPaths: readonly string[]): JsonObject {
  const { apiVersion: _version, ...rest } = withoutInstallerLabels(object);
  const manifest: JsonObject = { ...rest, ...(typeof object['apiVersion'] === 'string' ? { apiVersion: object['apiVersion'] } : {}) };
  const read = object['kind'] === 'ConfigMap' ? withParsedData(manifest, injectorPaths) : manifest;
  return normalise(read, false) as JsonObject;
}

function withoutInstallerLabels(object: JsonObject): JsonObject {
  const stripped = stripLabels(object);
  const spec = stripped['spec'];
  const template = isJsonObject(spec) ? spec['template'] : undefined;
  if (!isJsonObject(spec) || !isJsonObject(template)) return stripped;
  return { ...stripped, spec: { ...spec, template: stripLabels(template) } };
}

function stripLabels(holder: JsonObject): JsonObject {
  const metadata = metadataOf(holder);
  if (!isJsonObject(metadata['labels'])) return holder;
  const labels = Object.fromEntries(Object.entries(metadata['labels']).filter(([key]) => !INSTALLER_LABELS.includes(key)));
  return { ...holder, metadata: { ...metadata, labels } };
}

function withParsedData(configMap: JsonObject, injectorPaths: readonly string[]): JsonObject {
  if (!isJsonObject(configMap['data'])) return configMap;
  const isInjector = INJECTOR.test(String(metadataOf(configMap)['name']));
  const data: Record<string, Json> = {};
  for (const [key, text] of Object.entries(configMap['data'])) {
    if (isInjector && key === 'config') continue;
    const value = typeof text === 'string' ? parsed(text) : text;
    setKey(data, key, isInjector && key === 'values' && isJsonObject(value) ? project(value, injectorPaths) : value);
  }
  return { ...configMap, data };
}

/** What a text holds; the text itself where that is no object or list. */
function parsed(text: string): Json {
  const documents = readDocuments(text);
  const [only] = documents;
  if (only === undefined || documents.length > 1 || only.problems.length > 0) return text;
  return typeof only.value === 'object' && only.value !== null ? (only.value as Json) : text;
}

/** The values at these paths, as an object of paths. */
function project(values: JsonObject, paths: readonly string[]): JsonObject {
  return Object.fromEntries(paths.flatMap((path) => {
    const value = path.split('.').reduce<Json | undefined>((at, key) => (isJsonObject(at) ? at[key] : undefined), values);
    return value === undefined ? [] : [[path, value] as const];
  }));
}

function normalise(value: Json, emptyIsNothing: boolean): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => normalise(item, emptyIsNothing));
  if (!isJsonObject(value)) return value;
  const result: Record<string, Json> = {};
  for (const key of Object.keys(value).sort()) {
    const isLoose = emptyIsNothing || EMPTY_IS_NOTHING.has(key);
    const child = normalise(value[key] as Json, isLoose);
    if (child === null || (isLoose && isEmpty(child))) continue;
    setKey(result, key, child);
  }
  return result;
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
