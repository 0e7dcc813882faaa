import type { Lifecycle, SeccompProfile } from '../../../imports/kubernetes/core-v1';
import type { ResourceProps } from '../component';

/** Levels that Envoy logs at, from the most to the least. */
export type ProxyLogLevel = 'trace' | 'debug' | 'info' | 'warning' | 'warn' | 'error' | 'critical' | 'off';

/**
 * The Envoy that is put into pods, unless an annotation of the pod says otherwise.
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
 */
export interface ProxyProps {
  /**
   * Name of the image, behind the hub and before the tag; with a slash in it, a whole reference.
   * @default 'proxyv2'
   */
  readonly image?: string;
  /**
   * The container that captures the pod's traffic before the proxy runs, or checks that the CNI plugin has captured it.
   * @default - see {@link ProxyInitProps}
   */
  readonly init?: ProxyInitProps;
  /**
   * DNS domain of the cluster's services.
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;
  /** @default 'warning' */
  readonly logLevel?: ProxyLogLevel;
  /**
   * Levels of single components of Envoy, `<component>:<level>` separated by commas.
   * @default 'misc:error'
   */
  readonly componentLogLevel?: string;
  /**
   * File that Envoy writes an event to for each endpoint that it ejects, such as `/dev/stdout`.
   * @default - no such events
   */
  readonly outlierLogPath?: string;
  /**
   * CPU and memory of the proxy and of its init container.
   * @default - requests 100m and 128Mi, limits 2000m and 1024Mi
   */
  readonly resources?: ResourceProps;
  /**
   * Which of the pod's traffic goes through the proxy.
   * @default - all of it
   */
  readonly trafficCapture?: TrafficCaptureProps;
  /**
   * Whether the proxy's container is privileged.
   * @default false
   */
  readonly privileged?: boolean;
  /**
   * Whether the proxy may listen on ports below 1024. It runs as root then.
   * @default false
   */
  readonly capNetBindService?: boolean;
  /** @default - the container runtime's */
  readonly seccompProfile?: SeccompProfile;
  /**
   * Hooks of the proxy's container, in place of those that it has otherwise.
   * @default - a native sidecar drains before it stops; another one holds the application if it is told to
   */
  readonly lifecycle?: Lifecycle;
  /**
   * Whether the application starts only when the proxy is ready. Native sidecars always do that.
   * @default false
   */
  readonly holdApplicationUntilProxyStarts?: boolean;
  /**
   * Port of the agent that answers to health checks; false for no health checks.
   * @default 15020
   */
  readonly statusPort?: number | false;
  /** @default - see {@link ProxyReadinessProps} */
  readonly readinessProbe?: ProxyReadinessProps;
  /** @default - see {@link ProxyStartupProps} */
  readonly startupProbe?: ProxyStartupProps | false;
  /**
   * Kind of the mesh's tracer; the mesh configuration says where it is.
   * @default 'none'
   */
  readonly tracer?: 'zipkin' | 'lightstep' | 'datadog' | 'stackdriver' | 'openCensusAgent' | 'none';
  /**
   * Where certificates are asked for, `<host>:<port>`: of istio-csr, for example.
   * @default - istiod of this revision
   */
  readonly caAddress?: string;
  /**
   * Name of another certificate authority; `GkeWorkloadCertificate` has GKE mount certificates.
   * @default - istiod, or what its environment says
   */
  readonly caName?: string;
  /**
   * Whether the Secret `istio.<service account>` with a key and a certificate is mounted at `/etc/certs`.
   * @default false
   */
  readonly mountMtlsCerts?: boolean;
  /**
   * Port of the agent that exchanges tokens.
   * @default - none
   */
  readonly stsPort?: number;
}

/** The init container of injected pods. */
export interface ProxyInitProps {
  /**
   * Name of the image, behind the hub and before the tag; with a slash in it, a whole reference.
   * @default 'proxyv2'
   */
  readonly image?: string;
  /**
   * Whether rules are written without a look at those that are there.
   * @default false
   */
  readonly forceApplyIptables?: boolean;
}

/**
 * Which traffic of a pod goes through its proxy.
 *
 * @see https://istio.io/latest/docs/reference/config/annotations/
 */
export interface TrafficCaptureProps {
  /** @default - see {@link OutboundCaptureProps} */
  readonly outbound?: OutboundCaptureProps;
  /** @default - see {@link InboundCaptureProps} */
  readonly inbound?: InboundCaptureProps;
}

/** Which traffic from a pod goes through its proxy. */
export interface OutboundCaptureProps {
  /**
   * Addresses that are captured, in CIDR form.
   * @default '*'
   */
  readonly ipRanges?: CapturedIpRanges;
  /** Addresses that are not. @default - none */
  readonly excludeIpRanges?: CapturedIpRanges;
  /** Ports that are captured whatever the address. @default - none */
  readonly ports?: CapturedPorts;
  /** Ports that are not captured. @default - none */
  readonly excludePorts?: CapturedPorts;
}

/** Which traffic to a pod goes through its proxy. */
export interface InboundCaptureProps {
  /** @default '*' */
  readonly ports?: CapturedPorts;
  /** Ports that are not captured. @default - none */
  readonly excludePorts?: CapturedPorts;
}

/** `*` for all. */
export type CapturedPorts = '*' | readonly (number | string)[];
/** `*` for all. */
export type CapturedIpRanges = '*' | readonly string[];

/** How Kubernetes asks the proxy whether it is ready. */
export interface ProxyReadinessProps {
  /** Seconds before the first question. @default 0 */
  readonly initialDelaySeconds?: number;
  /** Seconds between questions. @default 15 */
  readonly periodSeconds?: number;
  /** Failures in a row after which the pod is not ready. @default 4 */
  readonly failureThreshold?: number;
}

/** How Kubernetes asks the proxy, once a second, whether it has started. */
export interface ProxyStartupProps {
  /** Failures after which the container is started again. @default 600 */
  readonly failureThreshold?: number;
}
