import { Chart } from 'cdk8s';
import type { ObjectMeta } from '../../imports/kubernetes/meta-v1';
import { groupOf, objectName } from '../core/identity';
import type { MeshObject } from '../core/mesh-object';
import { isConstruct } from '../core/place';
import { describeValue } from '../core/refusal';
import { SynthSession } from '../core/synth-session';
import type { ProgramUnjudged, Synthesis } from '../core/synthesis';
import { formatObjectName } from '../errors/finding';
import type { Finding } from '../errors/finding';
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
  /** What the synthesis of the chart's app found that is no error, sorted; see `MeshAppProps.onWarning`. */
  public readonly warnings: readonly Finding[];
  /** What of the chart's objects could not be judged, since a value is known only at deployment; sorted. */
  public readonly unknowns: readonly ProgramUnjudged[];

  public constructor(
    private readonly manifests: readonly JsonObject[],
    { warnings = [], unknowns = [] }: Partial<Pick<Synthesis, 'warnings' | 'unknowns'>> = {},
  ) {
    this.warnings = warnings;
    this.unknowns = unknowns;
  }

  /** All manifests, in the order of the construct tree. */
  public get all(): readonly JsonObject[] {
    return this.manifests;
  }

  /**
   * All objects of a kind; with a name, those of that name.
   *
   * @throws MeshError when it is given no class of objects.
   */
  public many<Class extends KindClass>(kind: Class, name?: string): Manifest<Class>[] {
    requireKind(kind);
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
   * @throws MeshError where there is none, or more than one; it lists those that are there.
   */
  public one<Class extends KindClass>(kind: Class, name?: string): Manifest<Class> {
    const found = this.many(kind, name);
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
    const there = this.many(kind);
    throw meshError({
      code: 'not-one-object',
      property: '',
      got: there.length === 0 ? `no ${kind.kind}` : there.map((manifest) => formatObjectName(objectName(manifest as unknown as JsonObject))).join(', '),
      expected: `one ${kind.kind}${name === undefined ? '' : ` named ${name}`}`,
      fix: there.length > 1 && name === undefined ? `give a name: one(${kind.kind}, '${there[0]?.metadata.name ?? ''}')` : 'see what there is with all',
    });
  }
}

/**
 * Synthesizes the app of a chart, with every check that a real synthesis makes, and gives what is in the chart.
 *
 * @throws MeshError with every finding of the program.
 *
 * @example
 * expect(synthTo(chart).one(VirtualService).spec?.hosts).toEqual(['shop.example.com']);
 */
export function synthTo(chart: Chart): SynthResult {
  requireChart(chart);
  const session = SynthSession.of(chart);
  return session.run(() => {
    const { objects, warnings, unknowns } = session.synthesize();
    const own = objects.filter((object) => object.chart === chart);
    const paths = new Set(own.map(({ construct }) => construct.node.path));
    return new SynthResult(own.map(({ manifest }) => manifest), { warnings, unknowns: unknowns.filter(({ construct }) => paths.has(construct)) });
  });
}

function requireChart(chart: unknown): void {
  if (Chart.isChart(chart)) return;
  throw meshError({
    code: 'bad-argument',
    property: 'chart',
    got: isConstruct(chart) ? `${chart.node.path === '' ? 'the app' : chart.node.path}, which is no Chart` : describeValue(chart),
    expected: 'a Chart',
    fix: 'give the chart whose objects are wanted',
  });
}

function requireKind(kind: unknown): void {
  const { kind: name, apiVersion } = (kind ?? {}) as { kind?: unknown; apiVersion?: unknown };
  if (typeof name === 'string' && typeof apiVersion === 'string') return;
  throw meshError({
    code: 'bad-argument',
    property: 'kind',
    got: describeValue(kind),
    expected: 'the class of a kind, such as VirtualService',
    fix: 'import it from mesh-constructs/istio, /gateway-api or /kubernetes',
  });
}

function nameOf(manifest: JsonObject): unknown {
  return (manifest['metadata'] as JsonObject | undefined)?.['name'];
}
