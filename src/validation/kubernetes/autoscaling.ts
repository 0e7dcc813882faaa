/**
 * Autoscaling of workloads.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
 */
import { dns1123Label, pathSegment } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failOneOf, failRange, range, refused, required, requiredForm, setOneOf } from './checks';
import { always, each, isSet, itemsIn, numberIn, textIn, within } from './fields';
import { amountIn, checkContainerResource } from './resources';

export function checkAutoscaler(object: Data, report: Report): void {
  always(object, 'spec', report, (spec) => {
    const [min, max] = [numberIn(spec, 'minReplicas', 1), numberIn(spec, 'maxReplicas', 0)];
    if (min !== undefined) failRange(min, 1, Number.POSITIVE_INFINITY, report, '.minReplicas');
    if (max !== undefined) failRange(max, Math.max(1, min ?? 1), Number.POSITIVE_INFINITY, report, '.maxReplicas');
    always(spec, 'scaleTargetRef', report, (target) => checkReference(target, true, report));
    each(spec, 'metrics', report, checkMetric);
    within(spec, 'behavior', report, (behavior) => {
      within(behavior, 'scaleUp', report, checkScaling);
      within(behavior, 'scaleDown', report, checkScaling);
    });
  });
}

/** What is scaled is of some group of APIs; what is measured may be of the core. */
function checkReference(reference: Data, needsGroup: boolean, report: Report): void {
  requiredForm(reference, 'kind', pathSegment, report);
  requiredForm(reference, 'name', pathSegment, report);
  const version = textIn(reference, 'apiVersion');
  const form = needsGroup ? /^[^/]+\/[^/]*$/ : /^[^/]*(?:\/[^/]*)?$/;
  if (version !== undefined && !form.test(version)) report.fail('kubernetes-rule', version, needsGroup ? 'GROUP/VERSION' : 'VERSION or GROUP/VERSION', { below: '.apiVersion' });
}

/** The types of metrics, and the field of each; in the order in which a server looks at them. */
const SOURCES: Readonly<Record<string, string>> = { Object: 'object', External: 'external', Pods: 'pods', Resource: 'resource', ContainerResource: 'containerResource' };

function checkMetric(metric: Data, report: Report): void {
  required(metric, 'type', report);
  const type = textIn(metric, 'type');
  if (type !== undefined && type !== '' && SOURCES[type] === undefined) failOneOf(type, Object.keys(SOURCES), report, '.type');
  const given = Object.values(SOURCES).filter((field) => isSet(metric, field));
  const [first] = given;
  if (first !== undefined) within(metric, first, report, (source) => checkSource(source, first, report));
  const wanted = SOURCES[type ?? ''];
  if (wanted !== undefined && !isSet(metric, wanted)) required(metric, wanted, report, `${wanted}, where type is ${String(type)}`);
  if (given.length > 1) for (const field of given) if (field !== wanted) refused(metric, field, `type is ${String(type)}`, report);
}

function checkSource(source: Data, field: string, report: Report): void {
  if (field === 'object') always(source, 'describedObject', report, (described) => checkReference(described, false, report));
  const isOfResource = field === 'resource' || field === 'containerResource';
  if (isOfResource) checkResource(source, field, report);
  else always(source, 'metric', report, (metric) => requiredForm(metric, 'name', pathSegment, report));
  always(source, 'target', report, (target) => {
    checkTarget(target, report);
    checkChoice(target, field, isOfResource, report);
  });
}

function checkResource(source: Data, field: string, report: Report): void {
  required(source, 'name', report);
  if (field !== 'containerResource') return;
  const name = textIn(source, 'name');
  if (name !== undefined && name !== '') {
    report.enter('name');
    checkContainerResource(name, report);
    report.leave();
  }
  requiredForm(source, 'container', dns1123Label, report);
}

function checkTarget(target: Data, report: Report): void {
  required(target, 'type', report);
  const type = textIn(target, 'type');
  const types = ['Utilization', 'Value', 'AverageValue'];
  if (type !== undefined && type !== '' && !types.includes(type)) failOneOf(type, types, report, '.type');
  amountIn(target, 'value', (nanos) => nanos > 0n, 'an amount above zero', report);
  amountIn(target, 'averageValue', (nanos) => nanos > 0n, 'an amount above zero', report);
  range(target, 'averageUtilization', 1, Number.POSITIVE_INFINITY, report);
}

/** Which of the numbers a target of some source has. */
function checkChoice(target: Data, field: string, isOfResource: boolean, report: Report): void {
  const [hasValue, hasAverage, hasUtilization] = [isSet(target, 'value'), isSet(target, 'averageValue'), isSet(target, 'averageUtilization')];
  if (isOfResource) {
    if (!hasUtilization && !hasAverage) required(target, 'averageUtilization', report, 'averageUtilization or averageValue');
    if (hasUtilization && hasAverage) refused(target, 'averageValue', 'there is averageUtilization', report);
    return;
  }
  const isEnough = field === 'pods' ? hasAverage : hasValue || hasAverage;
  if (!isEnough) required(target, 'averageValue', report, field === 'pods' ? 'averageValue' : 'value or averageValue');
  if (field === 'external' && hasValue && hasAverage) refused(target, 'value', 'there is averageValue', report);
}

const LONGEST_WINDOW = 3600;
const LONGEST_PERIOD = 1800;

function checkScaling(rules: Data, report: Report): void {
  range(rules, 'stabilizationWindowSeconds', 0, LONGEST_WINDOW, report);
  setOneOf(rules, 'selectPolicy', ['Max', 'Min', 'Disabled'], report);
  // filled in by the server where the field is left out
  if (isSet(rules, 'policies') && Array.isArray(rules['policies']) && itemsIn(rules, 'policies').length === 0) required(rules, 'policies', report, 'at least one policy');
  each(rules, 'policies', report, (policy) => {
    const type = textIn(policy, 'type');
    if (type !== undefined && type !== 'Pods' && type !== 'Percent') failOneOf(type, ['Pods', 'Percent'], report, '.type');
    const [value, period] = [numberIn(policy, 'value', 0), numberIn(policy, 'periodSeconds', 0)];
    if (value !== undefined) failRange(value, 1, Number.POSITIVE_INFINITY, report, '.value');
    if (period !== undefined) failRange(period, 1, LONGEST_PERIOD, report, '.periodSeconds');
  });
  amountIn(rules, 'tolerance', (nanos) => nanos >= 0n, 'an amount that is not negative', report);
}
