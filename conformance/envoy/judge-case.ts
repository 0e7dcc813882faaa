import type { JudgeRow } from '../runner/judge';
import type { Case, Check } from './case';
import type { Decisions } from './decisions';
import type { JsonObject } from './json';
import { manifestsOf } from './manifests';
import { differences } from './outcome';
import type { Observation } from './outcome';
import { Scene } from './scene';
import type { Tools } from './scene';

/** What looks at every case beside its own checks. */
export interface Watching {
  readonly saw: (manifests: readonly JsonObject[]) => void;
  readonly decisions: Decisions;
}

/** One case as a line of the table. Where it cannot be judged that is a disagreement, and the next one is judged all the same. */
export async function rowOf(one: Case, tools: Tools, signal: AbortSignal, watching: Watching): Promise<JudgeRow> {
  const started = Date.now();
  const controlled = one.checks.filter(({ control }) => control !== undefined).length;
  let judged = one.checks.length + controlled;
  let details: string[];
  try {
    details = controlled === 0 ? ['the case has no control'] : await disagreements(one, tools, signal, watching);
  } catch (error) {
    judged = 0;
    details = [`not judged: ${(error as Error).message}`];
  }
  return {
    name: one.name,
    agree: Math.max(0, judged - details.length),
    disagree: details.length,
    skipped: 0,
    note: `control (${controlled}): ${one.control.what}`,
    ...(details.length === 0 ? {} : { details: [`promise: ${one.promise}`, ...details] }),
    seconds: (Date.now() - started) / 1000,
  };
}

/** A line for each request that comes out otherwise than it should, with the construct or with the control. */
async function disagreements(one: Case, tools: Tools, signal: AbortSignal, watching: Watching): Promise<string[]> {
  const manifests = manifestsOf(one.program);
  watching.saw(manifests);
  const controlled = one.control.edit(manifests);
  const [kept, control] = await startAll([
    async () => await Scene.start(tools, one, manifests),
    async () => await Scene.start(tools, one, controlled),
  ]);
  const stop = async (): Promise<void> => void (await Promise.all([kept.stop(), control.stop()]));
  // Requests that are under way fail at once when nobody answers any more.
  const abort = (): void => void stop();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const lines: string[] = [];
    for (const check of one.checks) lines.push(...(signal.aborted ? [] : await judgeCheck(check, kept, control, watcher(one, manifests, controlled, watching.decisions))));
    return lines;
  } finally {
    signal.removeEventListener('abort', abort);
    await stop();
  }
}

/** Both sides of a case, as the library decides on them. */
interface Watcher {
  readonly kept: (check: Check, observation: Observation) => void;
  readonly control: (check: Check, observation: Observation) => void;
}

function watcher(one: Case, manifests: readonly JsonObject[], controlled: readonly JsonObject[], decisions: Decisions): Watcher {
  return {
    kept: (check, observation) => void decisions.compare(one, manifests, check, observation),
    control: (check, observation) => {
      decisions.compare(one, controlled, check, observation);
      decisions.compareSwapped(one, manifests, check, observation);
    },
  };
}

async function judgeCheck(check: Check, kept: Scene, control: Scene, watching: Watcher): Promise<string[]> {
  const lines: string[] = [];
  const seen = await kept.observe(check, check.expect);
  watching.kept(check, seen);
  const wrong = differences(check.expect, seen);
  if (wrong.length > 0) lines.push(`${check.what}: expected ${wrong.join('; ')}`);
  if (check.control === undefined) return lines;
  const observed = await control.observe(check, check.control);
  watching.control(check, observed);
  const astray = differences(check.control, observed);
  if (astray.length > 0) lines.push(`${check.what}, control: expected ${astray.join('; ')}`);
  else if (differences(check.expect, observed).length === 0) lines.push(`${check.what}: the control comes out the same`);
  return lines;
}

/** Two scenes at the same time; when one does not start, the other does not stay. */
async function startAll(starts: readonly [() => Promise<Scene>, () => Promise<Scene>]): Promise<[Scene, Scene]> {
  const results = await Promise.allSettled(starts.map((start) => start()));
  const running = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  const [kept, control] = running;
  if (failed === undefined && kept !== undefined && control !== undefined) return [kept, control];
  await Promise.all(running.map((scene) => scene.stop()));
  throw failed?.reason ?? new Error('a scene did not start');
}
