import type { Generated } from './generate';
import { formatRelease } from './version-order';
import type { WriteReport } from './write-files';

/** What the generator did, as lines for a terminal: counts by source and release, transition rules, files. */
export function formatReport(generated: Generated, sources: readonly string[], written: WriteReport): string {
  const lines = [...sources].sort().flatMap((name) => {
    const source = generated.lock.sources[name];
    if (source === undefined) return [];
    const { kinds, rules, transitionRules } = source.counts;
    return [
      `${name}: ${kinds} kinds, ${rules} rules compiled, ${transitionRules} transition rules`,
      ...source.releases.map((release) => `  ${formatRelease(release)}: ${release.kinds} kinds, ${release.rules} rules`),
    ];
  });
  const transitions = generated.transitions.map(
    ({ kind, rule }) => `  transition rule, judged by "validate --old" only: ${kind} ${rule.path}: ${oneLine(rule.rule)}`,
  );
  const { written: changed, unchanged, removed } = written;
  return [...lines, ...transitions, `files: ${changed.length} written, ${unchanged} unchanged, ${removed.length} removed`, ''].join(
    '\n',
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
