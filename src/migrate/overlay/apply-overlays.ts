import { ApiObject, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';
import type { ObjectOverlay } from '../installation';
import { PathMismatch, patchAtPath } from './path-patch';
import { strategicMerge } from './strategic-merge';

/**
 * Changes the objects that a construct made. An overlay of an object that is not there changes nothing, as with istioctl.
 *
 * @throws MeshError for a path that does not exist in its object.
 */
export function applyOverlays(component: Construct, overlays: readonly ObjectOverlay[]): void {
  const objects = component.node.findAll().filter((construct): construct is ApiObject => ApiObject.isApiObject(construct));
  const findings: Finding[] = [];
  for (const object of objects) {
    const own = overlays.filter(({ kind, name }) => kind === object.kind && name === object.name);
    if (own.length === 0) continue;
    const before = object.toJson() as JsonObject;
    const after = own.reduce((manifest, overlay) => changed(manifest, overlay, object, findings), before);
    for (const patch of patchesFor(before, after)) object.addJsonPatch(patch);
  }
  if (findings.length > 0) throw new MeshError(findings);
}

function changed(manifest: JsonObject, { merge, patches }: ObjectOverlay, object: ApiObject, findings: Finding[]): JsonObject {
  const merged = merge === undefined ? manifest : mergedInto(manifest, merge);
  return patches.reduce<JsonObject>((at, { path, value }) => {
    try {
      return patchAtPath(at, String(path), value);
    } catch (error) {
      if (!(error instanceof PathMismatch)) throw error;
      findings.push({
        code: 'bad-overlay',
        construct: object.node.path,
        property: `k8s.overlays ${object.kind} ${object.name}`,
        got: error.message,
        expected: 'a path that exists in the object; items of lists must be there',
        fix: 'render without the overlay to see the paths of the object',
      });
      return at;
    }
  }, merged);
}

/** The object with a Kubernetes setting merged into it. */
export function mergedInto(manifest: JsonObject, merge: JsonObject): JsonObject {
  return oneBudget(strategicMerge(manifest, merge), merge);
}

/** Of the two bounds of a disruption budget only one may be set; the chart sets the one, a setting may set the other. */
function oneBudget(manifest: JsonObject, merge: JsonObject): JsonObject {
  const { kind, spec } = manifest;
  const given = merge['spec'];
  if (kind !== 'PodDisruptionBudget' || !isJsonObject(spec) || !isJsonObject(given)) return manifest;
  if (spec['maxUnavailable'] === undefined || spec['minAvailable'] === undefined) return manifest;
  const { minAvailable: _min, ...rest } = spec;
  return { ...manifest, spec: rest };
}

/** What turns the one manifest into the other, by the fields at the top. */
function patchesFor(before: JsonObject, after: JsonObject): JsonPatch[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    const [old, next] = [before[key], after[key]] as readonly (Json | undefined)[];
    if (next === undefined) return [JsonPatch.remove(`/${pointer(key)}`)];
    return JSON.stringify(old) === JSON.stringify(next) ? [] : [JsonPatch.add(`/${pointer(key)}`, next)];
  });
}

function pointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
