import type { Construct } from 'constructs';
import type { CniProps } from '../control-plane/cni/cni-props';
import type { IstiodProps } from '../control-plane/istiod/istiod-props';
import { releaseOf } from '../control-plane/release';
import type { Release } from '../control-plane/release';
import type { RemoteIstiodProps } from '../control-plane/remote-istiod/remote-istiod-props';
import type { ZtunnelProps } from '../control-plane/ztunnel/ztunnel-props';
import { Cluster } from '../core/cluster';
import { propsFrom } from '../migrate/props-from';
import { CHARTS } from '../migrate/values/charts';
import { effectiveValues } from '../migrate/values/effective-values';
import type { JsonObject } from '../rules/json';
import { mergeProps } from './merge-props';
import type { MeshCertificates } from './mesh-certificates';
import type { MeshPrimary, MeshProps } from './mesh-props';

/** Two istiods at least, on nodes and in zones of their own where there are such. */
const HIGHLY_AVAILABLE: IstiodProps = {
  autoscaling: { minReplicas: 2 },
  disruptionBudget: { minAvailable: 1 },
  topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { app: 'istiod' } },
  })),
};

/** The props of a mesh's components. */
export class ComponentPropsOf {
  private readonly shared: Partial<IstiodProps & CniProps & ZtunnelProps>;
  private readonly preset: JsonObject;
  private readonly release: Release;

  /** @throws MeshError for a release or a compatibility version that is not known. */
  public constructor(
    private readonly mesh: Construct & { readonly namespace: string },
    private readonly props: MeshProps,
    private readonly certificates: MeshCertificates,
  ) {
    const { istio, revision, image, logging, networkPolicy, platform, compatibilityVersion, dataPlane } = props;
    this.release = releaseOf(mesh, istio);
    this.shared = defined({ istio, namespace: mesh.namespace, revision, image, logging, networkPolicy, platform }) as ComponentPropsOf['shared'];
    this.preset = defined({ compatibilityVersion, profile: dataPlane === 'ambient' ? dataPlane : undefined }) as JsonObject;
  }

  /** Of an istiod of this cluster, or of what stands for one of another cluster. */
  public istiod(hasCni: boolean): IstiodProps {
    const { highAvailability, meshConfig, failurePolicyOwner, platform, clusterName, meshId, istiod } = this.props;
    const { network, clusterDomain } = Cluster.factsOf(this.mesh);
    const own: IstiodProps = {
      ...(meshConfig !== undefined && { meshConfig }),
      ...(failurePolicyOwner !== undefined && { failurePolicyOwner }),
      ...(network !== undefined && { network }),
      ...(clusterName !== undefined && { clusterName }),
      ...(meshId !== undefined && { meshId }),
      ...(clusterDomain !== 'cluster.local' && { proxy: { clusterDomain } }),
      ...(hasCni && { cni: { enabled: true, ...(platform === 'openshift' && { provider: 'multus' }) } }),
    };
    const { namespace: ztunnel } = this.ztunnel();
    const trusted = this.props.dataPlane === 'ambient' && ztunnel !== undefined && ztunnel !== this.mesh.namespace ? { trustedZtunnel: { namespace: ztunnel } } : {};
    return mergeProps<IstiodProps>(this.presetOf('istiod'), trusted, highAvailability === true ? HIGHLY_AVAILABLE : undefined, this.shared, own, this.certificates.istiod(meshConfig), istiod);
  }

  /** The remote istiod tells the clusters that ask it apart by the path of their webhooks. */
  public remoteIstiod({ address }: MeshPrimary): RemoteIstiodProps {
    const { network } = Cluster.factsOf(this.mesh);
    const { clusterName } = this.props;
    const named = clusterName === undefined ? '' : `/cluster/${clusterName}${network === undefined ? '' : `/net/${network}`}`;
    return mergeProps<RemoteIstiodProps>({ address, configCluster: true, injectorWebhook: { path: `/inject${named}` } }, this.istiod(false));
  }

  public cni(): CniProps {
    const { cni } = this.props;
    return mergeProps<CniProps>(this.presetOf('cni'), this.shared, this.agents(), typeof cni === 'object' ? cni : undefined);
  }

  public ztunnel(): ZtunnelProps {
    const { network } = Cluster.factsOf(this.mesh);
    const { clusterName } = this.props;
    const own = { ...(network !== undefined && { network }), ...(clusterName !== undefined && { clusterName }) };
    return mergeProps<ZtunnelProps>(this.presetOf('ztunnel'), this.shared, this.agents(), { istioNamespace: this.mesh.namespace }, own, this.certificates.ztunnel(), this.props.ztunnel);
  }

  /** On OpenShift, agents of nodes are let into kube-system only, as Istio's own profiles have them. */
  private agents(): { readonly namespace?: string } {
    return this.props.platform === 'openshift' ? { namespace: 'kube-system' } : {};
  }

  /** What Istio's own profile and compatibility version say of a component. */
  private presetOf(name: 'istiod' | 'cni' | 'ztunnel'): Record<string, unknown> {
    if (Object.keys(this.preset).length === 0) return {};
    const chart = CHARTS.find((each) => each.name === name);
    if (chart === undefined) return {};
    const values = effectiveValues({ chart, user: this.preset, release: this.release, construct: this.mesh.node.path });
    return propsFrom(chart.load().rules, values);
  }
}

function defined<T extends object>(entries: T): T {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as T;
}
