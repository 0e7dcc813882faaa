import type { JudgeRow } from '../runner/judge';
import { asList, asRecord, text } from '../kubernetes/status';
import { field } from './json';
import type { JsonObject } from './json';
import { FIELDS, NOT_SEEN } from './coverage-fields';

/** Kinds whose fields are promises about requests. */
const KINDS: readonly unknown[] = ['VirtualService', 'DestinationRule'];

/**
 * Which of the fields that rules and policies can emit are in some case's program. A field that no case has is a disagreement:
 * nothing shows that Envoy does what its prop says.
 */
export class Coverage {
  private readonly seen = new Set<string>();

  public add(manifests: readonly JsonObject[]): void {
    for (const object of manifests) {
      if (KINDS.includes(object['kind'])) walk(text(object['kind']), asRecord(object['spec']), this.seen);
    }
  }

  public row(): JudgeRow {
    const seen = [...this.seen];
    const missing: string[] = [];
    let agree = 0;
    for (const [prop, path] of Object.entries(FIELDS)) {
      const isSeen = seen.some((one) => fits(path, one));
      const excuse = NOT_SEEN[prop];
      if (isSeen === (excuse === undefined)) agree += 1;
      else missing.push(isSeen ? `${prop} has a case: take it out of NOT_SEEN` : `${prop} (${path}) is in no case`);
    }
    return {
      name: 'coverage: fields of rules and policies',
      agree,
      disagree: missing.length,
      skipped: 0,
      note: `no case, for a reason: ${Object.entries(NOT_SEEN).map(([prop, reason]) => `${prop} (${reason})`).join('; ')}`,
      ...(missing.length === 0 ? {} : { details: missing }),
      seconds: 0,
    };
  }
}

/** Each field by its path, without the numbers of lists; each text with its value, and lists of words word by word. */
function walk(path: string, value: unknown, seen: Set<string>): void {
  seen.add(path);
  if (Array.isArray(value)) for (const item of asList(value)) walk(path, item, seen);
  else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) walk(`${path}.${key}`, item, seen);
  else for (const word of String(field({ value }, 'value')).split(',')) seen.add(`${path}=${word}`);
}

/** `*` stands for one name of a field. */
function fits(wanted: string, path: string): boolean {
  if (!wanted.includes('*')) return wanted === path;
  const pattern = wanted.split('*').map((part) => part.replace(/[.$^|()[\]{}+?\\]/g, '\\$&')).join('[^.=]+');
  return new RegExp(`^${pattern}$`).test(path);
}
