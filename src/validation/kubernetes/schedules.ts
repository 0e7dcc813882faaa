/**
 * Times at which a CronJob runs.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms } from './checks';
import { textIn } from './fields';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  readonly min: number;
  readonly max: number;
  /** Words for the values, from the lowest. */
  readonly names?: readonly string[];
}

/** Minute, hour, day of the month, month, day of the week. */
const FIELDS: readonly Field[] = [{ min: 0, max: 59 }, { min: 0, max: 23 }, { min: 1, max: 31 }, { min: 1, max: 12, names: MONTHS }, { min: 0, max: 6, names: DAYS }];
const SHORTHANDS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const EVERY = /^@every (?:0|[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

export function checkSchedule(spec: Data, report: Report): void {
  const schedule = textIn(spec, 'schedule');
  if (schedule === undefined) return;
  if (schedule === '') report.fail('missing-field', spec['schedule'] ?? undefined, 'a schedule, such as */5 * * * *', { below: '.schedule' });
  else failForms(schedule, cronSchedule, report, '.schedule');
}

function cronSchedule(text: string): readonly string[] {
  if (text.includes('TZ')) return ['a schedule without a time zone, which has a field of its own'];
  const isFine = text.startsWith('@') ? SHORTHANDS.includes(text) || EVERY.test(text) : isCron(text);
  return isFine ? [] : ['five fields: minute, hour, day of the month, month and day of the week, such as */5 * * * *'];
}

function isCron(text: string): boolean {
  const parts = text.trim().split(/\s+/);
  return parts.length === FIELDS.length && parts.every((part, index) => part.split(',').every((range) => range === '' || isRange(range, FIELDS[index] as Field)));
}

function isRange(text: string, field: Field): boolean {
  const [range = '', step, ...tooManySlashes] = text.split('/');
  const [low = '', high, ...tooManyDashes] = range.split('-');
  if (tooManySlashes.length > 0 || tooManyDashes.length > 0) return low === '*' || low === '?' ? tooManySlashes.length === 0 : false;
  const isAll = low === '*' || low === '?';
  const from = isAll ? field.min : numberOf(low, field);
  const lastOfRange = high === undefined ? from : numberOf(high, field);
  const to = isAll || (step !== undefined && high === undefined) ? field.max : lastOfRange;
  const by = step === undefined ? 1 : numberOf(step, { min: 0, max: 0 });
  return from !== undefined && to !== undefined && by !== undefined && by > 0 && from >= field.min && to <= field.max && from <= to;
}

function numberOf(text: string, { names, min }: Field): number | undefined {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + min;
  return /^\+?\d+$/.test(text) ? Number(text) : undefined;
}

/** The name of a time zone in the database of IANA. */
export function timeZone(text: string): readonly string[] {
  return isTimeZone(text) ? [] : ['the name of a time zone, such as Europe/Berlin'];
}

function isTimeZone(text: string): boolean {
  if (!text.split('/').every((part) => /^[A-Za-z._0-9+][A-Za-z._0-9+-]{0,13}$/.test(part) && part !== '.' && part !== '..')) return false;
  if (/^local$/i.test(text)) return false;
  try {
    Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
