import { closest } from '../errors/closest';
import { isUnknown } from '../rules/json';
import { isStrictDateTime } from './formats/times';
import { dns1123Label, labelValue, nearestName, prefixOf, qualifiedName } from './names';
import type { NameCheck } from './names';
import type { Report } from './report';
import { isData } from './schema/check';
import type { Data } from './schema/check';
import { failType, isInteger } from './schema/scalars';

/** What the metadata of an object is checked against. */
export interface MetadataRules {
  /** `any`: an object inside of another, which may or may not be in a namespace. */
  readonly scope: 'Namespaced' | 'Cluster' | 'any';
  /** Form of a name of this kind. */
  readonly checkName: NameCheck;
  readonly requiresName: boolean;
}

/**
 * Checks metadata as API servers do.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
 */
export function checkMetadata(metadata: unknown, rules: MetadataRules, report: Report): void {
  // null counts as absent, in metadata as everywhere in Kubernetes' own types
  if (metadata !== undefined && metadata !== null && !isData(metadata)) {
    if (isUnknown(metadata)) failIdentity(metadata, report);
    else failType(metadata, 'object', report);
    return;
  }
  const data: Data = metadata ?? {};
  for (const field in data) {
    const value = data[field];
    if (value === undefined) continue;
    const check = FIELDS.get(field);
    if (check === undefined) failUnknown(field, value, report);
    else if (value !== null) {
      report.enter(field);
      check(value, report);
      report.leave();
    }
  }
  checkIdentity(data, rules, report);
}

/** What an object is found by is known before it is made. */
function failIdentity(value: unknown, report: Report, below?: string): void {
  report.fail('unknown-value', value, 'a value that is known now: an object is found by it', { below, fix: 'give a plain value' });
}

function checkIdentity(data: Data, { scope, checkName, requiresName }: MetadataRules, report: Report): void {
  if (isUnknown(data['name']) || isUnknown(data['generateName']) || isUnknown(data['namespace'])) {
    for (const field of ['name', 'generateName', 'namespace']) if (isUnknown(data[field])) failIdentity(data[field], report, `.${field}`);
    return;
  }
  const name = textOf(data, 'name');
  const generateName = textOf(data, 'generateName');
  if (generateName !== '') {
    failForms('bad-name', 'generateName', generateName, prefixOf(checkName), report);
    if (name === '') failForms('bad-name', 'generateName', generateName, (prefix) => checkName(generatedName(prefix)), report);
  }
  if (name !== '') failForms('bad-name', 'name', name, checkName, report);
  else if (generateName === '' && requiresName) {
    report.fail('missing-name', data['name'], 'a name', { below: '.name', fix: 'add metadata.name', isBlocking: true });
  }
  const namespace = textOf(data, 'namespace');
  if (namespace === '') {
    if (scope === 'Namespaced') {
      report.fail('missing-namespace', data['namespace'], 'the namespace that the object is in', {
        below: '.namespace',
        fix: 'add metadata.namespace',
      });
    }
  } else if (scope === 'Cluster') {
    report.fail('unexpected-namespace', namespace, 'no namespace: objects of this kind are for the whole cluster', {
      below: '.namespace',
      fix: 'leave out metadata.namespace',
    });
  } else failForms('bad-namespace', 'namespace', namespace, dns1123Label, report);
}

const LONGEST_PREFIX = 58;

/** A name as the server makes it: what it can be is known, though not which. */
function generatedName(prefix: string): string {
  return `${prefix.slice(0, LONGEST_PREFIX)}bcdfg`;
}

function textOf(data: Data, field: string): string {
  const value = data[field];
  return typeof value === 'string' ? value : '';
}

function failForms(code: 'bad-name' | 'bad-namespace', field: string, value: string, check: NameCheck, report: Report): void {
  const forms = check(value);
  if (forms.length === 0) return;
  const near = field === 'generateName' ? undefined : nearestName(value, check);
  for (const form of forms) report.fail(code, value, form, { below: `.${field}`, fix: near === undefined ? undefined : `such as ${JSON.stringify(near)}` });
}

function failUnknown(field: string, value: unknown, report: Report): void {
  const meant = closest(field, [...FIELDS.keys()]);
  report.enter(field);
  report.fail('unknown-field', value, 'a field of metadata, such as name, namespace, labels or annotations', {
    saidGot: `the field ${JSON.stringify(field)}`,
    fix: meant === undefined ? undefined : `did you mean ${JSON.stringify(meant)}?`,
    isBlocking: true,
  });
  report.leave();
}

type FieldCheck = (value: unknown, report: Report) => void;

const text: FieldCheck = (value, report) => {
  if (typeof value !== 'string') failType(value, 'string', report);
};
const integer: FieldCheck = (value, report) => {
  if (!isInteger(value)) failType(value, 'integer', report);
};
const flag: FieldCheck = (value, report) => {
  if (typeof value !== 'boolean') failType(value, 'boolean', report);
};
const time: FieldCheck = (value, report) => {
  if (typeof value !== 'string') failType(value, 'string', report);
  else if (!(/^[^a-z]{20,}$/.test(value) && isStrictDateTime(value))) {
    report.fail('bad-format', value, 'a text of the format date-time', { fix: 'such as "2026-01-31T12:00:00Z"', isBlocking: true });
  }
};
const anything: FieldCheck = (value, report) => report.noteUnknownsIn(value);

const OWNER_FIELDS: ReadonlyMap<string, FieldCheck> = new Map([
  ['apiVersion', text],
  ['kind', text],
  ['name', text],
  ['uid', text],
  ['controller', flag],
  ['blockOwnerDeletion', flag],
]);

const MANAGED_FIELDS: ReadonlyMap<string, FieldCheck> = new Map([
  ['manager', text],
  ['operation', text],
  ['apiVersion', text],
  ['time', time],
  ['fieldsType', text],
  ['fieldsV1', anything],
  ['subresource', text],
]);

const FIELDS: ReadonlyMap<string, FieldCheck> = new Map([
  ['name', text],
  ['generateName', text],
  ['namespace', text],
  ['selfLink', text],
  ['uid', text],
  ['resourceVersion', text],
  // the server starts a new object at 1, whatever it comes with
  ['generation', integer],
  ['creationTimestamp', time],
  ['deletionTimestamp', time],
  ['deletionGracePeriodSeconds', integer],
  ['labels', checkLabels],
  ['annotations', checkAnnotations],
  ['ownerReferences', checkOwners],
  ['finalizers', checkFinalizers],
  ['managedFields', (value, report) => eachEntry(value, MANAGED_FIELDS, report)],
]);

const KEY_FIX = 'such as "owner" or "example.com/owner"';

/** Labels of an object, or of a pod template. */
export function checkLabels(value: unknown, report: Report): void {
  eachText(value, report, (key, content) => {
    for (const form of qualifiedName(key)) report.fail('bad-label', key, `a key of ${form}`, { saidGot: `the key ${JSON.stringify(key)}`, fix: KEY_FIX });
    for (const form of labelValue(content)) report.fail('bad-label', content, form, { fix: 'a text of any form can be an annotation' });
  });
}

const MOST_ANNOTATIONS = 256 * 1024;

export function checkAnnotations(value: unknown, report: Report): void {
  let size = 0;
  eachText(value, report, (key, content) => {
    size += content.length + key.length;
    for (const form of qualifiedName(key.toLowerCase())) {
      report.fail('bad-annotation', key, `a key of ${form}`, { saidGot: `the key ${JSON.stringify(key)}`, fix: KEY_FIX });
    }
  });
  // a character takes three bytes at most, so that only large annotations need counting
  if (size * 3 > MOST_ANNOTATIONS && isData(value)) size = byteSize(value);
  if (size > MOST_ANNOTATIONS) {
    report.fail('annotations-too-large', value, `at most ${MOST_ANNOTATIONS} bytes`, {
      saidGot: `${size} bytes`,
      fix: 'keep large texts in a ConfigMap',
      isBlocking: true,
    });
  }
}

function byteSize(annotations: Data): number {
  return Object.entries(annotations).reduce(
    (sum, [key, content]) => sum + Buffer.byteLength(key) + (typeof content === 'string' ? Buffer.byteLength(content) : 0),
    0,
  );
}

/** Visits a map of texts; a null counts as an empty text, as in Go, and so does a text that is known only at deployment. */
function eachText(value: unknown, report: Report, visit: (key: string, content: string) => void): void {
  if (!isData(value)) {
    failType(value, 'object', report);
    return;
  }
  for (const key in value) {
    const content = value[key] ?? '';
    report.enterKey(key);
    if (typeof content === 'string') visit(key, content);
    else failType(content, 'string', report);
    // its key is known
    if (isUnknown(content)) visit(key, '');
    report.leave();
  }
}

function checkFinalizers(value: unknown, report: Report): void {
  if (!Array.isArray(value)) {
    failType(value, 'array', report);
    return;
  }
  for (const [index, finalizer] of (value as readonly unknown[]).entries()) {
    report.enterIndex(index);
    if (typeof finalizer !== 'string') failType(finalizer, 'string', report);
    else for (const form of qualifiedName(finalizer)) report.fail('bad-finalizer', finalizer, form, { fix: 'such as "example.com/clean-up"' });
    report.leave();
  }
  if (['orphan', 'foregroundDeletion'].every((name) => value.includes(name))) {
    report.fail('bad-finalizer', value, 'only one of orphan and foregroundDeletion', { saidGot: 'both', fix: 'leave out one of them' });
  }
}

function checkOwners(value: unknown, report: Report): void {
  eachEntry(value, OWNER_FIELDS, report);
  if (!Array.isArray(value)) return;
  // a null in a list of structures is a structure with nothing in it
  const owners = (value as readonly unknown[]).map((owner) => owner ?? {}).filter(isData);
  for (const [index, owner] of owners.entries()) {
    report.enterIndex(index);
    for (const field of ['apiVersion', 'kind', 'name', 'uid'] as const) {
      if (textOf(owner, field) === '' && !isUnknown(owner[field])) report.fail('bad-owner-reference', owner[field], `the ${field} of the owner`, { below: `.${field}`, fix: `add ${field}` });
    }
    const apiVersion = textOf(owner, 'apiVersion');
    if (apiVersion !== '' && !/^(?:[^/]*\/)?[^/]+$/.test(apiVersion)) {
      report.fail('bad-owner-reference', apiVersion, 'VERSION or GROUP/VERSION', { below: '.apiVersion', fix: 'such as "apps/v1"' });
    }
    if (textOf(owner, 'apiVersion') === 'v1' && textOf(owner, 'kind') === 'Event') {
      report.fail('bad-owner-reference', owner, 'an owner that is no Event', { saidGot: 'an Event', fix: 'leave it out' });
    }
    report.leave();
  }
  if (owners.filter((owner) => owner['controller'] === true).length > 1) {
    report.fail('bad-owner-reference', value, 'one owner at most with controller: true', {
      saidGot: 'more than one',
      fix: 'leave out controller on all but one',
    });
  }
}

function eachEntry(value: unknown, fields: ReadonlyMap<string, FieldCheck>, report: Report): void {
  if (!Array.isArray(value)) {
    failType(value, 'array', report);
    return;
  }
  for (const [index, entry] of (value as readonly unknown[]).entries()) {
    report.enterIndex(index);
    if (isData(entry)) checkEntry(entry, fields, report);
    else if (entry !== null) failType(entry, 'object', report);
    report.leave();
  }
}

function checkEntry(entry: Data, fields: ReadonlyMap<string, FieldCheck>, report: Report): void {
  for (const [field, value] of Object.entries(entry)) {
    const check = fields.get(field);
    report.enter(field);
    if (check === undefined) {
      report.fail('unknown-field', value, `one of ${[...fields.keys()].join(', ')}`, { saidGot: `the field ${JSON.stringify(field)}`, isBlocking: true });
    } else if (value !== null && value !== undefined) check(value, report);
    report.leave();
  }
}
