import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { MeshError } from '../errors/mesh-error';
import { listOfVersions, targetFindings } from '../validation/target';
import type { Versions } from '../validation/versions';
import { Host } from './host';
import { isLabelValue } from './kubernetes-names';
import { requireObject, requirePlace } from './place';
import { describeValue, refusal } from './refusal';
import { rootState } from './root-state';

const BRAND = Symbol.for('mesh-constructs.Cluster');

/** What is known of a cluster. */
export interface ClusterProps {
  /**
   * Full Istio version, such as `1.31.3`, or several: of a minor release whose rules are known. The rules of the nearest known
   * patch count; a warning says so where the version is newer than all patches that this library knows of.
   * @default - objects are checked by the newest version whose rules are known
   */
  readonly istio?: Versions;
  /**
   * Kubernetes version, such as `1.34`, or several. Where its rules are not known, those of the nearest lower one stand in;
   * a warning says so where the version is older or newer than all that are known.
   * @default - objects are checked by the newest version whose rules are known
   */
  readonly kubernetes?: Versions;
  /**
   * Version of the Gateway API's CRDs, such as `1.6.1`, or several. The rules of the nearest known patch
   * count; of a minor release that is not known, those of the nearest lower one, and a warning says so.
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
    let scope: IConstruct | undefined = construct;
    while (scope !== undefined && !Cluster.isCluster(scope)) ({ scope } = scope.node);
    return scope;
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

  /**
   * @throws MeshError when a version is none or of a minor release of Istio that is not known, when another prop is not what
   * it should be, and in a Chart or another Cluster.
   */
  public constructor(scope: Construct, id: string, props: ClusterProps = {}) {
    const path = requirePlace(scope, id);
    refuseInside(scope, path);
    requireClusterProps(requireObject(props, path), path);
    super(scope, id);
    Object.defineProperty(this, BRAND, { value: true });
    this.facts = factsFrom(props, this.node.path);
  }
}

/** Props besides those that say which rules hold. */
const OTHER_PROPS = ['clusterDomain', 'trustDomain', 'network'];

/** Charts stand in clusters: the other way round, a chart's objects would be in one cluster and its own charts in another. */
function refuseInside(scope: Construct, construct: string): void {
  const outer = scope.node.scopes.reverse().find((around) => Chart.isChart(around) || Cluster.isCluster(around));
  if (outer === undefined) return;
  throw refusal({ construct }, 'scope', {
    code: 'bad-scope',
    got: `${outer.node.path}, which is a ${Chart.isChart(outer) ? 'Chart' : 'Cluster'}`,
    expected: 'the app, or a construct that is in no Chart and no Cluster',
    fix: 'make the Cluster in the app, and the Chart in the Cluster',
  });
}

function requireClusterProps(props: ClusterProps, construct: string): void {
  const findings = targetFindings(props, OTHER_PROPS);
  if (findings.length > 0) throw new MeshError(findings.map((finding) => ({ construct, ...finding })));
  // Istio writes it into the label topology.istio.io/network
  if (props.network !== undefined && (props.network === '' || !isLabelValue(props.network))) {
    throw refusal({ construct }, 'network', {
      code: 'bad-network',
      got: describeValue(props.network),
      expected: 'letters, digits, "-", "_" and ".", beginning and ending with a letter or digit, 63 at most',
      fix: 'leave it out where the mesh has one network',
    });
  }
}

function factsFrom(props: ClusterProps, construct?: string): ClusterFacts {
  const place = construct === undefined ? {} : { construct };
  const clusterDomain = Host.of(props.clusterDomain ?? 'cluster.local', { ...place, property: 'clusterDomain' }).value;
  return {
    istio: listOfVersions(props.istio),
    kubernetes: listOfVersions(props.kubernetes),
    gatewayApi: listOfVersions(props.gatewayApi),
    gatewayApiChannel: props.gatewayApiChannel ?? 'standard',
    clusterDomain,
    trustDomain: Host.of(props.trustDomain ?? 'cluster.local', { ...place, property: 'trustDomain' }).value,
    network: props.network,
  };
}
