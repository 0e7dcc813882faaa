/**
 * Schemas of custom resources: what a server asks of one before it takes the definition.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
import { compilePattern } from '../re2';
import { firstUnknown } from '../unknowns';
import { isData } from '../schema/check';
import { SchemaCompiler } from '../schema/compile';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import type { JsonObject } from '../../rules/json';
import { failOneOf, failRefused, refused } from './checks';
import { checkSchemaRules } from './definition-rules';
import { checkListType, checkMapType } from './list-types';
import { each, eachEntry, isEmpty, isSet, itemsIn, NO_FIELDS, objectIn, textIn, within } from './fields';

/** Where a node stands: what is asked of it depends on that. */
type Level = 'root' | 'items' | 'field';

const UNSUPPORTED = ['id', '$schema', '$ref', 'patternProperties', 'dependencies', 'additionalItems', 'definitions'];
/** What the root may hold where a status is written apart. */
const AT_THE_ROOT = new Set([
  'description', 'type', 'format', 'title', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength', 'minLength', 'pattern', 'maxItems',
  'minItems', 'uniqueItems', 'multipleOf', 'required', 'items', 'properties', 'externalDocs', 'example', 'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
]);
const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'];
const JUNCTORS = ['allOf', 'anyOf', 'oneOf'];

/** A schema that holds a value known only at deployment is judged then. */
export function checkDefinitionSchema(root: Data, hasStatus: boolean, report: Report): void {
  if (firstUnknown(root) !== undefined) return;
  const before = report.findings.length;
  if (hasStatus) checkRootWithStatus(root, report);
  refuseTrue(root, 'nullable', 'the root is always an object', report);
  checkNode(root, 'root', report);
  checkCompleteness(root, root, report);
  if (report.findings.length > before) return;
  checkDefaults(root, new SchemaCompiler(() => undefined), report);
  if (report.findings.length === before) checkSchemaRules(root, report);
}

function checkRootWithStatus(root: Data, report: Report): void {
  for (const field in root) {
    if (AT_THE_ROOT.has(field) || !isSet(root, field) || root[field] === false || root[field] === '') continue;
    failRefused(root, field, 'the root has a status of its own', report);
  }
}

function refuseTrue(schema: Data, field: string, why: string, report: Report): void {
  if (schema[field] === true) failRefused(schema, field, why, report);
}

function checkNode(schema: Data, level: Level, report: Report): void {
  for (const field of UNSUPPORTED) if (!isEmpty(schema, field) || (field === 'dependencies' && isSet(schema, field))) refused(schema, field, 'no server supports it', report);
  refuseTrue(schema, 'uniqueItems', 'comparing all items takes too long', report);
  checkType(schema, level, report);
  checkPattern(schema, report);
  checkExtensions(schema, report);
  checkListType(schema, report);
  checkMapType(schema, report);
  checkAdditional(schema, level, report);
  checkItems(schema, report);
  eachEntry(schema, 'properties', report, (_name, child) => {
    if (isData(child)) checkNode(child, 'field', report);
  });
  checkMetadataOf(schema, level, report);
  for (const junctor of JUNCTORS) each(schema, junctor, report, (inner, _report, index) => checkNested(inner, isIntOrString(schema, junctor, index), report));
  within(schema, 'not', report, (inner) => checkNested(inner, false, report));
}

function checkType(schema: Data, level: Level, report: Report): void {
  const type = textIn(schema, 'type');
  if (type === undefined) return;
  if (type !== '' && !TYPES.includes(type)) failOneOf(type, TYPES, report, '.type');
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
  const mustBeObject = isEmbedded || level === 'root';
  const isOpen = schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (type === '' && (isEmbedded || !isOpen)) report.fail('missing-field', undefined, 'the type of the value', { below: '.type' });
  else if (type !== '' && mustBeObject && type !== 'object') report.fail('kubernetes-rule', type, '"object"', { below: '.type' });
}

function checkPattern(schema: Data, report: Report): void {
  const pattern = textIn(schema, 'pattern');
  if (pattern === undefined || pattern === '') return;
  if ('error' in compilePattern(pattern)) report.fail('kubernetes-rule', pattern, 'a regular expression (RE2 syntax)', { below: '.pattern' });
}

function checkExtensions(schema: Data, report: Report): void {
  const isEither = schema['x-kubernetes-int-or-string'] === true;
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    report.fail('kubernetes-rule', false, 'true, or nothing', { below: '.x-kubernetes-preserve-unknown-fields' });
  }
  for (const field of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource']) {
    if (isEither) refuseTrue(schema, field, 'the value is an integer or a text', report);
  }
}

function checkAdditional(schema: Data, level: Level, report: Report): void {
  const { additionalProperties: additional } = schema;
  if (additional === undefined || additional === null) return;
  if (level === 'root') failRefused(schema, 'additionalProperties', 'the root is no map', report);
  else if (schema['x-kubernetes-embedded-resource'] === true) failRefused(schema, 'additionalProperties', 'the value is an object of a kind', report);
  else if (!isEmpty(schema, 'properties') && additional !== true) failRefused(schema, 'additionalProperties', 'there are properties', report);
  within(schema, 'additionalProperties', report, (inner) => checkNode(inner, 'field', report));
}

function checkItems(schema: Data, report: Report): void {
  if (schema['type'] === 'array' && !isSet(schema, 'items')) report.fail('missing-field', undefined, 'the schema of the items', { below: '.items' });
  if (Array.isArray(schema['items'])) report.fail('kubernetes-rule', schema['items'], 'one schema for all items', { below: '.items' });
  within(schema, 'items', report, (inner) => checkNode(inner, 'items', report));
}

/** What stands for a whole object has the metadata of one. */
function checkMetadataOf(schema: Data, level: Level, report: Report): void {
  const isObject = level === 'root' || schema['x-kubernetes-embedded-resource'] === true;
  const properties = objectIn(schema, 'properties');
  if (schema['x-kubernetes-embedded-resource'] === true && schema['x-kubernetes-preserve-unknown-fields'] !== true && isEmpty(schema, 'properties')) {
    report.fail('missing-field', undefined, 'properties, or x-kubernetes-preserve-unknown-fields', { below: '.properties' });
  }
  if (!isObject || properties === undefined) return;
  for (const [name, type] of [['kind', 'string'], ['apiVersion', 'string'], ['metadata', 'object']] as const) {
    const child = objectIn(properties, name);
    const below = `.properties[${name}]`;
    if (child !== undefined && child['type'] !== type) report.fail('kubernetes-rule', child['type'], `"${type}"`, { below: `${below}.type` });
    if (child === undefined || level !== 'root') continue;
    if (isSet(child, 'default')) report.fail('kubernetes-rule', child['default'], 'no default at this place', { below: `${below}.default` });
    if (name === 'metadata' && !isPlainMetadata(child)) report.fail('kubernetes-rule', child, 'nothing but conditions on name and generateName: metadata is known', { below });
  }
}

function isPlainMetadata(schema: Data): boolean {
  const names = Object.keys(objectIn(schema, 'properties') ?? NO_FIELDS);
  const isNamed = names.every((name) => name === 'name' || name === 'generateName');
  return isNamed && Object.keys(schema).every((field) => field === 'type' || field === 'properties' || field === 'default' || isEmpty(schema, field));
}

/** The one junctor that may name types: that of a value that is an integer or a text. */
function isIntOrString(schema: Data, junctor: string, index: number): boolean {
  const isPattern = (list: readonly Data[]): boolean =>
    list.length === 2 && list.every((item, at) => Object.keys(item).length === 1 && item['type'] === (at === 0 ? 'integer' : 'string'));
  if (schema['x-kubernetes-int-or-string'] !== true) return false;
  if (junctor === 'anyOf') return isPattern(itemsIn(schema, 'anyOf'));
  const first = itemsIn(schema, 'allOf')[0];
  return junctor === 'allOf' && index === 0 && first !== undefined && isPattern(itemsIn(first, 'anyOf'));
}

const NOT_NESTED = [
  'type', 'additionalProperties', 'default', 'title', 'description', 'nullable', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string', 'x-kubernetes-list-map-keys', 'x-kubernetes-list-type', 'x-kubernetes-map-type', 'x-kubernetes-validations',
];

/** A schema in a junctor: conditions only, as what the value is made of is said outside. */
function checkNested(schema: Data, mayNameTypes: boolean, report: Report): void {
  for (const field of NOT_NESTED) {
    const isThere = isSet(schema, field) && schema[field] !== false && (!isEmpty(schema, field) || field === 'additionalProperties');
    if (isThere && !(field === 'type' && mayNameTypes)) failRefused(schema, field, 'it stands outside of allOf, anyOf, oneOf and not', report);
  }
  checkPattern(schema, report);
  if (objectIn(schema, 'properties')?.['metadata'] !== undefined) report.fail('kubernetes-rule', undefined, 'no condition on metadata', { below: '.properties[metadata]', saidGot: 'one' });
  eachEntry(schema, 'properties', report, (_name, child) => {
    if (isData(child)) checkNested(child, false, report);
  });
  within(schema, 'items', report, (inner) => checkNested(inner, false, report));
  for (const junctor of JUNCTORS) each(schema, junctor, report, (inner) => checkNested(inner, mayNameTypes, report));
  within(schema, 'not', report, (inner) => checkNested(inner, false, report));
}

/** Whatever a junctor speaks of is there outside of it. */
function checkCompleteness(conditions: Data, structure: Data, report: Report): void {
  for (const junctor of JUNCTORS) each(conditions, junctor, report, (inner) => checkNestedCompleteness(inner, structure, report));
  within(conditions, 'not', report, (inner) => checkNestedCompleteness(inner, structure, report));
  if (conditions !== structure) return;
  eachEntry(structure, 'properties', report, (_name, child) => {
    if (isData(child)) checkCompleteness(child, child, report);
  });
  within(structure, 'items', report, (inner) => checkCompleteness(inner, inner, report));
  within(structure, 'additionalProperties', report, (inner) => checkCompleteness(inner, inner, report));
}

function checkNestedCompleteness(conditions: Data, structure: Data, report: Report): void {
  checkCompleteness(conditions, structure, report);
  eachEntry(conditions, 'properties', report, (name, child) => {
    const known = objectIn(objectIn(structure, 'properties') ?? NO_FIELDS, name);
    if (known === undefined) report.fail('missing-field', undefined, `the property ${name} outside of the condition`);
    else if (isData(child)) checkNestedCompleteness(child, known, report);
  });
  within(conditions, 'items', report, (inner) => {
    const known = objectIn(structure, 'items');
    if (known === undefined) report.fail('missing-field', undefined, 'items outside of the condition');
    else checkNestedCompleteness(inner, known, report);
  });
}

/** A default is a value that the schema allows. */
function checkDefaults(schema: Data, compiler: SchemaCompiler, report: Report): void {
  const fallback = schema['default'];
  if (fallback !== undefined && fallback !== null) {
    const { default: _own, ...rest } = schema;
    const check = compiler.data(rest as JsonObject);
    if (!report.isFine(check, fallback)) report.fail('kubernetes-rule', fallback, 'a value that the schema allows', { below: '.default' });
  }
  eachEntry(schema, 'properties', report, (_name, child) => {
    if (isData(child)) checkDefaults(child, compiler, report);
  });
  within(schema, 'items', report, (inner) => checkDefaults(inner, compiler, report));
  within(schema, 'additionalProperties', report, (inner) => checkDefaults(inner, compiler, report));
}
