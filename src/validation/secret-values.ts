import type { Finding } from '../errors/finding';

const HELD = /^(?:data|stringData)(?:$|[.[])/;
/** What tells of a value only that it is there, or of what sort it is. */
const TELLS_NOTHING = /^(?:nothing|null|a list\b|an object\b|the field\b|\d+ bytes$)/;
const NOT_SHOWN = 'a value that is not shown, as it may be a secret';

/** Findings about a Secret, without what it holds: messages end in logs of CI, where anybody may read them. */
export function withoutSecretValues(findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding) => {
    if (!HELD.test(finding.property) || finding.code === 'kubernetes-rule' || TELLS_NOTHING.test(finding.got)) return finding;
    const { fix: _quoted, ...rest } = finding;
    return { ...rest, got: NOT_SHOWN, fix: finding.property.startsWith('stringData') ? 'give a text, in quotes' : 'write data in base64, or give the text itself in stringData' };
  });
}
