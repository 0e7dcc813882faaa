/**
 * How a pod is called, and how it looks up others.
 * Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
import { dns1123Label, dns1123Subdomain } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, form, oneOf, required, setForm } from './checks';
import { each, eachText, isSet, listIn, textIn, textOf, within } from './fields';
import { ipAddress, subdomainWithUnderscores } from './forms';

const MOST_SERVERS = 3;
const MOST_SEARCHES = 32;
const LONGEST_SEARCHES = 2048;

export function checkNames(spec: Data, report: Report): void {
  form(spec, 'hostname', dns1123Label, report);
  form(spec, 'subdomain', dns1123Label, report);
  each(spec, 'hostAliases', report, (alias) => {
    const ip = textIn(alias, 'ip');
    if (ip !== undefined) failForms(ip, ipAddress, report, '.ip');
    eachText(alias, 'hostnames', report, (name) => failForms(name, dns1123Subdomain, report));
  });
  checkHostnameOverride(spec, report);
  oneOf(spec, 'dnsPolicy', ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'], report);
  checkResolver(spec, report);
}

function checkHostnameOverride(spec: Data, report: Report): void {
  if (!isSet(spec, 'hostnameOverride')) return;
  for (const field of ['setHostnameAsFQDN', 'hostNetwork']) {
    if (spec[field] === true) report.fail('kubernetes-rule', spec['hostnameOverride'], `no hostnameOverride beside ${field}`, { below: '.hostnameOverride' });
  }
  setForm(spec, 'hostnameOverride', (text) => [...(text.length > 64 ? ['at most 64 characters'] : []), ...dns1123Subdomain(text)], report);
}

function checkResolver(spec: Data, report: Report): void {
  if (spec['dnsPolicy'] === 'None' && !isSet(spec, 'dnsConfig')) required(spec, 'dnsConfig', report, 'dnsConfig, where dnsPolicy is None');
  within(spec, 'dnsConfig', report, (config) => {
    const servers = listIn(config, 'nameservers');
    if (spec['dnsPolicy'] === 'None') required(config, 'nameservers', report, 'a name server at least, where dnsPolicy is None');
    if (servers.length > MOST_SERVERS) report.fail('too-many-items', config['nameservers'], `at most ${MOST_SERVERS} name servers`, { below: '.nameservers' });
    eachText(config, 'nameservers', report, (server) => failForms(server, ipAddress, report));
    const searches = listIn(config, 'searches');
    if (searches.length > MOST_SEARCHES) report.fail('too-many-items', config['searches'], `at most ${MOST_SEARCHES} domains`, { below: '.searches' });
    if (searches.map((search) => textOf(search) ?? '').join(' ').length > LONGEST_SEARCHES) {
      report.fail('too-long', config['searches'], `at most ${LONGEST_SEARCHES} characters in all`, { below: '.searches' });
    }
    eachText(config, 'searches', report, (search) => {
      if (search !== '.') failForms(search.replace(/\.$/, ''), subdomainWithUnderscores, report);
    });
    each(config, 'options', report, (option) => required(option, 'name', report));
  });
}
