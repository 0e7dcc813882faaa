import type { JudgeRow } from '../runner/judge';
import type { Case } from './case';
import { Decisions } from './decisions';
import { drawing, randomScene } from './random-policies';
import { Scene } from './scene';
import type { Tools } from './scene';

/** Sets of policies for one row, and requests for each set. */
const SETS = 10;
const REQUESTS = 25;
/** Each makes a row of its own. */
export const SEEDS: readonly number[] = [1, 3, 7, 12];

/** Random policies and requests, decided by the library and by Envoy. */
export async function randomDecisionsRow(seed: number, tools: Tools, signal: AbortSignal): Promise<JudgeRow> {
  const started = Date.now();
  const draw = drawing(seed);
  const decisions = new Decisions();
  try {
    let before: Parameters<Decisions['compareSwapped']>[1] | undefined;
    for (let set = 1; set <= SETS; set += 1) {
      signal.throwIfAborted();
      const { manifests, through, checks } = randomScene(draw, REQUESTS);
      const one: Case = { name: `seed ${seed}, set ${set}`, promise: '', program: () => undefined, through, checks, control: { what: '', edit: (same) => same } };
      const scene = await Scene.start(tools, one, manifests);
      try {
        for (const check of checks) {
          const observation = await scene.observe(check, {});
          decisions.compare(one, manifests, check, observation, check.answers);
          if (before !== undefined) decisions.compareSwapped(one, before, check, observation, check.answers);
        }
      } finally {
        await scene.stop();
      }
      before = manifests;
    }
  } catch (error) {
    return { name: `decisions: random policies, seed ${seed}`, agree: 0, disagree: 1, skipped: 0, details: [`not judged: ${(error as Error).message}`], seconds: (Date.now() - started) / 1000 };
  }
  return { ...decisions.row(), name: `decisions: random policies, seed ${seed}`, seconds: (Date.now() - started) / 1000 };
}
