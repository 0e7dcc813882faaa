/**
 * The environment of a container.
 * Source: https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/
 */
import { dns1123Label, dns1123Subdomain, prefixOf } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, form, requiredForm } from './checks';
import { each, isSet, objectIn, textIn, within } from './fields';
import { configKey, environmentName, noBacksteps } from './forms';
import type { Volumes } from './volumes';
import { checkFieldRef, checkResourceRef, ENVIRONMENT_FIELDS } from './projected-volumes';

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

/** `volumes` are all volumes of the pod, by name, be they right or not. */
export function checkEnvironment(container: Data, volumes: Volumes, report: Report): void {
  each(container, 'env', report, (variable) => {
    requiredForm(variable, 'name', environmentName, report);
    if (isSet(variable, 'valueFrom')) checkSource(variable, volumes, report);
  });
  each(container, 'envFrom', report, (source) => {
    form(source, 'prefix', environmentName, report);
    within(source, 'configMapRef', report, named);
    within(source, 'secretRef', report, named);
    const [hasMap, hasSecret] = [isSet(source, 'configMapRef'), isSet(source, 'secretRef')];
    if (!hasMap && !hasSecret) report.fail('missing-field', undefined, 'configMapRef or secretRef');
    if (hasMap && hasSecret) report.fail('kubernetes-rule', source, 'either configMapRef or secretRef', { saidGot: 'both' });
  });
}

/** The name may end with a dash, as the beginning of a name may. */
const SOURCE_NAME = prefixOf(dns1123Subdomain);

function named(value: Data, report: Report): void {
  requiredForm(value, 'name', SOURCE_NAME, report);
}

function checkSource(variable: Data, volumes: Volumes, report: Report): void {
  const hasValue = !isAbsentText(variable);
  within(variable, 'valueFrom', report, (source) => {
    within(source, 'fieldRef', report, (inner) => checkFieldRef(inner, ENVIRONMENT_FIELDS, report));
    within(source, 'resourceFieldRef', report, (inner) => checkResourceRef(inner, false, report));
    within(source, 'configMapKeyRef', report, keyOf);
    within(source, 'secretKeyRef', report, keyOf);
    within(source, 'fileKeyRef', report, (inner) => checkFile(inner, volumes, report));
    const given = SOURCES.filter((field) => isSet(source, field));
    if (given.length === 0) report.fail('missing-field', undefined, `one of ${SOURCES.join(', ')}`);
    else if (hasValue) report.fail('kubernetes-rule', source, 'no valueFrom beside value', { saidGot: given.join(' and ') });
    else if (given.length > 1) report.fail('kubernetes-rule', source, 'one source', { saidGot: given.join(' and ') });
  });
}

function isAbsentText(variable: Data): boolean {
  return textIn(variable, 'value') === '';
}

function keyOf(value: Data, report: Report): void {
  const name = textIn(value, 'name');
  if (name !== undefined) failForms(name, dns1123Subdomain, report, '.name');
  requiredForm(value, 'key', configKey, report);
}

function checkFile(value: Data, volumes: Volumes, report: Report): void {
  requiredForm(value, 'key', environmentName, report);
  requiredForm(value, 'volumeName', dns1123Label, report);
  requiredForm(value, 'path', noBacksteps, report);
  const name = textIn(value, 'volumeName');
  if (volumes === undefined || name === undefined || name === '') return;
  const volume = volumes.get(name);
  if (volume !== undefined && isEmptyDir(volume)) return;
  report.fail('kubernetes-rule', name, 'the name of an emptyDir volume of the pod', { below: '.volumeName' });
}

/** True for a volume that says emptyDir, or nothing at all, which means the same. */
function isEmptyDir(volume: Data): boolean {
  return objectIn(volume, 'emptyDir') !== undefined || Object.keys(volume).every((field) => field === 'name' || !isSet(volume, field));
}
