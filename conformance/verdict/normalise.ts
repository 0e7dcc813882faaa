import type { Finding } from '../../src/errors/finding';
import type { Cause } from '../kubernetes/status';
import type { OurVerdict } from './ours';

/** What is compared of a refusal. */
export interface Refusal {
  /** How far the server came; it says nothing of what comes later. */
  readonly stage: 'no such kind' | 'admission' | 'decoding' | 'unknown fields' | 'validation';
  readonly paths: ReadonlySet<string>;
  /** Values of which no alternative of a oneOf or anyOf fits, or too many. */
  readonly unions: ReadonlySet<string>;
}

export interface ServerVerdict {
  readonly accepted: boolean;
  readonly causes: readonly Cause[];
  readonly message: string;
}

/** The server's refusal as sets of fields. */
export function normaliseServer({ causes, message }: ServerVerdict): Refusal {
  // The client finds no place to send the object to, as kubectl does; the server never sees it.
  if (causes.length === 0 && (message.startsWith('the server has no kind') || message.startsWith('apiVersion and kind'))) {
    return { stage: 'no such kind', paths: new Set(), unions: new Set() };
  }
  // Unknown and doubled keys are all that a strict decoder tells: nothing else has been looked at.
  const unknown = causes.filter(({ reason }) => reason === 'UnknownField' || reason === 'DuplicateField');
  if (unknown.length > 0) return { stage: 'unknown fields', paths: pathsOf(unknown.map(({ field }) => field)), unions: new Set() };
  if (causes.length === 0 && message.includes(' is forbidden: ')) return { stage: 'admission', paths: new Set(), unions: new Set() };
  // A document that does not fit Go's structures is refused with the first field, named in Go's words, or none.
  if (causes.length === 0) return { stage: 'decoding', paths: new Set(), unions: new Set() };
  const told = causes.filter(({ message: text }) => !text.includes('some validation rules were not checked'));
  const fields = told.flatMap(fieldsOfCause);
  const unions = told.filter((cause) => isUnion(cause)).flatMap(fieldsOfCause);
  return { stage: 'validation', paths: pathsOf(fields), unions: pathsOf(unions) };
}

/** The server has no word about a namespace that is missing or too much: see exceptions.ts. */
const ABOUT_NAMESPACE: ReadonlySet<string> = new Set(['missing-namespace', 'unexpected-namespace']);

/** Our refusal, cut down to what the server's stage would let it say. */
export function normaliseOurs({ findings }: OurVerdict, stage: Refusal['stage']): Refusal {
  const counted = findings.filter(({ code }) => (stage === 'unknown fields' ? code === 'unknown-field' : !ABOUT_NAMESPACE.has(code)));
  const unions = counted.filter(({ code }) => code === 'not-exactly-one' || code === 'no-alternative');
  return { stage, paths: pathsOf(withoutThirds(counted).map(fieldOf)), unions: pathsOf(unions.map(fieldOf)) };
}

function fieldOf({ property }: Finding): string {
  return property;
}

/** Of items that are all the same the server names the second only; we name each. */
function withoutThirds(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, property, got }) => {
    if (code !== 'duplicate-item') return true;
    const key = `${property.replace(/\[\d+\]$/, '')} ${/as item \d+ has$/.exec(got)?.[0] ?? got}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/**
 * Field `<nil>` stands for the whole object in oneOf, anyOf, allOf and not, and for numbers that do not fit their
 * format; the words of the message then say where: `"spec.http[0]" must validate one and only one schema (oneOf)`.
 */
function fieldsOfCause({ field, message }: Cause): readonly string[] {
  if (field !== '<nil>') return [field];
  const named = /"([^"]*)" (?:must|should|is)/.exec(message)?.[1] ?? /(?:with format \w+|\(default format\)) in (\S+)$/.exec(message)?.[1];
  return [named ?? '<nil>'];
}

function isUnion({ message }: Cause): boolean {
  return /\((?:oneOf|anyOf)\)/.test(message);
}

function pathsOf(fields: readonly string[]): ReadonlySet<string> {
  return new Set(fields.map(normalisePath));
}

export function normalisePath(path: string): string {
  // Keys of maps are written .key by the schema and [key] by list types and CEL.
  const plain = path.replace(/\[([^\]]*)\]/g, '.$1').replace(/^\./, '');
  // The server names the map of labels or annotations, the list of finalizers or owners, not the entry.
  const owners = plain.replace(/((?:^|\.)metadata\.ownerReferences)\.\d+/, '$1');
  return owners.replace(/^((?:.*\.)?(?:template|volumeClaimTemplates\.\d+)\.metadata|metadata)\.(labels|annotations|finalizers)\..*$/, '$1.$2');
}
