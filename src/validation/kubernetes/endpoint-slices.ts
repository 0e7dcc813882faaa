/**
 * Endpoint slices.
 * Source: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
 */
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, failOneOf, form, once, required, setForm, setOneOf } from './checks';
import { each, eachText, listIn, textIn, within } from './fields';
import { endpointAddress, fullyQualifiedDomain } from './forms';

const TYPES = ['IPv4', 'IPv6', 'FQDN'];
const MOST_ENDPOINTS = 1000;
const MOST_PORTS = 20_000;
const MOST_ADDRESSES = 100;
const MOST_HINTS = 8;

export function checkEndpointSlice(object: Data, report: Report): void {
  required(object, 'addressType', report);
  const type = textIn(object, 'addressType');
  if (type !== undefined && type !== '' && !TYPES.includes(type)) failOneOf(type, TYPES, report, '.addressType');
  checkPorts(object, report);
  if (isTooLong(object, 'endpoints', MOST_ENDPOINTS, report)) return;
  each(object, 'endpoints', report, (endpoint) => {
    required(endpoint, 'addresses', report, 'at least one address');
    isTooLong(endpoint, 'addresses', MOST_ADDRESSES, report);
    eachText(endpoint, 'addresses', report, (address) => checkAddress(address, type, report));
    setForm(endpoint, 'nodeName', dns1123Subdomain, report);
    setForm(endpoint, 'hostname', dns1123Label, report);
    within(endpoint, 'hints', report, (hints) => {
      checkHints(hints, 'forZones', labelValue, report);
      checkHints(hints, 'forNodes', dns1123Subdomain, report);
    });
  });
}

function isTooLong(data: Data, field: string, most: number, report: Report): boolean {
  const isLong = listIn(data, field).length > most;
  if (isLong) report.fail('too-many-items', data[field], `at most ${most} items`, { below: `.${field}` });
  return isLong;
}

function checkPorts(object: Data, report: Report): void {
  if (isTooLong(object, 'ports', MOST_PORTS, report)) return;
  const names = new Set<string>();
  each(object, 'ports', report, (port) => {
    form(port, 'name', dns1123Label, report);
    const name = textIn(port, 'name');
    if (name !== undefined) once(names, name, report, '.name');
    setOneOf(port, 'protocol', ['TCP', 'UDP', 'SCTP'], report);
    setForm(port, 'appProtocol', qualifiedName, report);
  });
}

function checkAddress(address: string, type: string | undefined, report: Report): void {
  if (type === 'FQDN') failForms(address, fullyQualifiedDomain, report);
  if (type !== 'IPv4' && type !== 'IPv6') return;
  const wrong = endpointAddress(address);
  failForms(address, () => wrong, report);
  if (wrong.length === 0 && address.includes(':') !== (type === 'IPv6')) report.fail('kubernetes-rule', address, `an ${type} address`);
}

function checkHints(hints: Data, field: string, check: (name: string) => readonly string[], report: Report): void {
  if (isTooLong(hints, field, MOST_HINTS, report)) return;
  const names = new Set<string>();
  each(hints, field, report, (hint) => {
    const name = textIn(hint, 'name');
    if (name === undefined) return;
    once(names, name, report, '.name');
    failForms(name, check, report, '.name');
  });
}
