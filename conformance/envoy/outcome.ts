import type { Check, Outcome } from './case';
import { sleep } from '../kubernetes/client';
import type { Caller, Client, Response } from './client';
import type { Upstream } from './upstream';

/** What came of a check. */
export interface Observation {
  readonly response: Response | undefined;
  /** Answers by upstream, where many requests were made. */
  readonly counts: ReadonlyMap<string, number>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
}

/** A copy is sent beside the request and may arrive after the answer. */
const LATE_MS = 1_000;
/** What must not arrive is waited for as long as this. */
const SETTLE_MS = 100;

/** Makes the requests of a check; `wanted` is what should come of it. */
export async function observe(
  check: Check,
  port: number,
  caller: Caller,
  { client, upstreams, wanted }: { client: Client; upstreams: ReadonlyMap<string, Upstream>; wanted: Outcome },
): Promise<Observation> {
  for (const upstream of upstreams.values()) upstream.reset(check.upstreams?.[upstream.name]);
  const times = check.times ?? 1;
  if (times > 1) return { response: undefined, counts: await client.count(times, port, check.request), upstreams };
  const response = await client.send(port, check.request, caller);
  const observation = { response, counts: new Map<string, number>(), upstreams };
  if (wanted.arrived !== undefined) {
    const deadline = Date.now() + LATE_MS;
    while (Date.now() < deadline && arrivals(wanted, observation).length > 0) await sleep(20);
    await sleep(SETTLE_MS);
  }
  return observation;
}

/** In what an observation differs from an outcome, in words; nothing when it fits. */
export function differences(wanted: Outcome, observation: Observation): string[] {
  const { response, counts, upstreams } = observation;
  const found: string[] = [];
  const expect = (what: string, fits: boolean, got: string): void => {
    if (!fits) found.push(`${what}, not ${got}`);
  };
  if (wanted.status !== undefined) {
    const status = response?.status ?? 'cut';
    expect(`status ${wanted.status}`, status === wanted.status, `${status} (${shorten(response?.body ?? '')})`);
  }
  if (wanted.body !== undefined) expect(`an answer of ${wanted.body}`, response?.body === wanted.body, shorten(response?.body ?? ''));
  if (wanted.location !== undefined) {
    const location = response?.headers.location ?? 'none';
    expect(`location ${wanted.location}`, location === wanted.location, location);
  }
  if (wanted.milliseconds !== undefined) {
    const [least, most] = wanted.milliseconds;
    const took = response?.milliseconds ?? 0;
    expect(`${least} to ${most} ms`, took >= least && took <= most, `${took}`);
  }
  for (const [name, path] of Object.entries(wanted.paths ?? {})) {
    const got = upstreams.get(name)?.seen[0]?.path ?? 'not asked';
    expect(`${name} asked for ${path}`, got === path, got);
  }
  for (const [name, [least, most]] of Object.entries(wanted.shares ?? {})) {
    const got = counts.get(name) ?? 0;
    expect(`${least} to ${most} answers of ${name}`, got >= least && got <= most, `${got} of ${JSON.stringify([...counts])}`);
  }
  return [...found, ...arrivals(wanted, observation)];
}

function arrivals(wanted: Outcome, { upstreams }: Observation): string[] {
  return Object.entries(wanted.arrived ?? {}).flatMap(([name, times]) => {
    const got = upstreams.get(name)?.seen.length ?? 0;
    return got === times ? [] : [`${times} requests at ${name}, not ${got}`];
  });
}

function shorten(body: string): string {
  return body === '' ? 'nothing' : body.slice(0, 100);
}
