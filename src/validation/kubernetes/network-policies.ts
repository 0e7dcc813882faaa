/**
 * Network policies.
 * Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import { parsePrefix } from '../formats/address';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, failOneOf, failRange, failRefused, required, setOneOf } from './checks';
import { always, each, eachText, isSet, listIn, numberIn, textIn, within } from './fields';
import { isIn, network, portName } from './forms';
import { selector } from './selectors';

export function checkNetworkPolicy(object: Data, report: Report): void {
  always(object, 'spec', report, (spec) => {
    within(spec, 'podSelector', report, selector);
    for (const [direction, peers] of [['ingress', 'from'], ['egress', 'to']] as const) {
      each(spec, direction, report, (rule) => {
        each(rule, 'ports', report, checkPort);
        each(rule, peers, report, checkPeer);
      });
    }
    if (listIn(spec, 'policyTypes').length > 2) report.fail('too-many-items', spec['policyTypes'], 'at most two types', { below: '.policyTypes' });
    else eachText(spec, 'policyTypes', report, (type) => (type === 'Ingress' || type === 'Egress' ? undefined : failOneOf(type, ['Ingress', 'Egress'], report)));
  });
}

function checkPort(item: Data, report: Report): void {
  setOneOf(item, 'protocol', ['TCP', 'UDP', 'SCTP'], report);
  const port = item['port'] ?? undefined;
  const last = numberIn(item, 'endPort');
  if (typeof port === 'number') {
    failRange(port, 1, 65_535, report, '.port');
    if (last !== undefined) failRange(last, Math.max(port, 1), 65_535, report, '.endPort');
    return;
  }
  if (typeof port === 'string') failForms(port, portName, report, '.port');
  if (last !== undefined && (port === undefined || typeof port === 'string')) failRefused(item, 'endPort', 'there is no port by number', report);
}

function checkPeer(peer: Data, report: Report): void {
  within(peer, 'podSelector', report, selector);
  within(peer, 'namespaceSelector', report, selector);
  within(peer, 'ipBlock', report, checkBlock);
  const given = ['podSelector', 'namespaceSelector', 'ipBlock'].filter((field) => isSet(peer, field));
  if (given.length === 0) report.fail('missing-field', undefined, 'podSelector, namespaceSelector or ipBlock');
  else if (given.length > 1 && given.includes('ipBlock')) report.fail('kubernetes-rule', peer, 'no selector beside ipBlock', { saidGot: given.join(' and ') });
}

function checkBlock(block: Data, report: Report): void {
  const cidr = textIn(block, 'cidr');
  if (cidr === undefined) return;
  if (cidr === '') {
    required(block, 'cidr', report);
    return;
  }
  failForms(cidr, network, report, '.cidr');
  const whole = parsePrefix(cidr);
  eachText(block, 'except', report, (text) => {
    failForms(text, network, report);
    const part = parsePrefix(text);
    if (whole !== undefined && part !== undefined && (part.length <= whole.length || !isIn(part.address, whole))) {
      report.fail('kubernetes-rule', text, `a smaller network inside of ${cidr}`);
    }
  });
}
