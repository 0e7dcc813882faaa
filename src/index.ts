export { Base } from './control-plane/base/base';
export type { BaseCrdOptions, BaseProps, DefaultValidatorProps } from './control-plane/base/base-props';
export { Cni } from './control-plane/cni/cni';
export type { AmbientSelector, CniAmbientProps, CniProps, CniRepairProps } from './control-plane/cni/cni-props';
export { EastWestGateway } from './control-plane/east-west-gateway/east-west-gateway';
export type { EastWestGatewayProps } from './control-plane/east-west-gateway/east-west-gateway';
export { Gateway } from './control-plane/gateway/gateway';
export type { GatewayAutoscaling, GatewayProps, GatewayServiceProps, NetworkGateway } from './control-plane/gateway/gateway-props';
export type { GatewayPodProps, InjectionProps, InjectorProps, WaypointProps } from './control-plane/injection/injection-props';
export type {
  CapturedIpRanges,
  CapturedPorts,
  InboundCaptureProps,
  OutboundCaptureProps,
  ProxyInitProps,
  ProxyLogLevel,
  ProxyProps,
  ProxyReadinessProps,
  ProxyStartupProps,
  TrafficCaptureProps,
} from './control-plane/injection/proxy-props';
export { Istiod } from './control-plane/istiod/istiod';
export type { IstiodProps } from './control-plane/istiod/istiod-props';
export { RemoteIstiod } from './control-plane/remote-istiod/remote-istiod';
export type { RemoteIstiodProps } from './control-plane/remote-istiod/remote-istiod-props';
export type { MeshConfig, MeshNetworks, ProxyConfig } from './control-plane/mesh-config';
export { RevisionTag } from './control-plane/revision-tag/revision-tag';
export type { RevisionTagProps } from './control-plane/revision-tag/revision-tag-props';
export { StandaloneGateway } from './control-plane/standalone-gateway/standalone-gateway';
export type { StandaloneGatewayProps } from './control-plane/standalone-gateway/standalone-gateway-props';
export { Ztunnel } from './control-plane/ztunnel/ztunnel';
export type { ZtunnelProps } from './control-plane/ztunnel/ztunnel-props';
export { BaseCrds } from './control-plane/base-crds';
export type { BaseCrdsProps } from './control-plane/base-crds';
export { Mesh } from './mesh/mesh';
export type { FromInstallerOptions, FromProfileOptions, HelmValues, MeshEgressGatewayProps, ProfileName } from './mesh/mesh';
export { InstalledMesh } from './mesh/installed-mesh';
export type { HelmRelease } from './migrate/from-helm';
export type { ChartName } from './migrate/values/charts';
export type { MeshBaseProps, MeshCniProps, MeshIstiodProps, MeshProps, MeshZtunnelProps } from './mesh/mesh-props';
export type { MeshReference, NamedMeshProps } from './control-plane/mesh-reference';
export { argocdHealthChecks, argocdIgnoreDifferences } from './core/argocd-settings';
export type { ArgocdIgnoreDifference } from './core/argocd-settings';
export { Cluster } from './core/cluster';
export type { ClusterFacts, ClusterProps } from './core/cluster';
export type { FluxLayout, Layout } from './core/layout';
export { MeshApp } from './core/mesh-app';
export type { MeshAppProps } from './core/mesh-app';
export { MeshObject } from './core/mesh-object';
export type { ObjectProps, ObjectType } from './core/mesh-object';
export { Duration } from './core/duration';
export type { DurationLimits } from './core/duration';
export { Host } from './core/host';
export type { HostContext, ServiceName } from './core/host';
export { Port } from './core/port';
export type { PortOptions, PortProps, PortProtocol, Transport } from './core/port';
export { Selector } from './core/selector';
export type { Labels } from './core/selector';
export { StringMatch } from './core/string-match';
export type { IstioStringMatch, StringMatchKind } from './core/string-match';
export type { ProgramUnjudged } from './core/synthesis';
export { isUnknown, payloadOf, requireKnown, unknown } from './core/unknown';
export type { Known, Leaf, Unknown } from './core/unknown';
export { Weight } from './core/weight';
export { PlannedObject } from './core/planned-object';
export { addPlanner } from './core/planner';
export type { Planner } from './core/settle';
export { requestSharedObject } from './core/shared-objects';
export type { SharedObjectRequest } from './core/shared-objects';
export type { NamespaceReference, ObjectConstruct } from './core/references';
export type { ValuePlace } from './core/refusal';
export { Stage } from './core/stage';
export type { StageNumber } from './core/stage';
export { CanaryRelease } from './delivery/canary-release';
export type { CanaryReleaseProps } from './delivery/canary-release';
export { EgressGateway } from './egress/egress-gateway';
export type { GatewayProxies, NamedEgressGatewayProps } from './egress/egress-gateway';
export { EgressLockdown } from './egress/egress-lockdown';
export type { EgressLockdownProps, MeshLockdownProps, NamespaceLockdownProps } from './egress/egress-lockdown';
export { EgressRoute } from './egress/egress-route';
export type { EgressRouteProps } from './egress/egress-route';
export { ExternalService } from './egress/external-service';
export type { NamedExternalServiceProps } from './egress/external-service';
export type { ExternalEndpoint, ExternalPort, ExternalProtocol, ExternalResolution, ExternalRetries, ExternalServiceProps } from './egress/external-service-props';
export { TlsOrigination } from './egress/tls-origination';
export type { MutualTlsFiles, MutualTlsSecret, ServerTrust, SimpleTls } from './egress/tls-origination';
export { compareFindings, formatFinding, formatObjectName } from './errors/finding';
export type { Finding, ObjectName, Severity, SourcePlace } from './errors/finding';
export { MeshError, meshError } from './errors/mesh-error';
export { IngressGateway } from './ingress/ingress-gateway';
export type { GatewayFacts, IngressGatewayProps, NamedGatewayProps } from './ingress/ingress-gateway';
export { IngressRoute } from './ingress/ingress-route';
export type { IngressPath, IngressRouteProps, IngressTarget } from './ingress/ingress-route';
export { Tls } from './ingress/tls';
export type { KindEntry, KindRules, Release, SharedRules, Variant } from './rules/kind-rules';
export type { AccessCaller, AccessSource } from './security/access-caller';
export type { AccessRule } from './security/access-rule';
export { MeshNamespace } from './security/mesh-namespace';
export type { NamedNamespaceProps } from './security/mesh-namespace';
export { MeshServiceAccount } from './security/mesh-service-account';
export type { NamedServiceAccountProps, ServiceAccountReference } from './security/mesh-service-account';
export type { NamespaceServicePods, NamespaceServiceProps, OnePortProps, SeveralPortsProps, WorkloadPortsProps } from './security/namespace-service';
export { StrictMtlsNamespace } from './security/strict-mtls-namespace';
export type { StrictMtlsNamespaceProps } from './security/strict-mtls-namespace';
export type { ServiceFacts, ServicePort } from './traffic/kubernetes-service';
export { MeshService } from './traffic/mesh-service';
export type { Destination, Shares } from './traffic/versioned-traffic';
export type { FromServiceOptions, MeshServiceOptions, NamedServiceProps } from './traffic/mesh-service-props';
export type { NamespaceServicePort } from './traffic/service-ports';
export { MeshValidation } from './validation/mesh-validation';
export type { SynthesizedManifests, Violation } from './validation/mesh-validation';
export type { ValidationTarget, Versions } from './validation/versions';
export type { ObjectMeta } from '../imports/kubernetes/meta-v1';
export { applyKubernetesSettings } from './migrate/overlay/kubernetes-settings';
export type { KubernetesSettings } from './migrate/overlay/kubernetes-settings';
