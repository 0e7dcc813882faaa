import type { PodSecurityContext, SeccompProfile } from '../../../imports/kubernetes/core-v1';
import type { LabelSelector } from '../../../imports/kubernetes/meta-v1';
import type { ResourceProps, SchedulingProps } from '../component';
import type { ProxyProps } from './proxy-props';

/** The props of a control plane that say how pods get their proxy, and what it is like. */
export interface InjectorProps {
  /** Proxies of all kinds. @default - see {@link ProxyProps} */
  readonly proxy?: ProxyProps;
  /** Which pods get one, and by which templates. @default - see {@link InjectionProps} */
  readonly injection?: InjectionProps;
  /** Waypoints of the ambient mode. @default - see {@link WaypointProps} */
  readonly waypoint?: WaypointProps;
  /** Pods of gateways that istiod makes or injects. @default - see {@link GatewayPodProps} */
  readonly gateways?: GatewayPodProps;
  /**
   * Network that the cluster is in, where pods of one network do not reach those of another.
   * @default - the pods of all clusters reach each other
   * @see https://istio.io/latest/docs/ops/deployment/deployment-models/#network-models
   */
  readonly network?: string;
}

/**
 * Which pods are injected, and with which templates.
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
 */
export interface InjectionProps {
  /**
   * Whether pods that say nothing of it are injected, where their namespace is selected.
   * @default 'enabled'
   */
  readonly policy?: 'enabled' | 'disabled';
  /** Pods with these labels are injected whatever the policy. @default - none */
  readonly alwaysInjectSelector?: readonly LabelSelector[];
  /** Pods with these labels never are; stronger than `alwaysInjectSelector`. @default - none */
  readonly neverInjectSelector?: readonly LabelSelector[];
  /** Annotations that injected pods get besides. @default - none */
  readonly injectedAnnotations?: Readonly<Record<string, string>>;
  /**
   * Templates of your own, by name. One of a name that Istio has takes that one's place.
   * @default - none
   */
  readonly templates?: Readonly<Record<string, string>>;
  /**
   * Templates of pods that name none.
   * @default ['sidecar']
   */
  readonly defaultTemplates?: readonly string[];
  /**
   * Whether namespaces without labels are injected too.
   * @default false
   */
  readonly enableNamespacesByDefault?: boolean;
  /**
   * Whether pods are looked at again when a later webhook has changed them.
   * @default 'Never'
   */
  readonly reinvocationPolicy?: 'Never' | 'IfNeeded';
  /**
   * Whether HTTP probes of the application go over the agent, which can answer without mutual TLS.
   * @default true
   */
  readonly rewriteAppHTTPProbe?: boolean;
}

/**
 * Pods of the waypoints that istiod makes of Gateways.
 *
 * @see https://istio.io/latest/docs/ambient/usage/waypoint/
 */
export interface WaypointProps extends Omit<SchedulingProps, 'priorityClassName'> {
  /** @default - requests 100m and 128Mi, limits 2 and 1Gi */
  readonly resources?: ResourceProps;
}

/** Pods of gateways that istiod makes or injects. */
export interface GatewayPodProps {
  /**
   * Security context of the pods.
   * @default - ports below 1024 are open to the proxy
   */
  readonly securityContext?: PodSecurityContext;
  /** @default - the container runtime's */
  readonly seccompProfile?: SeccompProfile;
  /**
   * Whole reference of the image of gateways that run agentgateway in place of Envoy.
   * @default - agentgateway of the mesh's hub and tag
   */
  readonly agentgatewayImage?: string;
}
