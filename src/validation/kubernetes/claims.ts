/**
 * Claims to storage.
 * Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolumeclaims
 */
import { dns1123Label, dns1123Subdomain } from '../names';
import type { Report } from '../report';
import { isData, isSame } from '../schema/check';
import type { Data } from '../schema/check';
import { failOneOf, failRefused, form, required, setOneOf } from './checks';
import { always, isEmpty, isSet, listIn, NO_FIELDS, objectIn, textIn, textOf, within } from './fields';
import { amountOf } from './resources';
import { selector } from './selectors';

const ACCESS_MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];
const TEMPLATE_METADATA = ['labels', 'annotations'];

/** A claim of its own. */
export function checkClaim(object: Data, report: Report): void {
  always(object, 'spec', report, (spec) => {
    checkClaimSpec(spec, report);
    checkSources(effectiveSources(spec), report);
  });
}

/** A claim that a StatefulSet makes for each of its pods. */
export function checkSetClaim(claim: Data, report: Report): void {
  always(claim, 'spec', report, (spec) => {
    checkClaimSpec(spec, report);
    checkSources(spec, report);
  });
}

/** A claim that is made with a pod: its metadata holds labels and annotations only. */
export function checkClaimTemplate(template: Data, report: Report): void {
  within(template, 'metadata', report, (metadata) => {
    for (const field in metadata) {
      if (!TEMPLATE_METADATA.includes(field) && !isEmpty(metadata, field) && metadata[field] !== 0) failRefused(metadata, field, 'the server gives it', report);
    }
  });
  always(template, 'spec', report, (spec) => {
    checkClaimSpec(spec, report);
    checkSources(spec, report);
  });
}

function checkClaimSpec(spec: Data, report: Report): void {
  required(spec, 'accessModes', report, 'at least one access mode');
  within(spec, 'selector', report, selector);
  checkModes(spec, report);
  checkSize(spec, report);
  form(spec, 'storageClassName', dns1123Subdomain, report);
  form(spec, 'volumeAttributesClassName', dns1123Subdomain, report);
  setOneOf(spec, 'volumeMode', ['Filesystem', 'Block'], report);
}

function checkModes(spec: Data, report: Report): void {
  const modes = listIn(spec, 'accessModes').map(textOf);
  for (const [index, mode] of modes.entries()) {
    if (mode !== undefined && !ACCESS_MODES.includes(mode)) failOneOf(mode, ACCESS_MODES, report, `.accessModes[${index}]`);
  }
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && mode !== undefined && ACCESS_MODES.includes(mode))) {
    report.fail('kubernetes-rule', spec['accessModes'], 'no other mode beside ReadWriteOncePod', { below: '.accessModes' });
  }
}

function checkSize(spec: Data, report: Report): void {
  const resources = objectIn(spec, 'resources') ?? NO_FIELDS;
  const requests = objectIn(resources, 'requests') ?? NO_FIELDS;
  const below = '.resources.requests.storage';
  const size = requests['storage'];
  // what is known only later may hold the size
  if (size === undefined && (Object.hasOwn(spec, 'resources') && isSet(spec, 'resources') && objectIn(spec, 'resources') === undefined)) return;
  if (size === undefined) report.fail('missing-field', undefined, 'the size of the storage', { below, fix: 'add resources.requests.storage' });
  else if ((amountOf(size)?.nanos ?? 1n) <= 0n) report.fail('below-minimum', size, 'a size above zero', { below });
}

/**
 * A server drops what no feature of its own supports: a reference into another namespace, and an old source of a sort that
 * was never supported.
 */
function effectiveSources(spec: Data): Data {
  const { dataSource, dataSourceRef } = spec;
  if (isSet(spec, 'dataSourceRef')) {
    const isElsewhere = isData(dataSourceRef) && textIn(dataSourceRef, 'namespace') !== '';
    return isElsewhere ? effectiveSources({ dataSource }) : { dataSource, dataSourceRef };
  }
  if (!isData(dataSource)) return {};
  const group = textIn(dataSource, 'apiGroup');
  const kind = textIn(dataSource, 'kind');
  const isKept = (kind === 'PersistentVolumeClaim' && group === '') || (kind === 'VolumeSnapshot' && group === 'snapshot.storage.k8s.io');
  return isKept ? { dataSource } : {};
}

/** What the storage is filled with. */
function checkSources(spec: Data, report: Report): void {
  for (const field of ['dataSource', 'dataSourceRef']) {
    within(spec, field, report, (source) => {
      required(source, 'name', report);
      required(source, 'kind', report);
      const kind = textIn(source, 'kind');
      if (textIn(source, 'apiGroup') === '' && kind !== undefined && kind !== 'PersistentVolumeClaim') {
        report.fail('kubernetes-rule', kind, 'PersistentVolumeClaim, where no apiGroup is given', { below: '.kind' });
      }
      form(source, 'apiGroup', dns1123Subdomain, report);
      if (field === 'dataSourceRef') form(source, 'namespace', dns1123Label, report);
    });
  }
  const [source, reference] = [objectIn(spec, 'dataSource'), objectIn(spec, 'dataSourceRef')];
  if (source === undefined || reference === undefined) return;
  const parts = (from: Data): readonly unknown[] => ['apiGroup', 'kind', 'name'].map((field) => from[field] ?? '');
  const isUnsure = [...parts(source), ...parts(reference)].some((part) => typeof part !== 'string');
  if (!isUnsure && !isSame(parts(source), parts(reference))) report.fail('kubernetes-rule', source, 'the same as dataSourceRef', { below: '.dataSource' });
}
