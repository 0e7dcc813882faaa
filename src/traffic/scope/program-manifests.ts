import { ApiObject } from 'cdk8s';
import type { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { SynthSession } from '../../core/synth-session';
import { MeshError } from '../../errors/mesh-error';
import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import { objectIn, textIn } from './reading';

/** Marks a SidecarScope, of whatever copy of the library: its Sidecars follow from all other objects, and are none of them. */
export const SCOPE_BRAND = Symbol.for('mesh-constructs.SidecarScope');

/** One object of the program. */
export interface Manifest {
  readonly construct: ApiObject;
  readonly name: string;
  readonly namespace: string;
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
  readonly whole: JsonObject;
}

/**
 * The objects of one cluster by kind, whoever makes them: constructs, L1 objects, other libraries. What decides on who
 * reaches whom is read off them, so that nothing that a program writes by hand or by a patch is overlooked.
 */
export class ProgramManifests {
  private readonly constructs = new Map<string, ApiObject[]>();
  private readonly read = new Map<string, readonly Manifest[]>();
  private readonly placed = new Map<string, ReadonlyMap<string, readonly Manifest[]>>();

  public constructor(root: IConstruct, cluster: string) {
    const charts = new Map<Chart, string>();
    for (const construct of SynthSession.of(root).constructs()) {
      if (!ApiObject.isApiObject(construct) || isOfScope(construct)) continue;
      const { chart } = construct;
      const path = charts.get(chart) ?? Cluster.pathOf(chart);
      charts.set(chart, path);
      if (path !== cluster) continue;
      const key = `${groupOf(construct.apiVersion)}/${construct.kind}`;
      const known = this.constructs.get(key);
      if (known === undefined) this.constructs.set(key, [construct]);
      else known.push(construct);
    }
  }

  /** Objects of a kind, such as `networking.istio.io/Sidecar` or `/Service`, by path. */
  public of(kind: string): readonly Manifest[] {
    const known = this.read.get(kind);
    if (known !== undefined) return known;
    const manifests = (this.constructs.get(kind) ?? []).flatMap(manifestOf);
    manifests.sort((a, b) => (a.construct.node.path < b.construct.node.path ? -1 : 1));
    this.read.set(kind, manifests);
    return manifests;
  }

  /** Those of one namespace. */
  public inside(namespace: string, kind: string): readonly Manifest[] {
    const known = this.placed.get(kind) ?? byNamespace(this.of(kind));
    this.placed.set(kind, known);
    return known.get(namespace) ?? [];
  }
}

function byNamespace(manifests: readonly Manifest[]): ReadonlyMap<string, readonly Manifest[]> {
  const found = new Map<string, Manifest[]>();
  for (const manifest of manifests) {
    const known = found.get(manifest.namespace);
    if (known === undefined) found.set(manifest.namespace, [manifest]);
    else known.push(manifest);
  }
  return found;
}

function isOfScope({ node: { scope } }: IConstruct): boolean {
  return scope !== undefined && SCOPE_BRAND in scope;
}

/** What is refused when it is rendered is a finding already; any other error is one of the program, or ours. */
function manifestOf(construct: ApiObject): Manifest[] {
  try {
    const whole: unknown = construct.toJson();
    if (!isJsonObject(whole)) return [];
    const metadata = objectIn(whole, 'metadata');
    return [{ construct, name: textIn(metadata, 'name') ?? '', namespace: textIn(metadata, 'namespace') ?? '', metadata, spec: objectIn(whole, 'spec'), whole }];
  } catch (error) {
    if (MeshError.isMeshError(error)) return [];
    throw error;
  }
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}
