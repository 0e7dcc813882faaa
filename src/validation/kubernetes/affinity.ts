/**
 * Where the scheduler may put a pod.
 * Sources: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/,
 * https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/ and
 * https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, failOneOf, failRange, failRefused, form, oneOf, required, requiredForm, setOneOf } from './checks';
import { always, each, eachText, isEmpty, isSet, itemsIn, listIn, NO_FIELDS, numberIn, objectIn, textIn, within } from './fields';
import { selector } from './selectors';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function checkAffinity(spec: Data, report: Report): void {
  within(spec, 'affinity', report, (affinity) => {
    within(affinity, 'nodeAffinity', report, nodeAffinity);
    within(affinity, 'podAffinity', report, podAffinity);
    within(affinity, 'podAntiAffinity', report, podAffinity);
  });
}

function nodeAffinity(value: Data, report: Report): void {
  within(value, REQUIRED, report, (terms) => {
    required(terms, 'nodeSelectorTerms', report, 'at least one term');
    each(terms, 'nodeSelectorTerms', report, (term) => nodeTerm(term, true, report));
  });
  each(value, PREFERRED, report, (item) => {
    checkWeight(item, report);
    within(item, 'preference', report, (term) => nodeTerm(term, false, report));
  });
}

function checkWeight(item: Data, report: Report): void {
  const weight = numberIn(item, 'weight', 0);
  if (weight !== undefined) failRange(weight, 1, 100, report, '.weight');
}

const NODE_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];

/** What is only preferred may be of any value. */
function nodeTerm(term: Data, hasLabelValues: boolean, report: Report): void {
  each(term, 'matchExpressions', report, (item) => {
    const operator = textIn(item, 'operator');
    if (operator === 'In' || operator === 'NotIn') required(item, 'values', report, `values for ${operator}`);
    else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (!isEmpty(item, 'values')) failRefused(item, 'values', `${operator} takes none`, report);
    } else if (operator === 'Gt' || operator === 'Lt') {
      if (listIn(item, 'values').length !== 1) report.fail('missing-field', item['values'], `one value for ${operator}`, { below: '.values' });
    } else if (operator !== undefined) failOneOf(operator, NODE_OPERATORS, report, '.operator');
    checkKey(item, report);
    if (hasLabelValues) eachText(item, 'values', report, (text) => failForms(text, labelValue, report));
  });
  each(term, 'matchFields', report, (item) => {
    const operator = textIn(item, 'operator');
    if (operator === 'In' || operator === 'NotIn') {
      if (listIn(item, 'values').length !== 1) report.fail('missing-field', item['values'], `one value for ${operator}`, { below: '.values' });
    } else if (operator !== undefined) failOneOf(operator, ['In', 'NotIn'], report, '.operator');
    const key = textIn(item, 'key');
    if (key === undefined) return;
    if (key === 'metadata.name') eachText(item, 'values', report, (text) => failForms(text, dns1123Subdomain, report));
    else failOneOf(key, ['metadata.name'], report, '.key');
  });
}

function checkKey(item: Data, report: Report): void {
  const key = textIn(item, 'key');
  if (key !== undefined) failForms(key, qualifiedName, report, '.key');
}

function podAffinity(value: Data, report: Report): void {
  each(value, REQUIRED, report, podTerm);
  each(value, PREFERRED, report, (item) => {
    checkWeight(item, report);
    always(item, 'podAffinityTerm', report, podTerm);
  });
}

function podTerm(term: Data, report: Report): void {
  within(term, 'labelSelector', report, selector);
  within(term, 'namespaceSelector', report, selector);
  eachText(term, 'namespaces', report, (name) => failForms(name, dns1123Label, report));
  checkLabelKeys(term, report);
  requiredForm(term, 'topologyKey', qualifiedName, report);
}

/** Labels of which the pod's own value counts; they go into the selector, which therefore has to be there. */
function checkLabelKeys(term: Data, report: Report): void {
  const others = new Set(listIn(term, 'mismatchLabelKeys'));
  for (const field of ['matchLabelKeys', 'mismatchLabelKeys']) {
    if (listIn(term, field).length === 0) continue;
    if (!isSet(term, 'labelSelector')) {
      failRefused(term, field, 'there is no labelSelector', report);
      continue;
    }
    eachText(term, field, report, (key) => {
      failForms(key, qualifiedName, report);
      if (field === 'matchLabelKeys' && others.has(key)) report.fail('kubernetes-rule', key, 'a key that is not in mismatchLabelKeys as well');
    });
  }
  checkMergedKeys(term, report);
}

/** The server puts the values of a pod for matchLabelKeys into its selector, and refuses a key that is there twice. */
function checkMergedKeys(term: Data, report: Report): void {
  const given = objectIn(term, 'labelSelector');
  if (given === undefined) return;
  const keys = listIn(term, 'matchLabelKeys');
  const seen = new Set<unknown>(Object.keys(objectIn(given, 'matchLabels') ?? NO_FIELDS));
  for (const item of itemsIn(given, 'matchExpressions')) {
    const key = item['key'];
    if (keys.includes(key) && seen.has(key)) report.fail('kubernetes-rule', key, 'a key that is not in labelSelector as well', { below: `[${keys.indexOf(key)}]` });
    seen.add(key);
  }
}

const SPREAD_POLICIES = ['Ignore', 'Honor'];

export function checkSpreading(spec: Data, report: Report): void {
  const keys = itemsIn(spec, 'topologySpreadConstraints').map((item) => `${String(item['topologyKey'])} ${String(item['whenUnsatisfiable'])}`);
  each(spec, 'topologySpreadConstraints', report, (constraint, _report, index) => {
    const skew = numberIn(constraint, 'maxSkew', 0);
    if (skew !== undefined) failRange(skew, 1, Number.POSITIVE_INFINITY, report, '.maxSkew');
    required(constraint, 'topologyKey', report);
    const action = textIn(constraint, 'whenUnsatisfiable');
    if (action !== undefined && action !== 'DoNotSchedule' && action !== 'ScheduleAnyway') failOneOf(action, ['DoNotSchedule', 'ScheduleAnyway'], report, '.whenUnsatisfiable');
    // of two that are the same the server names the first
    if (keys.includes(keys[index] ?? '', index + 1)) report.fail('duplicate-item', keys[index], 'each topologyKey and whenUnsatisfiable once');
    const domains = numberIn(constraint, 'minDomains');
    if (domains !== undefined) failRange(domains, 1, Number.POSITIVE_INFINITY, report, '.minDomains');
    if (domains !== undefined && action !== undefined && action !== 'DoNotSchedule') failRefused(constraint, 'minDomains', 'it is for DoNotSchedule', report);
    setOneOf(constraint, 'nodeAffinityPolicy', SPREAD_POLICIES, report);
    setOneOf(constraint, 'nodeTaintsPolicy', SPREAD_POLICIES, report);
    checkLabelKeys(constraint, report);
    within(constraint, 'labelSelector', report, selector);
  });
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function checkTolerations(spec: Data, report: Report): void {
  each(spec, 'tolerations', report, (toleration) => {
    const operator = textIn(toleration, 'operator');
    form(toleration, 'key', qualifiedName, report);
    if (textIn(toleration, 'key') === '' && operator !== undefined && operator !== 'Exists') {
      report.fail('kubernetes-rule', operator === '' ? undefined : operator, 'Exists, where there is no key', { below: '.operator' });
    }
    if (isSet(toleration, 'tolerationSeconds') && textIn(toleration, 'effect') !== undefined && textIn(toleration, 'effect') !== 'NoExecute') {
      report.fail('kubernetes-rule', toleration['effect'], 'NoExecute, where there are tolerationSeconds', { below: '.effect' });
    }
    const value = textIn(toleration, 'value');
    if (operator === '' || operator === 'Equal') form(toleration, 'value', labelValue, report);
    else if (operator === 'Exists') {
      if (value !== '' && value !== undefined) failRefused(toleration, 'value', 'Exists takes none', report);
    } else if (operator !== undefined) failOneOf(operator, ['Equal', 'Exists'], report, '.operator');
    oneOf(toleration, 'effect', EFFECTS, report);
  });
}
