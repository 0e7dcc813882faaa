/**
 * Webhooks that judge or change what is sent to the API server.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
import { dns1035Label, dns1123Subdomain } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, failRange, form, once, required, requiredForm, setForm, setOneOf } from './checks';
import { checkMatchConditions } from './admission-expressions';
import { checkMatchRule } from './match-rules';
import { always, each, eachText, isEmpty, isSet, listIn, numberIn, textIn, within } from './fields';
import { fullyQualifiedName } from './forms';
import { selector } from './selectors';

export function checkWebhookConfiguration(object: Data, report: Report): void {
  const names = new Set<string>();
  each(object, 'webhooks', report, (hook) => {
    requiredForm(hook, 'name', fullyQualifiedName, report);
    const name = textIn(hook, 'name');
    if (name !== undefined && name !== '') once(names, name, report, '.name');
    each(hook, 'rules', report, checkMatchRule);
    setOneOf(hook, 'failurePolicy', ['Ignore', 'Fail'], report);
    setOneOf(hook, 'matchPolicy', ['Exact', 'Equivalent'], report);
    setOneOf(hook, 'reinvocationPolicy', ['Never', 'IfNeeded'], report);
    setOneOf(hook, 'sideEffects', ['None', 'NoneOnDryRun'], report);
    if (!isSet(hook, 'sideEffects')) required(hook, 'sideEffects', report);
    const timeout = numberIn(hook, 'timeoutSeconds');
    if (timeout !== undefined) failRange(timeout, 1, 30, report, '.timeoutSeconds');
    within(hook, 'namespaceSelector', report, selector);
    within(hook, 'objectSelector', report, selector);
    always(hook, 'clientConfig', report, checkClient);
    checkMatchConditions(hook, { hasParams: false }, report);
    checkReviewVersions(hook, 'admissionReviewVersions', report);
  });
}

/** How the server reaches a webhook: by URL, or by Service. */
export function checkClient(client: Data, report: Report): void {
  const [hasUrl, hasService] = [isSet(client, 'url'), isSet(client, 'service')];
  if (hasUrl === hasService) report.fail('missing-field', undefined, 'url or service', { saidGot: hasUrl ? 'both' : 'neither' });
  else if (hasUrl) setForm(client, 'url', webhookUrl, report);
  else within(client, 'service', report, checkServiceReference);
}

function webhookUrl(text: string): readonly string[] {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isFine = url?.protocol === 'https:' && /^https:\/\/[^/?#]+/i.test(text) && url.username === '' && url.password === '' && !/[?#]./.test(text);
  return isFine ? [] : ['an address such as https://host/path, without a user, parameters or a fragment'];
}

function checkServiceReference(service: Data, report: Report): void {
  required(service, 'name', report);
  required(service, 'namespace', report);
  // the port that the server fills in is right
  const port = numberIn(service, 'port', 443);
  if (port !== undefined) failRange(port, 1, 65_535, report, '.port');
  form(service, 'path', urlPath, report);
}

function urlPath(text: string): readonly string[] {
  if (text === '/') return [];
  const steps = text.replace(/^\//, '').replace(/\/$/, '').split('/');
  const isFine = text.startsWith('/') && steps.every((step) => dns1123Subdomain(step).length === 0);
  return isFine ? [] : ['a path such as /validate, whose parts are DNS names'];
}

const KNOWN_REVIEWS = ['v1', 'v1beta1'];

/** Versions of the review that a webhook understands. */
export function checkReviewVersions(owner: Data, field: string, report: Report): void {
  required(owner, field, report, 'v1 or v1beta1');
  const seen = new Set<string>();
  eachText(owner, field, report, (version) => {
    once(seen, version, report);
    failForms(version, dns1035Label, report);
  });
  const versions = listIn(owner, field);
  const isUnsure = versions.some((version) => typeof version !== 'string' && version !== null);
  if (!isEmpty(owner, field) && !isUnsure && !KNOWN_REVIEWS.some((version) => versions.includes(version))) {
    report.fail('kubernetes-rule', owner[field], 'v1 or v1beta1 among them', { below: `.${field}` });
  }
}
