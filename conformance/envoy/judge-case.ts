import type { JudgeRow } from '../runner/judge';
import type { Case, Check } from './case';
import type { JsonObject } from './json';
import { manifestsOf } from './manifests';
import { differences } from './outcome';
import { Scene } from './scene';
import type { Tools } from './scene';

/** One case as a line of the table. Where it cannot be judged that is a disagreement, and the next one is judged all the same. */
export async function rowOf(one: Case, tools: Tools, signal: AbortSignal, saw: (manifests: readonly JsonObject[]) => void): Promise<JudgeRow> {
  const started = Date.now();
  const controlled = one.checks.filter(({ control }) => control !== undefined).length;
  let judged = one.checks.length + controlled;
  let details: string[];
  try {
    details = controlled === 0 ? ['the case has no control'] : await disagreements(one, tools, signal, saw);
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
async function disagreements(one: Case, tools: Tools, signal: AbortSignal, saw: (manifests: readonly JsonObject[]) => void): Promise<string[]> {
  const manifests = manifestsOf(one.program);
  saw(manifests);
  const [kept, control] = await startAll([
    async () => await Scene.start(tools, one, manifests),
    async () => await Scene.start(tools, one, one.control.edit(manifests)),
  ]);
  const stop = async (): Promise<void> => void (await Promise.all([kept.stop(), control.stop()]));
  // Requests that are under way fail at once when nobody answers any more.
  const abort = (): void => void stop();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const lines: string[] = [];
    for (const check of one.checks) lines.push(...(signal.aborted ? [] : await judgeCheck(check, kept, control)));
    return lines;
  } finally {
    signal.removeEventListener('abort', abort);
    await stop();
  }
}

async function judgeCheck(check: Check, kept: Scene, control: Scene): Promise<string[]> {
  const lines: string[] = [];
  const wrong = differences(check.expect, await kept.observe(check, check.expect));
  if (wrong.length > 0) lines.push(`${check.what}: expected ${wrong.join('; ')}`);
  if (check.control === undefined) return lines;
  const observed = await control.observe(check, check.control);
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
