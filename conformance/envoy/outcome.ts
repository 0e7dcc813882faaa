import { sleep } from '../kubernetes/client';
import type { Asked, Check, Outcome, Range, Texts } from './case';
import type { Client } from './client';
import type { Caller, Response } from './request';
import type { SeenRequest, Upstream } from './upstream';

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
const AT_ONCE = 16;

/** Makes the requests of a check; `wanted` is what should come of it. */
export async function observe(
  check: Check,
  port: number,
  caller: Caller,
  { client, upstreams, wanted }: { client: Client; upstreams: ReadonlyMap<string, Upstream>; wanted: Outcome },
): Promise<Observation> {
  const { times = 1, atOnce = AT_ONCE, gapMs = 0, vary, request, pauseMs = 0 } = check;
  for (const upstream of upstreams.values()) upstream.reset(check.upstreams?.[upstream.name]);
  const down = (check.down ?? []).map((name) => known(upstreams, name));
  await Promise.all(down.map((upstream) => upstream.down()));
  try {
    if (pauseMs > 0) await sleep(pauseMs);
    if (times > 1) {
      const counts = await client.count(port, { times, atOnce, gapMs, request: (nth) => ({ ...request, ...vary?.(nth) }) }, caller);
      return await settled(wanted, { response: undefined, counts, upstreams });
    }
    const response = await client.send(port, request, caller);
    return await settled(wanted, { response, counts: new Map<string, number>(), upstreams });
  } finally {
    await Promise.all(down.map((upstream) => upstream.up()));
  }
}

/** The observation, once what arrives late has come. */
async function settled(wanted: Outcome, observation: Observation): Promise<Observation> {
  if (wanted.arrived === undefined && wanted.load === undefined) return observation;
  const deadline = Date.now() + LATE_MS;
  while (Date.now() < deadline && arrivals(wanted, observation).length > 0) await sleep(20);
  await sleep(SETTLE_MS);
  return observation;
}

/** In what an observation differs from an outcome, in words; nothing when it fits. */
export function differences(wanted: Outcome, observation: Observation): string[] {
  const { response, counts, upstreams } = observation;
  const found: string[] = [];
  const expect = (what: string, fits: boolean, got: string): void => {
    if (!fits) found.push(`${what}, not ${got}`);
  };
  const equal = (what: string, value: unknown, got: unknown): void => {
    if (value !== undefined) expect(`${what} ${String(value)}`, got === value, String(got ?? 'none'));
  };
  const status = response?.status ?? 'cut';
  if (wanted.status !== undefined) expect(`status ${wanted.status}`, status === wanted.status, `${status} (${shorten(response?.body ?? '')})`);
  if (wanted.body !== undefined) expect(`an answer of ${wanted.body}`, response?.body === wanted.body, shorten(response?.body ?? ''));
  equal('location', wanted.location, response?.headers.location);
  equal('gRPC status', wanted.grpcStatus, response?.grpcStatus);
  equal('the certificate of', wanted.certificate, response?.tls?.certificate);
  equal('TLS', wanted.tls?.version, response?.tls?.version);
  equal('the cipher', wanted.tls?.cipher, response?.tls?.cipher);
  found.push(...texts('the header', wanted.headers, response?.headers ?? {}));
  if (wanted.milliseconds !== undefined) {
    const took = response?.milliseconds ?? 0;
    expect(`${words(wanted.milliseconds)} ms`, within(wanted.milliseconds, took), `${took}`);
  }
  for (const [name, path] of Object.entries(wanted.paths ?? {})) {
    const got = known(upstreams, name).seen[0]?.path ?? 'not asked';
    expect(`${name} asked for ${path}`, got === path, got);
  }
  for (const [name, asked] of Object.entries(wanted.asked ?? {})) found.push(...differencesAt(name, asked, known(upstreams, name).seen[0]));
  for (const [name, range] of Object.entries(wanted.shares ?? {})) {
    const got = counts.get(name) ?? 0;
    expect(`${words(range)} answers of ${name}`, within(range, got), `${got} of ${JSON.stringify([...counts])}`);
  }
  if (wanted.spread !== undefined) {
    const answered = [...counts.keys()].filter((name) => upstreams.has(name)).length;
    expect(`answers of ${words(wanted.spread)} upstreams`, within(wanted.spread, answered), JSON.stringify([...counts]));
  }
  for (const [name, range] of Object.entries(wanted.connections ?? {})) {
    const got = known(upstreams, name).connected;
    expect(`${words(range)} connections to ${name}`, within(range, got), `${got}`);
  }
  return [...found, ...arrivals(wanted, observation)];
}

/** In what a request that arrived differs from what should have. */
function differencesAt(name: string, wanted: Asked, seen: SeenRequest | undefined): string[] {
  if (seen === undefined) return [`a request at ${name}, not none`];
  const got: Asked = { protocol: seen.protocol, port: seen.port, sni: seen.tls?.sni ?? null, client: seen.tls?.client || null };
  const keys = (['protocol', 'port', 'sni', 'client'] as const).filter((key) => wanted[key] !== undefined && wanted[key] !== got[key]);
  return [
    ...keys.map((key) => `${key} ${String(wanted[key])} at ${name}, not ${String(got[key])}`),
    ...texts(`at ${name} the header`, wanted.headers, seen.headers),
    ...(wanted.body === undefined ? [] : texts(`at ${name} the`, { body: wanted.body }, { body: seen.body })),
  ];
}

function texts(what: string, wanted: Texts = {}, headers: Readonly<Record<string, string | string[] | undefined>>): string[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const got = headers[name];
    const text = Array.isArray(got) ? got.join(', ') : got;
    const fits = value instanceof RegExp ? text !== undefined && value.test(text) : (text ?? null) === value;
    return fits ? [] : [`${what} ${name} ${String(value ?? 'not there')}, not ${text ?? 'none'}`];
  });
}

function arrivals(wanted: Outcome, { upstreams }: Observation): string[] {
  const counted = Object.entries(wanted.arrived ?? {}).map(([name, times]) => [name, [times, times]] as const);
  return [...counted, ...Object.entries(wanted.load ?? {})].flatMap(([name, range]) => {
    const got = known(upstreams, name).arrived;
    return within(range, got) ? [] : [`${words(range)} requests at ${name}, not ${got}`];
  });
}

/** A case that names an upstream that there is not would see it asked never, and agree. */
function known(upstreams: ReadonlyMap<string, Upstream>, name: string): Upstream {
  const upstream = upstreams.get(name);
  if (upstream === undefined) throw new Error(`there is no upstream ${name}, but ${[...upstreams.keys()].join(', ')}`);
  return upstream;
}

function within([least, most]: Range, value: number): boolean {
  return value >= least && value <= most;
}

function words([least, most]: Range): string {
  return least === most ? `${least}` : `${least} to ${most}`;
}

function shorten(body: string): string {
  return body === '' ? 'nothing' : body.slice(0, 100);
}
