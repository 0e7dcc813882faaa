import type { Affinity, PodTemplateSpec } from '../../../imports/kubernetes/core-v1';
import { standaloneContainer } from './standalone-gateway-container';
import type { StandaloneGatewaySettings } from './standalone-gateway-settings';
import { standaloneVolumes } from './standalone-gateway-volumes';

/** The pods of a standalone gateway. */
export function standalonePod(settings: StandaloneGatewaySettings): PodTemplateSpec {
  const { props, serviceAccount } = settings;
  const affinity = affinityOf(settings);
  const volumes = standaloneVolumes(settings);
  return {
    metadata: { labels: podLabels(settings), annotations: podAnnotations(settings) },
    spec: {
      ...(props.runAsRoot !== true && { securityContext: podSecurityContext(settings) }),
      serviceAccountName: serviceAccount,
      ...(props.priorityClassName !== undefined && { priorityClassName: props.priorityClassName }),
      containers: [standaloneContainer(settings), ...(props.additionalContainers ?? [])],
      ...(volumes.length > 0 && { volumes }),
      ...(affinity !== undefined && { affinity }),
      ...(props.tolerations !== undefined && { tolerations: props.tolerations }),
    },
  } as PodTemplateSpec;
}

function podLabels({ props, selector, labels, name, revision, namespace }: StandaloneGatewaySettings): Record<string, string> {
  const { 'istio.io/rev': rev = 'default', ...others } = labels;
  const isInjected = props.injectionTemplate !== undefined;
  return {
    ...selector,
    // what istioctl adds in its own namespace, since its first releases
    ...(namespace === 'istio-system' && { heritage: 'Tiller', chart: 'gateways' }),
    'service.istio.io/canonical-name': name,
    'service.istio.io/canonical-revision': canonicalRevision(selector, revision),
    ...(!isInjected ? { 'istio.io/rev': rev, 'istio.io/dataplane-mode': 'none' } : revision !== '' && { 'istio.io/rev': revision }),
    'sidecar.istio.io/inject': String(isInjected),
    ...others,
  };
}

function canonicalRevision(labels: Readonly<Record<string, string>>, revision: string): string {
  return [labels['app.kubernetes.io/version'], labels['version'], revision].find((value) => value !== undefined && value !== '') ?? 'latest';
}

function podAnnotations({ props, labels }: StandaloneGatewaySettings): Record<string, string> {
  const template = props.injectionTemplate;
  return {
    ...(template === undefined && { 'istio.io/rev': labels['istio.io/rev'] as string }),
    ...(props.enablePrometheusMerge !== false && {
      'prometheus.io/port': '15020',
      'prometheus.io/scrape': 'true',
      'prometheus.io/path': '/stats/prometheus',
    }),
    'sidecar.istio.io/inject': String(template !== undefined),
    ...(template !== undefined && { 'inject.istio.io/templates': template }),
    ...props.podAnnotations,
  };
}

function podSecurityContext({ props }: StandaloneGatewaySettings): object {
  // OpenShift gives each namespace a range of users of its own
  const user = props.platform === 'openshift' ? {} : { runAsUser: 1337, runAsGroup: 1337 };
  return { ...user, runAsNonRoot: true };
}

/** Nodes by label and architecture, said as affinity. */
function affinityOf({ props }: StandaloneGatewaySettings): Affinity | undefined {
  const architectures = Object.entries(props.architectures ?? {}).filter(([, weight]) => weight > 0);
  const expressions = [
    ...(props.architectures === undefined ? [] : [inValues('kubernetes.io/arch', architectures.map(([name]) => name))]),
    ...Object.entries(props.nodeSelector ?? {}).sort(byKey).map(([key, value]) => inValues(key, [value])),
  ];
  const preferred = architectures.map(([name, weight]) => ({ weight, preference: { matchExpressions: [inValues('kubernetes.io/arch', [name])] } }));
  const nodeAffinity = {
    ...(expressions.length > 0 && { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: expressions }] } }),
    ...(preferred.length > 0 && { preferredDuringSchedulingIgnoredDuringExecution: preferred }),
  };
  if (expressions.length === 0 && props.podAntiAffinity === undefined) return undefined;
  return { ...(expressions.length > 0 && { nodeAffinity }), ...(props.podAntiAffinity !== undefined && { podAntiAffinity: props.podAntiAffinity }) };
}

function inValues(key: string, values: string[]): { key: string; operator: 'In'; values: string[] } {
  return { key, operator: 'In', values };
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
