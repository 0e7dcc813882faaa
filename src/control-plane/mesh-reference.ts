import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { isDnsLabel } from '../core/kubernetes-names';
import { badReference, namespaceName, requireSameCluster } from '../core/references';
import type { NamespaceReference } from '../core/references';
import { describeValue, refusal } from '../core/refusal';
import { requireProps } from '../core/required-props';
import type { Known } from '../core/unknown';

/** A mesh as others see it, whether this program makes it or another one does. */
export interface MeshReference extends IConstruct {
  /** Namespace of the control plane, which is the mesh's root namespace: policies in it hold for the whole mesh. */
  readonly namespace: string;
  /** Revision of the control plane that injects pods; undefined for the default one. */
  readonly revision: string | undefined;
  /** Labels that have the pods of a namespace join the mesh. */
  readonly injectionLabels: Readonly<Record<string, string>>;
}

/** What is known of a mesh that another program makes. Its trust domain is the `Cluster`'s. */
export interface NamedMeshProps {
  /**
   * Namespace of the control plane, which is the mesh's root namespace.
   * @default 'istio-system'
   */
  readonly namespace?: NamespaceReference;
  /**
   * Revision, or revision tag, that injects pods.
   * @default - the default revision: namespaces are labelled `istio-injection: enabled`
   * @see https://istio.io/latest/docs/setup/upgrade/canary/#stable-revision-labels
   */
  readonly revision?: Known<string>;
}

/** A mesh that another program makes; it makes no objects. See `Mesh.fromName`. */
export class NamedMesh extends Construct implements MeshReference {
  public readonly namespace: string;
  public readonly revision: string | undefined;
  public readonly injectionLabels: Readonly<Record<string, string>>;

  /** @throws MeshError when the namespace is none, or the revision is no DNS label. */
  public constructor(scope: Construct, id: string, props: NamedMeshProps = {}) {
    super(scope, id);
    requireProps(this, props);
    this.namespace = namespaceName(this, props.namespace ?? 'istio-system');
    this.revision = props.revision;
    this.injectionLabels = injectionLabelsOf(this, props.revision);
  }
}

/**
 * Labels that have the pods of a namespace injected by a revision.
 *
 * @throws MeshError when it is no DNS label, which istiod wants it to be.
 */
export function injectionLabelsOf(mesh: IConstruct, revision: string | undefined): Readonly<Record<string, string>> {
  if (revision === undefined) return { 'istio-injection': 'enabled' };
  if (isDnsLabel(revision)) return { 'istio.io/rev': revision };
  throw refusal({ construct: mesh.node.path }, 'revision', {
    code: 'bad-revision',
    got: describeValue(revision),
    expected: 'a revision: 1 to 63 of a-z, 0-9 and dashes within',
    fix: 'write dashes for dots, e.g. "1-31-1"; leave it out for the default revision',
  });
}

/**
 * Refuses what is no mesh of this cluster.
 *
 * @throws MeshError
 */
export function requireMesh(from: IConstruct, mesh: unknown, property = 'mesh'): asserts mesh is MeshReference {
  const expected = 'a mesh: what `new Mesh` or `Mesh.fromName` gives';
  requireSameCluster(from, mesh, property, expected);
  const { injectionLabels } = mesh as Partial<MeshReference>;
  if (typeof injectionLabels !== 'object') throw badReference(from, mesh, property, expected);
}
