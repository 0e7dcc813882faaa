import type { Construct } from 'constructs';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import { Cluster } from './cluster';
import { compareConstructs } from './construct-path';
import { groupOf, identityKey } from './identity';
import { MeshObject } from './mesh-object';
import type { ObjectProps, ObjectType } from './mesh-object';
import { rootState } from './root-state';
import { PlannedChildren } from './planned-children';
import type { Wanted } from './planned-children';
import type { StageNumber } from './stage';
import { addPlanner } from './planner';
import { isUnknown } from './unknown-brand';

/** An object that several constructs need, of which a cluster has one: a CRD, a namespace, a role that many bind. */
export interface SharedObjectRequest {
  readonly scope: Construct;
  /** Name of the object, and id of its construct. */
  readonly name: string;
  readonly type: ObjectType;
  readonly props: ObjectProps;
  /** When it is applied; of several requests, that of the one that makes the object counts. @default - as its kind */
  readonly stage?: StageNumber;
}

interface SharedObjects {
  readonly requests: Map<string, SharedObjectRequest[]>;
  readonly planned: PlannedChildren;
}

/**
 * Asks for a shared object. All requests for it must be equal; the object is made once, at the first of the places
 * that asked, by path, so that the file it is written to does not depend on the order of construction.
 *
 * @throws MeshError at synthesis, naming both places, when two requests for one object differ.
 */
export function requestSharedObject(request: SharedObjectRequest): void {
  const shared = rootState<SharedObjects>(request.scope, 'sharedObjects', () => ({
    requests: new Map(),
    planned: new PlannedChildren(),
  }));
  const key = keyOf(request);
  shared.requests.set(key, [...(shared.requests.get(key) ?? []), request]);
  addPlanner(request.scope, { key: 'shared-objects', plan: () => plan(shared) });
}

/**
 * Asks for a namespace, such as the control plane's or a gateway's.
 *
 * It has at least the label that the server sets anyway: an object of which an applier owns no field at all is written anew by
 * the server when it is applied again.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#automatic-labelling
 */
export function requestNamespace(
  scope: Construct,
  name: string,
  labels: Readonly<Record<string, string>> = {},
  annotations: Readonly<Record<string, string>> = {},
): void {
  const hasAnnotations = Object.keys(annotations).length > 0;
  const props = { metadata: { labels: { ...labels, 'kubernetes.io/metadata.name': name }, ...(hasAnnotations && { annotations }) } };
  requestSharedObject({ scope, name, type: { apiVersion: 'v1', kind: 'Namespace', scope: 'Cluster' }, props });
}

function plan({ requests, planned }: SharedObjects): void {
  const wanted = new Map<string, Wanted>();
  const findings: Finding[] = [];
  for (const [key, group] of requests) {
    const [owner, ...others] = [...group].sort((a, b) => compareConstructs(a.scope, b.scope));
    if (owner === undefined) continue;
    wanted.set(key, { owner: owner.scope, make: () => makeShared(owner) });
    findings.push(...others.filter((other) => !isSame(contentOf(other), contentOf(owner))).map((other) => differentFinding(other, owner)));
  }
  if (findings.length > 0) throw new MeshError(findings);
  planned.bring(wanted);
}

function makeShared(request: SharedObjectRequest): MeshObject {
  const object = new MeshObject(request.scope, request.name, request.type, withName(request));
  if (request.stage !== undefined) object.atStage(request.stage);
  return object;
}

function keyOf({ scope, name, type, props }: SharedObjectRequest): string {
  const namespace = (props.metadata as { namespace?: string } | undefined)?.namespace ?? '';
  const cluster = Cluster.pathOf(scope);
  return identityKey({ cluster, group: groupOf(type.apiVersion), kind: type.kind, namespace, name });
}

function withName(request: SharedObjectRequest): ObjectProps {
  return { ...request.props, metadata: { ...request.props.metadata, name: request.name } };
}

function contentOf({ type, props }: SharedObjectRequest): object {
  return { ...type, ...props };
}

/** No object of a mesh is this deep; one that is refers to itself, which is said when it is rendered. */
const DEEPEST = 200;

/** Whether two requests ask for the same: the order of keys means nothing, and neither does a key that holds undefined. */
function isSame(a: unknown, b: unknown, depth = 0): boolean {
  if (Object.is(a, b)) return true;
  // whether two values will be equal that are known only at deployment cannot be told
  if (!isObject(a) || !isObject(b) || isUnknown(a) || isUnknown(b)) return false;
  if (Array.isArray(a) !== Array.isArray(b) || depth > DEEPEST) return false;
  const others = new Map(givenEntries(b));
  const own = givenEntries(a);
  return own.length === others.size && own.every(([key, value]) => isSame(value, others.get(key), depth + 1));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function givenEntries(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

function differentFinding(request: SharedObjectRequest, owner: SharedObjectRequest): Finding {
  return {
    code: 'shared-object-differs',
    construct: request.scope.node.path,
    object: { apiVersion: owner.type.apiVersion, kind: owner.type.kind, name: owner.name },
    property: '',
    got: `another content than ${owner.scope.node.path} asks for`,
    expected: 'the same content from all who share the object',
    fix: 'give both the same props, or make the object once yourself and hand it on',
  };
}
