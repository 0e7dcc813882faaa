import type { IConstruct } from 'constructs';
import { meshError } from '../errors/mesh-error';
import { Cluster } from './cluster';
import { isDnsLabel } from './kubernetes-names';
import { chartAround, isConstruct } from './place';
import { describeValue } from './refusal';
import type { Known } from './unknown-brand';

/**
 * A construct that stands for one Kubernetes object: an L1 kind, cdk8s's `ApiObject`, one of cdk8s-plus, or a reference to
 * an object of another program. Told by what it has, so that no library of constructs has to be loaded.
 */
export interface ObjectConstruct extends IConstruct {
  readonly kind: string;
  readonly name: string;
}

/**
 * A namespace: its name, which has to be known when the program runs, or a construct of kind Namespace, of this program or a
 * reference to another's.
 */
export type NamespaceReference = Known<string> | ObjectConstruct;

/**
 * Refuses a reference that is none, or that leads to another cluster: names and identities of one cluster mean nothing in
 * the other.
 *
 * @param expected what a reference is expected to be, for the refusal
 * @throws MeshError naming both constructs and clusters.
 */
export function requireSameCluster(from: IConstruct, to: unknown, property: string, expected = 'a construct'): asserts to is IConstruct {
  if (!isConstruct(to)) throw badReference(from, to, property, expected);
  const own = Cluster.pathOf(from);
  const other = Cluster.pathOf(to);
  if (own === other) return;
  throw meshError({
    code: 'other-cluster',
    construct: from.node.path,
    property,
    got: `${to.node.path}, which is in ${clusterName(other)}`,
    expected: `something in ${clusterName(own)}`,
    fix: 'make it in this cluster too, or refer to it by name with fromName()',
  });
}

/** True for a construct that stands for one object, of whatever library. */
export function isObjectConstruct(value: unknown): value is ObjectConstruct {
  if (!isConstruct(value)) return false;
  const { kind, name } = value as Partial<ObjectConstruct>;
  return typeof kind === 'string' && typeof name === 'string';
}

/**
 * The name of a namespace that a prop was given.
 *
 * @throws MeshError when it is neither a name that Kubernetes takes nor a construct of kind Namespace of this cluster.
 */
export function namespaceName(from: IConstruct, given: NamespaceReference, property = 'namespace'): string {
  if (isDnsLabel(given)) return given as string;
  const expected = 'a namespace: its name (1 to 63 of a-z, 0-9 and dashes within), or a construct of kind Namespace';
  if (!isObjectConstruct(given) || given.kind !== 'Namespace') throw badReference(from, given, property, expected);
  requireSameCluster(from, given, property);
  return given.name;
}

/** The namespace that the object is in, or undefined where nothing says so. */
export function namespaceOf(object: ObjectConstruct): string | undefined {
  const { namespace, metadata, toSubjectConfiguration } = object as ObjectConstruct & {
    readonly namespace?: unknown;
    readonly metadata?: { readonly namespace?: string };
    readonly toSubjectConfiguration?: () => { readonly namespace?: string };
  };
  if (typeof namespace === 'string') return namespace;
  // a ServiceAccount that cdk8s-plus knows by name only says its namespace nowhere else
  const subject = metadata === undefined ? toSubjectConfiguration?.call(object).namespace : undefined;
  return metadata?.namespace ?? subject ?? chartNamespace(object);
}

/** Namespace of the chart that a construct is in, or undefined where there is no chart or it has none. */
export function chartNamespace(construct: IConstruct): string | undefined {
  return chartAround(construct)?.namespace;
}

/** What a prop was given in place of a reference, as a refusal shows it. */
export function describeReference(value: unknown): string {
  if (isObjectConstruct(value)) return `${value.node.path}, which is a ${value.kind}`;
  return isConstruct(value) ? `the construct ${value.node.path}` : describeValue(value);
}

/** The error for a prop that should refer to something else, or to something at all. */
export function badReference(from: IConstruct | undefined, got: unknown, property: string, expected: string, fix?: string): Error {
  return meshError({
    code: 'bad-reference',
    ...(from === undefined ? {} : { construct: from.node.path }),
    property,
    got: describeReference(got),
    expected,
    ...(fix === undefined ? {} : { fix }),
  });
}

function clusterName(path: string): string {
  return path === '' ? 'no Cluster' : `cluster ${path}`;
}
