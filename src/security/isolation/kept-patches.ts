import { JsonPatch } from 'cdk8s';
import type { ApiObject } from 'cdk8s';

/**
 * What planners add to objects of others: patched once, and again only where it has changed, since a patch that was given cannot
 * be taken back.
 */
export class KeptPatches {
  private readonly last = new Map<ApiObject, Map<string, string>>();

  /** Whether the field is what a planner made it. */
  public has(object: ApiObject, path: string): boolean {
    return this.last.get(object)?.has(path) === true;
  }

  /** Sets a field, whose parent is there. */
  public set(object: ApiObject, path: string, value: unknown): void {
    const paths = this.last.get(object) ?? new Map<string, string>();
    this.last.set(object, paths);
    const text = JSON.stringify(value);
    if (paths.get(path) === text) return;
    paths.set(path, text);
    object.addJsonPatch(JsonPatch.add(path, value));
  }

  /** Sets an annotation; it may be said again and again. */
  public annotate(object: ApiObject, key: string, value: string): void {
    const paths = this.last.get(object) ?? new Map<string, string>();
    this.last.set(object, paths);
    paths.set(key, value);
    object.metadata.addAnnotation(key, value);
  }
}
