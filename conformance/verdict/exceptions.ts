import type { Json } from '../../src/rules/json';
import type { OurVerdict } from './ours';
import type { ServerVerdict } from './normalise';

/** A difference from the server that is meant, with the reason. */
interface Exception {
  readonly name: string;
  readonly reason: string;
  readonly holds: (object: Json, ours: OurVerdict, server: ServerVerdict) => boolean;
}

/** The only differences that are not counted as disagreements; each is counted and printed by name. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    name: 'no namespace',
    reason: 'a client puts the object where its context says; a manifest that leaves that open is a mistake',
    holds: (_object, ours, server) => server.accepted && onlyCode(ours, 'missing-namespace'),
  },
  {
    name: 'namespace on a cluster-wide object',
    reason: 'the server drops it without a word; the author believes something that is not so',
    holds: (_object, ours, server) => server.accepted && onlyCode(ours, 'unexpected-namespace'),
  },
];

export function exceptionFor(object: Json, ours: OurVerdict, server: ServerVerdict): string | undefined {
  return EXCEPTIONS.find(({ holds }) => holds(object, ours, server))?.name;
}

function onlyCode(ours: OurVerdict, code: string): boolean {
  return ours.findings.length > 0 && ours.findings.every((finding) => finding.code === code);
}
