import type { Chart } from 'cdk8s';
import type { ObjectMeta } from '../../imports/kubernetes/meta-v1';
import { groupOf } from '../core/identity';
import type { MeshObject } from '../core/mesh-object';
import { SynthSession } from '../core/synth-session';
import { meshError } from '../errors/mesh-error';
import type { JsonObject } from '../rules/json';

/** A class of objects: an L1 construct such as `VirtualService`. */
export interface KindClass {
  readonly kind: string;
  readonly apiVersion: string;
  // parameters are compared the other way round, so this takes the class of every kind
  new (scope: never, id: string, props: never): MeshObject;
}

/** The manifest that an object of a class has. */
export type Manifest<Class extends KindClass> = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta & { readonly name: string };
} & Omit<NonNullable<ConstructorParameters<Class>[2]>, 'apiVersion' | 'metadata'>;

/** The manifests of a chart, found by kind, typed. */
export class SynthResult {
  public constructor(private readonly manifests: readonly JsonObject[]) {}

  /** All manifests, in the order of the construct tree. */
  public get all(): readonly JsonObject[] {
    return this.manifests;
  }

  /** All objects of a kind; with a name, those of that name. */
  public many<Class extends KindClass>(kind: Class, name?: string): Manifest<Class>[] {
    const group = groupOf(kind.apiVersion);
    const found = this.manifests.filter(
      (manifest) =>
        manifest['kind'] === kind.kind &&
        groupOf(String(manifest['apiVersion'])) === group &&
        (name === undefined || nameOf(manifest) === name),
    );
    return found as unknown as Manifest<Class>[];
  }

  /**
   * The one object of a kind, or the one of that name.
   *
   * @throws MeshError where there is none, or more than one; it lists the names that are there.
   */
  public one<Class extends KindClass>(kind: Class, name?: string): Manifest<Class> {
    const found = this.many(kind, name);
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
    const names = this.many(kind).map((manifest) => manifest.metadata.name);
    throw meshError({
      code: 'not-one-object',
      property: '',
      got: names.length === 0 ? `no ${kind.kind}` : `${kind.kind} ${names.join(', ')}`,
      expected: `one ${kind.kind}${name === undefined ? '' : ` named ${name}`}`,
      fix: names.length > 1 && name === undefined ? `give a name: one(${kind.kind}, '${names[0] ?? ''}')` : 'see what there is with all',
    });
  }
}

/**
 * Synthesizes the app of a chart, with every check that a real synthesis makes, and gives what is in the chart.
 *
 * @example
 * expect(synthTo(chart).one(VirtualService).spec?.hosts).toEqual(['shop.example.com']);
 */
export function synthTo(chart: Chart): SynthResult {
  const session = SynthSession.of(chart);
  return session.run(() => {
    const { objects } = session.synthesize();
    return new SynthResult(objects.filter((object) => object.chart === chart).map((object) => object.manifest));
  });
}

function nameOf(manifest: JsonObject): unknown {
  return (manifest['metadata'] as JsonObject | undefined)?.['name'];
}
