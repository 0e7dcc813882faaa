import { isJsonObject } from './json';
import type { Json, JsonObject } from './json';
import type { KindRules } from './kind-rules';
import { schemaOfVariant, variantIndex } from './schema';
import { decodeVariant } from './variants';

/**
 * The CustomResourceDefinition of a kind as a release publishes it, without descriptions; undefined where the release
 * has no such kind, or where Kubernetes has the kind built in.
 */
export function crdOf(rules: KindRules, wanted: { release: string; channel?: string | undefined }): JsonObject | undefined {
  if (rules.crd === undefined) return undefined;
  const index = rules.releases.findIndex(
    (release) => release.release === wanted.release && release.channel === wanted.channel,
  );
  const frame = index < 0 ? undefined : decodeVariant(rules.crd, index);
  if (frame === undefined || !isJsonObject(frame) || !isJsonObject(frame['spec'])) return undefined;
  const versions = frame['spec']['versions'];
  if (!Array.isArray(versions)) return undefined;
  const complete = (versions as readonly JsonObject[]).map((version) => withSchema(rules, wanted, version));
  return { ...frame, spec: { ...frame['spec'], versions: complete } };
}

function withSchema(
  rules: KindRules,
  wanted: { release: string; channel?: string | undefined },
  version: JsonObject,
): Json {
  const index = variantIndex(rules, { ...wanted, version: String(version['name']) });
  const schema = index === undefined ? undefined : schemaOfVariant(rules, index);
  return schema === undefined ? version : { ...version, schema: { openAPIV3Schema: schema.root } };
}
