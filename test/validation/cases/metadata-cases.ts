import type { ValidationCode } from '../../../src/validation/codes';

/** Metadata of a namespaced object, and what is found of it. */
export interface MetadataCase {
  readonly name: string;
  readonly metadata: unknown;
  readonly finds: readonly `${ValidationCode} ${string}`[];
}

const named = { name: 'a', namespace: 'shop' };

export const METADATA_CASES: readonly MetadataCase[] = [
  { name: 'nothing', metadata: undefined, finds: ['missing-name metadata.name', 'missing-namespace metadata.namespace'] },
  { name: 'a list', metadata: [], finds: ['wrong-type metadata'] },
  { name: 'a DNS name', metadata: { ...named, name: 'a.b-c.d' }, finds: [] },
  { name: 'capitals', metadata: { ...named, name: 'Reviews' }, finds: ['bad-name metadata.name'] },
  { name: 'an empty part', metadata: { ...named, name: 'a..b' }, finds: ['bad-name metadata.name'] },
  { name: 'the longest name', metadata: { ...named, name: 'a'.repeat(253) }, finds: [] },
  { name: 'a longer name', metadata: { ...named, name: 'a'.repeat(254) }, finds: ['bad-name metadata.name'] },
  { name: 'a null name', metadata: { ...named, name: null }, finds: ['missing-name metadata.name'] },
  { name: 'a number for a name', metadata: { ...named, name: 5 }, finds: ['wrong-type metadata.name', 'missing-name metadata.name'] },
  { name: 'a prefix for names', metadata: { namespace: 'shop', generateName: 'a-' }, finds: [] },
  { name: 'a prefix that makes no name', metadata: { namespace: 'shop', generateName: 'A-' }, finds: ['bad-name metadata.generateName'] },
  { name: 'a namespace with a dot', metadata: { name: 'a', namespace: 'a.b' }, finds: ['bad-namespace metadata.namespace'] },
  { name: 'an unknown field', metadata: { ...named, label: {} }, finds: ['unknown-field metadata.label'] },
  { name: 'labels', metadata: { ...named, labels: { 'app.kubernetes.io/name': 'A_b.c-1', x: '' } }, finds: [] },
  { name: 'a null label, which is empty', metadata: { ...named, labels: { a: null } }, finds: [] },
  { name: 'a number for a label', metadata: { ...named, labels: { a: 1 } }, finds: ['wrong-type metadata.labels[a]'] },
  { name: 'a key with a space', metadata: { ...named, labels: { 'a b': 'x' } }, finds: ['bad-label metadata.labels[a b]'] },
  { name: 'a key with two slashes', metadata: { ...named, labels: { 'a/b/c': 'x' } }, finds: ['bad-label metadata.labels[a/b/c]'] },
  { name: 'a value with a slash', metadata: { ...named, labels: { a: 'b/c' } }, finds: ['bad-label metadata.labels[a]'] },
  { name: 'a value that is too long', metadata: { ...named, labels: { a: 'x'.repeat(64) } }, finds: ['bad-label metadata.labels[a]'] },
  { name: 'an annotation key in capitals', metadata: { ...named, annotations: { 'Example.com/A': 'any text, of any form\n' } }, finds: [] },
  { name: 'an annotation without a key', metadata: { ...named, annotations: { '': 'x' } }, finds: ['bad-annotation metadata.annotations[]'] },
  { name: 'annotations of 256 KiB', metadata: { ...named, annotations: { a: 'x'.repeat(262_143) } }, finds: [] },
  { name: 'annotations that are larger', metadata: { ...named, annotations: { a: 'é'.repeat(131_072) } }, finds: ['annotations-too-large metadata.annotations'] },
  { name: 'a finalizer', metadata: { ...named, finalizers: ['example.com/a'] }, finds: [] },
  { name: 'a finalizer of no form', metadata: { ...named, finalizers: ['a b'] }, finds: ['bad-finalizer metadata.finalizers[0]'] },
  { name: 'two finalizers that exclude each other', metadata: { ...named, finalizers: ['orphan', 'foregroundDeletion'] }, finds: ['bad-finalizer metadata.finalizers'] },
  { name: 'an owner', metadata: { ...named, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'u' }] }, finds: [] },
  { name: 'an owner without a uid', metadata: { ...named, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a' }] }, finds: ['bad-owner-reference metadata.ownerReferences[0].uid'] },
  { name: 'a resource version', metadata: { ...named, resourceVersion: '5' }, finds: ['server-owned-field metadata.resourceVersion'] },
  { name: 'a time that is none', metadata: { ...named, creationTimestamp: 'today' }, finds: ['bad-format metadata.creationTimestamp'] },
];
