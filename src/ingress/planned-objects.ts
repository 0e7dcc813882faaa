import type { JsonPatch } from 'cdk8s';
import { PlannedObject } from '../core/planned-object';

/** The objects of one kind that a route is written to, one for each of its gateways: they are patched alike. */
export class PlannedObjects extends PlannedObject {
  private readonly all: JsonPatch[] = [];
  private readonly objects = new Map<string, PlannedObject>();

  public override addJsonPatch(...operations: JsonPatch[]): void {
    this.all.push(...operations);
    for (const object of this.objects.values()) object.addJsonPatch(...operations);
  }

  /** The object at one gateway. @internal */
  public at(gateway: string): PlannedObject {
    const known = this.objects.get(gateway);
    if (known !== undefined) return known;
    const object = new PlannedObject();
    object.addJsonPatch(...this.all);
    this.objects.set(gateway, object);
    return object;
  }
}
