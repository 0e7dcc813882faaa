/**
 * Validation rules in the schema of a custom resource.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
import { compileRule, isCompileFailure } from '../cel/rule';
import type { Rule } from '../cel/rule';
import { isData } from '../schema/check';
import type { Data } from '../schema/check';
import type { JsonObject } from '../../rules/json';
import type { Report } from '../report';
import { setOneOf } from './checks';
import { fieldAt } from './field-paths';
import { each, eachEntry, isSet, textIn, within } from './fields';

const REASONS = ['FieldValueRequired', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueDuplicate'];
const LINE_BREAK = /[\n\r]/;

/** Checks every rule of a schema that is right otherwise; rules are compiled once all of them are written rightly. */
export function checkSchemaRules(root: Data, report: Report): void {
  const before = report.findings.length;
  eachRule(root, true, report, (rule, schema) => checkRule(rule, schema, report));
  if (report.findings.length === before) eachRule(root, true, report, (rule, schema, isRoot) => compile(rule, schema, isRoot, report));
}

type Visit = (rule: Data, schema: Data, isRoot: boolean) => void;

function eachRule(schema: Data, isRoot: boolean, report: Report, visit: Visit): void {
  each(schema, 'x-kubernetes-validations', report, (rule) => visit(rule, schema, isRoot));
  eachEntry(schema, 'properties', report, (_name, child) => {
    if (isData(child)) eachRule(child, false, report, visit);
  });
  within(schema, 'items', report, (inner) => eachRule(inner, false, report, visit));
  within(schema, 'additionalProperties', report, (inner) => eachRule(inner, false, report, visit));
}

function checkRule(rule: Data, schema: Data, report: Report): void {
  const text = textIn(rule, 'rule');
  if (text === undefined) return;
  if (text.trim() === '') report.fail('missing-field', text === '' ? undefined : text, 'a CEL expression', { below: '.rule' });
  checkTexts(rule, text, report);
  setOneOf(rule, 'reason', REASONS, report);
  const path = textIn(rule, 'fieldPath');
  if (path !== undefined && path !== '' && fieldAt(path, schema, true) === undefined) {
    report.fail('kubernetes-rule', path, 'the path of a field below this place, such as .spec.name', { below: '.fieldPath' });
  }
}

function checkTexts(rule: Data, text: string, report: Report): void {
  const message = textIn(rule, 'message') ?? '';
  if (message !== '' && message.trim() === '') report.fail('kubernetes-rule', message, 'a text that is not empty', { below: '.message' });
  if (LINE_BREAK.test(message.trim())) report.fail('kubernetes-rule', message, 'a text of one line', { below: '.message' });
  if (LINE_BREAK.test(text.trim()) && message === '') report.fail('missing-field', undefined, 'a message, where the rule has several lines', { below: '.message' });
  const expression = textIn(rule, 'messageExpression') ?? '';
  if (expression !== '' && expression.trim() === '') report.fail('missing-field', expression, 'a CEL expression', { below: '.messageExpression' });
}

function compile(rule: Data, schema: Data, isRoot: boolean, report: Report): void {
  const compiled = compileRule(rule as unknown as Rule, schema as JsonObject, isRoot);
  if (isCompileFailure(compiled)) {
    const below = isCompileFailure(compileRule({ rule: String(rule['rule']) }, schema as JsonObject, isRoot)) ? '.rule' : '.messageExpression';
    report.fail('kubernetes-rule', rule[below.slice(1)], `a CEL expression: ${compiled.error}`, { below });
  } else if (!compiled.usesOldSelf && isSet(rule, 'optionalOldSelf')) {
    report.fail('kubernetes-rule', rule['optionalOldSelf'], 'no optionalOldSelf: the rule does not use oldSelf', { below: '.optionalOldSelf' });
  }
}
