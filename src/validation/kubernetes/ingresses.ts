/**
 * Ingresses and their classes.
 * Source: https://kubernetes.io/docs/concepts/services-networking/ingress/
 */
import { dns1123Label, dns1123Subdomain, pathSegment } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, failOneOf, failRange, failRefused, form, required, requiredForm, setForm } from './checks';
import { always, each, eachText, isEmpty, isSet, NO_FIELDS, numberIn, objectIn, textIn, within } from './fields';
import { domainPath, isIpAddress, portName, wildcardSubdomain } from './forms';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

export function checkIngress(object: Data, report: Report): void {
  always(object, 'spec', report, (spec) => {
    if (isEmpty(spec, 'rules') && !isSet(spec, 'defaultBackend')) report.fail('missing-field', undefined, 'rules or defaultBackend');
    within(spec, 'defaultBackend', report, checkBackend);
    each(spec, 'rules', report, checkRule);
    each(spec, 'tls', report, (tls) => {
      eachText(tls, 'hosts', report, (host) => failForms(host, hostName, report));
      form(tls, 'secretName', dns1123Subdomain, report);
    });
    setForm(spec, 'ingressClassName', dns1123Subdomain, report);
  });
  const annotation = objectIn(objectIn(object, 'metadata') ?? NO_FIELDS, 'annotations')?.[CLASS_ANNOTATION];
  const name = objectIn(object, 'spec')?.['ingressClassName'];
  if (typeof annotation === 'string' && typeof name === 'string' && annotation !== name) {
    report.fail('kubernetes-rule', annotation, 'the same as spec.ingressClassName', { below: `metadata.annotations[${CLASS_ANNOTATION}]` });
  }
}

function hostName(host: string): readonly string[] {
  return host.includes('*') ? wildcardSubdomain(host) : dns1123Subdomain(host);
}

function checkRule(rule: Data, report: Report): void {
  form(rule, 'host', (host) => (isIpAddress(host) ? ['a DNS name, no address'] : hostName(host)), report);
  within(rule, 'http', report, (http) => {
    required(http, 'paths', report, 'at least one path');
    each(http, 'paths', report, checkPath);
  });
}

const PATH_TYPES = ['Exact', 'Prefix', 'ImplementationSpecific'];
const ODD_PARTS = /\/\/|\/\.\/|\/\.\.\/|%2f|%2F|\/\.\.$|\/\.$/;

function checkPath(path: Data, report: Report): void {
  if (!isSet(path, 'pathType')) {
    required(path, 'pathType', report);
    return;
  }
  const type = textIn(path, 'pathType');
  const text = textIn(path, 'path');
  if (type !== undefined && !PATH_TYPES.includes(type)) failOneOf(type, PATH_TYPES, report, '.pathType');
  if (type !== undefined && text !== undefined && PATH_TYPES.includes(type)) {
    const isExact = type !== 'ImplementationSpecific';
    if (!text.startsWith('/') && (isExact || text !== '')) report.fail('kubernetes-rule', text, 'a path that begins with /', { below: '.path' });
    if (isExact && ODD_PARTS.test(text)) report.fail('kubernetes-rule', text, 'a path without //, ., .. and %2f', { below: '.path' });
  }
  always(path, 'backend', report, checkBackend);
}

function checkBackend(backend: Data, report: Report): void {
  const [hasService, hasResource] = [isSet(backend, 'service'), isSet(backend, 'resource')];
  if (hasService && hasResource) report.fail('kubernetes-rule', backend, 'either service or resource', { saidGot: 'both' });
  else if (!hasService && !hasResource) report.fail('missing-field', undefined, 'service or resource');
  else if (hasResource) within(backend, 'resource', report, checkReference);
  else within(backend, 'service', report, checkServiceBackend);
}

function checkReference(reference: Data, report: Report): void {
  setForm(reference, 'apiGroup', dns1123Subdomain, report);
  requiredForm(reference, 'kind', pathSegment, report);
  requiredForm(reference, 'name', pathSegment, report);
}

function checkServiceBackend(service: Data, report: Report): void {
  requiredForm(service, 'name', dns1123Label, report);
  const port = service['port'] ?? {};
  const given = objectIn({ port }, 'port');
  if (given === undefined) return;
  const [name, number] = [textIn(given, 'name'), numberIn(given, 'number', 0)];
  if (name === undefined || number === undefined) return;
  if (name !== '' && number !== 0) report.fail('kubernetes-rule', given, 'either name or number', { below: '.port', saidGot: 'both' });
  else if (name === '' && number === 0) report.fail('missing-field', undefined, 'the name or the number of a port', { below: '.port' });
  else if (name !== '') failForms(name, portName, report, '.port.name');
  else failRange(number, 1, 65_535, report, '.port.number');
}

const LONGEST_CONTROLLER = 250;

export function checkIngressClass(object: Data, report: Report): void {
  always(object, 'spec', report, (spec) => {
    required(spec, 'controller', report);
    form(spec, 'controller', (text) => [...(text.length > LONGEST_CONTROLLER ? [`at most ${LONGEST_CONTROLLER} characters`] : []), ...domainPath(text)], report);
    within(spec, 'parameters', report, (parameters) => {
      checkReference(parameters, report);
      checkScope(parameters, report);
    });
  });
}

function checkScope(parameters: Data, report: Report): void {
  // filled in by the server
  const scope = isSet(parameters, 'scope') ? textIn(parameters, 'scope') : 'Cluster';
  if (scope === 'Namespace') {
    if (!isSet(parameters, 'namespace')) required(parameters, 'namespace', report, 'the namespace of the parameters');
    setForm(parameters, 'namespace', dns1123Label, report);
  } else if (scope === 'Cluster') {
    if (isSet(parameters, 'namespace')) failRefused(parameters, 'namespace', 'scope is Cluster', report);
  } else if (scope !== undefined) failOneOf(scope, ['Cluster', 'Namespace'], report, '.scope');
}
