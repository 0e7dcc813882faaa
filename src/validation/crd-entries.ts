import { isJsonObject } from '../rules/json';
import type { Json, JsonObject } from '../rules/json';
import type { KindEntry, KindRules, Variant } from '../rules/kind-rules';
import { encodeVariants } from '../rules/variants';

/**
 * The kind that a CustomResourceDefinition defines, to validate objects of it without an import. Undefined for a
 * document that is none. `release` names the document in messages.
 */
export function kindOfCrd(crd: unknown, release: string): KindEntry | undefined {
  const spec = isJsonObject(crd) && crd['kind'] === 'CustomResourceDefinition' ? crd['spec'] : undefined;
  if (spec === undefined || !isJsonObject(spec) || !isJsonObject(spec['names'])) return undefined;
  const { kind, plural } = spec['names'];
  const { group } = spec;
  if (typeof kind !== 'string' || typeof plural !== 'string' || typeof group !== 'string') return undefined;
  const served = versionsOf(spec);
  const names = served.map((version) => String(version['name']));
  const scope = spec['scope'] === 'Cluster' ? 'Cluster' : 'Namespaced';
  const facts = { source: 'given CRDs', group, kind, plural, scope } as const;
  const load = (): KindRules => rulesOf(facts, crd as JsonObject, served, release);
  return { ...facts, versions: names, load };
}

function versionsOf(spec: JsonObject): readonly JsonObject[] {
  const versions = spec['versions'];
  return Array.isArray(versions) ? (versions as readonly Json[]).filter(isJsonObject) : [];
}

type Facts = Pick<KindRules, 'source' | 'group' | 'kind' | 'plural' | 'scope'>;

function rulesOf(facts: Facts, crd: JsonObject, versions: readonly JsonObject[], release: string): KindRules {
  const variants = versions.map((version): Variant => {
    const name = String(version['name']);
    return version['served'] === false ? { release, version: name, served: false } : { release, version: name };
  });
  return {
    ...facts,
    preferredVersion: String(versions.find((version) => version['storage'] === true)?.['name'] ?? versions[0]?.['name'] ?? ''),
    variants,
    schema: encodeVariants(versions.map(schemaOf)),
    defs: {},
    releases: [{ release }],
    crd,
    transitionRules: 0,
  };
}

/** A version without a schema takes anything. */
function schemaOf(version: JsonObject): Json {
  const schema = version['schema'];
  const root = isJsonObject(schema) ? schema['openAPIV3Schema'] : undefined;
  return root ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
}
