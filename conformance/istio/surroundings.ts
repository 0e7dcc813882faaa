import { labelOf, nameOf, namespaceOf } from '../api/document';
import { asList, asRecord, text } from '../kubernetes/status';
import type { KubeObject } from './cluster';

type Labels = Readonly<Record<string, unknown>>;

/**
 * What a cluster has beside the objects of a page of the documentation, which shows a construct and leaves pods, certificates
 * and the services of other teams out. Nothing is added that the page's own objects could have been wrong about: what they
 * refer to among themselves stays as it is.
 */
export function surroundingsOf(objects: readonly KubeObject[]): KubeObject[] {
  const known = new Set(objects.map(labelOf));
  const added = [...services(objects), ...gatewayPods(objects), ...certificates(objects)].filter((object) => isNew(known, object));
  const namespaces = [...objects, ...added].flatMap(namespacesIn).map(namespace);
  return [...added, ...workloadsOf([...objects, ...added]), ...namespaces.filter((object) => isNew(known, object))];
}

function isNew(known: Set<string>, object: KubeObject): boolean {
  const label = labelOf(object);
  if (known.has(label)) return false;
  known.add(label);
  return true;
}

/** Services that a program knows by name, with the ports that routes lead to. */
function services(objects: readonly KubeObject[]): KubeObject[] {
  const ports = new Map<string, Set<number>>();
  for (const { host, port } of destinationsIn(objects)) {
    const known = ports.get(host) ?? new Set();
    ports.set(host, port === undefined ? known : known.add(port));
  }
  return [...ports].flatMap(([host, numbers]) => {
    const [, name, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc\.cluster\.local$/.exec(host) ?? [];
    if (name === undefined || namespace === undefined) return [];
    const list = (numbers.size === 0 ? [80] : [...numbers]).map((port) => ({ name: `http-${port}`, port }));
    return [{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: { app: name }, ports: list } }];
  });
}

function destinationsIn(tree: object): { readonly host: string; readonly port: number | undefined }[] {
  const own = 'host' in tree && typeof tree.host === 'string' ? [{ host: tree.host, port: portIn(tree) }] : [];
  const below = Object.values(tree).filter((value): value is object => typeof value === 'object' && value !== null);
  return [...own, ...below.flatMap(destinationsIn)];
}

function portIn(destination: object): number | undefined {
  const number = asRecord(asRecord(destination)['port'])['number'];
  return typeof number === 'number' ? number : undefined;
}

/** The proxies of gateways that another program makes, and their Services. */
function gatewayPods(objects: readonly KubeObject[]): KubeObject[] {
  const made = objects.filter(({ kind }) => kind === 'Deployment').map(podLabels);
  return ofKind(objects, 'Gateway', 'networking.istio.io').flatMap((gateway) => {
    const selector = asRecord(asRecord(gateway['spec'])['selector']);
    if (made.some((labels) => isSelected(selector, labels))) return [];
    const name = text(selector['istio']);
    const servers = asList(asRecord(gateway['spec'])['servers']).map((server) => asRecord(asRecord(server)['port']));
    const ports = servers.map((port) => ({ name: text(port['name']), port: port['number'], targetPort: port['number'] }));
    const unique = ports.filter(({ name: own }, index) => ports.findIndex((other) => other.name === own) === index);
    return [{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'istio-ingress' }, spec: { selector, ports: unique } }];
  });
}

/** Certificates that gateways read, where their pods are; istio-analyze fills them. */
function certificates(objects: readonly KubeObject[]): KubeObject[] {
  return ofKind(objects, 'Gateway', 'networking.istio.io').flatMap((gateway) => {
    const selector = asRecord(asRecord(gateway['spec'])['selector']);
    const proxies = objects.find((object) => object['kind'] === 'Deployment' && isSelected(selector, podLabels(object)));
    const namespace = proxies === undefined ? 'istio-ingress' : namespaceOf(proxies);
    return [...valuesOf([gateway], 'credentialName')].map((name) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'kubernetes.io/tls' }));
  });
}

/** Pods of each Service that has none, and of each version that a rule knows; some for a policy of a namespace that has none. */
function workloadsOf(objects: readonly KubeObject[]): KubeObject[] {
  const made = objects.filter(({ kind }) => kind === 'Deployment');
  const added = ofKind(objects, 'Service', 'v1').flatMap((service) => {
    const selector = asRecord(asRecord(service['spec'])['selector']);
    if (Object.keys(selector).length === 0 || made.some((workload) => isSelected(selector, podLabels(workload)))) return [];
    const host = `${nameOf(service)}.${namespaceOf(service)}.svc.cluster.local`;
    const rules = ofKind(objects, 'DestinationRule', 'networking.istio.io').filter((rule) => asRecord(rule['spec'])['host'] === host);
    const versions = rules.flatMap((rule) => asList(asRecord(rule['spec'])['subsets']).map((subset) => asRecord(asRecord(subset)['labels'])));
    return (versions.length === 0 ? [{}] : versions).map((labels, index) => workload(`${nameOf(service)}-${index}`, namespaceOf(service), { ...selector, ...labels }));
  });
  const all = new Set([...made, ...added].map(namespaceOf));
  const empty = ofKind(objects, 'AuthorizationPolicy', 'security.istio.io').map(namespaceOf).filter((name) => !all.has(name));
  return [...added, ...[...new Set(empty)].map((name) => workload('app', name, { app: 'app' }))];
}

function workload(name: string, namespaceName: string, labels: Labels): KubeObject {
  const containers = [{ name: 'app', image: 'registry.k8s.io/pause:3.10' }];
  const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: namespaceName, labels }, spec };
}

function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'istio-injection': 'enabled' } } };
}

/** Namespaces that objects are in, and those that policies name. */
function namespacesIn(object: KubeObject): string[] {
  const named = object['kind'] === 'AuthorizationPolicy' ? [...valuesOf([object], 'namespaces')] : [];
  return [namespaceOf(object), ...named].filter((name) => name !== '');
}

function ofKind(objects: readonly KubeObject[], kind: string, group: string): KubeObject[] {
  return objects.filter((object) => object['kind'] === kind && text(object['apiVersion']).startsWith(group));
}

function podLabels(workload: KubeObject): Labels {
  const template = asRecord(asRecord(workload['spec'])['template']);
  return asRecord(asRecord(template['metadata'])['labels']);
}

function isSelected(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}

/** The texts of a field wherever it is, in lists too. */
function valuesOf(tree: object, field: string, found = new Set<string>()): Set<string> {
  for (const [key, value] of Object.entries(tree) as [string, unknown][]) {
    if (key === field) for (const each of [value].flat()) if (typeof each === 'string') found.add(each);
    if (typeof value === 'object' && value !== null) valuesOf(value, field, found);
  }
  return found;
}
