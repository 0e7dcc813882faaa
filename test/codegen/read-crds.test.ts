import { parseDocuments } from '../../src/codegen/input/parse-documents';
import { readCrds } from '../../src/codegen/input/read-crds';
import { formatFinding } from '../../src/errors/finding';
import type { JsonObject } from '../../src/rules/json';
import { caught } from '../support/caught';
import { crd, yaml } from './crd';

function read(text: string, more: { fromCluster?: boolean; inFolder?: boolean } = {}) {
  return readCrds({ release: '1' }, [{ name: 'crds.yaml', text, ...more }]);
}

function problem(text: string): string {
  return caught(() => read(text)).findings.map(formatFinding).join('\n');
}

test('other objects of a bundle are passed over, and a List counts as its items', () => {
  const other = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } };
  const list = { apiVersion: 'v1', kind: 'List', items: [other, crd({ kind: 'Listed' })] };
  expect(read(`---\n${yaml(other, crd())}---\n# nothing\n---\n${yaml(list)}`).kinds.map((kind) => kind.kind)).toEqual(['Widget', 'Listed']);
});

test('JSON is read as well', () => {
  expect(read(JSON.stringify(crd())).kinds).toEqual(read(yaml(crd())).kinds);
});

test('what a server adds to a CRD is taken off', () => {
  const live: JsonObject = {
    ...crd(),
    metadata: {
      name: 'widgets.example.com',
      uid: 'u',
      resourceVersion: '7',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      managedFields: [],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', 'example.com/kept': 'yes' },
    },
    status: { storedVersions: ['v1'] },
  };
  const [kind] = read(yaml(live), { fromCluster: true }).kinds;
  expect(kind?.frame?.['metadata']).toEqual({ name: 'widgets.example.com', annotations: { 'example.com/kept': 'yes' } });
  expect(kind?.frame).not.toHaveProperty('status');
});

const REFUSED: { readonly [what: string]: { readonly text: string; readonly says: string } } = {
  'malformed YAML': { text: 'a: [1\nb: 2\n', says: 'crds.yaml:2:1: got' },
  'a scalar': { text: 'hello\n', says: 'crds.yaml:1: got string "hello", expected a Kubernetes object [import-not-an-object]' },
  'a list': { text: '- a\n', says: 'crds.yaml:1: got a list, expected a Kubernetes object [import-not-an-object]' },
  'no CRD': {
    text: 'kind: Pod\n',
    says: 'crds.yaml:1: got only Pod, expected at least one CustomResourceDefinition, or the OpenAPI document of Kubernetes [import-no-crd]',
  },
  'nothing': { text: '', says: 'crds.yaml:1: got none, expected at least one CustomResourceDefinition, or the OpenAPI document of Kubernetes [import-no-crd]' },
  'v1beta1': {
    text: yaml({ ...crd(), apiVersion: 'apiextensions.k8s.io/v1beta1' }),
    says:
      'crds.yaml:1: CustomResourceDefinition widgets.example.com: apiVersion: got "apiextensions.k8s.io/v1beta1", expected ' +
      '"apiextensions.k8s.io/v1"; convert the file: Kubernetes 1.22 and newer read only v1 [import-crd-version]',
  },
  'no schema': {
    text: yaml(crd({ versions: { v1: { type: 'object' }, v2: null } })),
    says: 'spec.versions[1].schema.openAPIV3Schema: got no schema, expected an OpenAPI v3 schema; a kind without a schema has no types [import-no-schema]',
  },
  'no spec': { text: 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n', says: '(no name): spec: got nothing, expected an object [import-invalid-crd]' },
  'no kind': { text: yaml(crd({ kind: '' })), says: 'spec.names.kind: got "", expected the name of a kind [import-invalid-crd]' },
  'an unknown scope': { text: yaml(crd({ scope: 'Galaxy' })), says: 'spec.scope: got "Galaxy", expected "Namespaced" or "Cluster" [import-invalid-crd]' },
  'no version': { text: yaml(crd({ versions: {} })), says: 'spec.versions: got [], expected at least one version [import-invalid-crd]' },
  'an alias bomb': {
    text: ['a: &a [x,x,x,x,x,x,x,x,x,x]', ...['b', 'c', 'd', 'e', 'f'].map((key, index) => `${key}: &${key} [${Array(10).fill(`*${'abcde'[index]}`).join()}]`)].join('\n'),
    says: '[import-malformed-yaml]',
  },
  'the second of two documents': { text: `${yaml(crd())}---\na: 'b\n`, says: 'got Missing closing \'quote, expected well-formed YAML [import-malformed-yaml]' },
};

test.each(Object.entries(REFUSED))('%s is refused with its place', (_what, { text, says }) => {
  expect(problem(text)).toContain(says);
});

test('every broken CRD of a file is reported', () => {
  const text = yaml(crd({ kind: 'A', scope: 'x' }), crd({ kind: 'B' }), crd({ kind: 'C', versions: { v1: null } }));
  expect(caught(() => read(text)).findings).toHaveLength(2);
});

test('a file of a folder need not hold a CRD, but one of them must', () => {
  expect(caught(() => read('kind: Kustomization\n', { inFolder: true })).findings[0]?.code).toBe('import-no-crd');
  const both = [
    { name: 'a.yaml', text: 'kind: Kustomization\n', inFolder: true },
    { name: 'b.yaml', text: yaml(crd()), inFolder: true },
  ];
  expect(readCrds({ release: '1' }, both).files.map((file) => file.name)).toEqual(['b.yaml']);
});

test('quoted lines that do not stand deeper than their key are read as Kubernetes reads them', () => {
  const text = "a:\n  b: 'one\n  two: it''s\n\n  three'\n  c: \"x\n  y\\\" z\"\n  d: |\n    e: 'not a quote\n  f: 1\n";
  expect(parseDocuments({ name: 'a', text })[0]?.value).toEqual({
    a: { b: "one two: it's\nthree", c: 'x y" z', d: "e: 'not a quote\n", f: 1 },
  });
});
