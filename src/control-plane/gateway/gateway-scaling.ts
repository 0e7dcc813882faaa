import type { HorizontalPodAutoscalerProps, MetricSpec } from '../../../imports/kubernetes/horizontal-pod-autoscaler';
import type { PodDisruptionBudgetProps } from '../../../imports/kubernetes/pod-disruption-budget';
import type { GatewaySettings } from './gateway-settings';

/** Scales a Deployment; undefined for a gateway that is not scaled. */
export function gatewayAutoscaler(settings: GatewaySettings): HorizontalPodAutoscalerProps | undefined {
  const { autoscaling, name, namespace, labels, props, kind } = settings;
  if (autoscaling === undefined || kind !== 'Deployment') return undefined;
  const { minReplicas, maxReplicas, targetCpuUtilization = 80, targetMemoryUtilization, behavior } = autoscaling;
  const metrics = [utilization('cpu', targetCpuUtilization), utilization('memory', targetMemoryUtilization)].flat();
  return {
    metadata: { name, namespace, labels, ...(props.annotations !== undefined && { annotations: props.annotations }) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind, name },
      minReplicas,
      maxReplicas,
      ...(metrics.length > 0 && { metrics }),
      ...(behavior !== undefined && { behavior }),
    },
  };
}

/** Keeps pods from being drained at once; undefined where it is not wanted or where there is one pod only. */
export function gatewayDisruptionBudget(settings: GatewaySettings): PodDisruptionBudgetProps | undefined {
  const { autoscaling, name, namespace, labels, props, selector } = settings;
  const replicas = autoscaling?.minReplicas ?? props.replicas ?? 1;
  if (props.disruptionBudget === undefined || replicas <= 1) return undefined;
  return {
    metadata: { name, namespace, labels },
    spec: { selector: { matchLabels: selector }, ...props.disruptionBudget },
  };
}

function utilization(name: string, percent: number | false | undefined): MetricSpec[] {
  if (percent === undefined || percent === false) return [];
  return [{ type: 'Resource', resource: { name, target: { averageUtilization: percent, type: 'Utilization' } } }];
}
