import { kubernetesBinaries } from '../kubernetes/binaries';
import type { Judge, JudgeIo, JudgeRow } from '../runner/judge';
import { Unavailable } from '../runner/judge';
import { Cases, messageOf } from './cases';
import { controlRows } from './controls';
import { crdRow, crdSets } from './crd-rows';
import { exampleRows } from './example-rows';
import { exampleNames } from './examples';
import { ServerDown } from './server';
import { webhookRows } from './webhook-rows';

type Log = JudgeIo['log'];

/** A part of the work that stands and falls by itself. */
interface Part {
  readonly name: string;
  rows(log: Log, keep: (row: JudgeRow) => void): Promise<void>;
}

export const judge: Judge = {
  name: 'api',
  what: 'a real API server takes, keeps and lets go of what the examples write',

  async run({ log, row, signal }) {
    await build(log);
    const waiting = parts();
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      signal.throwIfAborted();
      log(part.name);
      try {
        await part.rows(log, row);
      } catch (error) {
        const cases = new Cases(part.name);
        cases.judge('not judged', messageOf(error));
        row(cases.row());
        if (!(error instanceof ServerDown)) continue;
        // Each of them would wait as long for a server, and say the same.
        for (const { name } of waiting.splice(0)) row(new Cases(name).skip('there is no server').row());
      }
    }
    return { rows: [] };
  },
};

function parts(): Part[] {
  return [
    { name: 'controls', rows: controlRows },
    ...crdSets().map((set) => ({
      name: `CRDs of ${set.name}`,
      rows: async (log: Log, keep: (row: JudgeRow) => void): Promise<void> => keep(await crdRow(set, log)),
    })),
    { name: 'webhooks', rows: webhookRows },
    ...exampleNames().map((name) => ({
      name,
      rows: (log: Log, keep: (row: JudgeRow) => void): Promise<void> => exampleRows(name, log, keep),
    })),
  ];
}

async function build(log: Log): Promise<void> {
  try {
    await kubernetesBinaries({ log });
  } catch (error) {
    const message = messageOf(error);
    // Without Go there is nothing to judge by; a build that fails is something to mend.
    if (message.startsWith('there is no Go here')) throw new Unavailable(message);
    throw error;
  }
}
