import type { Construct } from 'constructs';

/** Something that a planner wants to be there. */
export interface Wanted {
  readonly owner: Construct;
  readonly make: () => Construct;
}

/**
 * What a planner has made, by key: each at one owner. A planner runs before every synthesis; what it made at an earlier
 * run stays the same construct, so that patches to it are kept, unless its owner changes.
 */
export class PlannedChildren {
  private readonly made = new Map<string, { readonly owner: Construct; readonly child: Construct }>();

  /** Makes what is wanted and not there yet, and removes what is no longer wanted or has another owner. */
  public bring(wanted: ReadonlyMap<string, Wanted>): void {
    for (const [key, { owner, child }] of this.made) {
      if (wanted.get(key)?.owner === owner) continue;
      owner.node.tryRemoveChild(child.node.id);
      this.made.delete(key);
    }
    for (const [key, { owner, make }] of wanted) {
      if (!this.made.has(key)) this.made.set(key, { owner, child: madeOrGone(owner, make) });
    }
  }
}

/** A construct that refuses its props is there all the same by then, and would be in the way of the next run. */
function madeOrGone(owner: Construct, make: () => Construct): Construct {
  const before = new Set(owner.node.children);
  try {
    return make();
  } catch (error) {
    for (const child of owner.node.children) if (!before.has(child)) owner.node.tryRemoveChild(child.node.id);
    throw error;
  }
}
