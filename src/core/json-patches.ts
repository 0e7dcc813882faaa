import { JsonPatch } from 'cdk8s';
import type { MeshError } from '../errors/mesh-error';
import { meshError } from '../errors/mesh-error';
import { hasPointers, missingTarget } from './patch-target';
import type { Operation } from './patch-target';
import { describeValue, refusal } from './refusal';

export type { Operation };

/**
 * Refuses what is no patch where it is given; cdk8s would find out at synthesis, and not say which object it is about.
 *
 * @throws MeshError naming the construct.
 */
export function requirePatch(patch: unknown, construct: string): asserts patch is JsonPatch {
  // by what it can do: two copies of cdk8s in one program have two JsonPatch classes
  const operation = typeof patch === 'object' && patch !== null && '_toJson' in patch ? operationOf(patch as JsonPatch) : undefined;
  if (operation !== undefined && hasPointers(operation)) return;
  throw refusal({ construct }, 'addJsonPatch', {
    code: 'bad-patch',
    got: operation === undefined ? describeValue(patch) : `the path ${describeValue(operation.path)}`,
    expected: "a JsonPatch of cdk8s, such as JsonPatch.add('/spec/hosts/-', 'shop')",
    fix: 'make it with JsonPatch.add(), replace(), remove(), move(), copy() or test()',
  });
}

/**
 * The document with one patch applied.
 *
 * @throws MeshError naming the construct and the path when the patch does not apply.
 */
export function applyPatch(document: unknown, patch: JsonPatch, construct: string): unknown {
  const operation = operationOf(patch);
  const missing = missingTarget(document, operation);
  if (missing !== undefined) throw doesNotApply(operation, construct, `there is no ${missing}`);
  try {
    return JsonPatch.apply(document, patch);
  } catch (error) {
    throw doesNotApply(operation, construct, firstLine(error));
  }
}

function doesNotApply(operation: Operation, construct: string, why: string): MeshError {
  return meshError({
    code: 'bad-patch',
    construct,
    property: propertyOf(operation),
    got: `a patch ${textOf(operation)} that does not apply (${why})`,
    expected: 'a path that exists in the rendered object',
    fix: 'print the object with toJson() to see its paths; "add" needs the parent to exist',
  });
}

/** The operation that a patch stands for. */
export function operationOf(patch: JsonPatch): Operation {
  // cdk8s keeps the operation private and offers no reader
  return (patch as unknown as { readonly operation?: Operation }).operation ?? {};
}

/** The path of an operation, as findings write paths. */
export function propertyOf({ path = '' }: Operation): string {
  return path.replace(/^\//, '').replaceAll('/', '.');
}

/** An operation for a message: `replace /spec/hosts`. */
export function textOf({ op, path }: Operation): string {
  return `${op ?? ''} ${path ?? ''}`.trim();
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';
}
