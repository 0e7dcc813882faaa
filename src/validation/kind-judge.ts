import type { Finding } from '../errors/finding';
import { isJsonObject, isUnknown } from '../rules/json';
import type { JsonObject } from '../rules/json';
import type { KindEntry, KindRules, SharedRules, Variant } from '../rules/kind-rules';
import { schemaOfVariant } from '../rules/schema';
import { decodeVariant } from '../rules/variants';
import { FieldHistory } from './history';
import { nameCheckOf, needsName } from './kind-names';
import { checkMetadata } from './metadata';
import type { MetadataRules } from './metadata';
import type { Report } from './report';
import { builtInDialect } from './schema/built-in';
import type { Check, Data } from './schema/check';
import { isData } from './schema/check';
import { SchemaCompiler } from './schema/compile';
import { RuleCompiler } from './schema/rules';

/** Judges objects of one kind by one release: everything that an API server would say of them. */
export interface KindJudge {
  readonly variant: Variant;
  readonly check: (object: Data, old: Data | undefined, report: Report) => void;
}

/** The rules of a kind, loaded, with the judges that were made of them. */
export class LoadedKind {
  public readonly rules: KindRules;
  private shared: SharedRules | undefined;
  private readonly history: FieldHistory;
  private readonly judges = new Map<number, KindJudge>();

  public constructor(
    public readonly entry: KindEntry,
    private readonly kubernetes: string,
  ) {
    this.rules = entry.load();
    this.history = new FieldHistory(this.rules, () => this.loadShared());
  }

  /** The judge of a variant of this kind. */
  public judge(index: number): KindJudge | undefined {
    const known = this.judges.get(index);
    if (known !== undefined) return known;
    const judge = this.makeJudge(index);
    if (judge !== undefined) this.judges.set(index, judge);
    return judge;
  }

  private loadShared(): SharedRules | undefined {
    this.shared ??= this.entry.loadShared?.();
    return this.shared;
  }

  private makeJudge(index: number): KindJudge | undefined {
    const variant = this.rules.variants[index];
    const schema = schemaOfVariant(this.rules, index, this.loadShared());
    if (variant === undefined || schema === undefined) return undefined;
    const isBuiltIn = this.rules.crd === undefined;
    const explain = (field: string, report: Report): string | undefined => this.history.explain(variant, field, report);
    const compiler = new SchemaCompiler(explain, isBuiltIn ? builtInDialect(schema.resolve) : undefined);
    const runRules = isBuiltIn ? undefined : new RuleCompiler().walk(schema.root, true);
    const dropsStatus = hasStatusSubresource(this.rules, variant);
    const scale = scalePath(this.rules, variant);
    const check = compiler.root(schema.root);
    const metadata = this.metadataRules(variant);
    const inCode = isBuiltIn ? rulesInCode(this.entry) : undefined;
    const isDefinition = this.entry.kind === 'CustomResourceDefinition' && isBuiltIn;
    return {
      variant,
      check: (object, old, report) => {
        checkTypes(object, metadata, report);
        if (isDefinition) checkDefinitionName(object, report);
        const complete = checkSchema(check, object, dropsStatus, report) as Data;
        inCode?.(object, report);
        if (scale !== undefined) checkReplicas(scale, complete, report);
        if (report.isBlocked || runRules === undefined) return;
        // the old object came out of a server, which had filled in its defaults
        const before = old === undefined ? undefined : completed(check, old, report);
        runRules(complete, before, report);
      },
    };
  }

  private metadataRules(variant: Variant): MetadataRules {
    const kubernetes = this.rules.source === 'kubernetes' ? variant.release : this.kubernetes;
    const checkName = nameCheckOf(this.entry.group, this.entry.kind, kubernetes);
    return { scope: this.entry.scope, checkName, requiresName: needsName(this.entry.group, this.entry.kind) };
  }
}

/** What a server checks of one of its own kinds in code; loaded at the first object of such a kind. */
function rulesInCode({ group, kind }: KindEntry): ((object: Data, report: Report) => void) | undefined {
  const { kubernetesRules } = require('./kubernetes') as typeof import('./kubernetes');
  return kubernetesRules(group, kind);
}

function checkTypes(object: Data, rules: MetadataRules, report: Report): void {
  const metadata = object['metadata'];
  report.enter('metadata');
  checkMetadata(metadata, rules, report);
  if (isData(metadata) && typeof metadata['resourceVersion'] === 'string' && metadata['resourceVersion'] !== '') {
    report.fail('server-owned-field', metadata['resourceVersion'], 'no resourceVersion in an object that is to be created', {
      below: '.resourceVersion',
      fix: 'leave out metadata.resourceVersion',
      severity: 'warning',
    });
  }
  report.leave();
}

/** A definition is called by what it defines: `virtualservices.networking.istio.io`. */
function checkDefinitionName(object: Data, report: Report): void {
  const { metadata, spec } = object;
  if (!isData(metadata) || !isData(spec) || !isData(spec['names'])) return;
  const { plural } = spec['names'];
  const { group } = spec;
  if (isUnknown(plural) || isUnknown(group)) return;
  const wanted = `${String(plural)}.${String(group)}`;
  if (metadata['name'] === wanted || typeof metadata['name'] !== 'string') return;
  report.enter('metadata');
  report.fail('bad-name', metadata['name'], `${wanted}: spec.names.plural and spec.group`, { below: '.name' });
  report.leave();
}

/** A server with a status subresource throws the status of a new object away, but not before it has looked for unknown fields. */
function checkSchema(check: Check, object: Data, dropsStatus: boolean, report: Report): unknown {
  if (!dropsStatus || object['status'] === undefined) return check(object, report);
  const { status, ...rest } = object;
  const complete = check(rest, report);
  const before = report.findings.length;
  const wasBlocked = report.isBlocked;
  check({ ...rest, status }, report);
  const unknown = report.findings.splice(before).filter(isUnknownStatus);
  report.findings.push(...unknown);
  report.isBlocked = wasBlocked || unknown.length > 0;
  return complete;
}

/** Fields of an object that stands where no object belongs are unknown too. */
function isUnknownStatus({ code, property, got }: Finding): boolean {
  if (!/^status\b/.test(property)) return false;
  return code === 'unknown-field' || (code === 'wrong-type' && got.startsWith('an object with'));
}

function completed(check: Check, old: Data, report: Report): Data {
  let complete = old;
  report.isFine((value, inner) => {
    complete = check(value, inner) as Data;
  }, old);
  return complete;
}

function hasStatusSubresource(rules: KindRules, variant: Variant): boolean {
  return rules.crd === undefined || subresourcesOf(rules, variant)['status'] !== undefined;
}

/** The path of the replicas of a kind that can be scaled, such as `['spec', 'replicas']`. */
function scalePath(rules: KindRules, variant: Variant): readonly string[] | undefined {
  const scale = subresourcesOf(rules, variant)['scale'];
  const path = isJsonObject(scale) ? scale['specReplicasPath'] : undefined;
  return typeof path === 'string' ? path.replace(/^\./, '').split('.') : undefined;
}

function subresourcesOf(rules: KindRules, variant: Variant): JsonObject {
  if (rules.crd === undefined) return {};
  const index = rules.releases.findIndex((item) => item.release === variant.release && item.channel === variant.channel);
  const frame = index < 0 ? undefined : decodeVariant(rules.crd, index);
  const spec = frame !== undefined && isJsonObject(frame) ? frame['spec'] : undefined;
  const versions = spec !== undefined && isJsonObject(spec) ? spec['versions'] : undefined;
  if (!Array.isArray(versions)) return {};
  const version = (versions as readonly JsonObject[]).find((item) => item['name'] === variant.version);
  const subresources = version?.['subresources'];
  return isJsonObject(subresources) ? subresources : {};
}

/** Replicas are no less than none, whatever the schema says. */
function checkReplicas(path: readonly string[], object: Data, report: Report): void {
  let value: unknown = object;
  for (const step of path) value = isData(value) ? value[step] : undefined;
  if (typeof value !== 'number' || (value >= 0 && value < 2 ** 31)) return;
  for (const step of path) report.enter(step);
  if (value < 0) report.fail('below-minimum', value, 'at least 0');
  else report.fail('above-maximum', value, `at most ${2 ** 31 - 1}`);
  for (const _ of path) report.leave();
}
