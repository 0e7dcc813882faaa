import { all, bare, call, equals, go } from '../template/go';
import type { Argument, Go } from '../template/go';
import { each, fields, when } from '../template/nodes';
import type { Fields, Mapping, Node, Parts } from '../template/nodes';
import { REVISION } from './pod-metadata';

/**
 * Objects that istiod makes of a Gateway of the Gateway API, beside its Deployment. `.` is the Gateway, with what istiod
 * has decided for it.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/#automated-deployment
 */

export const DEPLOYMENT_NAME = go('.DeploymentName');
export const SERVICE_ACCOUNT = go('.ServiceAccount');
const NAME = go('.Name');
const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';
const MANAGED = 'gateway.istio.io/managed';

/** Annotations of the Gateway that are about the Gateway alone. */
const OWN_ANNOTATIONS = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'gateway.istio.io/name-override',
  'gateway.istio.io/service-account',
  'gateway.istio.io/controller-version',
];
const INHERITED = call('omit', go('.InfrastructureAnnotations'), ...OWN_ANNOTATIONS);

/** A map of strings for istiod to merge. */
function strings(entries: Readonly<Record<string, Argument>>): Go {
  return call('strdict', ...Object.entries(entries).flat());
}

/** Maps that istiod merges, the later over the earlier. */
function merged(...maps: readonly Go[]): Go {
  return bare(call('toJsonMap', ...maps));
}

/** Labels that say which Gateway an object is of. */
const OF_GATEWAY = { [GATEWAY_NAME]: NAME, 'gateway.networking.k8s.io/gateway-class-name': go('.GatewayClass') };

function labels(more: Readonly<Record<string, Argument>> = {}): Go {
  return merged(go('.InfrastructureLabels'), strings({ ...OF_GATEWAY, ...more }));
}

const OWNER: Mapping = {
  ownerReferences: [{ apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', name: NAME, uid: go('.UID') }],
};

function metadata(name: Go, more: Mapping = {}): Mapping {
  return { name, namespace: go('.Namespace'), annotations: merged(INHERITED), labels: labels(), ...OWNER, ...more };
}

/** Before Kubernetes 1.28 the tokens of a ServiceAccount with an owner are lost; agentgateway never heeded that. */
export function serviceAccount(kubernetes: 'any' | 'since 1.28' = 'since 1.28'): Fields {
  const { ownerReferences, ...own } = metadata(SERVICE_ACCOUNT);
  const owner = kubernetes === 'any' ? { ownerReferences } : when<Fields>(call('ge', go('.KubeVersion'), 128), { ownerReferences });
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: fields(own, owner) };
}

/** What the Deployments of gateways and of waypoints differ in. */
export interface GatewayPods {
  /** Value of the label that tells which controller of istiod's it is. */
  readonly controller: Argument;
  /** Labels of the pods that the Gateway may change. */
  readonly podLabels?: Readonly<Record<string, Argument>>;
  readonly spec: Mapping | Parts;
}

export function deployment({ controller, podLabels, spec }: GatewayPods): Fields {
  const prometheus = { path: '/stats/prometheus', port: '15020', scrape: 'true' };
  const scraped = Object.fromEntries(Object.entries(prometheus).map(([key, value]) => [`prometheus.io/${key}`, value]));
  const first = {
    'sidecar.istio.io/inject': 'false',
    ...podLabels,
    'service.istio.io/canonical-name': DEPLOYMENT_NAME,
    'service.istio.io/canonical-revision': 'latest',
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(DEPLOYMENT_NAME, { labels: labels({ [MANAGED]: controller }) }),
    spec: {
      selector: { matchLabels: { [GATEWAY_NAME]: NAME } },
      template: {
        metadata: {
          annotations: merged(INHERITED, strings({ 'istio.io/rev': REVISION }), strings(scraped)),
          labels: merged(strings(first), go('.InfrastructureLabels'), strings({ ...OF_GATEWAY, [MANAGED]: controller })),
        },
        spec,
      },
    },
  };
}

/** The Service; `annotations` are those that the Gateway may change. */
export function service(protocol: Node, annotations?: Readonly<Record<string, string>>): Fields {
  const port = {
    name: go('$port.Name'),
    port: bare(go('$port.Port')),
    protocol,
    // a pointer, which quoting would show as an address
    appProtocol: bare(go('$port.AppProtocol')),
  };
  const more = annotations === undefined ? {} : { annotations: merged(strings(annotations), INHERITED) };
  const address = go('(index .Spec.Addresses 0).Value');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(DEPLOYMENT_NAME, more),
    spec: fields(
      {
        ipFamilyPolicy: 'PreferDualStack',
        ports: [each('$index, $port', go('.Ports'), [port])],
        selector: { [GATEWAY_NAME]: NAME },
      },
      when<Fields>(all(go('.Spec.Addresses'), equals(go('.ServiceType'), 'LoadBalancer')), { loadBalancerIP: address }),
      { type: go('.ServiceType') },
    ),
  };
}

/** Made only for Gateways whose parameters say how they scale. */
export function autoscaler(): Fields {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(DEPLOYMENT_NAME),
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: DEPLOYMENT_NAME }, maxReplicas: 1 },
  };
}

/** Made only for Gateways whose parameters say what a disruption may take away. */
export function disruptionBudget(): Fields {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(DEPLOYMENT_NAME),
    spec: { selector: { matchLabels: { [GATEWAY_NAME]: NAME } } },
  };
}

