import type { JsonObject } from '../../rules/json';
import type { ComponentProps, Platform } from '../component';
import type { InjectorProps } from '../injection/injection-props';
import type { MeshConfig, MeshNetworks } from '../mesh-config';
import type { IstiodPodProps } from './istiod-pod-props';
import type { InjectorWebhookProps, ValidationWebhookProps } from './webhook-props';

/** Props of an {@link Istiod}; what is left out is as in Istio's own chart of the release. */
export interface IstiodProps extends ComponentProps, InjectorProps, IstiodPodProps, MeshConfigProps, CertificateProps {
  /**
   * Namespace that the chart calls `global.istioNamespace`, where it is not the one that istiod runs in: the ServiceAccount
   * and the Role are made there, and it is the mesh's root namespace.
   * @default - `namespace`
   */
  readonly istioNamespace?: string;
  /**
   * Platform whose differences from plain Kubernetes are taken into account.
   * @default - none
   * @see https://istio.io/latest/docs/setup/platform-setup/
   */
  readonly platform?: Platform;
  /**
   * Further names of the revision, which namespaces may have as their label `istio.io/rev`. The name `default` makes it the
   * one that `istio-injection: enabled` stands for. To move a tag from one revision to another, make a {@link RevisionTag}.
   * @default - none
   * @see https://istio.io/latest/docs/setup/upgrade/canary/#stable-revision-labels
   */
  readonly revisionTags?: readonly string[];
  /**
   * How pods are captured where a CNI plugin does it in place of an init container.
   * @default - an init container; on OpenShift the plugin, by Multus
   * @see https://istio.io/latest/docs/setup/additional-setup/cni/
   */
  readonly cni?: CniUseProps;
  /**
   * Whether traffic is captured by nftables rather than iptables.
   * @default false
   */
  readonly nativeNftables?: boolean;
  /**
   * Whether the ConfigMap with the templates of injected pods is made. Without it istiod injects nothing.
   * @default true
   */
  readonly injectorConfigMap?: boolean;
  /**
   * What templates of your own read as `.Values`, over what follows from the other props; `null` takes a value away. Istio's
   * own code reads some of it as well, such as `global.tag`.
   * @default - what follows from the other props
   * @see https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#custom-templates-experimental
   */
  readonly templateValues?: Readonly<Record<string, unknown>>;
  /**
   * Platform that waypoints are made for, and that templates are told of, where it is not `platform`; `false` for none.
   * @default - `platform`
   */
  readonly injectionPlatform?: Platform | false;
  /**
   * The webhooks that have pods injected; `false` where something else makes them.
   * @default - see {@link InjectorWebhookProps}
   */
  readonly injectorWebhook?: InjectorWebhookProps | false;
  /**
   * The webhook that has Istio's objects of this revision checked; `false` for none.
   * @default - see {@link ValidationWebhookProps}
   */
  readonly validationWebhook?: ValidationWebhookProps | false;
  /**
   * Who writes what happens to Istio's objects while istiod does not answer. Istio's installers begin with `Ignore`, and
   * istiod turns it into `Fail` once it is ready; with `istiod` the field is left out, so that nothing fights over it.
   * @default 'installer'
   */
  readonly failurePolicyOwner?: 'installer' | 'istiod';
  /**
   * Whether a ValidatingAdmissionPolicy refuses what is not of Istio's stable APIs, for objects of this revision.
   * @default false
   */
  readonly stableValidationPolicy?: boolean;
  /**
   * Whether istiod analyses the mesh's configuration and writes what it finds into the status of objects.
   * @default false
   */
  readonly analysis?: boolean;
  /**
   * Defaults of what istiod makes for Gateways of a class, by class and then by what it makes, such as
   * `{ istio: { service: { spec: { type: 'ClusterIP' } } } }`.
   * @default - none
   * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/#automated-deployment
   */
  readonly gatewayClasses?: Readonly<Record<string, JsonObject>>;
  /**
   * Whether istiod controls other clusters, which have no istiod of their own.
   * @default false
   * @see https://istio.io/latest/docs/setup/install/external-controlplane/
   */
  readonly externalIstiod?: boolean;
  /**
   * Whether the role that control planes of other clusters read this one with is made. Always, before Istio 1.30.
   * @default true
   */
  readonly readerRbac?: boolean;
  /**
   * The account that has that role. Since Istio 1.31.
   * @default - `istio-reader-service-account` in the mesh's namespace
   */
  readonly readerServiceAccount?: ServiceAccountName;
}

export interface ServiceAccountName {
  readonly name: string;
  readonly namespace: string;
}

/** How a CNI plugin is used. */
export interface CniUseProps {
  /** @default false; true on OpenShift */
  readonly enabled?: boolean;
  /** `multus` adds an annotation to injected pods. @default 'default'; 'multus' on OpenShift */
  readonly provider?: string;
}

/** The mesh as a whole. */
export interface MeshConfigProps {
  /**
   * Configuration of the mesh, over what follows from other props: its root namespace, its trust domain, where proxies find
   * istiod. `null` takes a field of these away.
   * @default - Prometheus metrics, merged with those of the applications
   * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
   */
  readonly meshConfig?: MeshConfig;
  /**
   * Networks of the mesh by name: their endpoints, and their gateways.
   * @default - none
   * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshNetworks
   */
  readonly meshNetworks?: MeshNetworks;
  /**
   * Whether the ConfigMap with the mesh's configuration is made; istiod has its own defaults without one.
   * @default true
   */
  readonly meshConfigMap?: boolean;
  /**
   * Where metrics go, unless `meshConfig.defaultProviders` says it; `false` for nowhere.
   * @default - see {@link TelemetryProps}
   */
  readonly telemetry?: TelemetryProps | false;
  /**
   * Name of the cluster, in a mesh of several.
   * @default 'Kubernetes'
   * @see https://istio.io/latest/docs/setup/install/multicluster/
   */
  readonly clusterName?: string;
  /**
   * Name of the mesh, where meshes work together.
   * @default - its trust domain
   */
  readonly meshId?: string;
}

/** Where metrics go. */
export interface TelemetryProps {
  /** @default true */
  readonly prometheus?: boolean;
  /** Google Cloud's monitoring; with it access logs go there, too. @default false */
  readonly stackdriver?: boolean;
}

/** Certificates and trust. */
export interface CertificateProps {
  /**
   * Where certificates come from for certain, so that istiod's pods wait for it: an authority in the Secret `cacerts`, which is
   * given to istiod; or istio-csr, which signs in istiod's place, and keeps istiod's own certificate in the Secret `istiod-tls`.
   * @default - from `cacerts` where it is there when istiod starts, else from a root that istiod makes up
   * @see https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/
   */
  readonly certificatesFrom?: 'cacerts' | 'istio-csr';
  /**
   * Who signs istiod's own certificate: `istiod`; `custom` for one that is mounted; `none`; or a signer of Kubernetes,
   * `k8s.io/<name of the signer>`. `kubernetes` is gone from Istio.
   * @default 'istiod'
   */
  readonly pilotCertProvider?: string;
  /**
   * Names of Kubernetes signers that istiod may approve requests for, such as `clusterissuers.cert-manager.io/*`.
   * @default - none
   */
  readonly certSigners?: readonly string[];
  /**
   * Audience of the tokens that proxies show to istiod.
   * @default 'istio-ca'
   */
  readonly tokenAudience?: string;
  /**
   * Name of the ConfigMap, or last part of the name of the ClusterTrustBundle, with the mesh's root certificate.
   * @default 'istio-ca-root-cert'; 'root-cert' for a ClusterTrustBundle
   */
  readonly trustBundleName?: string;
  /**
   * Name of the ConfigMap with the certificates that the mesh's authority revoked.
   * @default 'istio-ca-crl'
   */
  readonly crlConfigMapName?: string;
  /**
   * PEM text of a further authority that istiod trusts when it fetches keys of JWT issuers.
   * @default - those of the image
   */
  readonly jwksExtraRootCa?: string;
}
