/**
 * Which requests a webhook or an admission policy sees.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules
 */
import { pathSegment } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, failOneOf, once, required, setOneOf } from './checks';
import { each, eachText, isSet, listIn, textOf, within } from './fields';
import { selector } from './selectors';

const OPERATIONS = ['*', 'CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

export function checkMatchRule(rule: Data, report: Report): void {
  for (const field of ['operations', 'apiGroups', 'apiVersions', 'resources']) required(rule, field, report);
  for (const field of ['operations', 'apiGroups', 'apiVersions']) {
    const items = listIn(rule, field);
    if (items.length > 1 && items.includes('*')) report.fail('kubernetes-rule', rule[field], 'nothing beside *, which stands for all', { below: `.${field}` });
  }
  eachText(rule, 'operations', report, (operation) => (OPERATIONS.includes(operation) ? undefined : failOneOf(operation, OPERATIONS, report)));
  eachText(rule, 'apiVersions', report, (version) => failEmpty(version, report));
  eachText(rule, 'resources', report, (resource) => failEmpty(resource, report));
  checkResources(listIn(rule, 'resources').map((resource) => textOf(resource) ?? ''), report);
  setOneOf(rule, 'scope', ['Cluster', 'Namespaced', '*'], report);
}

function failEmpty(text: string, report: Report): void {
  if (text === '') report.fail('missing-field', text, 'a text that is not empty');
}

/** A wildcard stands alone among what it covers. */
function checkResources(resources: readonly string[], report: Report): void {
  const below = '.resources';
  const ofAll = new Set<string>();
  const everySub = new Set<string>();
  for (const [index, resource] of resources.entries()) {
    const [name = '', ...rest] = resource.split('/');
    const sub = rest.join('/');
    if (rest.length === 0) continue;
    if (everySub.has(name) || ofAll.has(sub)) report.fail('kubernetes-rule', resource, 'a resource that no wildcard before it covers', { below: `${below}[${index}]` });
    if (sub === '*') everySub.add(name);
    if (name === '*') ofAll.add(sub);
  }
  const plain = resources.filter((resource) => resource !== '' && !resource.includes('/'));
  const isCovered = plain.includes('*') && plain.at(-1) !== '*';
  if (resources.length > 1 && resources.includes('*/*')) report.fail('kubernetes-rule', resources, 'nothing beside */*, which stands for all', { below });
  // a server looks at the last of those without a subresource only
  if (isCovered) report.fail('kubernetes-rule', resources, 'no other resource beside *, which stands for all', { below });
}

/** What an admission policy or a binding of one matches. */
export function checkMatchResources(match: Data, report: Report): void {
  setOneOf(match, 'matchPolicy', ['Exact', 'Equivalent'], report);
  within(match, 'namespaceSelector', report, selector);
  within(match, 'objectSelector', report, selector);
  for (const field of ['resourceRules', 'excludeResourceRules']) {
    each(match, field, report, (rule) => {
      const names = new Set<string>();
      if (isSet(rule, 'resourceNames')) {
        eachText(rule, 'resourceNames', report, (name) => {
          failForms(name, pathSegment, report);
          once(names, name, report);
        });
      }
      checkMatchRule(rule, report);
    });
  }
}
