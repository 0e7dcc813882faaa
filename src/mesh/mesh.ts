import { Construct } from 'constructs';
import { PeerAuthentication } from '../../imports/istio/peer-authentication';
import type { BaseProps } from '../control-plane/base/base-props';
import { Cni } from '../control-plane/cni/cni';
import { Gateway } from '../control-plane/gateway/gateway';
import type { GatewayProps } from '../control-plane/gateway/gateway-props';
import { Istiod } from '../control-plane/istiod/istiod';
import type { IstiodSettings } from '../control-plane/istiod/istiod-settings';
import { injectionLabelsOf, NamedMesh } from '../control-plane/mesh-reference';
import type { MeshReference, NamedMeshProps } from '../control-plane/mesh-reference';
import { RemoteIstiod } from '../control-plane/remote-istiod/remote-istiod';
import { Ztunnel } from '../control-plane/ztunnel/ztunnel';
import { EastWestGateway } from '../control-plane/east-west-gateway/east-west-gateway';
import type { EastWestGatewayProps } from '../control-plane/east-west-gateway/east-west-gateway';
import { Cluster } from '../core/cluster';
import type { MeshObject } from '../core/mesh-object';
import { namespaceName } from '../core/references';
import type { NamespaceReference } from '../core/references';
import { refusal } from '../core/refusal';
import { requirePlace } from '../core/place';
import { requireProps } from '../core/required-props';
import { requestNamespace, requestSharedObject } from '../core/shared-objects';
import { Stage } from '../core/stage';
import { EgressGateway } from '../egress/egress-gateway';
import { IngressGateway } from '../ingress/ingress-gateway';
import type { GatewayWorkloadProps, IngressGatewayProps } from '../ingress/ingress-gateway';
import type { HelmRelease } from '../migrate/from-helm';
import type { ChartName } from '../migrate/values/charts';
import type { JsonObject } from '../rules/json';
import { ExternalAuthorizer } from '../security/external-authorization/external-authorizer';
import type { AuthorizerOf } from '../security/external-authorization/external-authorizer-props';
import type { IstioCsr } from '../security/certificates/istio-csr';
import { PluginCa } from '../security/certificates/plugin-ca';
import { mtlsModeOf } from '../security/mtls/mtls-mode';
import type { MtlsMode } from '../security/mtls/mtls-mode';
import type { PolicySubject } from '../security/access/policy-target';
import { MeshCertificates } from './mesh-certificates';
import { ComponentPropsOf } from './component-props';
import { InstalledMesh } from './installed-mesh';
import { mergeProps } from './merge-props';
import { checkMesh } from './mesh-checks';
import type { MeshProps } from './mesh-props';
import { requestBase } from './shared-base';

/** Props of an egress gateway of a mesh. */
export interface MeshEgressGatewayProps extends Omit<GatewayProps, 'namespace'> {
  /** @default 'istio-egress' */
  readonly namespace?: NamespaceReference;
}

/** A profile of istioctl. */
export type ProfileName =
  | 'ambient'
  | 'default'
  | 'demo'
  | 'empty'
  | 'minimal'
  | 'openshift'
  | 'openshift-ambient'
  | 'preview'
  | 'remote'
  | 'stable';

/** What holds for an installation as Istio's own installers make it. */
export interface FromInstallerOptions {
  /**
   * Full version of the Istio release, such as `1.31.3`.
   * @default - the cluster's Istio version, else the newest known
   */
  readonly istio?: string;
}

/** See `Mesh.fromProfile`. */
export interface FromProfileOptions extends FromInstallerOptions {
  /** Registry and path of the images. @default 'docker.io/istio' */
  readonly hub?: string;
  /** Tag of the images. @default - the version of the release */
  readonly tag?: string;
}

/** Values by chart; a chart with `{}` has its defaults. */
export type HelmValues = Readonly<Partial<Record<ChartName, JsonObject>>>;

/**
 * A mesh that is strict from the start: its CRDs, its namespace, its control plane, and a mesh-wide PeerAuthentication of mode
 * STRICT. It makes no gateway unless asked for one.
 *
 * @see https://istio.io/latest/docs/setup/install/
 */
export class Mesh extends Construct implements MeshReference {
  /**
   * A mesh that another program makes, such as the platform team's: taken wherever a mesh is asked for, and it makes no
   * objects.
   *
   * @throws MeshError when the namespace or the revision cannot be one.
   * @example
   * new StrictMtlsNamespace(chart, 'shop', { mesh: Mesh.fromName(chart, 'mesh', { revision: 'stable' }) });
   */
  public static fromName(scope: Construct, id: string, props: NamedMeshProps = {}): MeshReference {
    return new NamedMesh(scope, id, props);
  }

  /**
   * What `istioctl install --set profile=NAME` installs, and no more: strict only where the profile is.
   *
   * @throws MeshError for a profile or a release that is not known.
   * @see https://istio.io/latest/docs/setup/additional-setup/config-profiles/
   */
  public static fromProfile(scope: Construct, id: string, profile: ProfileName, options: FromProfileOptions = {}): InstalledMesh {
    return new InstalledMesh(scope, id, (istio) => {
      const { installationFromProfile } = require('../migrate/operator/from-operator') as typeof import('../migrate/operator/from-operator');
      return installationFromProfile(profile, { ...(istio !== undefined && { istio }), ...options });
    });
  }

  /**
   * What istioctl installs of an IstioOperator, and no more.
   *
   * @throws MeshError for another API version, for fields and values that istioctl does not know or that are not supported, and
   * for an unknown profile or release.
   * @see https://istio.io/latest/docs/reference/config/istio.operator.v1alpha1/
   */
  public static fromOperator(scope: Construct, id: string, operator: JsonObject, options: FromInstallerOptions = {}): InstalledMesh {
    return new InstalledMesh(scope, id, (istio) => {
      const { installationFromOperator } = require('../migrate/operator/from-operator') as typeof import('../migrate/operator/from-operator');
      return installationFromOperator(operator, { ...(istio !== undefined && { istio }), ...options });
    });
  }

  /**
   * What Istio's Helm charts install of these values, by chart, and no more: one release of each chart, or a list of releases.
   *
   * @throws MeshError for values that no chart of the release knows, that are of another type, or that are not supported.
   * @see https://istio.io/latest/docs/setup/install/helm/
   */
  public static fromHelmValues(scope: Construct, id: string, values: HelmValues | readonly HelmRelease[], options: FromInstallerOptions = {}): InstalledMesh {
    return new InstalledMesh(scope, id, (istio) => {
      const { installationFromHelm } = require('../migrate/from-helm') as typeof import('../migrate/from-helm');
      return installationFromHelm(releasesOf(values), { ...(istio !== undefined && { istio }), ...options });
    });
  }

  public readonly namespace: string;
  public readonly revision: string | undefined;
  public readonly injectionLabels: Readonly<Record<string, string>>;
  /** Name of the mesh, the same in all of its clusters. */
  public readonly meshId: string;
  /** Undefined where the control plane is installed by other means, or runs in another cluster. */
  public readonly istiod: Istiod | undefined;
  /** What stands here for an istiod of another cluster, where there is one. */
  public readonly remoteIstiod: RemoteIstiod | undefined;
  /** Undefined where pods are captured by init containers. */
  public readonly cni: Cni | undefined;
  /** Undefined but in ambient mode. */
  public readonly ztunnel: Ztunnel | undefined;
  /** What signs certificates in istiod's place; undefined where istiod signs. */
  public readonly istioCsr: IstioCsr | undefined;
  /** What the gateways of the mesh have from it. */
  private readonly gatewayProps: GatewayWorkloadProps;

  /**
   * @throws MeshError when the namespace, the revision or the release cannot be one, for ambient mode without the CNI plugin, and
   * for what the components refuse.
   */
  public constructor(scope: Construct, id: string, props: MeshProps = {}) {
    super(scope, id);
    checkMesh(this, props);
    this.namespace = namespaceName(this, props.namespace ?? 'istio-system');
    this.revision = props.revision;
    this.meshId = props.meshId ?? Cluster.factsOf(this).trustDomain;
    const labels = injectionLabelsOf(this, props.revision);
    this.injectionLabels = props.dataPlane === 'ambient' ? ambientLabels(props.revision) : labels;
    this.gatewayProps = gatewayPropsOf(props);
    if (typeof (props.namespace ?? '') === 'string') this.addNamespace(props);
    this.addPolicy(rootNamespaceOf(props) ?? this.namespace, props.mtls ?? 'STRICT');
    const hasControlPlane = props.controlPlane !== false;
    if (props.crds ?? hasControlPlane) this.addBase(props);
    if (!hasControlPlane) return;
    const certificates = new MeshCertificates(this, props);
    if (props.pluginCa !== undefined) new PluginCa(this, 'plugin-ca', { ...certificates.pluginCa(props.pluginCa), mesh: this });
    this.istioCsr = certificates.istioCsr();
    const parts = new ComponentPropsOf(this, props, certificates);
    const hasCni = props.cni === undefined ? props.dataPlane === 'ambient' || props.platform === 'openshift' : props.cni !== false;
    if (props.primary === undefined) this.istiod = new Istiod(this, 'istiod', parts.istiod(hasCni));
    else this.remoteIstiod = new RemoteIstiod(this, 'istiod', parts.remoteIstiod(props.primary));
    if (hasCni) this.cni = new Cni(this, 'cni', parts.cni());
    if (props.dataPlane === 'ambient') this.ztunnel = new Ztunnel(this, 'ztunnel', parts.ztunnel());
    // istiod's certificate is signed by it
    if (this.istioCsr !== undefined) (this.istiod?.node.tryFindChild('deployment') as MeshObject | undefined)?.needs(this.istioCsr);
  }

  /** What a RevisionTag takes from the control plane. @internal */
  public get settings(): IstiodSettings | undefined {
    return (this.istiod ?? this.remoteIstiod)?.settings;
  }

  /** Adds an ingress gateway; routes are added to it with `IngressRoute`. */
  public addIngressGateway(id: string, props: IngressGatewayProps = {}): IngressGateway {
    requirePlace(this, id);
    requireProps(this, props, 'addIngressGateway');
    // gateways have their proxy injected; the control plane's own namespace is never injected
    const isOwn = props.namespace !== undefined && namespaceName(this, props.namespace) === this.namespace;
    // in the Gateway API istiod deploys the proxies, unless something is said of them
    const isDeployed = props.api === 'gateway' && props.workload === undefined;
    const workload = props.workload === false || isDeployed ? props.workload : mergeProps(this.gatewayProps, props.workload);
    const labels = isOwn ? {} : injectionLabelsOf(this, this.revision);
    return new IngressGateway(this, id, { namespaceLabels: labels, ...props, ...(workload === undefined ? {} : { workload }) });
  }

  /**
   * Adds an egress gateway, reachable from inside the cluster only; what leaves through it is added with `EgressRoute`.
   *
   * Its namespace is made, unless it is a construct of this program; it is `istio-egress` unless told otherwise.
   */
  public addEgressGateway(id: string, props: MeshEgressGatewayProps = {}): EgressGateway {
    requirePlace(this, id);
    requireProps(this, props, 'addEgressGateway');
    const namespace = namespaceName(this, props.namespace ?? 'istio-egress');
    const isOwn = namespace === this.namespace;
    if (typeof (props.namespace ?? '') === 'string' && !isOwn) requestNamespace(this, namespace, injectionLabelsOf(this, this.revision));
    const gateway = new Gateway(this, id, mergeProps<GatewayProps>({ ...this.gatewayProps, service: { type: 'ClusterIP' } }, { ...props, namespace }));
    return EgressGateway.from(gateway);
  }

  /** Adds the way into this network for the pods of other networks of the mesh. */
  public addEastWestGateway(id: string, props: EastWestGatewayProps = {}): EastWestGateway {
    requirePlace(this, id);
    requireProps(this, props, 'addEastWestGateway');
    if (this.ztunnel !== undefined) throw this.noAmbientEastWest();
    return new EastWestGateway(this, id, mergeProps<EastWestGatewayProps>({ ...this.gatewayProps, namespace: this.namespace }, props));
  }

  /**
   * Adds a service that decides on requests to the configuration of the mesh; which requests, `custom` of a service or of
   * {@link Access} says.
   *
   * @throws MeshError as {@link ExternalAuthorizer}.
   */
  public addExternalAuthorizer(id: string, props: AuthorizerOf): ExternalAuthorizer {
    requirePlace(this, id);
    requireProps(this, props, 'addExternalAuthorizer');
    return new ExternalAuthorizer(this, id, { ...props, mesh: this });
  }

  /**
   * The mode of mutual TLS in which a workload takes connections, by Istio's precedence: see {@link mtlsModeOf}.
   *
   * @param port of the pods, for what is said of a port alone
   */
  public mtlsModeOf(workload: PolicySubject, port?: number): MtlsMode {
    return mtlsModeOf(workload, port);
  }

  /** ztunnels of several networks meet at a gateway of another kind, which istiod makes of a Gateway of the Gateway API. */
  private noAmbientEastWest(): Error {
    return refusal({ construct: this.node.path }, 'addEastWestGateway', {
      code: 'not-supported',
      got: 'an east-west gateway of sidecars, in ambient mode',
      expected: 'a mesh of sidecars',
      fix: "make a Gateway of the class 'istio-east-west' of the Gateway API, which istiod deploys",
    });
  }

  /** istiod reads off its own namespace which network the cluster is of, and which clusters' istiods it may hear. */
  private addNamespace({ primary }: MeshProps): void {
    const { network } = Cluster.factsOf(this);
    requestNamespace(
      this,
      this.namespace,
      network === undefined ? {} : { 'topology.istio.io/network': network },
      primary === undefined ? {} : { 'topology.istio.io/controlPlaneClusters': primary.clusterName },
    );
  }

  /**
   * Meshes of several revisions have one root namespace, and so one policy. It is applied before the webhooks that would have it
   * checked: on a first install nobody answers them yet.
   */
  private addPolicy(namespace: string, mode: 'STRICT' | 'PERMISSIVE'): void {
    const type = { apiVersion: PeerAuthentication.apiVersion, kind: PeerAuthentication.kind, scope: 'Namespaced' } as const;
    const props = { metadata: { namespace }, spec: { mtls: { mode } } };
    requestSharedObject({ scope: this, name: 'default', type, props, stage: Stage.config });
  }

  private addBase({ istio, controlPlane, failurePolicyOwner, base }: MeshProps): void {
    const own: BaseProps = {
      namespace: this.namespace,
      ...(istio !== undefined && { istio }),
      ...(failurePolicyOwner !== undefined && { validation: { failurePolicyOwner } }),
      // without istiod there is nothing to ask
      ...(controlPlane === false && { defaultRevision: false as const, readerServiceAccount: false }),
    };
    requestBase({ mesh: this, revision: this.revision, props: mergeProps<BaseProps>(own, base) });
  }
}

function releasesOf(values: HelmValues | readonly HelmRelease[]): readonly HelmRelease[] {
  if (Array.isArray(values)) return values as readonly HelmRelease[];
  return Object.entries(values as HelmValues).map(([chart, given]) => ({ chart: chart as ChartName, ...(given !== undefined && { values: given }) }));
}

function rootNamespaceOf({ meshConfig }: MeshProps): string | undefined {
  return typeof meshConfig?.rootNamespace === 'string' ? meshConfig.rootNamespace : undefined;
}

function gatewayPropsOf({ istio, revision, platform, networkPolicy, highAvailability, image = {} }: MeshProps): GatewayWorkloadProps {
  const { pullPolicy, pullSecrets } = image;
  return mergeProps<GatewayWorkloadProps>({
    ...(istio !== undefined && { istio }),
    ...(revision !== undefined && { revision }),
    ...(platform !== undefined && { platform }),
    ...(networkPolicy !== undefined && { networkPolicy }),
    ...(highAvailability === true && { autoscaling: { minReplicas: 2 }, disruptionBudget: { minAvailable: 1 } }),
    image: { ...(pullPolicy !== undefined && { pullPolicy }), ...(pullSecrets !== undefined && { pullSecrets }) },
  });
}

/** Pods of an ambient mesh are not injected; waypoints and gateways are of the namespace's revision. */
function ambientLabels(revision: string | undefined): Readonly<Record<string, string>> {
  return { 'istio.io/dataplane-mode': 'ambient', ...(revision !== undefined && { 'istio.io/rev': revision }) };
}
