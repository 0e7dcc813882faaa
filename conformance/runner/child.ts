/** The process of one judge: `child.ts MODULE`. It ends when the runner does, whatever ends that. */
import { createRequire } from 'node:module';
import type { Judge } from './judge';
import type { Message } from './messages';
import { GRACE_MS } from './messages';

async function main(module: string): Promise<void> {
  const controller = new AbortController();
  const stop = (why: string): void => {
    if (controller.signal.aborted) return;
    controller.abort(new Error(why));
    setTimeout(endGroup, GRACE_MS).unref();
  };
  process.once('SIGTERM', () => stop('the run was ended'));
  // The runner is gone: nobody will read the result, so only what was started has to be stopped.
  process.once('disconnect', () => stop('the runner is gone'));
  // The runner ends what is left of the group, where there is a runner.
  process.once('exit', () => {
    if (!process.connected) endGroup();
  });
  const last = await judge(module, controller.signal);
  await tell(last);
  process.exit(0);
}

async function judge(module: string, signal: AbortSignal): Promise<Message> {
  try {
    const found = (createRequire(__filename)(module) as { readonly judge?: Judge }).judge;
    if (found === undefined) return { type: 'failed', why: 'its module exports no judge' };
    const { what, timeoutMs } = found;
    await tell({ type: 'ready', what, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    const { rows } = await found.run({
      log: (line) => void tell({ type: 'log', line }),
      row: (row) => void tell({ type: 'row', row }),
      signal,
    });
    return { type: 'done', rows };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // By name: a module may have come by its classes on another path.
    return error instanceof Error && error.name === 'Unavailable' ? { type: 'unavailable', why } : { type: 'failed', why };
  }
}

function tell(message: Message): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || process.send === undefined) resolve();
    else process.send(message, () => resolve());
  });
}

/** This process leads a group of its own, so this ends what it started, too, unless that left the group. */
function endGroup(): void {
  process.kill(-process.pid, 'SIGKILL');
}

void main(process.argv[2] ?? '');
