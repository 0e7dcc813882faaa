import type { Affinity, Toleration, TopologySpreadConstraint } from '../../imports/kubernetes/core-v1';
import type { ImageProps } from './image';
import type { Known } from '../core/unknown';

/** A platform whose differences Istio's installers know. */
export const PLATFORMS = ['gke', 'k3d', 'k3s', 'microk8s', 'minikube', 'openshift'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** What all components of the control plane take. */
export interface ComponentProps {
  /**
   * Full version of the Istio release, such as `1.31.3`.
   * @default - the cluster's Istio version, else the newest known
   */
  readonly istio?: string;
  /**
   * Namespace of the component.
   * @default - the chart's namespace, else 'istio-system'
   */
  readonly namespace?: Known<string>;
  /**
   * Revision of the control plane that the component belongs to.
   * @default - the default revision
   * @see https://istio.io/latest/docs/setup/upgrade/canary/
   */
  readonly revision?: Known<string>;
  /** @default - see {@link ImageProps} */
  readonly image?: ImageProps;
  /** @default - see {@link LoggingProps} */
  readonly logging?: LoggingProps;
  /**
   * Whether the component's pods get a NetworkPolicy that lets in what they serve.
   * @default false
   */
  readonly networkPolicy?: boolean;
  /**
   * Which objects are made: those of a namespace, the cluster-wide ones, or all. For clusters where each is applied by
   * somebody else.
   * @default 'all'
   */
  readonly resourceScope?: ResourceScope;
}

export type ResourceScope = 'all' | 'cluster' | 'namespace';

/** What a component logs. */
export interface LoggingProps {
  /**
   * Minimum levels, `<scope>:<level>` separated by commas.
   * @default 'default:info'
   */
  readonly level?: string;
  /**
   * One JSON object a line.
   * @default false
   */
  readonly json?: boolean;
}

/** Where pods may run. */
export interface SchedulingProps {
  /** Labels that a node must have. @default - any node */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly affinity?: Affinity;
  /** Taints that the pods stand, besides those that the component needs. @default - none */
  readonly tolerations?: readonly Toleration[];
  /** @default - none */
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[];
  /** Name of the pods' PriorityClass. @default - see the component */
  readonly priorityClassName?: string;
}

/** CPU and memory of a container; a key that is not given keeps the component's default, `null` takes it away. */
export interface ResourceProps {
  readonly requests?: Readonly<Record<string, string | number | null>>;
  readonly limits?: Readonly<Record<string, string | number | null>>;
}
