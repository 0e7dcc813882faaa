import type { Finding, ObjectName } from '../errors/finding';
import { isUnknown } from '../rules/json';
import type { KindEntry, Release, Variant } from '../rules/kind-rules';
import { closest } from '../errors/closest';
import type { ValidationCode } from './codes';
import { describe, listOf } from './describe';
import { LoadedKind } from './kind-judge';
import { checkMetadata } from './metadata';
import { pathSegment } from './names';
import { Report } from './report';
import { isData } from './schema/check';
import type { Data } from './schema/check';
import { withoutSecretValues } from './secret-values';
import type { Unjudged } from './unknowns';
import { nearestRelease, newest, releaseText, sourceTitle, wantedVersions } from './versions';
import type { ValidationTarget } from './versions';

export type { Unjudged } from './unknowns';
export type { ValidationTarget, Versions } from './versions';

/** One set of rules that judged an object. */
export interface JudgedBy extends Variant {
  readonly source: string;
}

/** What validation says of one object. */
export interface ValidationResult {
  /** False where no rules of this kind are known: only apiVersion, kind and metadata were checked. */
  readonly known: boolean;
  readonly findings: readonly Finding[];
  readonly judgedBy: readonly JudgedBy[];
  /**
   * What passed only because a value is known at deployment and not before: each such value, and each CEL rule whose
   * outcome depends on one.
   */
  readonly unknowns: readonly Unjudged[];
}

export interface ValidatorOptions {
  /** @default - for each source, the newest version whose rules are known */
  readonly target?: ValidationTarget | undefined;
  /** Kinds to know; of two entries for a kind the first counts. @default - the kinds that come with this library */
  readonly catalog?: readonly KindEntry[] | undefined;
}

/**
 * Says of an object what a real API server would say that is asked to create it, with strict field validation: unknown
 * fields, types, values, defaults, names, and every CEL rule.
 *
 * The rules of a kind are loaded and compiled at the first object of that kind.
 */
export class Validator {
  private readonly target: ValidationTarget;
  private readonly entries: ReadonlyMap<string, KindEntry>;
  private readonly kinds = new Map<string, LoadedKind>();
  private readonly judges = new Map<string, Plan>();
  private readonly releases = new Map<string, readonly Release[]>();
  private readonly noted = new Set<string>();
  private readonly report = new Report();

  public constructor(options: ValidatorOptions = {}) {
    this.target = options.target ?? {};
    for (const source of ['istio', 'kubernetes', 'gateway-api']) wantedVersions(this.target, source);
    const entries = new Map<string, KindEntry>();
    for (const entry of options.catalog ?? defaultCatalog()) {
      const key = `${entry.group}/${entry.kind}`;
      if (!entries.has(key)) entries.set(key, entry);
    }
    this.entries = entries;
  }

  /** What is worth knowing of the judging itself, such as a version that stands in for one that is not known. */
  public get notes(): readonly string[] {
    return [...this.noted];
  }

  /** Judges one object; `old` is the same object as it was before, for rules on how an object may change. */
  public validate(manifest: unknown, options: { readonly old?: unknown } = {}): ValidationResult {
    if (!isData(manifest)) return unknownResult([plainFinding('not-an-object', '', describe(manifest), 'an object with apiVersion, kind and metadata', 'give one object a document')]);
    const apiVersion = manifest['apiVersion'];
    const kind = manifest['kind'];
    if (typeof apiVersion !== 'string' || apiVersion === '' || typeof kind !== 'string' || kind === '') {
      return unknownResult(this.named(manifest, typeFindings(apiVersion, kind)));
    }
    const key = `${apiVersion} ${kind}`;
    let plan = this.judges.get(key);
    if (plan === undefined) {
      plan = this.plan(apiVersion, kind);
      this.judges.set(key, plan);
    }
    const old = isData(options.old) ? options.old : undefined;
    const { findings, unknowns } = plan.judge(manifest, old);
    return { known: plan.known, judgedBy: plan.judgedBy, findings: findings.length === 0 ? NONE : this.named(manifest, key === 'v1 Secret' ? withoutSecretValues(findings) : findings), unknowns };
  }

  private plan(apiVersion: string, kind: string): Plan {
    const slash = apiVersion.lastIndexOf('/');
    const group = slash < 0 ? '' : apiVersion.slice(0, slash);
    const version = apiVersion.slice(slash + 1);
    const entry = this.entries.get(`${group}/${kind}`);
    if (entry === undefined) return this.unknownKind(apiVersion, group, kind);
    const loaded = this.load(entry);
    const judges = this.judgingReleases(entry).map((release) => this.judgeOf(loaded, release, version));
    const judgedBy = judges.flatMap((judge) => (judge.variant === undefined ? [] : [{ source: entry.source, ...judge.variant }]));
    const [only, ...others] = judges;
    if (only !== undefined && others.length === 0) return { known: true, judgedBy, judge: only.judge };
    return { known: true, judgedBy, judge: (object, old) => mergeVerdicts(judges.map(({ label, judge }) => ({ label, ...judge(object, old) }))) };
  }

  private load(entry: KindEntry): LoadedKind {
    const key = `${entry.group}/${entry.kind}`;
    const known = this.kinds.get(key);
    if (known !== undefined) return known;
    const loaded = new LoadedKind(entry, wantedVersions(this.target, 'kubernetes')[0] ?? '1.36');
    this.kinds.set(key, loaded);
    return loaded;
  }

  /** The releases that the objects of a source are judged by. */
  private judgingReleases(entry: KindEntry): readonly Release[] {
    const known = this.releasesOf(entry.source);
    const wanted = wantedVersions(this.target, entry.source);
    const versions = known.map(({ release }) => release);
    const last = newest(versions);
    const chosen = wanted.length === 0 ? (last === undefined ? [] : [last]) : wanted.flatMap((version) => this.standIn(entry.source, version, versions));
    const hasChannels = known.some(({ channel }) => channel !== undefined);
    const channel = this.target.gatewayApiChannel ?? 'standard';
    return [...new Set(chosen)].map((release) => (hasChannels ? { release, channel } : { release }));
  }

  private standIn(source: string, wanted: string, known: readonly string[]): readonly string[] {
    const release = nearestRelease(wanted, known);
    if (release === undefined) return [];
    if (release !== wanted) this.noted.add(`${sourceTitle(source)} ${wanted} is judged by the rules of ${release}`);
    return [release];
  }

  /** Every release of a source: a kind alone does not tell, since it may be missing in some. */
  private releasesOf(source: string): readonly Release[] {
    const known = this.releases.get(source);
    if (known !== undefined) return known;
    const all = [...this.entries.values()].filter((entry) => entry.source === source).flatMap((entry) => this.load(entry).rules.releases);
    this.releases.set(source, all);
    return all;
  }

  private judgeOf(loaded: LoadedKind, release: Release, version: string): VariantJudge {
    const { rules } = loaded;
    const label = `${sourceTitle(rules.source)} ${releaseText(release)}`;
    const index = rules.variants.findIndex(
      (variant) => variant.release === release.release && variant.channel === release.channel && variant.version === version && variant.served !== false,
    );
    const judge = index < 0 ? undefined : loaded.judge(index);
    if (judge === undefined) {
      const finding = missingVersion(loaded, release, version, label);
      return { label, variant: undefined, judge: () => ({ findings: [finding], unknowns: NO_UNKNOWNS }) };
    }
    return { label, variant: judge.variant, judge: (object, old) => this.run((report) => judge.check(object, old, report)) };
  }

  private unknownKind(apiVersion: string, group: string, kind: string): Plan {
    const siblings = this.kindsOfOwnedGroup(group);
    const form = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/i;
    return {
      known: false,
      judgedBy: [],
      judge: (object) =>
        this.run((report) => {
          if (!form.test(apiVersion)) report.fail('bad-api-version', apiVersion, 'VERSION or GROUP/VERSION', { below: 'apiVersion', fix: 'such as "apps/v1"' });
          if (siblings.length > 0) {
            const meant = closest(kind, siblings);
            const fix = meant === undefined ? {} : { fix: `did you mean "${meant}"?` };
            report.fail('unknown-kind', kind, `a kind of ${group}: ${listOf(siblings)}`, { below: 'kind', ...fix });
          }
          report.enter('metadata');
          checkMetadata(object['metadata'], { scope: 'any', checkName: pathSegment, requiresName: true }, report);
          report.leave();
          for (const field of Object.keys(object)) if (!CHECKED.has(field)) report.noteUnknownsIn(object[field], field);
        }),
    };
  }

  /**
   * The kinds of a group that is wholly ours to know: Istio's and the Gateway API's. What is not among them no server has;
   * of Kubernetes' own groups only some kinds are known here.
   */
  private kindsOfOwnedGroup(group: string): readonly string[] {
    const entries = [...this.entries.values()].filter((entry) => entry.group === group);
    const isOwned = entries.every(({ source }) => source === 'istio' || source === 'gateway-api');
    return isOwned ? entries.map(({ kind }) => kind).sort() : [];
  }

  private run(check: (report: Report) => void): Verdict {
    const { report } = this;
    report.reset();
    check(report);
    const { findings, unjudged } = report;
    if (findings.length === 0 && unjudged.size === 0) return FINE;
    return { findings: findings.length === 0 ? NONE : [...findings], unknowns: unjudged.size === 0 ? NO_UNKNOWNS : [...unjudged.values()] };
  }

  private named(manifest: Data, findings: readonly Finding[]): readonly Finding[] {
    const object = nameOf(manifest);
    return findings.map((finding) => ({ ...finding, object }));
  }
}

/** What is checked of an object of any kind. */
const CHECKED: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** What is said of one object by one set of rules. */
type Verdict = Pick<ValidationResult, 'findings' | 'unknowns'>;

const NONE: readonly Finding[] = [];
const NO_UNKNOWNS: readonly Unjudged[] = [];
const FINE: Verdict = { findings: NONE, unknowns: NO_UNKNOWNS };

/** How the objects of one apiVersion and kind are judged. */
interface Plan {
  readonly known: boolean;
  readonly judgedBy: readonly JudgedBy[];
  readonly judge: (object: Data, old: Data | undefined) => Verdict;
}

interface VariantJudge {
  readonly label: string;
  readonly variant: Variant | undefined;
  readonly judge: Plan['judge'];
}

function defaultCatalog(): readonly KindEntry[] {
  return (require('../../imports/catalog') as typeof import('../../imports/catalog')).catalog;
}

function unknownResult(findings: readonly Finding[]): ValidationResult {
  return { known: false, judgedBy: [], findings, unknowns: NO_UNKNOWNS };
}

function plainFinding(code: ValidationCode, property: string, got: string, expected: string, fix?: string): Finding {
  return { code, property, got, expected, ...(fix !== undefined && { fix }) };
}

function typeFindings(apiVersion: unknown, kind: unknown): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [property, value] of Object.entries({ apiVersion, kind })) {
    if (isUnknown(value)) findings.push(plainFinding('unknown-value', property, describe(value), 'a value that is known now', 'give a plain value'));
  }
  if (findings.length > 0) return findings;
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    findings.push(plainFinding('missing-api-version', 'apiVersion', describe(apiVersion), 'the version of the API, such as v1', 'add apiVersion'));
  }
  if (typeof kind !== 'string' || kind === '') {
    findings.push(plainFinding('missing-kind', 'kind', describe(kind), 'the kind of the object, such as Service', 'add kind'));
  }
  return findings;
}

/** Name of an object for messages, as far as it has one. */
export function nameOf(manifest: Data): ObjectName {
  const metadata = isData(manifest['metadata']) ? manifest['metadata'] : {};
  const texts = {
    apiVersion: manifest['apiVersion'],
    kind: manifest['kind'],
    namespace: metadata['namespace'],
    name: metadata['name'] ?? metadata['generateName'],
  };
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => typeof value === 'string' && value !== ''));
}

function missingVersion(loaded: LoadedKind, release: Release, version: string, label: string): Finding {
  const { rules, entry } = loaded;
  const prefix = entry.group === '' ? '' : `${entry.group}/`;
  const served = rules.variants.filter((item) => item.release === release.release && item.channel === release.channel && item.served !== false);
  if (served.length > 0) {
    const versions = served.map((item) => `${prefix}${item.version}`);
    const meant = versions.length === 1 ? versions[0] : (closest(`${prefix}${version}`, versions) ?? `${prefix}${rules.preferredVersion}`);
    return plainFinding('unserved-version', 'apiVersion', `"${prefix}${version}"`, `a version of ${entry.kind} that ${label} serves: ${listOf(versions, 'or')}`, `use ${String(meant)}`);
  }
  const others = rules.releases.map(releaseText);
  const fix =
    release.channel === 'standard' && rules.releases.some((item) => item.channel === 'experimental' && item.release === release.release)
      ? 'it is in the experimental channel'
      : `releases that have it: ${listOf([...new Set(others)])}`;
  return plainFinding('kind-not-in-release', 'kind', `"${entry.kind}"`, `a kind that ${label} has`, fix);
}

/** What several releases say of one object. */
function mergeVerdicts(results: readonly (Verdict & { readonly label: string })[]): Verdict {
  const unknowns = new Map(results.flatMap((result) => result.unknowns).map((each) => [`${each.path}\n${each.rule ?? ''}`, each] as const));
  return { findings: mergeFindings(results), unknowns: unknowns.size === 0 ? NO_UNKNOWNS : [...unknowns.values()] };
}

/** Each finding once; one that not all of them give says which do. */
function mergeFindings(results: readonly { readonly label: string; readonly findings: readonly Finding[] }[]): readonly Finding[] {
  const merged = new Map<string, { readonly finding: Finding; readonly labels: string[] }>();
  for (const { label, findings } of results) {
    for (const finding of findings) {
      const key = `${finding.code}\n${finding.property}\n${finding.got}\n${finding.expected}`;
      const known = merged.get(key);
      if (known === undefined) merged.set(key, { finding, labels: [label] });
      else known.labels.push(label);
    }
  }
  return [...merged.values()].map(({ finding, labels }) =>
    labels.length === results.length ? finding : { ...finding, expected: `${finding.expected} (for ${listOf(labels)})` },
  );
}
