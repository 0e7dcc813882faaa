import type { ApiObject, App, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import type { UnknownPlace } from '../validation/unknowns';
import { objectName } from './identity';
import { SynthSession } from './synth-session';
import type { SynthObject } from './synthesis';

const GUARDED = Symbol.for('mesh-constructs.noUnknownInFiles');

/**
 * Makes the entries that write YAML (`app.synth()`, `app.synthYaml()`) refuse values that are known only at deployment,
 * all at once and before anything is written. `chart.toJson()`, and adapters of an engine, get such values as they are.
 *
 * @param placesOf where an object, as it was rendered last, holds such values
 */
export function refuseUnknownInFiles(object: ApiObject, placesOf: (construct: IConstruct) => readonly UnknownPlace[]): void {
  const chart = object.chart as Chart & { readonly [GUARDED]?: true };
  // once a chart: asking for the root of each object would cost more
  if (chart[GUARDED] === true) return;
  mark(chart);
  const { root } = chart.node;
  if (GUARDED in root || !isApp(root)) return;
  mark(root);
  for (const method of ['synth', 'synthYaml'] as const) {
    const write = root[method].bind(root) as () => unknown;
    const guarded = (): unknown => {
      const session = SynthSession.of(root);
      return session.run(() => {
        const findings = session.synthesize().objects.flatMap((each) => findingsOf(each, placesOf(each.construct)));
        if (findings.length > 0) throw new MeshError(findings);
        return write();
      });
    };
    Object.defineProperty(root, method, { configurable: true, writable: true, value: guarded });
  }
}

function findingsOf({ construct, manifest }: SynthObject, places: readonly UnknownPlace[]): Finding[] {
  return places.map(({ path, description }) => ({
    code: 'unknown-value',
    construct: construct.node.path,
    object: objectName(manifest),
    property: path,
    got: `a value that is known only later (${description})`,
    expected: 'a value that can be written to a file now',
    fix: 'give a plain value, or deploy the program with the engine that the value is of',
  }));
}

function mark(construct: IConstruct): void {
  Object.defineProperty(construct, GUARDED, { value: true });
}

function isApp(root: IConstruct): root is App {
  return 'synth' in root && 'synthYaml' in root;
}
