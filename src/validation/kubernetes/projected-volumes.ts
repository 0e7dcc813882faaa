/**
 * Volumes that put several sources into one folder, and the downward API.
 * Sources: https://kubernetes.io/docs/concepts/storage/projected-volumes/ and
 * https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
 */
import { qualifiedName } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, failOneOf, range, required, requiredForm } from './checks';
import { each, isSet, itemsIn, NO_FIELDS, objectIn, textIn, within } from './fields';
import { localPath } from './forms';
import { amountOf } from './resources';
import { keyToPath, LARGEST_MODE } from './volume-files';

const SOURCES = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle', 'podCertificate'];

export function checkProjected(value: Data, report: Report): void {
  range(value, 'defaultMode', 0, LARGEST_MODE, report);
  each(value, 'sources', report, source);
  checkPaths(value, report);
}

function source(value: Data, report: Report): void {
  for (const field of ['secret', 'configMap']) {
    within(value, field, report, (inner) => {
      required(inner, 'name', report);
      each(inner, 'items', report, keyToPath);
    });
  }
  within(value, 'downwardAPI', report, (inner) => each(inner, 'items', report, downwardFile));
  within(value, 'serviceAccountToken', report, (inner) => {
    range(inner, 'expirationSeconds', 600, 2 ** 32, report);
    requiredForm(inner, 'path', localPath, report);
  });
  const given = SOURCES.filter((field) => isSet(value, field));
  if (given.length > 1) report.fail('kubernetes-rule', value, 'one source; the others are items of their own', { saidGot: given.join(' and ') });
}

/** No two files of one folder have the same path. */
function checkPaths(value: Data, report: Report): void {
  const paths = itemsIn(value, 'sources').flatMap((each) =>
    ['secret', 'configMap', 'downwardAPI'].flatMap((field) => itemsIn(objectIn(each, field) ?? NO_FIELDS, 'items').map((item) => textIn(item, 'path') ?? '')),
  );
  const seen = new Set<string>();
  for (const path of paths) {
    if (path !== '' && seen.has(path)) report.fail('duplicate-item', path, 'a path that no other source of the volume has', { below: '.sources' });
    seen.add(path);
  }
}

/** One file of the downward API. */
export function downwardFile(value: Data, report: Report): void {
  requiredForm(value, 'path', localPath, report);
  range(value, 'mode', 0, LARGEST_MODE, report);
  if (isSet(value, 'fieldRef')) {
    within(value, 'fieldRef', report, (inner) => checkFieldRef(inner, FILE_FIELDS, report));
    if (isSet(value, 'resourceFieldRef')) report.fail('kubernetes-rule', value, 'either fieldRef or resourceFieldRef', { saidGot: 'both' });
  } else if (isSet(value, 'resourceFieldRef')) within(value, 'resourceFieldRef', report, (inner) => checkResourceRef(inner, true, report));
  else report.fail('missing-field', undefined, 'fieldRef or resourceFieldRef');
}

const FILE_FIELDS = ['metadata.name', 'metadata.namespace', 'metadata.labels', 'metadata.annotations', 'metadata.uid'];
/** What can be told a process in its environment. */
export const ENVIRONMENT_FIELDS = [
  'metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName', 'status.hostIP', 'status.hostIPs', 'status.podIP',
  'status.podIPs',
];
const SUBSCRIPT = /^(.+?)\['(.*)'\]$/s;

/** A field of the pod. */
export function checkFieldRef(value: Data, allowed: readonly string[], report: Report): void {
  const version = textIn(value, 'apiVersion');
  const path = textIn(value, 'fieldPath');
  if (path === undefined) return;
  if (path === '') {
    required(value, 'fieldPath', report);
    return;
  }
  if (version !== undefined && version !== '' && version !== 'v1') {
    report.fail('kubernetes-rule', version, 'v1, in which fields of pods are known', { below: '.apiVersion' });
    return;
  }
  const [, owner, key = ''] = SUBSCRIPT.exec(path) ?? [];
  if (owner === undefined) {
    // what nodeName was called before
    if (path !== 'spec.host' && !allowed.includes(path)) failOneOf(path, allowed, report, '.fieldPath');
  } else if (owner === 'metadata.labels') failForms(key, qualifiedName, report, '.fieldPath');
  else if (owner === 'metadata.annotations') failForms(key.toLowerCase(), qualifiedName, report, '.fieldPath');
  else report.fail('kubernetes-rule', path, "a field without a key, or metadata.labels['KEY'] or metadata.annotations['KEY']", { below: '.fieldPath' });
}

const RESOURCE_FIELDS = ['limits', 'requests'].flatMap((kind) => ['cpu', 'memory', 'ephemeral-storage'].map((name) => `${kind}.${name}`));
const HUGE_PAGES = /^(?:limits|requests)\.hugepages-/;
const CPU_UNITS = ['1m', '1'];
const BYTE_UNITS = ['1', '1k', '1M', '1G', '1T', '1P', '1E'];
const BINARY_UNITS = ['1', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

/** A limit or request of a container, in some unit. */
export function checkResourceRef(value: Data, isInVolume: boolean, report: Report): void {
  if (isInVolume) required(value, 'containerName', report);
  required(value, 'resource', report);
  const resource = textIn(value, 'resource');
  if (resource === undefined) return;
  if (resource !== '' && !RESOURCE_FIELDS.includes(resource) && !HUGE_PAGES.test(resource)) failOneOf(resource, RESOURCE_FIELDS, report, '.resource');
  checkUnit(resource, value['divisor'], report);
}

function checkUnit(resource: string, divisor: unknown, report: Report): void {
  const isKnown = RESOURCE_FIELDS.includes(resource) || HUGE_PAGES.test(resource);
  const amount = amountOf(divisor ?? 0)?.nanos;
  if (!isKnown || amount === undefined || amount === 0n) return;
  const text = String(divisor);
  // a server compares texts, after it has brought them into one form for each way to write amounts
  const ofBytes = text.endsWith('i') ? BINARY_UNITS : /[eE][+-]?\d+$/.test(text) ? ['1'] : BYTE_UNITS;
  const units = resource.endsWith('.cpu') ? CPU_UNITS : ofBytes;
  if (!units.some((unit) => amountOf(unit)?.nanos === amount)) failOneOf(text, units, report, '.divisor');
}
