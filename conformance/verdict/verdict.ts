import { compare } from './compare';
import type { Comparison } from './compare';
import type { Case } from './case';
import { writeCase } from './case-file';
import { Coverage } from './coverage';
import { ServerJudge } from './server-judge';
import type { ServerVerdict } from './normalise';
import { Ours } from './ours';
import { UsageError } from './options';
import type { Options } from './options';
import { Plan } from './plan';
import { Random } from './random';
import { Tally } from './report';
import type { Result } from './report';
import { kubernetesBinaries } from '../kubernetes/binaries';
import { shrink } from './shrink';
import { subjectsOf } from './subjects';
import type { Releases, Subject } from './subjects';

/** Disagreements that are shrunk and kept; the rest is counted. */
const MOST_SHRUNK = 25;

interface Disagreement {
  readonly given: Case;
  readonly comparison: Comparison;
}

/**
 * Makes objects, has them judged by a real API server and by our validation, and compares; disagreements are shrunk and
 * written to files.
 *
 * @throws UsageError when no kind is wanted
 */
export async function runVerdict(options: Options, log: (line: string) => void): Promise<Result> {
  const started = Date.now();
  const progress = (line: string): void => log(`${line} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  const result = { tally: new Tally(), coverage: new Coverage() };
  const kept: string[] = [];
  // a second server is for what the first cannot have as well
  const wanted = options.servers.map((releases, index) => subjectsOf(releases, (name) => options.isWanted(name) && (index === 0 || name.startsWith('gateway-api '))));
  if (wanted.every((subjects) => subjects.length === 0)) throw new UsageError('no kind fits --kinds');
  // what is not possible here is said before all objects are made
  await kubernetesBinaries({ log });
  for (const [index, releases] of options.servers.entries()) {
    const subjects = wanted[index] ?? [];
    if (subjects.length === 0) continue;
    const ours = new Ours(releases);
    // what a second server is asked is more of the same: the number that was asked for is reached by the first
    const cases = makeCases(subjects, { ...options, count: index === 0 ? options.count : 0 }, ours, result.coverage);
    progress(`Gateway API ${releases.channel}: ${cases.length} objects made`);
    kept.push(...(await judgeAll(cases, releases, ours, options, result, progress)));
  }
  return { ...result, kept, seconds: (Date.now() - started) / 1000, options };
}

interface Counters {
  readonly tally: Tally;
  readonly coverage: Coverage;
}

async function judgeAll(cases: readonly Case[], releases: Releases, ours: Ours, options: Options, { tally, coverage }: Counters, progress: (line: string) => void): Promise<readonly string[]> {
  const judge = await ServerJudge.start(releases, options.crds);
  try {
    progress(`the API server is ready, with ${judge.origin}`);
    const verdicts = await judge.all(cases.map(({ object }) => object), (done) => {
      if (done % 2000 === 0) progress(`${done} judged`);
    });
    const disagreements: Disagreement[] = [];
    for (const [index, given] of cases.entries()) {
      const server = verdicts[index] as ServerVerdict;
      const comparison = judged(given, ours, server);
      tally.count(given, comparison);
      coverage.count(given, comparison, server);
      if (comparison.outcome === 'disagree') disagreements.push({ given, comparison });
    }
    return await keepSome(disagreements, judge, ours, options, releases.channel);
  } finally {
    await judge.stop();
  }
}

function makeCases(subjects: readonly Subject[], { seed, count }: Options, ours: Ours, coverage: Coverage): Case[] {
  const known = new Set<string>();
  // each subject draws from a source of its own: judging one kind alone gives the same objects
  const plans = subjects.map((subject) => ({ subject, plan: new Plan(subject, new Random(seedOf(seed, subject.name)), ours, coverage, known) }));
  const cases = plans.flatMap(({ plan }) => plan.directed());
  const custom = plans.filter(({ subject }) => !subject.isBuiltIn);
  const more = custom.length === 0 ? plans : custom;
  const isRight = ({ origin }: Case): boolean => origin !== 'mutated';
  let right = cases.filter(isRight).length;
  // half of the objects are mutated, the other half is not
  for (let round = 0; cases.length < count || right * 2 < cases.length; round += 1) {
    const next = more[round % more.length]?.plan.another();
    if (next === undefined || (cases.length >= count && !isRight(next))) continue;
    if (isRight(next)) right += 1;
    cases.push(next);
  }
  return cases;
}

function seedOf(seed: number, name: string): number {
  return [...name].reduce((hash, char) => Math.imul(hash, 31) + char.charCodeAt(0), seed);
}

function judged(given: Pick<Case, 'object' | 'subject'>, ours: Ours, server: ServerVerdict): Comparison {
  return compare(given.object, ours.judge(given.object), server, given.subject.isBuiltIn);
}

/** One small case for each sort of disagreement. */
async function keepSome(disagreements: readonly Disagreement[], judge: ServerJudge, ours: Ours, options: Options, channel: Releases['channel']): Promise<readonly string[]> {
  const bySort = new Map<string, Disagreement>();
  for (const each of disagreements) {
    const sort = sortOf(each.comparison);
    if (!bySort.has(sort)) bySort.set(sort, each);
  }
  const lines: string[] = [];
  for (const { given, comparison } of [...bySort.values()].slice(0, MOST_SHRUNK)) {
    const object = await shrink(given.object, async (smaller) => {
      const server = await judge.verdict(smaller);
      const next = judged({ ...given, object: smaller }, ours, server);
      return next.outcome === 'disagree' && sortOf(next) === sortOf(comparison);
    });
    const server = await judge.verdict(object);
    const file = writeCase({ object, server, ours: ours.judge(object), what: sortOf(comparison), isBuiltIn: given.subject.isBuiltIn, channel }, options.cases);
    lines.push(`${given.subject.name}: ${comparison.why.slice(0, 300)} (${given.what.slice(0, 120)}) ${file}`);
  }
  return lines;
}

/** Disagreements of one sort have the same cause, as far as can be told: indices and names of keys are left out. */
function sortOf({ why }: Comparison): string {
  const first = why.replace(/\s+/g, ' ').split(', ')[0] ?? '';
  // what a decoder says begins with the name of the kind
  return first.replace(/: \w+ in version "\w+" cannot be handled as a \w+/, '').replace(/(?: [\w<>]+|\.\d+|\.\w+)(?=\.\w)/g, '').slice(0, 160);
}
