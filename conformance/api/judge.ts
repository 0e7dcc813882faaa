import { kubernetesBinaries } from '../kubernetes/binaries';
import { Unavailable } from '../runner/judge';
import type { Judge, JudgeIo, JudgeRow } from '../runner/judge';
import { Cases, messageOf } from './cases';
import { controlRows } from './controls';
import { crdRow, crdSets } from './crd-rows';
import { docsRows } from './docs-rows';
import { exampleRows } from './example-rows';
import { exampleNames } from './examples';
import { meshRows } from './mesh-rows';
import { namespaceRows } from './namespace-rows';
import { pulumiRows } from './pulumi-rows';
import { RowsInOrder } from './rows-in-order';
import { ServerDown } from './server';
import { webhookRows } from './webhook-rows';

type Log = JudgeIo['log'];

/** A part of the work that stands and falls by itself. */
interface Part {
  readonly name: string;
  rows(log: Log, keep: (row: JudgeRow) => void): Promise<void>;
}

/** Parts spend most of their time waiting: for a server to start, for a namespace to go. */
const AT_A_TIME = 2;

export const judge: Judge = {
  name: 'api',
  what: 'a real API server takes, keeps and lets go of what the examples, the documentation and other meshes write',

  async run({ log, row, signal }) {
    await kubernetesBinaries({ log });
    const rows = new RowsInOrder(row, signal);
    const waiting = parts().map((part) => ({ part, keep: rows.place() }));
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
        const { part, keep } = next;
        log(part.name);
        const error = await part.rows(log, keep.row).then(() => undefined, (reason: unknown) => reason);
        if (error !== undefined) keep.row(notJudged(part, error));
        keep.end();
        if (!(error instanceof ServerDown)) continue;
        // Each of them would wait as long for a server, and say the same.
        for (const { part: { name }, keep: skipped } of waiting.splice(0)) {
          skipped.row(new Cases(name).skip('there is no server').row());
          skipped.end();
        }
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, lane));
    signal.throwIfAborted();
    return { rows: [] };
  },
};

function notJudged({ name }: Part, error: unknown): JudgeRow {
  const cases = new Cases(name);
  // without OpenSSL nothing can stand in for istiod
  if (error instanceof Unavailable) return cases.skip(error.message).row();
  cases.judge('not judged', messageOf(error));
  return cases.row();
}

function parts(): Part[] {
  return [
    { name: 'controls', rows: controlRows },
    ...crdSets().map((set) => ({
      name: `CRDs of ${set.name}`,
      rows: async (log: Log, keep: (row: JudgeRow) => void): Promise<void> => keep(await crdRow(set, log)),
    })),
    { name: 'webhooks', rows: webhookRows },
    { name: 'meshes', rows: meshRows },
    { name: 'namespaces', rows: namespaceRows },
    { name: 'documentation', rows: docsRows },
    { name: 'orders of Pulumi', rows: pulumiRows },
    ...exampleNames().map((name) => ({
      name,
      rows: (log: Log, keep: (row: JudgeRow) => void): Promise<void> => exampleRows(name, log, keep),
    })),
  ];
}
