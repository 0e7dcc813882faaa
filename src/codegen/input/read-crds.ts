import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import type { Release } from '../../rules/kind-rules';
import type { PublishedKind, PublishedRelease, PublishedVersion } from '../model';
import { frameOf } from '../strip-descriptions';
import { compareText } from '../version-order';
import { sourceFileOf } from './input-text';
import type { InputText } from './input-text';
import { parseDocuments } from './parse-documents';
import type { InputDocument } from './parse-documents';

const CRD = 'CustomResourceDefinition';

/** Reads the CRDs of one release; other objects in the files are passed over. */
export function readCrds(release: Release, inputs: readonly InputText[]): PublishedRelease {
  const findings: Finding[] = [];
  const kinds: PublishedKind[] = [];
  const used: InputText[] = [];
  for (const input of inputs) {
    const documents = parseDocuments(input);
    const crds = documents.filter((document) => document.value['kind'] === CRD);
    if (crds.length > 0) used.push(input);
    else if (input.inFolder !== true) findings.push(noCrd(input, documents));
    for (const crd of crds) {
      const read = readCrd(input, crd);
      if ('code' in read) findings.push(read);
      else kinds.push(read);
    }
  }
  if (used.length === 0 && findings.length === 0) findings.push(noCrd(inputs[0], []));
  if (findings.length > 0) throw new MeshError(findings);
  const files = used.map(sourceFileOf).sort((a, b) => compareText(a.name, b.name) || compareText(a.sha256, b.sha256));
  return { release, files, kinds };
}

function noCrd(input: InputText | undefined, documents: readonly InputDocument[]): Finding {
  const kinds = [...new Set(documents.map((document) => String(document.value['kind'] ?? 'an object without kind')))];
  return {
    code: 'import-no-crd',
    property: '',
    got: documents.length === 0 ? 'none' : `only ${kinds.slice(0, 5).join(', ')}`,
    expected: `at least one ${CRD}, or the OpenAPI document of Kubernetes`,
    ...(input === undefined || input.inFolder === true ? {} : { source: { file: input.name, line: 1 } }),
  };
}

function readCrd(input: InputText, document: InputDocument): PublishedKind | Finding {
  const problem = (code: string, property: string, got: string, expected: string, fix?: string): Finding => ({
    code,
    object: { kind: CRD, name: String(nameOf(document.value) ?? '(no name)') },
    property,
    got,
    expected,
    ...(fix === undefined ? {} : { fix }),
    source: { file: input.name, line: document.line },
  });
  const crd = input.fromCluster === true ? withoutServerFields(document.value) : document.value;
  const apiVersion = crd['apiVersion'];
  if (apiVersion !== 'apiextensions.k8s.io/v1') {
    const fix = 'convert the file: Kubernetes 1.22 and newer read only v1';
    return problem('import-crd-version', 'apiVersion', show(apiVersion), '"apiextensions.k8s.io/v1"', fix);
  }
  const spec = crd['spec'];
  if (!isJsonObject(spec)) return problem('import-invalid-crd', 'spec', show(spec), 'an object');
  const names = isJsonObject(spec['names']) ? spec['names'] : {};
  const { group, scope } = spec;
  const { kind, plural } = names;
  if (typeof group !== 'string' || group === '') return problem('import-invalid-crd', 'spec.group', show(group), 'a group');
  if (typeof kind !== 'string' || kind === '') {
    return problem('import-invalid-crd', 'spec.names.kind', show(kind), 'the name of a kind');
  }
  if (typeof plural !== 'string') return problem('import-invalid-crd', 'spec.names.plural', show(plural), 'a plural name');
  if (scope !== 'Namespaced' && scope !== 'Cluster') {
    return problem('import-invalid-crd', 'spec.scope', show(scope), '"Namespaced" or "Cluster"');
  }
  const versions = Array.isArray(spec['versions']) ? (spec['versions'] as readonly Json[]) : [];
  if (versions.length === 0) return problem('import-invalid-crd', 'spec.versions', show(spec['versions']), 'at least one version');
  const read = versions.map(readVersion);
  const missing = read.findIndex((version) => version === undefined);
  if (missing >= 0) {
    const property = `spec.versions[${missing}].schema.openAPIV3Schema`;
    return problem('import-no-schema', property, 'no schema', 'an OpenAPI v3 schema', 'a kind without a schema has no types');
  }
  return { group, kind, plural, scope, versions: read as PublishedVersion[], frame: frameOf(crd) };
}

function readVersion(version: Json): PublishedVersion | undefined {
  if (!isJsonObject(version) || typeof version['name'] !== 'string') return undefined;
  const schema = isJsonObject(version['schema']) ? version['schema']['openAPIV3Schema'] : undefined;
  return isJsonObject(schema) ? { version: version['name'], served: version['served'] !== false, schema } : undefined;
}

/** Fields that a server sets; the rest is what was published. */
function withoutServerFields(crd: JsonObject): JsonObject {
  const { status: _status, ...rest } = crd;
  const metadata = isJsonObject(rest['metadata']) ? rest['metadata'] : {};
  const { uid: _uid, resourceVersion: _resource, generation: _generation, ...named } = metadata;
  const { creationTimestamp: _created, managedFields: _managed, selfLink: _self, ...kept } = named;
  const annotations = isJsonObject(kept['annotations']) ? kept['annotations'] : undefined;
  if (annotations === undefined) return { ...rest, metadata: kept };
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...published } = annotations;
  return { ...rest, metadata: { ...kept, annotations: published } };
}

function nameOf(crd: JsonObject): Json | undefined {
  return isJsonObject(crd['metadata']) ? crd['metadata']['name'] : undefined;
}

function show(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
}
