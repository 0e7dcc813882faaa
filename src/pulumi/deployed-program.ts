import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../core/cluster';
import type { ClusterProps } from '../core/cluster';
import { takeForeignValues } from '../core/foreign-values';
import { MeshApp } from '../core/mesh-app';
import { objectName } from '../core/identity';
import type { ObjectItem } from '../core/object-graph';
import { orderedObjects } from '../core/ordered-objects';
import { refusal } from '../core/refusal';
import { SynthSession } from '../core/synth-session';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import { deploymentNeeds } from './deployment-needs';
import { toInputs, unknownOf } from './inputs';
import type { Registrable } from './inputs';

/**
 * A program of constructs: the same as for `cdk8s synth`.
 *
 * @param scope a chart for what the program makes
 * @param app the app that the chart is in, for programs that make their own charts and clusters
 */
export type MeshProgram<Result> = (scope: Chart, app: MeshApp) => Result;

/** Where a program is run. */
export interface ProgramPlace {
  /** What is known of the cluster. @default - what is implied: see {@link Cluster} */
  readonly cluster?: ClusterProps | undefined;
  /** Namespace of objects that name none. @default - none */
  readonly namespace?: string | undefined;
}

/** An object that is ready to be registered. */
export interface DeployedObject {
  readonly item: ObjectItem;
  readonly manifest: Registrable['manifest'];
  /** What has to be there before it, all of which come before it in the order. */
  readonly needs: readonly ObjectItem[];
}

/** What a program made, checked as a whole: nothing has been registered yet. */
export interface DeployedProgram<Result> {
  readonly result: Result;
  readonly app: IConstruct;
  /** In the order to deploy them in. */
  readonly objects: readonly DeployedObject[];
  readonly warnings: readonly Finding[];
  readonly notes: readonly Finding[];
}

/**
 * Runs a program, and settles, renders and validates all that it makes.
 *
 * @param name of the component, for errors
 * @throws MeshError with every finding.
 */
export function runProgram<Result>(program: MeshProgram<Result>, { cluster, namespace }: ProgramPlace, name = ''): DeployedProgram<Result> {
  const app = new MeshApp();
  takeForeignValues(app, unknownOf);
  const around = cluster === undefined ? app : new Cluster(app, 'cluster', cluster);
  const result = program(new Chart(around, 'program', namespace === undefined ? {} : { namespace }), app);
  requireDone(name, result);
  const { objects, warnings, notes } = SynthSession.of(app).synthesize();
  const { ordered, graph } = orderedObjects(objects);
  const needs = deploymentNeeds(ordered, graph);
  const findings: Finding[] = [];
  const deployed = ordered.map((item) => {
    const { manifest, problems } = toInputs(item.object.manifest);
    findings.push(...problems.map((problem) => ({ construct: item.label, object: objectName(item.object.manifest), ...problem })));
    return { item, manifest, needs: needs.get(item) ?? [] };
  });
  if (findings.length > 0) throw new MeshError(findings);
  return { result, app, objects: deployed, warnings, notes };
}

/** What a program makes after it has returned would be left out without a word. */
function requireDone(construct: string, result: unknown): void {
  if (!(result instanceof Promise)) return;
  // it is refused already, whatever becomes of it
  result.catch(() => undefined);
  throw refusal({ construct }, 'program', {
    code: 'bad-props',
    got: 'a promise: the program goes on after it has returned',
    expected: 'a function that has made all constructs when it returns',
    fix: 'await what the program needs before it, or give what is known later with fromInput(promise)',
  });
}
