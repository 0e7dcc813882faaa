import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { Releases } from './subjects';

export const USAGE =
  'usage: npx tsx conformance/verdict/main.ts [--seed N] [--count N] [--kinds GLOB] [--channel experimental|standard] [--crds FILE]... [--cases DIR] [--json]';

/** A command line that cannot be followed. */
export class UsageError extends Error {}

export interface Options {
  readonly seed: number;
  /** Objects at least; what has to be covered may need more. */
  readonly count: number;
  readonly isWanted: (subject: string) => boolean;
  /** What a server is started for, one after the other: two channels of the Gateway API cannot be on the same. */
  readonly servers: readonly Releases[];
  /** CRD files for the server. */
  readonly crds: readonly string[];
  /** Folder for disagreements. */
  readonly cases: string;
  readonly json: boolean;
}

export function parseOptions(args: readonly string[]): Options {
  const { values } = parsed(args);
  const { channel } = values;
  const channels = (['experimental', 'standard'] as const).filter((each) => channel === undefined || channel === each);
  if (channels.length === 0) throw new UsageError(`no channel ${channel ?? ''}\n${USAGE}`);
  return {
    seed: numberFrom(values.seed ?? '1', 'seed'),
    count: numberFrom(values.count ?? '5000', 'count'),
    isWanted: matcher(values.kinds ?? '*'),
    servers: channels.map((each) => ({ istio: '1.31.1', gatewayApi: '1.6.1', channel: each, kubernetes: '1.36.3' })),
    crds: values.crds ?? [],
    cases: values.cases ?? path.join(__dirname, 'cases'),
    json: values.json ?? false,
  };
}

interface Parsed {
  readonly values: {
    readonly [name in 'seed' | 'count' | 'kinds' | 'channel' | 'cases']?: string | undefined;
  } & { readonly crds?: string[] | undefined; readonly json?: boolean | undefined };
}

function parsed(args: readonly string[]): Parsed {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { seed: text, count: text, kinds: text, channel: text, cases: text, crds: { type: 'string', multiple: true }, json: { type: 'boolean' } },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function numberFrom(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name} takes a number, not ${text}\n${USAGE}`);
  return Number(text);
}

/** Matches a kind (`Virtual*`) or a whole name (`istio *`); several are separated by commas. */
function matcher(globs: string): (subject: string) => boolean {
  const forms = globs.split(',').map((glob) => new RegExp(`^${glob.trim().replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`, 'i'));
  return (subject) => forms.some((form) => form.test(subject) || form.test(subject.split(' ')[1] ?? ''));
}
