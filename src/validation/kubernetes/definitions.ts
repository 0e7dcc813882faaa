/**
 * Definitions of custom resources.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */
import { dns1035Label, dns1123Subdomain } from '../names';
import type { Report } from '../report';
import { firstUnknown } from '../unknowns';
import type { Data } from '../schema/check';
import { failForms, failOneOf, form, once, refused, required, requiredForm } from './checks';
import { checkDefinitionSchema } from './definition-schemas';
import { fieldAt } from './field-paths';
import { always, each, eachText, isEmpty, isSet, itemsIn, NO_FIELDS, objectIn, textIn, within } from './fields';
import { checkClient, checkReviewVersions } from './webhooks';

const APPROVAL = 'api-approved.kubernetes.io';

export function checkDefinition(object: Data, report: Report): void {
  within(object, 'metadata', report, (metadata) => {
    if (!isEmpty(metadata, 'generateName')) refused(metadata, 'generateName', 'a definition is called by spec.names.plural and spec.group', report);
  });
  always(object, 'spec', report, (spec) => {
    form(spec, 'group', (text) => (text.includes('.') ? dns1123Subdomain(text) : ['a domain with a dot at least']), report);
    requiredScope(spec, report);
    checkNames(spec, report);
    checkVersions(spec, report);
    within(spec, 'conversion', report, checkConversion);
    if (spec['preserveUnknownFields'] === true) {
      report.fail('kubernetes-rule', true, 'x-kubernetes-preserve-unknown-fields in the schemas instead', { below: '.preserveUnknownFields' });
    }
  });
  checkApproval(object, report);
}

function requiredScope(spec: Data, report: Report): void {
  const scope = textIn(spec, 'scope');
  if (scope !== undefined && scope !== '' && scope !== 'Cluster' && scope !== 'Namespaced') failOneOf(scope, ['Cluster', 'Namespaced'], report, '.scope');
  required(spec, 'scope', report);
}

function checkNames(spec: Data, report: Report): void {
  always(spec, 'names', report, (names) => {
    const ofAnyCase = (text: string): readonly string[] => dns1035Label(text.toLowerCase());
    requiredForm(names, 'plural', dns1035Label, report);
    form(names, 'singular', dns1035Label, report);
    requiredForm(names, 'kind', ofAnyCase, report);
    form(names, 'listKind', ofAnyCase, report);
    for (const list of ['shortNames', 'categories']) eachText(names, list, report, (name) => failForms(name, dns1035Label, report));
    const kind = textIn(names, 'kind');
    if (kind !== '' && kind !== undefined && names['listKind'] === kind) report.fail('kubernetes-rule', kind, 'another name than that of the kind', { below: '.listKind' });
  });
}

function checkVersions(spec: Data, report: Report): void {
  const versions = itemsIn(spec, 'versions');
  const stored = versions.filter((version) => version['storage'] === true).length;
  const isUnsure = versions.some((version) => isSet(version, 'storage') && typeof version['storage'] !== 'boolean');
  if (stored !== 1 && !isUnsure) report.fail('kubernetes-rule', spec['versions'], 'exactly one version with storage: true', { below: '.versions', saidGot: `${stored} of them` });
  const names = new Set<string>();
  each(spec, 'versions', report, (version) => {
    const name = textIn(version, 'name');
    if (name !== undefined) {
      failForms(name, dns1035Label, report, '.name');
      once(names, name, report);
    }
    checkVersion(version, report);
  });
}

function checkVersion(version: Data, report: Report): void {
  checkWarning(version, report);
  within(version, 'subresources', report, checkSubresources);
  each(version, 'additionalPrinterColumns', report, checkColumn);
  const schema = objectIn(version, 'schema');
  const isLater = isSet(version, 'schema') && schema === undefined;
  if (!isLater && (schema === undefined || !isSet(schema, 'openAPIV3Schema'))) {
    report.fail('missing-field', undefined, 'a schema', { below: '.schema.openAPIV3Schema' });
  }
  const subresources = objectIn(version, 'subresources');
  const hasStatus = subresources !== undefined && isSet(subresources, 'status');
  within(version, 'schema', report, (inner) => within(inner, 'openAPIV3Schema', report, (root) => checkDefinitionSchema(root, hasStatus, report)));
  checkSelectable(version, objectIn(schema ?? NO_FIELDS, 'openAPIV3Schema'), report);
}

const LONGEST_WARNING = 256;

function checkWarning(version: Data, report: Report): void {
  const warning = isSet(version, 'deprecationWarning') ? textIn(version, 'deprecationWarning') : undefined;
  if (warning === undefined) return;
  if (version['deprecated'] === false || !isSet(version, 'deprecated')) refused(version, 'deprecationWarning', 'the version is not deprecated', report);
  const isFine = warning !== '' && Buffer.byteLength(warning) <= LONGEST_WARNING && !/[\p{C}\p{Zl}\p{Zp}]/u.test(warning);
  if (!isFine) report.fail('kubernetes-rule', warning, `1 to ${LONGEST_WARNING} characters that can be printed`, { below: '.deprecationWarning' });
}

const COLUMN_TYPES = ['integer', 'number', 'string', 'boolean', 'date'];
const COLUMN_FORMATS = ['int32', 'int64', 'float', 'double', 'byte', 'date', 'date-time', 'password'];

function checkColumn(column: Data, report: Report): void {
  required(column, 'name', report);
  required(column, 'type', report);
  required(column, 'jsonPath', report);
  const type = textIn(column, 'type');
  if (type !== undefined && type !== '' && !COLUMN_TYPES.includes(type)) failOneOf(type, COLUMN_TYPES, report, '.type');
  const format = textIn(column, 'format');
  if (format !== undefined && format !== '' && !COLUMN_FORMATS.includes(format)) failOneOf(format, COLUMN_FORMATS, report, '.format');
  form(column, 'jsonPath', simplePath, report);
}

function simplePath(text: string): readonly string[] {
  return text.startsWith('.') ? [] : ['a path that begins with a dot, such as .spec.replicas'];
}

function checkSubresources(subresources: Data, report: Report): void {
  within(subresources, 'scale', report, (scale) => {
    for (const [field, starts] of [['specReplicasPath', ['.spec.']], ['statusReplicasPath', ['.status.']], ['labelSelectorPath', ['.spec.', '.status.']]] as const) {
      if (field !== 'labelSelectorPath') required(scale, field, report);
      form(scale, field, (text) => (starts.some((start) => text.startsWith(start)) ? [] : [`a path that begins with ${starts.join(' or ')}`]), report);
    }
  });
}

const MOST_SELECTABLE = 8;

function checkSelectable(version: Data, schema: Data | undefined, report: Report): void {
  const paths = new Set<string>();
  if (schema !== undefined && firstUnknown(schema) !== undefined) return;
  each(version, 'selectableFields', report, (field) => {
    required(field, 'jsonPath', report);
    const path = textIn(field, 'jsonPath');
    if (path === undefined || path === '' || schema === undefined) return;
    const found = fieldAt(path, schema, false);
    const isPlain = found !== undefined && ['string', 'boolean', 'integer'].includes(String(found.schema['type']));
    if (!isPlain || found.steps[0] === 'metadata') report.fail('kubernetes-rule', path, 'the path of a text, an integer or true or false in the schema', { below: '.jsonPath' });
    else once(paths, found.steps.join('\n'), report, '.jsonPath');
  });
  if (paths.size > MOST_SELECTABLE) report.fail('too-many-items', version['selectableFields'], `at most ${MOST_SELECTABLE} fields`, { below: '.selectableFields' });
}

function checkConversion(conversion: Data, report: Report): void {
  required(conversion, 'strategy', report);
  const strategy = textIn(conversion, 'strategy');
  if (strategy === undefined) return;
  if (strategy !== '' && strategy !== 'None' && strategy !== 'Webhook') failOneOf(strategy, ['None', 'Webhook'], report, '.strategy');
  if (strategy === 'Webhook') {
    always(conversion, 'webhook', report, (webhook) => {
      if (!isSet(webhook, 'clientConfig')) required(webhook, 'clientConfig', report);
      within(webhook, 'clientConfig', report, checkClient);
      checkReviewVersions(webhook, 'conversionReviewVersions', report);
    });
    return;
  }
  within(conversion, 'webhook', report, (webhook) => {
    refused(webhook, 'clientConfig', 'the strategy is not Webhook', report);
    if (!isEmpty(webhook, 'conversionReviewVersions')) refused(webhook, 'conversionReviewVersions', 'the strategy is not Webhook', report);
  });
}

/** Groups of Kubernetes itself need a word of approval. */
function checkApproval(object: Data, report: Report): void {
  const group = textIn(objectIn(object, 'spec') ?? NO_FIELDS, 'group') ?? '';
  if (!/(?:^|\.)(?:k8s|kubernetes)\.io$/.test(group)) return;
  const approval = objectIn(objectIn(object, 'metadata') ?? NO_FIELDS, 'annotations')?.[APPROVAL] ?? '';
  if (typeof approval !== 'string') return;
  if (approval.startsWith('unapproved') || /^[a-z][a-z0-9+.-]*:\/\/[^/\s]+/i.test(approval)) return;
  report.fail('kubernetes-rule', approval, `the address of an approval, or "unapproved": ${group} is a group of Kubernetes`, { below: `metadata.annotations[${APPROVAL}]` });
}
