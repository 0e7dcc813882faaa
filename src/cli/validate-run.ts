import { compareFindings } from '../errors/finding';
import type { Finding } from '../errors/finding';
import type { KindEntry } from '../rules/kind-rules';
import { kindOfCrd } from '../validation/crd-entries';
import { nameOf, Validator } from '../validation/validator';
import type { JudgedBy, ValidationTarget } from '../validation/validator';
import type { CommandIo } from './command';
import { readManifests } from './read-manifests';
import type { Manifest } from './read-manifests';

/** What to validate, and by what. */
export interface Request {
  readonly inputs: readonly string[];
  readonly old: readonly string[];
  readonly crds: readonly string[];
  readonly target: ValidationTarget;
}

export interface Outcome {
  readonly documents: number;
  readonly invalid: number;
  /** Kinds of which no rules are known, as `Kind (apiVersion)`. */
  readonly unknown: readonly string[];
  readonly judgedBy: readonly Omit<JudgedBy, 'version'>[];
  readonly notes: readonly string[];
  readonly findings: readonly Finding[];
}

/** Reads and judges all inputs; `misuses` where one of them cannot be read at all. */
export async function runValidation(request: Request, io: CommandIo): Promise<Outcome | { readonly misuses: readonly string[] }> {
  const inputs = await readManifests(request.inputs, io);
  const olds = await readManifests(request.old, io);
  const crds = await readManifests(request.crds, io);
  const misuses = [...inputs.misuses, ...olds.misuses, ...crds.misuses, ...missingCrds(request.crds, crds.manifests)];
  if (misuses.length > 0) return { misuses };
  const catalog = [...crds.manifests.flatMap(entryOf), ...defaultCatalog()];
  const validator = new Validator({ target: request.target, catalog });
  const problems = [...inputs.problems, ...olds.problems, ...crds.problems];
  return judge(validator, inputs.manifests, byIdentity(olds.manifests), problems, inputs.problems.length);
}

function defaultCatalog(): readonly KindEntry[] {
  return (require('../../imports/catalog') as typeof import('../../imports/catalog')).catalog;
}

function entryOf(manifest: Manifest): readonly KindEntry[] {
  const entry = kindOfCrd(manifest.value, manifest.file);
  return entry === undefined ? [] : [entry];
}

function missingCrds(inputs: readonly string[], manifests: readonly Manifest[]): readonly string[] {
  if (inputs.length === 0 || manifests.some((manifest) => entryOf(manifest).length > 0)) return [];
  return [`--crds ${inputs.join(' ')}: no CustomResourceDefinition in there`];
}

function judge(
  validator: Validator,
  manifests: readonly Manifest[],
  olds: ReadonlyMap<string, unknown>,
  problems: readonly Finding[],
  unreadable: number,
): Outcome {
  const findings: Finding[] = [...problems];
  const unknown = new Set<string>();
  const judges = new Map<string, Omit<JudgedBy, 'version'>>();
  let invalid = unreadable;
  for (const manifest of manifests) {
    const old = olds.size === 0 ? undefined : olds.get(identityOf(manifest.value));
    const result = validator.validate(manifest.value, old === undefined ? {} : { old });
    if (!result.known) addUnknown(manifest.value, unknown);
    for (const { source, release, channel } of result.judgedBy) {
      judges.set(`${source} ${release} ${String(channel)}`, { source, release, ...(channel !== undefined && { channel }) });
    }
    if (result.findings.some((finding) => finding.severity !== 'warning')) invalid += 1;
    for (const finding of result.findings) findings.push({ ...finding, source: sourceOf(finding, manifest) });
  }
  return {
    documents: manifests.length + unreadable,
    invalid,
    unknown: [...unknown].sort(),
    judgedBy: [...judges.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value),
    notes: validator.notes,
    findings: findings.sort(compareFindings),
  };
}

function addUnknown(value: unknown, unknown: Set<string>): void {
  const { apiVersion, kind } = nameOf(typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});
  if (apiVersion !== undefined && kind !== undefined) unknown.add(`${kind} (${apiVersion})`);
}

function sourceOf(finding: Finding, manifest: Manifest): NonNullable<Finding['source']> {
  const place = manifest.document.placeOf([...manifest.base, ...stepsOf(finding.property)]);
  return { file: manifest.file, ...place };
}

/** The steps of a field path as findings write it: `spec.http[0].route`, `metadata.labels[a.b/c]`. */
export function stepsOf(property: string): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  for (const [, name, key] of property.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    if (name !== undefined) steps.push(name);
    else if (key !== undefined) steps.push(/^\d+$/.test(key) ? Number(key) : key.replace(/^'(.*)'$/, '$1'));
  }
  return steps;
}

function byIdentity(manifests: readonly Manifest[]): ReadonlyMap<string, unknown> {
  return new Map(manifests.map(({ value }) => [identityOf(value), value] as const));
}

/** Group, kind, namespace and name: the version of the API does not make another object. */
function identityOf(value: unknown): string {
  const { apiVersion = '', kind, namespace, name } = nameOf(typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.lastIndexOf('/')) : '';
  return JSON.stringify([group, kind, namespace, name]);
}
