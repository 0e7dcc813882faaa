import type { Finding } from '../../src/errors/finding';
import { kindOfCrd } from '../../src/validation/crd-entries';
import { Validator } from '../../src/validation/validator';

/** A CRD of kind Thing (example.com/v1) whose `spec` has the given schema. */
export function crdOfSpec(spec: unknown, more: Record<string, unknown> = {}): Record<string, unknown> {
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec, status: OPEN } } }, ...more };
  const names = { kind: 'Thing', plural: 'things' };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: { group: 'example.com', scope: 'Namespaced', names, versions: [version] },
  };
}

const OPEN = { type: 'object', properties: { ready: { type: 'boolean' } } };

/** A Thing with this spec. */
export function thing(spec: unknown, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a', namespace: 'shop' }, spec, ...more };
}

export function validatorOf(crd: unknown): Validator {
  const entry = kindOfCrd(crd, 'test');
  return new Validator({ catalog: entry === undefined ? [] : [entry] });
}

/** What is found of an object, as `code at field`. */
export function found(findings: readonly Finding[]): string[] {
  return findings.map(({ code, property }) => `${code} ${property}`);
}
