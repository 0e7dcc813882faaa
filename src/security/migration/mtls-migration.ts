import type { ApiObject} from 'cdk8s';
import { JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { PeerAuthentication } from '../../../imports/istio/peer-authentication';
import { requireMesh } from '../../control-plane/mesh-reference';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { Duration } from '../../core/duration';
import { requirePlace } from '../../core/place';
import { PlannedChildren } from '../../core/planned-children';
import type { Wanted } from '../../core/planned-children';
import { isObjectConstruct, namespaceName } from '../../core/references';
import type { NamespaceReference } from '../../core/references';
import { describeValue } from '../../core/refusal';
import { planAll } from '../../core/settle';
import { Stage } from '../../core/stage';
import type { Known } from '../../core/unknown';
import { requireKnown } from '../../core/unknown';
import type { Finding } from '../../errors/finding';
import type { MeshError} from '../../errors/mesh-error';
import { meshError } from '../../errors/mesh-error';
import { objectIn, textIn } from '../../traffic/scope/reading';
import { placeOf, refuse, requireKeys, within } from '../../traffic/rules/refuse';
import { judgeMtls } from '../mtls/mtls-clashes';
import { acceptedBy, checkedAcceptedRisks } from './accepted-risks';
import type { AcceptedMtlsRisk } from './accepted-risks';
import { describeMigration } from './describe-migration';
import { addMigration } from './migrations';
import { MigrationView } from './migration-view';
import { exceptedWorkloads, exceptionsIn } from './mtls-exceptions';
import type { MtlsRisk } from './mtls-risk';
import type { MtlsStage } from './mtls-stage';
import { planStages } from './mtls-stages';
import type { MigrationPlan, MigrationSettings, PlannedStage } from './mtls-stages';
import { plainTextQueries } from './plain-text-queries';
import { isAbout, stageRisks } from './stage-risks';

/** Props of a {@link MtlsMigration}. */
export interface MtlsMigrationProps {
  /** The mesh that becomes strict: of this program, with `mtls: 'PERMISSIVE'`, or `Mesh.fromName`. */
  readonly mesh: MeshReference;
  /**
   * How far it has come: all stages up to this one are taken. `'start'`, where nothing is strict; a namespace, its name or the
   * construct; `'mesh'`, where the mesh is strict; `'done'`, where the policies of its namespaces are gone as well; or the number of
   * a stage, counted from 0. Names stay what they are when the program grows, numbers do not.
   */
  readonly stage: Known<string> | Known<number> | NamespaceReference;
  /**
   * Further namespaces of the mesh, which other programs make.
   * @default - the Namespaces of the program whose labels have their pods join the mesh
   */
  readonly namespaces?: readonly NamespaceReference[];
  /**
   * Namespaces that go first, in this order; those of a list in it go together. What came to the program later does not move them.
   * @default - clients first, as calls, grants and routes of the program tell
   */
  readonly order?: readonly (NamespaceReference | readonly NamespaceReference[])[];
  /**
   * Whether the mesh as a whole is made strict in the end. The policy for it is of the program that makes the mesh.
   * @default - true for a mesh that this program makes, false for `Mesh.fromName`
   */
  readonly meshWide?: boolean;
  /**
   * How far back the queries look, 1 minute or more, in whole seconds: longer than the time between two calls of the rarest client.
   * @default Duration.hours(24)
   */
  readonly window?: Duration | Known<string>;
  /**
   * Refusals that are known to be none.
   * @default - none: a stage that may be an outage is refused
   */
  readonly acceptedRisks?: readonly AcceptedMtlsRisk[];
}

const KEYS = ['mesh', 'stage', 'namespaces', 'order', 'meshWide', 'window', 'acceptedRisks'];

/**
 * Takes a mesh from PERMISSIVE to STRICT in stages, each a synthesis of its own: namespace after namespace, clients before those whom
 * they call, then the mesh, then without what is superfluous. Each namespace that has its turn gets a PeerAuthentication `default` of
 * mode STRICT; with the mesh, the policy of the root namespace becomes STRICT. A stage that would cut somebody off is refused,
 * and says whom.
 *
 * Policies that the program makes itself stay as they are: a namespace with its own is left alone, and pods and ports with theirs
 * are the exceptions.
 *
 * @see https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/
 * @example
 * const migration = new MtlsMigration(chart, 'strict', { mesh, stage: 'orders' });
 * console.log(migration.describe());
 */
export class MtlsMigration extends Construct {
  /** @internal */
  public isPlanned = false;
  private readonly mesh: MeshReference;
  private readonly settings: MigrationSettings;
  private readonly window: Duration;
  private readonly accepted: readonly AcceptedMtlsRisk[];
  private readonly planned = new PlannedChildren();
  private readonly policies: Construct;
  private readonly patched = new WeakSet<ApiObject>();

  /**
   * @throws MeshError when there is no mesh, or a second migration of it, or a value cannot be; at synthesis, when there is no such
   * stage, the mesh is strict already, or the stage or one before it would be an outage.
   */
  public constructor(scope: Construct, id: string, props: MtlsMigrationProps) {
    requirePlace(scope, id);
    super(scope, id);
    const place = placeOf(this);
    requireKeys(place, props, KEYS);
    requireMesh(this, props.mesh);
    this.mesh = props.mesh;
    const { namespaces, order, meshWide = 'settings' in props.mesh || 'components' in props.mesh } = props;
    if (typeof meshWide !== 'boolean') throw refuse(within(place, 'meshWide'), 'bad-choice', describeValue(meshWide), 'true or false', 'leave it out');
    this.settings = {
      stage: this.checkedStage(props.stage),
      namespaces: this.listOf(namespaces, 'namespaces').map((each, index) => namespaceName(this, each as NamespaceReference, `namespaces[${index}]`)),
      order: this.listOf(order, 'order').map((group, index) => (Array.isArray(group) ? (group as readonly unknown[]) : [group]).map((each) => namespaceName(this, each as NamespaceReference, `order[${index}]`))),
      meshWide,
    };
    const second = { ...place, atLeast: Duration.minutes(1), multipleOf: Duration.seconds(1), property: 'window' };
    this.window = Duration.of(props.window === undefined ? Duration.hours(24) : props.window, second);
    this.accepted = checkedAcceptedRisks(this, props.acceptedRisks);
    this.policies = new Construct(this, 'namespaces');
    addMigration(this, props.mesh);
    judgeMtls(this);
  }

  /** All stages, as the program stands; more of them may come when it says more. @throws MeshError when there is no such stage as was given. */
  public get stages(): readonly MtlsStage[] {
    const { view, plan } = this.look();
    const risks = stageRisks(view, plan);
    return plan.stages.map((stage) => this.stageOf(view, plan, stage, risks.get(stage.number) ?? []));
  }

  /** The stage that is written. */
  public get current(): MtlsStage {
    const { number } = this.look().plan.current;
    return this.stages[number] as MtlsStage;
  }

  /** The stage after it, with the queries to look at before it is taken; undefined after the last. */
  public get next(): MtlsStage | undefined {
    const { number } = this.look().plan.current;
    return this.stages[number + 1];
  }

  /** The stages as a table for people: where it stands, what comes next, what holds it up and what stays open. */
  public describe(): string {
    return describeMigration(this.node.path, this.stages, this.look().plan.current.number);
  }

  /** Makes what the stage says. @internal */
  public plan(): void {
    this.isPlanned = false;
    const view = new MigrationView(this, this.mesh);
    const plan = planStages(view, this.settings);
    const { of, number } = plan.current;
    const isWide = of === 'mesh' || of === 'done';
    const wanted = new Map<string, Wanted>();
    for (const stage of plan.stages) {
      if (of === 'done' || stage.of !== 'namespaces' || stage.number > number) continue;
      for (const namespace of stage.namespaces) wanted.set(`namespace ${namespace}`, { owner: this.policies, make: () => makePolicy(this.policies, namespace, namespace) });
    }
    const known = view.wideIn(view.root);
    if (isWide && known === undefined) wanted.set('mesh', { owner: this, make: () => makePolicy(this, 'mesh', view.root) });
    this.planned.bring(wanted);
    if (known !== undefined && isWide) this.makeStrict(known.construct);
    if (known !== undefined && !isWide && textIn(objectIn(known.spec, 'mtls'), 'mode') === 'STRICT') throw this.alreadyStrict(known.construct);
    this.isPlanned = true;
  }

  /** What holds the stage up. @internal */
  public findings(): readonly Finding[] {
    const { view, plan } = this.seen();
    const risks = stageRisks(view, plan);
    const all = [...risks.values()].flat();
    const unused = this.accepted.filter(({ code, construct }) => !all.some((risk) => risk.code === code && isAbout(risk, construct)));
    const taken = plan.stages.filter(({ number }) => number <= plan.current.number);
    return [
      ...taken.flatMap((stage) => (risks.get(stage.number) ?? []).filter((risk) => this.isRefused(risk)).map((risk) => this.findingOf(stage, risk))),
      ...unused.map((risk) => this.unusedFinding(risk)),
    ];
  }

  /** A clash is refused by whoever looks at DestinationRules, as soon as the policy is there. */
  private isRefused(risk: MtlsRisk): boolean {
    return risk.code !== 'mtls-clash' && acceptedBy(this.accepted, risk) === undefined;
  }

  private look(): { readonly view: MigrationView; readonly plan: MigrationPlan } {
    // planners make some of what is looked at; what they refuse is said at synthesis
    planAll(this.node.root);
    return this.seen();
  }

  private seen(): { readonly view: MigrationView; readonly plan: MigrationPlan } {
    const view = new MigrationView(this, this.mesh);
    return { view, plan: planStages(view, this.settings) };
  }

  private stageOf(view: MigrationView, { stages, stay }: MigrationPlan, stage: PlannedStage, risks: readonly MtlsRisk[]): MtlsStage {
    const before = stages.filter(({ of }) => of === 'namespaces').flatMap(({ namespaces }) => namespaces);
    const queried = stage.of === 'mesh' ? [...before, ...stay.keys()].sort() : stage.namespaces;
    const of = stage.of === 'mesh' ? 'mesh' : 'namespaces';
    const loose = [...stay].filter(([, mode]) => mode !== 'STRICT').map(([namespace]) => namespace);
    return {
      ...stage,
      queries: plainTextQueries({ of, namespaces: queried, ...exceptedWorkloads(view, stage) }, this.window.value),
      risks: risks.filter((risk) => acceptedBy(this.accepted, risk) === undefined),
      exceptions: exceptionsIn(view, stage.of === 'mesh' ? [...stage.namespaces, ...loose] : stage.namespaces),
    };
  }

  /** The mesh's policy is of the construct that makes it; the migration says what it has become. */
  private makeStrict(policy: ApiObject): void {
    if (this.patched.has(policy)) return;
    this.patched.add(policy);
    const hasSpec = 'spec' in (policy.toJson() as object);
    policy.addJsonPatch(hasSpec ? JsonPatch.add('/spec/mtls', { mode: 'STRICT' }) : JsonPatch.add('/spec', { mtls: { mode: 'STRICT' } }));
  }

  private checkedStage(given: unknown): unknown {
    requireKnown(given, { construct: this.node.path, property: 'stage' });
    if (typeof given === 'number' || (typeof given === 'string' && given !== '')) return given;
    if (isObjectConstruct(given)) return namespaceName(this, given, 'stage') === given.name ? given : undefined;
    throw refuse(within(placeOf(this), 'stage'), 'bad-stage', describeValue(given), "'start', a namespace, 'mesh', 'done', or a number", "begin with 'start', and see describe()");
  }

  private listOf(given: unknown, property: string): readonly unknown[] {
    if (given === undefined) return [];
    if (Array.isArray(given)) return given as readonly unknown[];
    throw refuse(within(placeOf(this), property), 'bad-list', describeValue(given), 'a list of namespaces', 'put it in brackets');
  }

  private alreadyStrict(policy: ApiObject): MeshError {
    return meshError({
      code: 'mesh-already-strict',
      construct: this.node.path,
      property: 'stage',
      got: `${describeValue(isObjectConstruct(this.settings.stage) ? this.settings.stage.name : this.settings.stage)}, in a mesh that ${policy.node.path} makes STRICT`,
      expected: 'a mesh that takes plain text until the stage "mesh"',
      fix: "give the Mesh mtls: 'PERMISSIVE' for the time of the migration, or take the migration out",
    });
  }

  private findingOf({ number, name }: PlannedStage, { code, construct, property, got, expected, fix }: MtlsRisk): Finding {
    return { code, construct, property, got, expected: `${expected} (stage ${number}, ${name}, of ${this.node.path})`, fix };
  }

  private unusedFinding({ code, construct }: AcceptedMtlsRisk): Finding {
    return {
      code: 'nothing-accepted',
      construct: this.node.path,
      property: `acceptedRisks[${this.accepted.findIndex((risk) => risk.code === code && risk.construct === construct)}]`,
      got: `${code} of ${construct.node.path}`,
      expected: 'a risk that some stage has',
      fix: 'take it out: it would hide one that comes later',
    };
  }
}

function makePolicy(scope: Construct, id: string, namespace: string): PeerAuthentication {
  const policy = new PeerAuthentication(scope, id, { metadata: { name: 'default', namespace }, spec: { mtls: { mode: 'STRICT' } } });
  // what keeps a port open is a policy, too, and comes first
  policy.atStage(Stage.policies + 1);
  return policy;
}
