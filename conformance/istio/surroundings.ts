import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { labelOf, nameOf, namespaceOf, parseObjects } from '../api/document';
import { asList, asRecord, text } from '../kubernetes/status';
import type { KubeObject } from './cluster';

type Labels = Readonly<Record<string, unknown>>;

/** Any certificate will do: analyzers read when it ends. */
const CERTIFICATE = path.join(__dirname, 'extras', '01-bookinfo', 'certificate.yaml');

/**
 * What a cluster has beside the objects of a page of the documentation, which shows a construct and leaves pods, certificates
 * and the services of other teams out. Nothing is added that the page's own objects could have been wrong about: what they
 * refer to among themselves stays as it is.
 */
export function surroundingsOf(objects: readonly KubeObject[]): KubeObject[] {
  const known = new Set(objects.map(labelOf));
  const added = [...services(objects), ...gatewayPods(objects), ...certificates(objects)].filter((object) => isNew(known, object));
  const namespaces = [...objects, ...added].flatMap(namespacesIn).map(namespace);
  return [...added, ...podsOf([...objects, ...added]), ...namespaces.filter((object) => isNew(known, object))];
}

function isNew(known: Set<string>, object: KubeObject): boolean {
  const label = labelOf(object);
  if (known.has(label)) return false;
  known.add(label);
  return true;
}

/** Services that a program knows by name: those of routes and rules, with every port. */
function services(objects: readonly KubeObject[]): KubeObject[] {
  return [...valuesOf(objects, 'host')].flatMap((host) => {
    const [, name, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc\.cluster\.local$/.exec(host) ?? [];
    if (name === undefined || namespace === undefined) return [];
    const ports = [{ name: 'http', port: 80 }, { name: 'http-8080', port: 8080 }, { name: 'http-9080', port: 9080 }, { name: 'https', port: 443 }];
    return [{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: { app: name }, ports } }];
  });
}

/** The proxies of gateways that another program makes, and their Services. */
function gatewayPods(objects: readonly KubeObject[]): KubeObject[] {
  const made = objects.filter(({ kind }) => kind === 'Deployment').map((object) => labelsOf(asRecord(asRecord(object['spec'])['template'])));
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

/** Certificates that gateways read, where their pods are. */
function certificates(objects: readonly KubeObject[]): KubeObject[] {
  const [secret] = parseObjects(readFileSync(CERTIFICATE, 'utf8'));
  return ofKind(objects, 'Gateway', 'networking.istio.io').flatMap((gateway) => {
    const selector = asRecord(asRecord(gateway['spec'])['selector']);
    const proxies = objects.find((object) => object['kind'] === 'Deployment' && isSelected(selector, labelsOf(asRecord(asRecord(object['spec'])['template']))));
    const namespace = proxies === undefined ? 'istio-ingress' : namespaceOf(proxies);
    return [...valuesOf([gateway], 'credentialName')].map((name) => ({ ...secret, metadata: { name, namespace } }));
  });
}

/** A pod of each Service that has none, and one of each version that a rule knows. */
function podsOf(objects: readonly KubeObject[]): KubeObject[] {
  const made = objects.filter(({ kind }) => kind === 'Deployment').map((object) => labelsOf(asRecord(asRecord(object['spec'])['template'])));
  return ofKind(objects, 'Service', 'v1').flatMap((service) => {
    const selector = asRecord(asRecord(service['spec'])['selector']);
    if (Object.keys(selector).length === 0 || made.some((labels) => isSelected(selector, labels))) return [];
    const host = `${nameOf(service)}.${namespaceOf(service)}.svc.cluster.local`;
    const rules = ofKind(objects, 'DestinationRule', 'networking.istio.io').filter((rule) => asRecord(rule['spec'])['host'] === host);
    const versions = rules.flatMap((rule) => asList(asRecord(rule['spec'])['subsets']).map((subset) => asRecord(asRecord(subset)['labels'])));
    return (versions.length === 0 ? [{}] : versions).map((labels, index) => pod(`${nameOf(service)}-${index}`, namespaceOf(service), { ...selector, ...labels }));
  });
}

function pod(name: string, namespaceName: string, labels: Labels): KubeObject {
  const containers = [{ name: 'app', image: 'registry.k8s.io/pause:3.10' }, { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.31.1' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: namespaceName, labels }, spec: { containers } };
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

function labelsOf(template: KubeObject): Labels {
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
