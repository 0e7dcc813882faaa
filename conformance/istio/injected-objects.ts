import { isDeepStrictEqual } from 'node:util';
import { asList, asRecord, text } from '../kubernetes/status';
import type { KubeObject } from './cluster';

/** What injected objects are asked. */

/** The pod's spec, of a pod or of what makes pods. */
export function podSpec([object]: readonly KubeObject[]): KubeObject {
  const spec = asRecord(object?.['spec']);
  return 'template' in spec ? asRecord(asRecord(spec['template'])['spec']) : spec;
}

/** A container by its name, wherever it is; an empty object where there is none. */
export function container(spec: KubeObject, name: string): KubeObject {
  const all = [...asList(spec['initContainers']), ...asList(spec['containers'])].map(asRecord);
  return all.find((each) => each['name'] === name) ?? {};
}

export function names(list: unknown): string[] {
  return asList(list).map((each) => text(asRecord(each)['name']));
}

export function kinds(objects: readonly KubeObject[]): string[] {
  return objects.map(({ kind }) => text(kind));
}

export function one(objects: readonly KubeObject[], kind: string): KubeObject {
  return objects.find((object) => object['kind'] === kind) ?? {};
}

export function env(of: KubeObject, name: string): unknown {
  return asList(of['env']).map(asRecord).find((each) => each['name'] === name)?.['value'];
}

export function envNames(of: KubeObject): string[] {
  return names(of['env']);
}

export function property(of: unknown, name: string): unknown {
  return asRecord(of)[name];
}

/** What is said where something is not as it should be. */
export function have(what: string, got: unknown, expected: unknown): string | undefined {
  if (isDeepStrictEqual(got, expected)) return undefined;
  return `${what}: got ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`;
}

export function is(what: string, holds: boolean): string | undefined {
  return holds ? undefined : `not so: ${what}`;
}
