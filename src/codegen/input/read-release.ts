import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import type { Release } from '../../rules/kind-rules';
import type { PublishedRelease } from '../model';
import type { InputText } from './input-text';
import { readCrds } from './read-crds';
import { isOpenApi, readOpenApi } from './read-openapi';
import type { KindFilter } from './read-openapi';

/**
 * Pass "read": the kinds of one release, from CRDs or from Kubernetes' OpenAPI document. A release may have none of
 * the kinds that are wanted: they came with a later one.
 */
export function readRelease(release: Release, inputs: readonly InputText[], filter?: KindFilter): PublishedRelease {
  const [first] = inputs;
  const document = first === undefined || inputs.length > 1 ? undefined : openApiOf(first);
  if (first !== undefined && document !== undefined) return readOpenApi(release, first, document, filter);
  const read = readCrds(release, inputs);
  if (filter === undefined) return read;
  return { ...read, kinds: read.kinds.filter((kind) => isWanted(kind.group, kind.kind, filter)) };
}

function isWanted(group: string, kind: string, filter: KindFilter): boolean {
  return filter.some((wanted) => wanted === kind || (wanted.startsWith(`${group}/`) && wanted.endsWith(`/${kind}`)));
}

function openApiOf(input: InputText): JsonObject | undefined {
  if (!input.text.trimStart().startsWith('{') || !input.text.includes('"swagger"')) return undefined;
  try {
    const value = JSON.parse(input.text) as Json;
    return isJsonObject(value) && isOpenApi(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
