import { describeValue } from '../../core/refusal';
import { isObjectConstruct } from '../../core/references';
import { closest } from '../../errors/closest';
import type { Finding } from '../../errors/finding';
import { MeshError, meshError } from '../../errors/mesh-error';
import { isJsonObject } from '../../rules/json';
import { namespaceOfPrincipal } from '../../traffic/scope/expected-callers';
import { textIn } from '../../traffic/scope/reading';
import { isGateway } from '../mtls/pod-proxy';
import type { ProgramObject } from '../mtls/program-policies';
import { picks } from '../mtls/program-pods';
import { clientsFirst } from './client-order';
import type { MigrationView } from './migration-view';

/** The first stage and the last two; all others have the names of their namespaces. */
const START = 'start';
const MESH = 'mesh';
const DONE = 'done';

/** A stage as it is planned. */
export interface PlannedStage {
  readonly number: number;
  readonly name: string;
  readonly of: 'start' | 'namespaces' | 'mesh' | 'done';
  /** What becomes strict: namespaces, or whatever else of the mesh the program knows. */
  readonly namespaces: readonly string[];
}

/** What a migration is to do, as the program stands. */
export interface MigrationPlan {
  readonly stages: readonly PlannedStage[];
  readonly current: PlannedStage;
  /** Namespaces that say themselves what they take, by name. */
  readonly stay: ReadonlyMap<string, 'STRICT' | 'PERMISSIVE' | 'DISABLE'>;
}

/** What a migration was told. */
export interface MigrationSettings {
  readonly stage: unknown;
  readonly namespaces: readonly string[];
  readonly order: readonly (readonly string[])[];
  readonly meshWide: boolean;
}

/**
 * The stages of a program: one for each namespace that joins the mesh and says nothing of its own, clients first.
 *
 * @throws MeshError when there is no such stage, or a namespace cannot take part.
 */
export function planStages(view: MigrationView, settings: MigrationSettings): MigrationPlan {
  const members = membersOf(view, settings);
  const stay = new Map(view.policies.flatMap((policy) => {
    const mode = policy.namespace !== view.root && view.wideIn(policy.namespace) === policy ? statedMode(policy) : undefined;
    return mode === undefined ? [] : [[policy.namespace, mode] as const];
  }));
  // a policy that says no mode follows the mesh, and a second one beside it would be a rival
  const migrating = members.filter((name) => view.wideIn(name) === undefined);
  refuseOrder(view, settings, members);
  const groups = groupsInOrder(migrating, settings.order, callsBetween(view));
  const wide = settings.meshWide ? [{ of: MESH, name: MESH, namespaces: restOf(view, members, stay) } as const, { of: DONE, name: DONE, namespaces: [] } as const] : [];
  const named = groups.map((namespaces) => ({ of: 'namespaces', name: namespaces.join('+'), namespaces }) as const);
  const stages = [{ of: START, name: START, namespaces: [] } as const, ...named, ...wide].map((stage, number) => ({ number, ...stage }));
  return { stages, current: currentStage(view, stages, settings), stay };
}

/** The mode that a policy for all pods says, if it says one. */
function statedMode(policy: ProgramObject | undefined): 'STRICT' | 'PERMISSIVE' | 'DISABLE' | undefined {
  const mtls = policy?.spec['mtls'];
  const mode = isJsonObject(mtls) ? textIn(mtls, 'mode') : undefined;
  return mode === 'STRICT' || mode === 'PERMISSIVE' || mode === 'DISABLE' ? mode : undefined;
}

/** Namespaces of the program that join the mesh, and those that it was given. */
function membersOf(view: MigrationView, { namespaces }: MigrationSettings): readonly string[] {
  const findings = namespaces.flatMap((name, index) => givenFinding(view, name, `namespaces[${index}]`));
  if (findings.length > 0) throw new MeshError(findings);
  const own = [...view.namespaces.values()]
    .filter(({ name }) => view.joins(name) === true && name !== view.root && name !== view.mesh.namespace)
    .filter(({ name }) => view.otherMeshOf(name) === undefined && !isOfGateways(view, name));
  return [...new Set([...own.map(({ name }) => name), ...namespaces])].sort();
}

function givenFinding(view: MigrationView, name: string, property: string): Finding[] {
  const place = { construct: view.migration.node.path, property };
  if (name === view.root) {
    return [{ code: 'root-namespace', ...place, got: `the namespace ${name}, whose policy is for the whole mesh`, expected: 'a namespace of its own', fix: `leave it out: the stage "${MESH}" is for it` }];
  }
  if (view.joins(name) !== false) return [];
  return [{ code: 'namespace-outside-mesh', ...place, got: `the namespace ${name}, whose labels do not have its pods join the mesh`, expected: 'a namespace of the mesh', fix: "give it the mesh's injectionLabels, or leave it out" }];
}

/** Gateways take what their listeners say, and PeerAuthentications mean nothing to them. */
function isOfGateways(view: MigrationView, namespace: string): boolean {
  const pods = view.podsIn(namespace);
  const services = view.servicesIn(namespace);
  // in the Gateway API istiod deploys the proxies
  if (pods.length === 0) return view.gatewayNamespaces.has(namespace) && services.length === 0;
  return pods.every(isGateway) && services.every(({ selector }) => pods.some((each) => picks(selector, each)));
}

/** Who calls whom, by namespace: what services say, what is granted, and what routes lead to. */
function callsBetween(view: MigrationView): ReadonlyMap<string, ReadonlySet<string>> {
  const called = new Map([...view.view.dependencies.ofNamespace].map(([caller, hosts]) => [caller, new Set(hosts.map(({ namespace }) => namespace))]));
  for (const { namespace, principals, namespaces } of view.wideGrants) {
    for (const caller of [...namespaces, ...principals.flatMap((principal) => namespaceOfPrincipal(principal) ?? [])]) called.set(caller, new Set([...(called.get(caller) ?? []), namespace]));
  }
  return called;
}

/** What was written down goes first; whatever came to the program later does not move it. */
function groupsInOrder(names: readonly string[], order: readonly (readonly string[])[], calls: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] {
  const given = order.map((group) => group.filter((name) => names.includes(name)).sort()).filter((group) => group.length > 0);
  const placed = new Set(given.flat());
  return [...given, ...clientsFirst(names.filter((name) => !placed.has(name)), calls)];
}

function refuseOrder(view: MigrationView, { order }: MigrationSettings, members: readonly string[]): void {
  const construct = view.migration.node.path;
  const seen = new Set<string>();
  for (const [index, group] of order.entries()) {
    for (const name of group) {
      const property = `order[${index}]`;
      if (!members.includes(name)) {
        const meant = closest(name, members);
        throw meshError({ code: 'unknown-namespace', construct, property, got: describeValue(name), expected: `one of ${members.join(', ')}`, fix: meant === undefined ? 'take it out, or give it in namespaces' : `did you mean "${meant}"?` });
      }
      if (seen.has(name)) throw meshError({ code: 'said-twice', construct, property, got: `${describeValue(name)} a second time`, expected: 'each namespace once', fix: 'take it out' });
      seen.add(name);
    }
  }
}

/** What becomes strict with the mesh, as far as the program knows it. */
function restOf(view: MigrationView, members: readonly string[], stay: ReadonlyMap<string, string>): readonly string[] {
  const before = new Set(members.filter((name) => view.wideIn(name) === undefined));
  const inMesh = (name: string): boolean => view.joins(name) !== false || view.podsIn(name).some((pods) => ['sidecar', 'ambient'].includes(view.proxyOf(pods).kind));
  return view.allNamespaces
    .filter((name) => name !== view.root && name !== view.mesh.namespace && !before.has(name) && !stay.has(name) && statedMode(view.wideIn(name)) === undefined)
    .filter((name) => inMesh(name) && view.otherMeshOf(name) === undefined && !isOfGateways(view, name));
}

/** A word for a stage means that stage; a namespace of such a name is told by its construct. */
function currentStage(view: MigrationView, stages: readonly PlannedStage[], { stage, meshWide }: MigrationSettings): PlannedStage {
  const name = isObjectConstruct(stage) ? stage.name : stage;
  const isWord = !isObjectConstruct(stage) && [START, MESH, DONE].includes(name as string);
  const byName = isWord ? stages.find((each) => each.of === name) : stages.find((each) => each.of === 'namespaces' && (each.name === name || each.namespaces.includes(name as string)));
  const found = typeof name === 'number' ? stages[name] : byName;
  if (found !== undefined) return found;
  const own = typeof name === 'string' ? view.wideIn(name) : undefined;
  throw meshError({
    code: 'unknown-stage',
    construct: view.migration.node.path,
    property: 'stage',
    got: own === undefined || isWord ? describeValue(name) : `${describeValue(name)}, of which ${own.construct.node.path} says what it takes`,
    expected: typeof name === 'number' ? `0 to ${stages.length - 1}` : `one of ${stages.map((each) => each.name).join(', ')}`,
    fix: isWord && !meshWide ? "the mesh's policy is for the program that makes the mesh; meshWide: true where it is this one" : fixFor(name, stages),
  });
}

function fixFor(name: unknown, stages: readonly PlannedStage[]): string {
  const names = stages.flatMap((each) => [each.name, ...(each.of === 'namespaces' ? each.namespaces : [])]);
  const meant = typeof name === 'string' ? closest(name, [...new Set(names)]) : undefined;
  return meant === undefined ? 'take one of these' : `did you mean "${meant}"?`;
}
