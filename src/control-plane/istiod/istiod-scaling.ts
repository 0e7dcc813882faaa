import type { HorizontalPodAutoscalerProps, MetricSpec } from '../../../imports/kubernetes/horizontal-pod-autoscaler';
import type { PodDisruptionBudgetProps } from '../../../imports/kubernetes/pod-disruption-budget';
import { definedProps } from '../component-checks';
import { commonLabels, podSelector, revisionLabel } from './istiod-labels';
import type { IstiodSettings } from './istiod-settings';

/** Undefined where istiod is not scaled by it. */
export function istiodAutoscaler(settings: IstiodSettings): HorizontalPodAutoscalerProps | undefined {
  const { props, name, namespace } = settings;
  if (props.autoscaling === false) return undefined;
  const { minReplicas = 1, maxReplicas = 5, targetCpuUtilization = 80, targetMemoryUtilization: memory, behavior } = props.autoscaling ?? {};
  return {
    metadata: { name, namespace, labels: { app: 'istiod', ...revisionLabel(settings), ...commonLabels(settings) } },
    spec: definedProps({
      minReplicas,
      maxReplicas,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      metrics: [utilization('cpu', targetCpuUtilization), ...(memory === undefined ? [] : [utilization('memory', memory)])],
      behavior,
    }),
  };
}

function utilization(name: string, averageUtilization: number): MetricSpec {
  return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } };
}

/** Undefined where there may be one pod only, which a budget would keep from ever being moved. */
export function istiodDisruptionBudget(settings: IstiodSettings): PodDisruptionBudgetProps | undefined {
  const { props, name, namespace } = settings;
  if (props.disruptionBudget === false || fewestReplicas(settings) < 2) return undefined;
  const { maxUnavailable, minAvailable = maxUnavailable === undefined ? 1 : undefined, unhealthyPodEvictionPolicy } = props.disruptionBudget ?? {};
  return {
    metadata: { name, namespace, labels: { app: 'istiod', istio: 'pilot', ...revisionLabel(settings), ...commonLabels(settings) } },
    spec: definedProps({ minAvailable: minAvailable ?? undefined, maxUnavailable, unhealthyPodEvictionPolicy, selector: { matchLabels: podSelector(settings) } }),
  };
}

function fewestReplicas({ props: { autoscaling, replicas } }: IstiodSettings): number {
  if (autoscaling !== false) return autoscaling?.minReplicas ?? 1;
  return replicas === undefined || replicas === 'unmanaged' ? 1 : replicas;
}
