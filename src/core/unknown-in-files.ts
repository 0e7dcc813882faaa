import { MeshError } from '../errors/mesh-error';
import { objectName } from './identity';
import type { Synthesis } from './synthesis';

/**
 * Refuses a program to be written to files that holds values which are known only at deployment. Ways to synthesize that
 * write no file, and adapters of an engine, get such values as they are.
 *
 * @throws MeshError that lists all of them.
 */
export function requireNoUnknowns({ objects, unknowns }: Synthesis): void {
  const values = unknowns.filter(({ rule }) => rule === undefined);
  if (values.length === 0) return;
  const manifests = new Map(objects.map(({ construct, manifest }) => [construct.node.path, manifest] as const));
  const findings = values.map(({ construct, path, description }) => {
    const manifest = manifests.get(construct);
    return {
      code: 'unknown-value',
      construct,
      ...(manifest === undefined ? {} : { object: objectName(manifest) }),
      property: path,
      got: `a value that is known only later (${description})`,
      expected: 'a value that can be written to a file now',
      fix: 'give a plain value, or deploy the program with the engine that the value is of',
    };
  });
  throw new MeshError(findings);
}
