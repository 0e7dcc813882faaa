import { catalog } from '../../imports/catalog';
import { buildKindRules } from '../../src/codegen/build-rules';
import { collectKinds } from '../../src/codegen/collect-kinds';
import { parseDocuments } from '../../src/codegen/input/parse-documents';
import { readRelease } from '../../src/codegen/input/read-release';
import { crdOf } from '../../src/rules/crd';
import { isJsonObject, sortKeys } from '../../src/rules/json';
import type { Json, JsonObject } from '../../src/rules/json';
import type { KindRules } from '../../src/rules/kind-rules';
import { PUBLISHED, describeShared, sharedText } from '../support/shared';
import type { PublishedFile } from '../support/shared';

const IMPORTED = new Set(catalog.map((entry) => entry.source));

describeShared('the CRDs of the rules equal the published ones but for descriptions', () => {
  for (const published of PUBLISHED) {
    test(`${published.file}`, () => {
      const crds = parseDocuments({ name: published.file, text: sharedText(published.file) })
        .map((document) => document.value)
        .filter((document) => document['kind'] === 'CustomResourceDefinition');
      const rulesOf = IMPORTED.has(published.source) ? importedRules(published) : generatedRules(published);
      expect(crds.length).toBeGreaterThan(0);
      for (const crd of crds) {
        const spec = crd['spec'] as JsonObject;
        const rules = rulesOf(String(spec['group']), String((spec['names'] as JsonObject)['kind']));
        const emitted = crdOf(rules, published);
        expect(sortKeys(emitted as Json)).toEqual(sortKeys(withoutDescriptions(crd)));
      }
    });
  }
});

test('a release that has not the kind has no CRD of it', () => {
  const rules = catalog.find((entry) => entry.kind === 'TrafficExtension')?.load() as KindRules;
  expect(crdOf(rules, { release: '1.29.6' })).toBeUndefined();
  expect(crdOf(rules, { release: '1.30.3' })).toBeDefined();
});

test("a kind of Kubernetes' own has no CRD", () => {
  const rules = catalog.find((entry) => entry.kind === 'Deployment')?.load() as KindRules;
  expect(crdOf(rules, { release: '1.36.3' })).toBeUndefined();
});

test('a rule that is taken out is missing in the CRD', () => {
  const rules = catalog.find((entry) => entry.kind === 'DestinationRule')?.load() as KindRules;
  const text = JSON.stringify(rules);
  const changed = JSON.parse(text.replace('"x-kubernetes-validations"', '"x-removed"')) as KindRules;
  expect(changed).not.toEqual(rules);
  expect(crdOf(changed, { release: '1.31.1' })).not.toEqual(crdOf(rules, { release: '1.31.1' }));
});

function importedRules({ source }: PublishedFile): (group: string, kind: string) => KindRules {
  return (group, kind) =>
    catalog.find((entry) => entry.source === source && entry.group === group && entry.kind === kind)?.load() as KindRules;
}

function generatedRules({ source, release, file }: PublishedFile): (group: string, kind: string) => KindRules {
  const read = readRelease({ release }, [{ name: file, text: sharedText(file) }]);
  const kinds = collectKinds({ name: source, releases: [read] });
  const counts = { compiled: 0, byRelease: new Map(), transitionRules: 0, transitions: [] };
  return (group, name) => {
    const kind = kinds.find((entry) => entry.group === group && entry.kind === name);
    return buildKindRules(kind as NonNullable<typeof kind>, counts);
  };
}

/** Written apart from the generator's own, so that neither hides a fault of the other. */
function withoutDescriptions(value: Json, isMapOfSchemas = false): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => withoutDescriptions(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, child]) => isMapOfSchemas || key !== 'description' || typeof child !== 'string')
      .map(([key, child]) => [key, withoutDescriptions(child, key === 'properties' && !isMapOfSchemas)]),
  );
}
