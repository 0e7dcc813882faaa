import type { Json } from '../../src/rules/json';
import { isJsonObject } from '../../src/rules/json';
import { exceptionFor } from './exceptions';
import type { OurVerdict } from './ours';
import { normaliseOurs, normalisePath, normaliseServer } from './normalise';
import type { Refusal, ServerVerdict } from './normalise';
import { ownPath } from './own-paths';
import { unmodelledCheck } from './unmodelled';

/** What came of one object. */
export interface Comparison {
  readonly outcome: 'agree' | 'disagree' | 'exception' | 'skipped';
  /** The exception or the reason for skipping; what differs, for a disagreement. */
  readonly why: string;
  readonly server?: Refusal;
}

/** The two verdicts side by side. */
export function compare(object: Json, ours: OurVerdict, server: ServerVerdict, isBuiltIn: boolean): Comparison {
  const exception = exceptionFor(object, ours, server);
  if (exception !== undefined) return { outcome: 'exception', why: exception };
  if (server.accepted && ours.accepted) return { outcome: 'agree', why: '' };
  const refusal = server.accepted ? undefined : normaliseServer(server);
  if (refusal === undefined) return { outcome: 'disagree', why: `we refuse: ${[...normaliseOurs(ours, 'validation').paths].join(', ')}` };
  if (ours.accepted) {
    const check = isBuiltIn ? unmodelledCheck(object, server) : undefined;
    if (check !== undefined) return { outcome: 'skipped', why: check, server: refusal };
    return { outcome: 'disagree', why: `the server refuses: ${[...refusal.paths].join(', ') || server.message}`, server: refusal };
  }
  const kind = isBuiltIn ? kindOf(object) : undefined;
  const difference = refusal.stage === 'validation' || refusal.stage === 'unknown fields' ? differingPaths(ours, refusal, kind) : [];
  if (difference.length === 0) return { outcome: 'agree', why: '', server: refusal };
  return { outcome: 'disagree', why: `fields differ: ${difference.join(', ')}`, server: refusal };
}

function kindOf(object: Json): string {
  return isJsonObject(object) ? String(object['kind']) : '';
}

/** `kind` is given for a kind that Kubernetes has built in. */
function differingPaths(ours: OurVerdict, server: Refusal, kind: string | undefined): readonly string[] {
  const mine = normaliseOurs(ours, server.stage);
  const unions = [...mine.unions, ...server.unions];
  // A failed oneOf or anyOf may bring the complaints of one of its arms with it, of whichever the server likes.
  const isOfArm = (path: string): boolean => unions.some((union) => union === '' || path.startsWith(`${union}.`));
  // The keys of an object that stands in place of a text are unknown fields to the server; to us the object is wrong.
  const wrong = ours.findings.filter(({ code }) => code === 'wrong-type').map(({ property }) => `${normalisePath(property)}.`);
  const isInWrong = (path: string): boolean => server.stage === 'unknown fields' && wrong.some((prefix) => path.startsWith(prefix));
  const missing = [...server.paths].filter((path) => !mine.paths.has(path) && !isOfArm(path) && !isInWrong(path)).map((path) => `server only ${path}`);
  const extra = [...mine.paths].filter((path) => !server.paths.has(path) && !isOfArm(path)).map((path) => `ours only ${path}`);
  if (kind === undefined || server.stage !== 'validation') return [...missing, ...extra];
  // The code for Kubernetes' own kinds meets empty structures where fields are missing, stops at the first of several
  // problems, and tells some of them of the structure around a field. So what we name has to be right; of missing fields
  // only the refusal is compared.
  const compared = normaliseOurs({ ...ours, findings: ours.findings.filter(({ code }) => code !== 'missing-field') }, server.stage);
  const theirs = [...server.paths].map((path) => ownPath(path, kind));
  return [...compared.paths].filter((path) => !theirs.some((other) => isRelated(ownPath(path, kind), other))).map((path) => `ours only ${path}`);
}

/** True for the same path, or one that leads to the other. */
function isRelated(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
