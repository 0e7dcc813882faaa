import type { JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';

/** The annotations of a manifest. */
export function annotationsOf(manifest: JsonObject): JsonObject {
  const metadata = isJsonObject(manifest['metadata']) ? manifest['metadata'] : {};
  return isJsonObject(metadata['annotations']) ? metadata['annotations'] : {};
}

/** The manifest with these annotations over its own. */
export function withAnnotations(manifest: JsonObject, annotations: JsonObject): JsonObject {
  const metadata = isJsonObject(manifest['metadata']) ? manifest['metadata'] : {};
  const all = Object.entries({ ...annotationsOf(manifest), ...annotations }).sort(([a], [b]) => (a < b ? -1 : 1));
  const others = Object.entries(metadata).filter(([name]) => name !== 'annotations');
  return { ...manifest, metadata: { annotations: Object.fromEntries(all), ...Object.fromEntries(others) } };
}
