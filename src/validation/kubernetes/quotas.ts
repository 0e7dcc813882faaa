/**
 * Limits of a namespace.
 * Sources: https://kubernetes.io/docs/concepts/policy/resource-quotas/ and
 * https://kubernetes.io/docs/concepts/policy/limit-range/
 */
import { compareQuantities } from '../formats/quantity';
import type { Quantity } from '../formats/quantity';
import { qualifiedName } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, failOneOf, failRefused, once, required } from './checks';
import { each, eachEntry, eachText, isEmpty, itemsIn, listIn, NO_FIELDS, objectIn, textIn, within } from './fields';
import { amountOf, checkAmount, checkContainerResource, checkQuotaResource, checkResourceName, isOvercommitAllowed, isQuotaResource } from './resources';

const COMPUTE = ['pods', 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
/** Scopes, and the resources that can be limited within each. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  Terminating: COMPUTE,
  NotTerminating: COMPUTE,
  BestEffort: ['pods'],
  NotBestEffort: COMPUTE,
  PriorityClass: COMPUTE,
  CrossNamespacePodAffinity: COMPUTE,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
};
const NAMES = Object.keys(SCOPES);
const ONLY_THERE = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'CrossNamespacePodAffinity'];
const CONFLICTS = [['BestEffort', 'NotBestEffort'], ['Terminating', 'NotTerminating']] as const;

export function checkResourceQuota(object: Data, report: Report): void {
  within(object, 'spec', report, (spec) => {
    eachEntry(spec, 'hard', report, (name, amount) => {
      checkQuotaResource(name, report);
      checkAmount(name, amount, report);
    });
    eachText(spec, 'scopes', report, (scope) => checkScope(scope, spec, '', report));
    checkConflicts(listIn(spec, 'scopes'), '.scopes', report);
    within(spec, 'scopeSelector', report, (selector) => checkSelector(selector, spec, report));
  });
}

function checkScope(scope: string, spec: Data, below: string, report: Report): void {
  const allowed = SCOPES[scope];
  if (allowed === undefined) {
    failOneOf(scope, NAMES, report, below);
    return;
  }
  const wrong = Object.keys(objectIn(spec, 'hard') ?? NO_FIELDS).filter((name) => isQuotaResource(name) && !allowed.includes(name));
  if (wrong.length > 0) report.fail('kubernetes-rule', scope, `a scope for ${wrong.join(' and ')}`, { below });
}

function checkConflicts(scopes: readonly unknown[], below: string, report: Report): void {
  for (const [one, other] of CONFLICTS) {
    if (scopes.includes(one) && scopes.includes(other)) report.fail('kubernetes-rule', scopes, `either ${one} or ${other}`, { below, saidGot: 'both' });
  }
}

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

function checkSelector(selector: Data, spec: Data, report: Report): void {
  each(selector, 'matchExpressions', report, (item) => {
    const scope = textIn(item, 'scopeName');
    const operator = textIn(item, 'operator');
    if (scope !== undefined) checkScope(scope, spec, '.scopeName', report);
    if (scope !== undefined && ONLY_THERE.includes(scope) && operator !== undefined && operator !== 'Exists') {
      report.fail('kubernetes-rule', operator, `Exists, which alone makes sense for ${scope}`, { below: '.operator' });
    }
    if (operator === 'In' || operator === 'NotIn') required(item, 'values', report, `values for ${operator}`);
    else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (!isEmpty(item, 'values')) failRefused(item, 'values', `${operator} takes none`, report);
    } else if (operator !== undefined) failOneOf(operator, OPERATORS, report, '.operator');
  });
  checkConflicts(itemsIn(selector, 'matchExpressions').map((item) => item['scopeName']), '.matchExpressions', report);
}

const LISTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
type Amounts = Partial<Record<(typeof LISTS)[number], Quantity>>;

export function checkLimitRange(object: Data, report: Report): void {
  const types = new Set<string>();
  within(object, 'spec', report, (spec) =>
    each(spec, 'limits', report, (limit) => {
      const type = textIn(limit, 'type');
      if (type === undefined) return;
      checkLimitType(type, report);
      once(types, type, report, '.type');
      for (const list of LISTS) checkLimitNames(limit, list, type, report);
      if (type === 'PersistentVolumeClaim' && objectIn(limit, 'min')?.['storage'] === undefined && objectIn(limit, 'max')?.['storage'] === undefined) {
        report.fail('missing-field', undefined, 'the resource storage in min or max');
      }
      for (const name of namesOf(limit)) checkLimits(name, amountsOf(limit, name, type), report);
    }),
  );
}

function checkLimitType(type: string, report: Report): void {
  const wrong = qualifiedName(type);
  failForms(type, () => wrong, report, '.type');
  if (wrong.length === 0 && !type.includes('/') && !['Pod', 'Container', 'PersistentVolumeClaim'].includes(type)) {
    failOneOf(type, ['Pod', 'Container', 'PersistentVolumeClaim'], report, '.type');
  }
}

function checkLimitNames(limit: Data, list: (typeof LISTS)[number], type: string, report: Report): void {
  if (type === 'Pod' && (list === 'default' || list === 'defaultRequest')) {
    if (!isEmpty(limit, list)) failRefused(limit, list, 'pods have no defaults', report);
    return;
  }
  eachEntry(limit, list, report, (name) => {
    if (type === 'Pod' || type === 'Container') checkContainerResource(name, report);
    else checkResourceName(name, report);
  });
}

function namesOf(limit: Data): ReadonlySet<string> {
  return new Set(LISTS.flatMap((list) => Object.keys(objectIn(limit, list) ?? NO_FIELDS)));
}

/** The amounts of one resource; a container's default is the most it can have, and its request the default or the least. */
function amountsOf(limit: Data, name: string, type: string): Amounts {
  const amount = (list: string): Quantity | undefined => {
    const value = objectIn(limit, list)?.[name];
    return value === undefined ? undefined : amountOf(value);
  };
  const [max, min, maxLimitRequestRatio] = [amount('max'), amount('min'), amount('maxLimitRequestRatio')];
  const isContainer = type === 'Container';
  const fallback = type === 'Pod' ? undefined : (amount('default') ?? (isContainer ? max : undefined));
  const request = type === 'Pod' ? undefined : (amount('defaultRequest') ?? (isContainer ? (fallback ?? min) : undefined));
  const found: Record<(typeof LISTS)[number], Quantity | undefined> = { max, min, default: fallback, defaultRequest: request, maxLimitRequestRatio };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

const ORDER = [['min', 'max'], ['min', 'defaultRequest'], ['defaultRequest', 'max'], ['defaultRequest', 'default'], ['min', 'default'], ['default', 'max']] as const;
const ONE = 1_000_000_000n;

function checkLimits(name: string, amounts: Amounts, report: Report): void {
  for (const [low, high] of ORDER) {
    const [less, more] = [amounts[low], amounts[high]];
    if (less === undefined || more === undefined || compareQuantities(less, more) <= 0) continue;
    const field = low === 'min' && high !== 'max' ? high : low;
    report.fail('kubernetes-rule', undefined, field === low ? `at most ${high}` : `at least ${low}`, { below: `.${field}[${name}]`, saidGot: `${low} above ${high}` });
  }
  const { min, max, maxLimitRequestRatio: ratio, default: fallback, defaultRequest } = amounts;
  if (ratio !== undefined) checkRatio(name, ratio, min, max, report);
  if (!isOvercommitAllowed(name) && fallback !== undefined && defaultRequest !== undefined && compareQuantities(fallback, defaultRequest) !== 0) {
    report.fail('kubernetes-rule', undefined, 'the same as default', { below: `.defaultRequest[${name}]`, saidGot: 'another amount' });
  }
}

function checkRatio(name: string, ratio: Quantity, min: Quantity | undefined, max: Quantity | undefined, report: Report): void {
  const below = `.maxLimitRequestRatio[${name}]`;
  const got = { below, saidGot: String(Number(ratio.nanos) / Number(ONE)) };
  if (ratio.nanos < ONE) report.fail('below-minimum', undefined, 'at least 1', got);
  if (min === undefined || max === undefined) return;
  const most = Number(max.nanos) / Number(min.nanos);
  if (Number(ratio.nanos) / Number(ONE) > most) report.fail('above-maximum', undefined, `at most max divided by min, ${most}`, got);
}
