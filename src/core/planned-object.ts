import type { ApiObject, JsonPatch } from 'cdk8s';

/**
 * An object that is made at synthesis, perhaps for several constructs together: it can be patched before it is there.
 * Patches that several constructs give to one object apply in the order of the constructs' paths.
 */
export class PlannedObject {
  private readonly patches: JsonPatch[] = [];
  private object: ApiObject | undefined;
  private applied = 0;

  /**
   * Adds RFC 6902 operations; they see the object as it will be written, and their result is validated.
   *
   * @example
   * route.virtualServiceObject.addJsonPatch(JsonPatch.add('/spec/http/0/timeout', '5s'));
   */
  public addJsonPatch(...operations: JsonPatch[]): void {
    this.patches.push(...operations);
    this.apply();
  }

  /** Says which object it is, at every planning; one that was made anew has no patches yet. @internal */
  public become(object: ApiObject): void {
    if (this.object !== object) this.applied = 0;
    this.object = object;
    this.apply();
  }

  private apply(): void {
    if (this.object === undefined) return;
    this.object.addJsonPatch(...this.patches.slice(this.applied));
    this.applied = this.patches.length;
  }
}
