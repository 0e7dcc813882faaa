import type { PodSpec } from '../../../imports/kubernetes/core-v1';
import type { DeploymentProps, RollingUpdateDeployment } from '../../../imports/kubernetes/deployment';
import { definedProps } from '../component-checks';
import { istiodContainer } from './istiod-container';
import { commonLabels, podSelector, revisionLabel } from './istiod-labels';
import type { Labels } from './istiod-labels';
import type { IstiodSettings } from './istiod-settings';
import { istiodVolumes } from './istiod-volumes';

/** Where istiod serves Prometheus. */
const SCRAPED = { 'prometheus.io/port': '15014', 'prometheus.io/scrape': 'true', 'sidecar.istio.io/inject': 'false' };

export function istiodDeployment(settings: IstiodSettings): DeploymentProps {
  const { props, name, namespace } = settings;
  return {
    metadata: definedProps({
      name,
      namespace,
      labels: { app: 'istiod', ...revisionLabel(settings), istio: 'pilot', ...commonLabels(settings), ...props.deploymentLabels },
      annotations: props.deploymentAnnotations,
    }),
    spec: definedProps({
      replicas: replicasOf(settings),
      strategy: { rollingUpdate: rollingUpdateOf(settings) },
      selector: { matchLabels: deploymentSelector(settings) },
      template: {
        metadata: { labels: podLabels(settings), annotations: { ...SCRAPED, ...props.podAnnotations } },
        spec: podSpec(settings),
      },
    }),
  };
}

/** A Deployment's selector never changes, so the default revision's has only what its first release had. */
function deploymentSelector(settings: IstiodSettings): Labels {
  return settings.revision === undefined ? { istio: 'pilot' } : podSelector(settings);
}

/** Undefined where something else sets it: an autoscaler and an applier would undo each other's work. */
function replicasOf({ props }: IstiodSettings): number | undefined {
  if (props.autoscaling !== false || props.replicas === 'unmanaged') return undefined;
  return props.replicas ?? 1;
}

function rollingUpdateOf({ props }: IstiodSettings): RollingUpdateDeployment {
  const { maxSurge = '100%', maxUnavailable = '25%' } = props.rollingUpdate ?? {};
  return { ...(maxSurge !== null && { maxSurge }), ...(maxUnavailable !== null && { maxUnavailable }) };
}

function podLabels(settings: IstiodSettings): Labels {
  return {
    app: 'istiod',
    ...revisionLabel(settings),
    'sidecar.istio.io/inject': 'false',
    istio: settings.revision === undefined ? 'pilot' : 'istiod',
    ...settings.props.podLabels,
    'istio.io/dataplane-mode': 'none',
    ...commonLabels(settings),
  };
}

function podSpec(settings: IstiodSettings): PodSpec {
  const { props, name } = settings;
  return definedProps({
    nodeSelector: props.nodeSelector,
    affinity: props.affinity,
    // it must run before the CNI plugin is ready, which waits for it
    tolerations: [{ key: 'cni.istio.io/not-ready', operator: 'Exists' }, ...(props.tolerations ?? [])],
    topologySpreadConstraints: listOf(props.topologySpreadConstraints),
    serviceAccountName: name,
    priorityClassName: props.priorityClassName,
    initContainers: listOf(props.initContainers),
    containers: [istiodContainer(settings)],
    volumes: istiodVolumes(settings),
  });
}

function listOf<T>(items: readonly T[] | undefined): T[] | undefined {
  return items === undefined ? undefined : [...items];
}
