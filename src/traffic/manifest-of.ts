import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { MeshError, meshError } from '../errors/mesh-error';
import { isJsonObject } from '../rules/json';
import type { JsonObject } from '../rules/json';

/**
 * The manifest of the object that a construct stands for, or undefined where it makes none.
 *
 * @throws MeshError when it cannot be rendered.
 */
export function manifestOf(construct: IConstruct): JsonObject | undefined {
  const object: unknown = ApiObject.isApiObject(construct) ? construct : construct.node.defaultChild;
  if (!ApiObject.isApiObject(object)) return undefined;
  try {
    const manifest: unknown = object.toJson();
    return isJsonObject(manifest) ? manifest : undefined;
  } catch (error) {
    if (MeshError.isMeshError(error)) throw error;
    throw meshError({
      code: 'cannot-render',
      construct: construct.node.path,
      property: '',
      got: String(error instanceof Error ? error.message : error).split('\n')[0] ?? '',
      expected: 'an object that renders',
      fix: 'see what its construct was given',
    });
  }
}
