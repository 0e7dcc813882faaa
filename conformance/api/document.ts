import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../kubernetes/client';
import { asList, asRecord, text } from '../kubernetes/status';

/** The objects of a YAML text, in its order. */
export function parseObjects(source: string): KubeObject[] {
  return parseAllDocuments(source).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(error.message.split('\n')[0] ?? error.message);
    return asRecord(document.toJS());
  });
}

/** Such as `VirtualService bookinfo/reviews`. */
export function labelOf(object: KubeObject): string {
  const place = namespaceOf(object);
  return `${text(object['kind'])} ${place === '' ? '' : `${place}/`}${nameOf(object)}`;
}

export function nameOf(object: KubeObject): string {
  return text(asRecord(object['metadata'])['name']);
}

/** Empty for an object of the cluster. */
export function namespaceOf(object: KubeObject): string {
  return text(asRecord(object['metadata'])['namespace']);
}

export function groupOf(object: KubeObject): string {
  const [group, version] = text(object['apiVersion']).split('/');
  return version === undefined ? '' : (group ?? '');
}

export function isCrd(object: KubeObject): boolean {
  return object['kind'] === 'CustomResourceDefinition';
}

export function isNamespace(object: KubeObject): boolean {
  return object['kind'] === 'Namespace' && object['apiVersion'] === 'v1';
}

/** Group and kind that an object is of, or that a CRD defines, as one key. */
export function kindKey(object: KubeObject): string {
  return `${groupOf(object)}/${text(object['kind'])}`;
}

/** Group, kind, namespace and name as one key; the version of the API is not part of an object's identity. */
export function identityOf(object: KubeObject): string {
  return [kindKey(object), namespaceOf(object), nameOf(object)].join('/');
}

export function definedKey(crd: KubeObject): string {
  const spec = asRecord(crd['spec']);
  return `${text(spec['group'])}/${text(asRecord(spec['names'])['kind'])}`;
}

export function resourceVersionOf(object: KubeObject | undefined): string {
  return text(asRecord(object?.['metadata'])['resourceVersion']);
}

/** Paths at which two objects differ, at most a few; who wrote what is left out. */
export function differences(a: unknown, b: unknown, path = ''): string[] {
  if (Object.is(a, b) || /^\.metadata\.(managedFields|resourceVersion)$/.test(path)) return [];
  if (!isTree(a) || !isTree(b) || Array.isArray(a) !== Array.isArray(b)) return [path === '' ? '.' : path];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => differences(asChild(a, key), asChild(b, key), `${path}.${key}`)).slice(0, 5);
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function asChild(tree: object, key: string): unknown {
  return Array.isArray(tree) ? asList(tree)[Number(key)] : asRecord(tree)[key];
}
