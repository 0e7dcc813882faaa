/**
 * Roles and bindings.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
import { dns1123Subdomain, pathSegment } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failOneOf, form, required, requiredForm } from './checks';
import { always, each, isEmpty, textIn, within } from './fields';
import { selector } from './selectors';

const GROUP = 'rbac.authorization.k8s.io';

export function checkRole(object: Data, report: Report): void {
  each(object, 'rules', report, (rule) => checkRule(rule, true, report));
}

export function checkClusterRole(object: Data, report: Report): void {
  each(object, 'rules', report, (rule) => checkRule(rule, false, report));
  within(object, 'aggregationRule', report, (aggregation) => {
    required(aggregation, 'clusterRoleSelectors', report, 'at least one selector');
    each(aggregation, 'clusterRoleSelectors', report, selector);
  });
}

function checkRule(rule: Data, isNamespaced: boolean, report: Report): void {
  required(rule, 'verbs', report, 'at least one verb');
  if (isEmpty(rule, 'nonResourceURLs')) {
    required(rule, 'apiGroups', report, 'at least one group of APIs; "" for the core');
    required(rule, 'resources', report, 'at least one resource');
    return;
  }
  const below = '.nonResourceURLs';
  if (isNamespaced) report.fail('kubernetes-rule', rule['nonResourceURLs'], 'no URLs: they are in no namespace', { below, fix: 'use a ClusterRole' });
  if (!['apiGroups', 'resources', 'resourceNames'].every((field) => isEmpty(rule, field))) {
    report.fail('kubernetes-rule', rule['nonResourceURLs'], 'a rule for resources or for URLs', { below, fix: 'make two rules of it' });
  }
}

export function checkRoleBinding(object: Data, report: Report): void {
  checkBinding(object, ['Role', 'ClusterRole'], true, report);
}

export function checkClusterRoleBinding(object: Data, report: Report): void {
  checkBinding(object, ['ClusterRole'], false, report);
}

function checkBinding(object: Data, kinds: readonly string[], isNamespaced: boolean, report: Report): void {
  always(object, 'roleRef', report, (reference) => {
    // filled in by the server
    checkGroup(reference, GROUP, true, report);
    const kind = textIn(reference, 'kind');
    if (kind !== undefined && !kinds.includes(kind)) failOneOf(kind, kinds, report, '.kind');
    requiredForm(reference, 'name', pathSegment, report);
  });
  each(object, 'subjects', report, (subject) => {
    required(subject, 'name', report);
    const kind = textIn(subject, 'kind');
    if (kind === 'ServiceAccount') {
      form(subject, 'name', dns1123Subdomain, report);
      checkGroup(subject, '', false, report);
      if (!isNamespaced) required(subject, 'namespace', report, 'the namespace of the service account');
    } else if (kind === 'User' || kind === 'Group') checkGroup(subject, GROUP, true, report);
    else if (kind !== undefined) failOneOf(kind, ['ServiceAccount', 'User', 'Group'], report, '.kind');
  });
}

function checkGroup(reference: Data, wanted: string, canBeEmpty: boolean, report: Report): void {
  const group = textIn(reference, 'apiGroup');
  if (group === undefined || group === wanted || (group === '' && canBeEmpty)) return;
  failOneOf(group, [wanted], report, '.apiGroup');
}
