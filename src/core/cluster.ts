import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { isVersion } from '../validation/versions';
import type { Versions } from '../validation/versions';
import { Host } from './host';
import { describeValue, refusal } from './refusal';
import type { ValuePlace } from './refusal';
import { rootState } from './root-state';

const BRAND = Symbol.for('mesh-constructs.Cluster');

/** What is known of a cluster. */
export interface ClusterProps {
  /**
   * Full Istio version, such as `1.31.3`, or several.
   * @default - objects are checked by the newest version whose rules are known
   */
  readonly istio?: Versions;
  /**
   * Kubernetes version, such as `1.34`, or several.
   * @default - objects are checked by the newest version whose rules are known
   */
  readonly kubernetes?: Versions;
  /**
   * Version of the Gateway API's CRDs, such as `1.6.1`, or several.
   * @default - objects are checked by the newest version whose rules are known
   */
  readonly gatewayApi?: Versions;
  /**
   * Which CRDs of the Gateway API are installed.
   * @default 'standard'
   */
  readonly gatewayApiChannel?: 'standard' | 'experimental';
  /**
   * DNS domain of the cluster's services.
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;
  /**
   * Trust domain of the mesh's identities: the first part of every SPIFFE name. istiod's own default does not follow the
   * DNS domain.
   * @default 'cluster.local'
   * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig
   */
  readonly trustDomain?: string;
  /**
   * Name of the network that the cluster's pods are in; pods of one network reach each other directly.
   * @default - one network for the whole mesh
   * @see https://istio.io/latest/docs/ops/deployment/deployment-models/#network-models
   */
  readonly network?: string;
}

/** What holds for a cluster, with defaults filled in. */
export interface ClusterFacts {
  readonly istio: readonly string[];
  readonly kubernetes: readonly string[];
  readonly gatewayApi: readonly string[];
  readonly gatewayApiChannel: 'standard' | 'experimental';
  readonly clusterDomain: string;
  readonly trustDomain: string;
  readonly network: string | undefined;
}

/**
 * A Kubernetes cluster that charts are made for. The same chart in two clusters gives two sets of objects, which never
 * clash with each other.
 *
 * A program without a Cluster has one that is implied, with all defaults.
 */
export class Cluster extends Construct {
  /** True for a Cluster of any copy of this library. */
  public static isCluster(value: unknown): value is Cluster {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** The cluster that a construct belongs to, or undefined where it is the implied one. */
  public static find(construct: IConstruct): Cluster | undefined {
    return construct.node.scopes.reverse().find((scope): scope is Cluster => Cluster.isCluster(scope));
  }

  /** What holds for the cluster that a construct belongs to. */
  public static factsOf(construct: IConstruct): ClusterFacts {
    return Cluster.find(construct)?.facts ?? rootState(construct, 'impliedCluster', () => factsFrom({}));
  }

  /** Path of the cluster that a construct belongs to; empty for the implied one. Part of every object's identity. */
  public static pathOf(construct: IConstruct): string {
    return Cluster.find(construct)?.node.path ?? '';
  }

  public readonly facts: ClusterFacts;

  public constructor(scope: Construct, id: string, props: ClusterProps = {}) {
    super(scope, id);
    Object.defineProperty(this, BRAND, { value: true });
    this.facts = factsFrom(props, this.node.path);
  }
}

function factsFrom(props: ClusterProps, construct?: string): ClusterFacts {
  const place = construct === undefined ? {} : { construct };
  const clusterDomain = Host.of(props.clusterDomain ?? 'cluster.local', { ...place, property: 'clusterDomain' }).value;
  return {
    istio: versionsOf(props.istio, 'istio', place),
    kubernetes: versionsOf(props.kubernetes, 'kubernetes', place),
    gatewayApi: versionsOf(props.gatewayApi, 'gatewayApi', place),
    gatewayApiChannel: props.gatewayApiChannel ?? 'standard',
    clusterDomain,
    trustDomain: Host.of(props.trustDomain ?? 'cluster.local', { ...place, property: 'trustDomain' }).value,
    network: props.network,
  };
}

function versionsOf(given: Versions | undefined, property: string, place: ValuePlace): readonly string[] {
  if (given === undefined) return [];
  const versions: readonly string[] = Array.isArray(given) ? (given as readonly string[]) : [given as string];
  const wrong = versions.find((version) => !isVersion(version));
  if (wrong === undefined && versions.length > 0) return versions;
  throw refusal({ ...place, property }, property, {
    code: 'bad-version',
    got: versions.length === 0 ? '[]' : describeValue(wrong),
    expected: 'a version such as 1.31.1',
    fix: 'versions are pinned: there is no "latest"',
  });
}
