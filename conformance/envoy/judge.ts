import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { RowsInOrder } from '../api/rows-in-order';
import { istioBinaries } from '../istio/binaries';
import { oauth2ProxyBinary } from '../oauth2-proxy/oauth2-proxy';
import { rateLimitBinary } from '../ratelimit/rate-limit-process';
import type { Judge, JudgeIo, JudgeRow } from '../runner/judge';
import { allCases } from './all-cases';
import { envoyBinary } from './binary';
import { bothFormsRow } from './both-forms';
import { ASKINGS } from './both-forms-program';
import type { Case } from './case';
import { CertificateAuthority } from './certificates';
import { Client } from './client';
import { Coverage } from './coverage';
import { Decisions } from './decisions';
import { randomDecisionsRow, SEEDS } from './random-decisions';
import { rowOf } from './judge-case';
import type { Watching } from './judge-case';
import type { Tools } from './scene';

/** How many cases are judged at the same time: on two cores more only wait for each other. */
const AT_A_TIME = 2;

/** One line of the table, made with proxies of its own. */
type Part = (tools: Tools, signal: AbortSignal) => Promise<JudgeRow>;

const BOTH = ASKINGS.map((asking): Part => (tools, signal) => bothFormsRow(asking, tools, signal));

const RANDOM = SEEDS.map((seed): Part => (tools, signal) => randomDecisionsRow(seed, tools, signal));

export const judge: Judge = {
  name: 'envoy',
  what: 'a real Envoy, on what Istio makes of the examples, does what the constructs promise; controls do otherwise',
  run: async (io) => {
    const files = allCases();
    for (const { name, error } of files) {
      if (error !== undefined) io.row({ name: `cases of ${name}`, agree: 0, disagree: 1, skipped: 0, seconds: 0, details: [`not loaded: ${error}`] });
    }
    const coverage = new Coverage();
    const decisions = new Decisions();
    const parts = casesAsParts(files.flatMap(({ cases }) => cases), { saw: (manifests) => coverage.add(manifests), decisions });
    await judgeParts([...parts, ...BOTH, ...RANDOM], io);
    if (!io.signal.aborted) for (const row of [coverage.row(), decisions.row()]) io.row(row);
    return { rows: [] };
  },
};

/** What is judged beside cases. */
export interface Beside {
  /** The comparison of both forms. */
  readonly forms?: boolean;
  /** Decisions on random policies. */
  readonly random?: boolean;
}

/** Judges some of the cases, and perhaps what is beside them. */
export async function judgeCases(chosen: readonly Case[], io: JudgeIo, { forms = false, random = false }: Beside = {}): Promise<void> {
  const decisions = new Decisions();
  await judgeParts([...casesAsParts(chosen, { saw: () => undefined, decisions }), ...(forms ? BOTH : []), ...(random ? RANDOM : [])], io);
  if (!io.signal.aborted) io.row(decisions.row());
}

function casesAsParts(cases: readonly Case[], watching: Watching): readonly Part[] {
  return cases.map((one) => (tools, signal) => rowOf(one, tools, signal, watching));
}

async function judgeParts(parts: readonly Part[], io: JudgeIo): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-constructs-ca-'));
  try {
    const envoy = await envoyBinary((line) => io.log(line), io.signal);
    const { xds: istioXds } = await istioBinaries({ log: io.log });
    const authorities = {
      trusted: await CertificateAuthority.make(path.join(folder, 'trusted')),
      stranger: await CertificateAuthority.make(path.join(folder, 'stranger')),
    };
    const client = new Client(authorities.trusted.root);
    let oauth2Proxy: Promise<string> | undefined;
    const tools = { envoy, istioXds, rateLimit: await rateLimitBinary(io.log), oauth2Proxy: () => (oauth2Proxy ??= oauth2ProxyBinary(io.log)), authorities, client };
    const rows = new RowsInOrder(io.row, io.signal);
    const waiting = parts.map((part) => ({ part, place: rows.place() }));
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined && !io.signal.aborted; next = waiting.shift()) {
        const row = await next.part(tools, io.signal);
        // What was cut short says nothing of the construct.
        if (!io.signal.aborted) next.place.row(row);
        next.place.end();
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_A_TIME }, lane));
    } finally {
      client.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
