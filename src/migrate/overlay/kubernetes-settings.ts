import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Affinity, EnvVar, PodSecurityContext, Probe, ResourceRequirements, Toleration } from '../../../imports/kubernetes/core-v1';
import type { DeploymentStrategy } from '../../../imports/kubernetes/deployment';
import type { HorizontalPodAutoscalerSpec } from '../../../imports/kubernetes/horizontal-pod-autoscaler';
import type { PodDisruptionBudgetSpec } from '../../../imports/kubernetes/pod-disruption-budget';
import type { ServiceSpec } from '../../../imports/kubernetes/service';
import type { Cni } from '../../control-plane/cni/cni';
import type { Istiod } from '../../control-plane/istiod/istiod';
import { count, list, object, requireShape, text } from '../../control-plane/prop-shape';
import type { Shape } from '../../control-plane/prop-shape';
import type { RemoteIstiod } from '../../control-plane/remote-istiod/remote-istiod';
import type { StandaloneGateway } from '../../control-plane/standalone-gateway/standalone-gateway';
import type { Ztunnel } from '../../control-plane/ztunnel/ztunnel';
import { refusal } from '../../core/refusal';
import type { Json, JsonObject } from '../../rules/json';
import { applyOverlays } from './apply-overlays';
import { SETTING_NAMES, settingPatch } from './setting-places';

/**
 * Kubernetes' own settings of a component, for what it has no prop of its own. Each is merged into the object that the component
 * makes, as a strategic merge patch is: variables by name, tolerations and metrics as a whole.
 */
export interface KubernetesSettings {
  /** @default - as the component has it */
  readonly affinity?: Affinity;
  /** Variables of the component's container: new ones come before its own, others take the place of one. @default - its own */
  readonly env?: readonly EnvVar[];
  /** @default - as the component has it */
  readonly hpaSpec?: Partial<HorizontalPodAutoscalerSpec>;
  /** @default - as the component has it */
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** @default - as the component has it */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** @default - as the component has them */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** @default - as the component has it */
  readonly podDisruptionBudget?: Partial<PodDisruptionBudgetSpec>;
  /** @default - as the component has it */
  readonly priorityClassName?: string;
  /** @default - as the component has it */
  readonly readinessProbe?: Probe;
  /** Number of pods, also where an autoscaler sets it. @default - as the component has it */
  readonly replicaCount?: number;
  /** @default - as the component has them */
  readonly resources?: ResourceRequirements;
  /** Of the pods, not of the container. @default - as the component has it */
  readonly securityContext?: PodSecurityContext;
  /** @default - as the component has it */
  readonly service?: Partial<ServiceSpec>;
  /** @default - as the component has them */
  readonly serviceAnnotations?: Readonly<Record<string, string>>;
  /** Of a Deployment. @default - as the component has it */
  readonly strategy?: DeploymentStrategy;
  /** In place of all that the component has. @default - as the component has them */
  readonly tolerations?: readonly Toleration[];
}

const LISTS = ['env', 'tolerations'];
const TEXTS = ['imagePullPolicy', 'priorityClassName'];
const SHAPE: Shape = Object.fromEntries(
  SETTING_NAMES.map((name) => [name, name === 'replicaCount' ? count : LISTS.includes(name) ? list : TEXTS.includes(name) ? text : object]),
);

/**
 * Changes the workload of a component, its autoscaler, its disruption budget and its Service. What the component does not make
 * stays unmade. A prop of the component is the better way where there is one.
 *
 * @throws MeshError for a setting that there is none of, and for a component without pods.
 * @see https://istio.io/latest/docs/reference/config/istio.operator.v1alpha1/#KubernetesResources
 */
export function applyKubernetesSettings(component: Istiod | RemoteIstiod | StandaloneGateway | Cni | Ztunnel, settings: KubernetesSettings): void {
  requireShape(component, settings, SHAPE);
  const workload = workloadOf(component);
  if (workload === undefined) {
    throw refusal({ construct: component.node.path }, '', {
      code: 'no-workload',
      got: 'Kubernetes settings of a component without pods',
      expected: 'a component that makes a Deployment or a DaemonSet',
      fix: 'patch the object that is meant',
    });
  }
  const given = Object.entries(settings as Readonly<Record<string, Json | undefined>>).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  applyOverlays(component, given.map(([name, value]) => ({ ...settingPatch(name, value, workload), patches: [] })));
}

function workloadOf(component: Construct): { kind: string; name: string; container: string } | undefined {
  const objects = component.node.findAll().filter((construct): construct is ApiObject => ApiObject.isApiObject(construct));
  const workload = objects.find(({ kind }) => kind === 'Deployment' || kind === 'DaemonSet');
  if (workload === undefined) return undefined;
  const { spec } = workload.toJson() as { spec: { template: { spec: { containers: readonly JsonObject[] } } } };
  return { kind: workload.kind, name: workload.name, container: String(spec.template.spec.containers[0]?.['name']) };
}
