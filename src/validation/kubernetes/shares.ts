/** Numbers of pods, given as such or as a percentage. */
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, failRange } from './checks';
import { percentage } from './forms';

/** Checks the number or percentage in a field; `mostPercent` bounds the latter. */
export function checkShare(data: Data, field: string, report: Report, mostPercent = 100): void {
  const value = data[field];
  if (typeof value === 'number') failRange(value, 0, Number.POSITIVE_INFINITY, report, `.${field}`);
  if (typeof value !== 'string') return;
  failForms(value, percentage, report, `.${field}`);
  const percent = percentage(value).length === 0 ? Number(value.slice(0, -1)) : 0;
  if (percent > mostPercent) report.fail('above-maximum', value, `at most ${mostPercent}%`, { below: `.${field}` });
}

/** The number, or that before the percent sign; undefined where it cannot be told. A text that is neither counts as 0. */
export function shareOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (percentage(value).length === 0) return Number(value.slice(0, -1));
  return /^[+-]?\d+$/.test(value) ? Number(value) : 0;
}
