import type { JudgeRow } from './judge';

/** What the process of a judge tells the runner. */
export type Message =
  /** The module is loaded; the time of the judge begins. */
  | { readonly type: 'ready'; readonly what: string; readonly timeoutMs?: number }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'row'; readonly row: JudgeRow }
  | { readonly type: 'done'; readonly rows: readonly JudgeRow[] }
  | { readonly type: 'unavailable'; readonly why: string }
  | { readonly type: 'failed'; readonly why: string };

/** How long a judge may take to stop by itself when it is told to. */
export const GRACE_MS = 8_000;
