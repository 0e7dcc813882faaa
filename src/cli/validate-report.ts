import type { Outcome } from './validate-run';
import { count, listOf } from '../validation/describe';
import { releaseText, sourceTitle } from '../validation/versions';

/** The closing lines: how many objects, of which some may be wrong or of unknown kinds, and what judged them. */
export function formatSummary(outcome: Outcome): string {
  const valid = outcome.documents - outcome.invalid;
  const judges = outcome.judgedBy.map((judge) => `${sourceTitle(judge.source)} ${releaseText(judge)}`);
  const lines = [
    `${count(outcome.documents, 'object')}: ${valid} valid, ${outcome.invalid} invalid`,
    ...(outcome.unknown.length === 0 ? [] : [`no rules are known of ${listOf(outcome.unknown)}: only names were checked`]),
    ...(judges.length === 0 ? [] : [`judged by the rules of ${listOf(judges)}`]),
    ...outcome.notes,
  ];
  return `${lines.join('\n')}\n`;
}

/** What `--json` prints. */
export function toJson(outcome: Outcome): unknown {
  const { documents, invalid, unknown, judgedBy, notes, findings } = outcome;
  const named = findings.map((finding) => ({ severity: 'error', ...finding }));
  return { documents, valid: documents - invalid, invalid, unknown, judgedBy, notes, findings: named };
}
