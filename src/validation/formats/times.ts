import { parseDate, parseLenientDuration } from '../cel/time';
import { CelError } from '../cel/values';

/** A calendar day, `2026-01-31`. */
export function isStrictDate(text: string): boolean {
  return parseDate(text) !== undefined;
}

/** A day, `T` and a time with a zone, case aside. Seconds end at 59 and the hour may be 23 at most. */
export function isStrictDateTime(text: string): boolean {
  const parts = text.toLowerCase().split('t');
  const [day = '', time = ''] = parts;
  if (parts.length < 2 || !isStrictDate(day)) return false;
  const match = /^(\d{2}):(\d{2}):(\d{2})(?:[^\n]\d+)?(?:z|[+-]\d{2}:\d{2})$/.exec(time);
  return match !== null && (match[1] ?? '') <= '23' && (match[2] ?? '') <= '59' && (match[3] ?? '') <= '59';
}

/** `1h30m`, or words such as `2 days`. */
export function isDuration(text: string): boolean {
  try {
    parseLenientDuration(text);
    return true;
  } catch (error) {
    if (error instanceof CelError) return false;
    throw error;
  }
}
