import type { Finding } from '../errors/finding';
import type { KindRules } from '../rules/kind-rules';
import { schemaOfVariant } from '../rules/schema';
import { describe } from './describe';
import { FieldHistory } from './history';
import { Report } from './report';
import type { Check } from './schema/check';
import { isData } from './schema/check';
import { SchemaCompiler } from './schema/compile';
import { nearestRelease } from './versions';

/** What istiod reads from the ConfigMap `istio`. */
export type MeshDocument = 'MeshConfig' | 'MeshNetworks';

const LOADERS: Readonly<Record<MeshDocument, () => KindRules>> = {
  MeshConfig: () => (require('../../imports/mesh-config/mesh-config.rules') as typeof import('../../imports/mesh-config/mesh-config.rules')).rules,
  MeshNetworks: () => (require('../../imports/mesh-config/mesh-networks.rules') as typeof import('../../imports/mesh-config/mesh-networks.rules')).rules,
};

/** Compiled once: the rules never change. */
const checks = new Map<string, Check>();

/**
 * What is wrong with a mesh's configuration: fields that the release does not have, values of another type, and more than one
 * of the fields that exclude each other. istiod itself goes on without the whole configuration when it cannot read it.
 *
 * Paths of the findings start at the document, such as `defaultConfig.concurrency`.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export function checkMeshDocument(document: MeshDocument, value: unknown, istio: string): readonly Finding[] {
  if (!isData(value)) return [{ code: 'wrong-type', property: '', got: describe(value), expected: 'an object' }];
  const report = new Report();
  checkOf(document, istio)(value, report);
  return report.findings;
}

function checkOf(document: MeshDocument, istio: string): Check {
  const known = checks.get(`${document} ${istio}`);
  if (known !== undefined) return known;
  const rules = LOADERS[document]();
  const release = nearestRelease(istio, rules.variants.map((variant) => variant.release));
  const index = rules.variants.findIndex((variant) => variant.release === release);
  const variant = rules.variants[index];
  const schema = schemaOfVariant(rules, index);
  // an unknown release is refused where it is given
  if (variant === undefined || schema === undefined) return (value) => value;
  const history = new FieldHistory(rules, () => undefined);
  const check = new SchemaCompiler((field, report) => history.explain(variant, field, report)).data(schema.root);
  checks.set(`${document} ${istio}`, check);
  return check;
}
