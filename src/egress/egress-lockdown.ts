import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { Sidecar } from '../../imports/istio/sidecar';
import { requireMesh } from '../control-plane/mesh-reference';
import type { MeshReference } from '../control-plane/mesh-reference';
import { Cluster } from '../core/cluster';
import { requirePlace } from '../core/place';
import { badReference, namespaceName, requireSameCluster } from '../core/references';
import type { NamespaceReference } from '../core/references';
import { describeValue, refusal } from '../core/refusal';
import { closest } from '../errors/closest';
import { placeOf, requireKeys } from '../traffic/rules/refuse';
import { egressOf } from './egress-program';
import { ExternalService } from './external-service';

/** Locks one namespace. */
export interface NamespaceLockdownProps {
  /** The namespace whose pods may call nothing outside but what is allowed. */
  readonly namespace: NamespaceReference;
  readonly mesh?: never;
  /**
   * External services that pods of the namespace may call.
   * @default - none; services of the cluster stay open
   */
  readonly allow?: readonly ExternalService[];
}

/** Locks all namespaces that have no lockdown of their own. */
export interface MeshLockdownProps {
  /** The mesh, of this program or `Mesh.fromName`. */
  readonly mesh: MeshReference;
  readonly namespace?: never;
  /**
   * External services that every pod may call, but for those of namespaces with a lockdown of their own: its list holds alone.
   * @default - none; services of the cluster stay open
   */
  readonly allow?: readonly ExternalService[];
}

/** Props of an {@link EgressLockdown}. */
export type EgressLockdownProps = NamespaceLockdownProps | MeshLockdownProps;

/**
 * Lets pods call services of the cluster, the external services that are listed, and nothing else.
 *
 * It makes the Sidecar `default` of the namespace, or of the mesh's root namespace, with outbound mode REGISTRY_ONLY. It holds
 * for pods with a sidecar, and for traffic that goes through it: what must not get out at all needs a NetworkPolicy as well.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/#security-note
 * @see https://istio.io/latest/docs/reference/config/networking/sidecar/
 */
export class EgressLockdown extends Construct {
  /** The namespace of the Sidecar: the one that is locked, or the mesh's root namespace. */
  public readonly namespace: string;
  /** Whether it holds for all namespaces that have no lockdown of their own. */
  public readonly isMeshWide: boolean;
  private readonly listed = new Map<string, ExternalService>();

  /** @throws MeshError when there is neither a namespace nor a mesh, or both; when something else locks the same namespace. */
  public constructor(scope: Construct, id: string, props: EgressLockdownProps) {
    requirePlace(scope, id);
    super(scope, id);
    requireKeys(placeOf(this), props, ['namespace', 'mesh', 'allow']);
    const { namespace, mesh, allow = [] } = props;
    this.isMeshWide = mesh !== undefined;
    if (this.isMeshWide === (namespace !== undefined)) throw this.refuseTarget(this.isMeshWide);
    if (mesh !== undefined) requireMesh(this, mesh);
    this.namespace = mesh?.namespace ?? namespaceName(this, namespace as NamespaceReference);
    egressOf(this).addLockdown(this, this.isMeshWide ? 'mesh' : 'namespace');
    if (!Array.isArray(allow)) throw badReference(this, allow, 'allow', 'a list of ExternalServices', 'put it into a list');
    this.allow(...(allow as readonly ExternalService[]));
    new Sidecar(this, 'sidecar', {
      metadata: { name: 'default', namespace: this.namespace },
      spec: {
        outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
        egress: [{ hosts: Lazy.any({ produce: () => [...this.openHosts] }) as never }],
      },
    });
  }

  /**
   * Leaves external services open, too.
   *
   * @throws MeshError for what is no ExternalService of this cluster.
   */
  public allow(...services: readonly ExternalService[]): void {
    for (const service of services) {
      if (!ExternalService.isExternalService(service)) throw this.refuseHost(service);
      requireSameCluster(this, service, 'allow');
      this.listed.set(hostOf(service), service);
    }
  }

  /** True where pods may call the service. */
  public allows(service: ExternalService): boolean {
    return this.listed.has(hostOf(service));
  }

  /** External services that are left open, by namespace and host. @internal */
  public get allowed(): readonly ExternalService[] {
    return [...this.listed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, service]) => service);
  }

  /**
   * All that pods may call through their sidecars, as the Sidecar lists it: `namespace/host`. Services of the cluster are named by
   * their domain, since every namespace's external services would be open otherwise.
   */
  public get openHosts(): readonly string[] {
    return [`*/*.svc.${Cluster.factsOf(this).clusterDomain}`, ...this.allowed.map(hostOf)];
  }

  /** A host that nothing declares would stay closed without a word. */
  private refuseHost(given: unknown): Error {
    const { services } = egressOf(this);
    const meant = typeof given === 'string' ? closest(given, services.map(({ host }) => host)) : undefined;
    const known = services.find(({ host }) => host === meant);
    const fix = known === undefined ? 'make an ExternalService for the host, or name that of another program with ExternalService.fromName()' : `did you mean ${known.node.path}, which is ${known.host}? Hand it on`;
    return badReference(this, given, 'allow', 'an ExternalService', fix);
  }

  private refuseTarget(isBoth: boolean): Error {
    return refusal({ construct: this.node.path }, 'namespace', {
      code: 'bad-props',
      got: isBoth ? 'both "namespace" and "mesh"' : describeValue(undefined),
      expected: 'the namespace to be locked, or the mesh',
      fix: isBoth ? 'leave out one of them, or make two lockdowns' : 'give one of them',
    });
  }
}

/** As a Sidecar names it. */
function hostOf({ namespace, host }: ExternalService): string {
  return `${namespace}/${host}`;
}
