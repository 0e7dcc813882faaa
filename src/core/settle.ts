import type { IConstruct } from 'constructs';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import { rootState } from './root-state';

/**
 * Adds or merges objects that depend on the whole program, such as the fewest AuthorizationPolicies for all grants, or
 * the one VirtualService of a host that several teams add to.
 */
export interface Planner {
  /** Planners run in the order of their keys, so that the result does not depend on the order of construction. */
  readonly key: string;
  /**
   * Called once or more before each synthesis; what it made at an earlier call it finds again and brings up to date. It
   * refuses with a MeshError, whose findings stand in the one error of the synthesis.
   */
  plan(): void;
  /**
   * Called once before each synthesis, when all planners are done: for what is costly to find out, and changes nothing. It
   * refuses as `plan` does.
   * @default - nothing is looked at once more
   */
  check?(): void;
}

/** A planner that goes on making new planners would never come to an end. */
const MOST_ROUNDS = 20;

/**
 * Lets all planners of the app plan and check.
 *
 * @returns what they refused
 */
export function settle(root: IConstruct): readonly Finding[] {
  return [...planAll(root), ...checkAll(root)];
}

/**
 * Lets all planners of the app do their work, twice at least; the entries to synthesis call it before anything is
 * rendered.
 *
 * A planner that refuses does not keep the others from planning: what it would have made is not there, and its findings
 * stand beside those of rendering and validation.
 *
 * @returns what planners refused when they ran last, or that they keep on registering new planners
 */
export function planAll(root: IConstruct): readonly Finding[] {
  const planners = plannersOf(root);
  const refused = new Map<string, readonly Finding[]>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = planners.size;
    for (const key of sortedKeys(planners)) refused.set(key, findingsOf(() => planners.get(key)?.plan()));
    // once more after the last new one: a planner may have added to what an earlier one plans
    if (planners.size === before && round > 0) return [...refused.values()].flat();
  }
  return [...[...refused.values()].flat(), neverSettles(root)];
}

/** Lets all planners check what has been planned; nothing of the program changes any more. @returns what they refused */
export function checkAll(root: IConstruct): readonly Finding[] {
  const planners = plannersOf(root);
  return sortedKeys(planners).flatMap((key) => findingsOf(() => planners.get(key)?.check?.()));
}

function sortedKeys(planners: ReadonlyMap<string, Planner>): string[] {
  return [...planners.keys()].sort();
}

/** Only refusals are collected: any other error is one of the planner itself, and its stack leads there. */
function findingsOf(work: () => void): readonly Finding[] {
  try {
    work();
    return [];
  } catch (error) {
    if (MeshError.isMeshError(error)) return error.findings;
    throw error;
  }
}

function neverSettles(root: IConstruct): Finding {
  return {
    code: 'never-settles',
    construct: root.node.path,
    property: '',
    got: `planners that were still making new ones after ${MOST_ROUNDS} rounds`,
    expected: 'planners that come to an end',
    fix: 'register planners when a construct is made, not when it is planned',
  };
}

/** The planners of an app, by key. */
export function plannersOf(scope: IConstruct): Map<string, Planner> {
  return rootState(scope, 'planners', () => new Map<string, Planner>());
}
