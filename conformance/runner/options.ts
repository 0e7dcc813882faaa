import { parseArgs } from 'node:util';
import type { JudgeName } from './judge';
import { JUDGE_NAMES } from './judge';

export const USAGE = `usage: npm run conformance -- [--only ${JUDGE_NAMES.join('|')}]... [--json]`;

/** A command line that cannot be followed. */
export class UsageError extends Error {}

export interface Options {
  /** The judges to run, in the order of {@link JUDGE_NAMES}. */
  readonly judges: readonly JudgeName[];
  readonly json: boolean;
}

export function parseOptions(args: readonly string[]): Options {
  const { only, json } = values(args);
  const wanted = only.flatMap((each) => each.split(','));
  for (const name of wanted) {
    if (!(JUDGE_NAMES as readonly string[]).includes(name)) throw new UsageError(`there is no judge ${JSON.stringify(name)}\n${USAGE}`);
  }
  return { judges: wanted.length === 0 ? JUDGE_NAMES : JUDGE_NAMES.filter((name) => wanted.includes(name)), json };
}

function values(args: readonly string[]): { only: readonly string[]; json: boolean } {
  try {
    const options = { only: { type: 'string', multiple: true }, json: { type: 'boolean' } } as const;
    const parsed = parseArgs({ args: [...args], options });
    return { only: parsed.values.only ?? [], json: parsed.values.json ?? false };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}
