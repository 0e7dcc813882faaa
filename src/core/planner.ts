import type { IConstruct } from 'constructs';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
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

/**
 * Has something looked at when planners are done and the program does not change any more; what `find` finds is said along with all
 * else. A key that is known already keeps its first check.
 */
export function addCheck(scope: IConstruct, key: string, find: () => readonly Finding[]): void {
  const check = (): void => {
    const findings = find();
    if (findings.length > 0) throw new MeshError(findings);
  };
  addPlanner(scope, { key, plan: () => undefined, check });
}
