/**
 * Services.
 * Source: https://kubernetes.io/docs/concepts/services-networking/service/
 */
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, failOneOf, failRange, form, oneOf, once, refused, required, setForm, setOneOf } from './checks';
import { always, each, eachText, isEmpty, listIn, NO_FIELDS, numberIn, objectIn, textIn, textOf, within } from './fields';
import { endpointAddress, ipAddress, network } from './forms';
import { checkPort } from './probes';
import { labels } from './selectors';

const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'];
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';

export function checkService(object: Data, report: Report): void {
  checkAnnotations(object, report);
  always(object, 'spec', report, (spec) => {
    oneOf(spec, 'type', TYPES, report);
    const given = textIn(spec, 'type');
    const type = given === '' ? 'ClusterIP' : given;
    const addresses = addressesOf(spec);
    const isHeadless = addresses.length === 1 && addresses[0] === 'None';
    const isUnsure = addresses.includes(undefined);
    if (type !== undefined && type !== 'ExternalName' && !isHeadless && !isUnsure && isEmpty(spec, 'ports')) required(spec, 'ports', report, 'at least one port');
    if (isHeadless && (type === 'LoadBalancer' || type === 'NodePort')) report.fail('kubernetes-rule', 'None', `another address than None in a Service of type ${type}`, { below: '.clusterIP' });
    if (type === 'ExternalName') checkExternal(spec, report);
    else if (type !== undefined) checkAddresses(spec, addresses, isHeadless, report);
    checkPorts(spec, type, report);
    labels(spec, 'selector', report);
    checkAffinity(spec, report);
    eachText(spec, 'externalIPs', report, (ip) => failForms(ip, endpointAddress, report));
    checkBalancer(spec, type, report);
    checkPolicies(spec, type, report);
  });
}

function checkAnnotations(object: Data, report: Report): void {
  const annotations = objectIn(objectIn(object, 'metadata') ?? NO_FIELDS, 'annotations');
  const spec = objectIn(object, 'spec') ?? NO_FIELDS;
  if (annotations === undefined) return;
  const below = (key: string): { readonly below: string } => ({ below: `metadata.annotations[${key}]` });
  const [mode, hints] = [annotations[TOPOLOGY_MODE], annotations[TOPOLOGY_HINTS]];
  if (mode !== undefined && hints !== undefined && mode !== hints) report.fail('kubernetes-rule', mode, `the same as ${TOPOLOGY_HINTS}`, below(TOPOLOGY_MODE));
  const ranges = isEmpty(spec, 'loadBalancerSourceRanges') ? annotations[SOURCE_RANGES] : undefined;
  if (typeof ranges !== 'string') return;
  if (textIn(spec, 'type') !== 'LoadBalancer' && textIn(spec, 'type') !== undefined) report.fail('kubernetes-rule', ranges, 'no such annotation: the Service is no load balancer', below(SOURCE_RANGES));
  for (const range of ranges.trim() === '' ? [] : ranges.split(',')) failForms(range.trim(), network, report, `metadata.annotations[${SOURCE_RANGES}]`);
}

/** The addresses of the Service; where only one is given, it is the list as well. */
function addressesOf(spec: Data): readonly (string | undefined)[] {
  const list = listIn(spec, 'clusterIPs');
  if (list.length > 0) return list.map(textOf);
  const single = textIn(spec, 'clusterIP');
  return single === '' ? [] : [single];
}

function checkExternal(spec: Data, report: Report): void {
  for (const field of ['clusterIPs', 'clusterIP', 'ipFamilies']) if (!isEmpty(spec, field)) refused(spec, field, 'the Service is only a name', report);
  refused(spec, 'ipFamilyPolicy', 'the Service is only a name', report);
  required(spec, 'externalName', report);
  form(spec, 'externalName', (text) => dns1123Subdomain(text.endsWith('.') ? text.slice(0, -1) : text), report);
}

function checkAddresses(spec: Data, addresses: readonly (string | undefined)[], isHeadless: boolean, report: Report): void {
  const single = textIn(spec, 'clusterIP');
  if (!isEmpty(spec, 'clusterIPs') && single !== undefined && addresses[0] !== undefined && addresses[0] !== single) {
    report.fail('kubernetes-rule', spec['clusterIPs'], single === '' ? 'clusterIP beside it' : 'clusterIP as the first', { below: '.clusterIPs' });
  }
  const families = new Set<string>();
  eachText(spec, 'ipFamilies', report, (family) => {
    if (family !== 'IPv4' && family !== 'IPv6') failOneOf(family, ['IPv4', 'IPv6'], report);
    once(families, family, report);
  });
  setOneOf(spec, 'ipFamilyPolicy', ['SingleStack', 'PreferDualStack', 'RequireDualStack'], report);
  if (isHeadless) return;
  const field = isEmpty(spec, 'clusterIPs') ? '.clusterIP' : '.clusterIPs';
  for (const [index, address] of addresses.entries()) {
    if (address !== undefined) checkAddress(address, index, addresses.length, field, report);
  }
  if (addresses.length > 2) report.fail('too-many-items', spec['clusterIPs'], 'at most 2 addresses', { below: '.clusterIPs' });
  checkFamilies(spec, addresses, field, report);
}

function checkAddress(address: string, index: number, count: number, field: string, report: Report): void {
  if (address === 'None' && index === 0 && count > 1) report.fail('kubernetes-rule', address, 'no other address beside None', { below: field });
  else failForms(address, ipAddress, report, field);
}

function checkFamilies(spec: Data, addresses: readonly (string | undefined)[], field: string, report: Report): void {
  const families = listIn(spec, 'ipFamilies');
  const known = addresses.map((address) => (address === undefined || ipAddress(address).length > 0 ? undefined : address.includes(':') ? 'IPv6' : 'IPv4'));
  if (known.includes(undefined)) return;
  if (known.length === 2 && known[0] === known[1]) report.fail('kubernetes-rule', spec['clusterIPs'], 'one address of each family', { below: field });
  for (const [index, family] of known.entries()) {
    const wanted = families[index];
    if ((wanted === 'IPv4' || wanted === 'IPv6') && wanted !== family) report.fail('kubernetes-rule', addresses[index], `an ${wanted} address, as ipFamilies says`, { below: field });
  }
}

function checkPorts(spec: Data, type: string | undefined, report: Report): void {
  const isAlone = listIn(spec, 'ports').length === 1;
  const [names, ports, nodePorts] = [new Set<string>(), new Set<string>(), new Set<string>()];
  each(spec, 'ports', report, (port) => {
    if (!isAlone) required(port, 'name', report, 'a name, where there are several ports');
    form(port, 'name', dns1123Label, report);
    const name = textIn(port, 'name');
    if (name !== undefined && name !== '') once(names, name, report, '.name');
    const number = numberIn(port, 'port', 0);
    if (number !== undefined) failRange(number, 1, 65_535, report, '.port');
    oneOf(port, 'protocol', ['TCP', 'UDP', 'SCTP'], report);
    const target = port['targetPort'] ?? '';
    if (target !== '' && target !== 0) checkPort(port, 'targetPort', report);
    setForm(port, 'appProtocol', qualifiedName, report);
    const protocol = String(port['protocol'] ?? 'TCP');
    if (number !== undefined) once(ports, `${protocol} ${number}`, report);
    const node = numberIn(port, 'nodePort', 0);
    if (node === undefined || node === 0) return;
    if (type === 'ClusterIP') refused(port, 'nodePort', 'the Service is of type ClusterIP', report);
    once(nodePorts, `${protocol} ${node}`, report, '.nodePort');
  });
}

const LONGEST_AFFINITY = 86_400;

function checkAffinity(spec: Data, report: Report): void {
  oneOf(spec, 'sessionAffinity', ['ClientIP', 'None'], report);
  if (spec['sessionAffinity'] !== 'ClientIP') return;
  within(spec, 'sessionAffinityConfig', report, (config) =>
    within(config, 'clientIP', report, (client) => {
      const seconds = numberIn(client, 'timeoutSeconds');
      if (seconds !== undefined) failRange(seconds, 1, LONGEST_AFFINITY, report, '.timeoutSeconds');
    }),
  );
}

function checkBalancer(spec: Data, type: string | undefined, report: Report): void {
  if (type === undefined) return;
  const why = 'the Service is no load balancer';
  if (type !== 'LoadBalancer') {
    refused(spec, 'allocateLoadBalancerNodePorts', why, report);
    refused(spec, 'loadBalancerClass', why, report);
    if (!isEmpty(spec, 'loadBalancerSourceRanges')) refused(spec, 'loadBalancerSourceRanges', why, report);
  } else setForm(spec, 'loadBalancerClass', qualifiedName, report);
  eachText(spec, 'loadBalancerSourceRanges', report, (range) => failForms(range.trim(), network, report));
}

function checkPolicies(spec: Data, type: string | undefined, report: Report): void {
  setOneOf(spec, 'internalTrafficPolicy', ['Cluster', 'Local'], report);
  setOneOf(spec, 'trafficDistribution', ['PreferClose', 'PreferSameZone', 'PreferSameNode'], report);
  if (type === undefined) return;
  const isReachable = type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && !isEmpty(spec, 'externalIPs'));
  if (!isReachable) {
    if (!isEmpty(spec, 'externalTrafficPolicy')) refused(spec, 'externalTrafficPolicy', 'the Service cannot be reached from outside', report);
  } else oneOf(spec, 'externalTrafficPolicy', ['Cluster', 'Local'], report);
  const isLocal = type === 'LoadBalancer' && spec['externalTrafficPolicy'] === 'Local';
  const isUnsure = type === 'LoadBalancer' && textIn(spec, 'externalTrafficPolicy') === undefined;
  const health = numberIn(spec, 'healthCheckNodePort', 0);
  if (health === undefined || health === 0 || isUnsure) return;
  if (isLocal) failRange(health, 1, 65_535, report, '.healthCheckNodePort');
  else refused(spec, 'healthCheckNodePort', 'it is for load balancers with externalTrafficPolicy: Local', report);
}
