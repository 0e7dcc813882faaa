import type { IConstruct } from 'constructs';
import { plannersOf } from './settle';
import type { Planner } from './settle';
import { SynthSession } from './synth-session';

/**
 * Registers a planner for the app that `scope` is in. A key that is known already keeps its first planner.
 *
 * From then on every way to synthesize the app lets planners do their work, also where no object of ours is in it.
 */
export function addPlanner(scope: IConstruct, planner: Planner): void {
  SynthSession.of(scope);
  const planners = plannersOf(scope);
  if (!planners.has(planner.key)) planners.set(planner.key, planner);
}
