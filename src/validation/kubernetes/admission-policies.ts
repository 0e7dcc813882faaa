/**
 * Admission policies and their bindings.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
import { dns1035Label, dns1123Subdomain, pathSegment, qualifiedName } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { checkExpression, checkMatchConditions } from './admission-expressions';
import type { ExpressionScope } from './admission-expressions';
import { failForms, failOneOf, form, noteOthers, once, required, requiredForm, setOneOf } from './checks';
import { always, each, eachText, isEmpty, isSet, listIn, namesIn, NO_FIELDS, objectIn, textIn, within } from './fields';
import { checkMatchResources } from './match-rules';
import { selector } from './selectors';

const MOST_ANNOTATIONS = 20;
const LONGEST_ANNOTATION = 5 * 1024;

export function checkAdmissionPolicy(object: Data, report: Report): void {
  const name = textIn(objectIn(object, 'metadata') ?? NO_FIELDS, 'name');
  always(object, 'spec', report, (spec) => {
    setOneOf(spec, 'failurePolicy', ['Ignore', 'Fail'], report);
    within(spec, 'paramKind', report, checkParamKind);
    if (!isSet(spec, 'matchConstraints')) required(spec, 'matchConstraints', report);
    within(spec, 'matchConstraints', report, (match) => {
      checkMatchResources(match, report);
      required(match, 'resourceRules', report, 'at least one rule');
    });
    const hasParams = isSet(spec, 'paramKind');
    checkMatchConditions(spec, { hasParams }, report);
    checkVariables(spec, hasParams, report);
    const variables = isEmpty(spec, 'variables') ? undefined : (namesIn(spec, 'variables') ?? 'any');
    const scope: ExpressionScope = { hasParams, variables };
    if (isEmpty(spec, 'validations') && isEmpty(spec, 'auditAnnotations')) report.fail('missing-field', undefined, 'validations or auditAnnotations', { below: '.validations' });
    each(spec, 'validations', report, (validation) => checkValidation(validation, scope, report));
    checkAuditAnnotations(spec, name, scope, report);
  });
}

function checkParamKind(kind: Data, report: Report): void {
  required(kind, 'apiVersion', report);
  required(kind, 'kind', report);
  form(kind, 'kind', (text) => dns1035Label(text.toLowerCase()), report);
  form(kind, 'apiVersion', apiVersion, report);
}

function apiVersion(text: string): readonly string[] {
  const slash = text.indexOf('/');
  const [group, version] = [text.slice(0, Math.max(slash, 0)), text.slice(slash + 1)];
  const isFine = dns1035Label(version).length === 0 && (group === '' || dns1123Subdomain(group).length === 0);
  return isFine ? [] : ['VERSION or GROUP/VERSION'];
}

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED = [
  'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace',
  'return', 'var', 'void', 'while',
];

/** Each variable can read those before it. */
function checkVariables(spec: Data, hasParams: boolean, report: Report): void {
  const isSure = namesIn(spec, 'variables') !== undefined;
  const names = new Set<string>();
  each(spec, 'variables', report, (variable) => {
    requiredForm(variable, 'name', (text) => (IDENTIFIER.test(text) && !RESERVED.includes(text) ? [] : ['a name that CEL takes']), report);
    checkExpression(variable, 'expression', { hasParams, variables: isSure ? names : 'any' }, report);
    const name = textIn(variable, 'name');
    if (name !== undefined) names.add(name);
  });
}

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];

function checkValidation(validation: Data, scope: ExpressionScope, report: Report): void {
  checkExpression(validation, 'expression', scope, report);
  if (textIn(validation, 'messageExpression') !== '') checkExpression(validation, 'messageExpression', { ...scope, hasAuthorizer: false }, report);
  form(validation, 'message', (text) => (text.trim() !== '' && !/[\n\r]/.test(text.trim()) ? [] : ['a text of one line']), report);
  setOneOf(validation, 'reason', REASONS, report);
}

function checkAuditAnnotations(spec: Data, name: string | undefined, scope: ExpressionScope, report: Report): void {
  if (listIn(spec, 'auditAnnotations').length > MOST_ANNOTATIONS) {
    report.fail('too-many-items', spec['auditAnnotations'], `at most ${MOST_ANNOTATIONS} annotations`, { below: '.auditAnnotations' });
  }
  const keys = new Set<string>();
  each(spec, 'auditAnnotations', report, (annotation) => {
    const key = textIn(annotation, 'key');
    if (key !== undefined) {
      // the annotation is called by the policy and the key
      if (name !== undefined && name !== '') failForms(`${name}/${key}`, qualifiedName, report, '.key');
      once(keys, key, report, '.key');
    }
    const text = textIn(annotation, 'valueExpression') ?? '';
    if (text.trim().length > LONGEST_ANNOTATION) report.fail('too-long', text, `at most ${LONGEST_ANNOTATION} characters`, { below: '.valueExpression' });
    else checkExpression(annotation, 'valueExpression', scope, report);
  });
}

export function checkAdmissionBinding(object: Data, report: Report): void {
  always(object, 'spec', report, (spec) => {
    requiredForm(spec, 'policyName', dns1123Subdomain, report);
    within(spec, 'paramRef', report, checkParamRef);
    within(spec, 'matchResources', report, checkMatchResources);
    required(spec, 'validationActions', report, 'at least one action');
    const actions = new Set<string>();
    eachText(spec, 'validationActions', report, (action) => {
      if (!['Deny', 'Warn', 'Audit'].includes(action)) failOneOf(action, ['Deny', 'Warn', 'Audit'], report);
      once(actions, action, report);
    });
    if (actions.has('Deny') && actions.has('Warn')) report.fail('kubernetes-rule', spec['validationActions'], 'either Deny or Warn', { below: '.validationActions', saidGot: 'both' });
  });
}

function checkParamRef(reference: Data, report: Report): void {
  form(reference, 'name', pathSegment, report);
  within(reference, 'selector', report, selector);
  const hasName = textIn(reference, 'name') !== '';
  if (hasName && isSet(reference, 'selector')) noteOthers(reference, 'selector', 'name', report);
  if (!hasName && !isSet(reference, 'selector')) report.fail('missing-field', undefined, 'name or selector');
  required(reference, 'parameterNotFoundAction', report, '"Deny" or "Allow"');
  const action = textIn(reference, 'parameterNotFoundAction');
  if (action !== undefined && action !== '' && action !== 'Deny' && action !== 'Allow') failOneOf(action, ['Deny', 'Allow'], report, '.parameterNotFoundAction');
}
