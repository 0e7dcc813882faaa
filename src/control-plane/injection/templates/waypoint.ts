import { since } from '../../release';
import { equals, go, text } from '../template/go';
import { when } from '../template/nodes';
import type { Items, Mapping, Template } from '../template/nodes';
import type { InjectionSettings } from '../settings';
import { autoscaler, deployment, disruptionBudget, service, SERVICE_ACCOUNT, serviceAccount } from './gateway-objects';
import { logLevelPairs, managedWorkload, networkVariable } from './kube-gateway';
import { asNode, domain, IMAGE, logAsJson, MANAGED_PORTS, MANAGED_PROBES, outlierLog } from './proxy-container';
import { PROMETHEUS_PORT, proxyImage, pullPolicy } from './proxy-container';
import * as env from './proxy-env';
import * as volumes from './proxy-volumes';

const NETWORK = go('$network');
const CONTROLLER = go('.ControllerLabel');

/** Waypoints and east-west gateways of the ambient mode. */
export function waypointTemplate(settings: InjectionSettings): Template {
  return {
    variables: [proxyImage(settings), networkVariable(settings)],
    documents: [
      serviceAccount(),
      deployment({ controller: CONTROLLER, podLabels: { 'istio.io/dataplane-mode': 'none' }, spec: pod(settings) }),
      // a waypoint nearby spares a way through another zone
      service('TCP', { 'networking.istio.io/traffic-distribution': 'PreferClose' }),
      autoscaler(),
      disruptionBudget(),
    ],
  };
}

function pod(settings: InjectionSettings): Mapping {
  const { affinity, nodeSelector, tolerations, topologySpreadConstraints } = settings.waypoint;
  return {
    ...asNode({ affinity, topologySpreadConstraints, nodeSelector, tolerations }),
    serviceAccountName: SERVICE_ACCOUNT,
    containers: [proxy(settings)],
    volumes: [
      volumes.empty('workload-socket', since(settings.release, '1.31') ? 'unsaid' : 'said'),
      volumes.inMemory('istio-envoy'),
      volumes.inMemory('go-proxy-envoy'),
      volumes.empty('istio-data'),
      volumes.empty('go-proxy-data'),
      volumes.POD_INFO_VOLUME,
      // waypoints show their tokens to istiod only
      volumes.tokenVolume('istio-ca'),
      volumes.rootCertificateVolume(settings),
    ],
    ...volumes.pullSecrets(settings),
  };
}

function proxy(settings: InjectionSettings): Mapping {
  const { resources } = settings.waypoint;
  return {
    name: 'istio-proxy',
    ports: [...MANAGED_PORTS, PROMETHEUS_PORT],
    image: IMAGE,
    ...pullPolicy(settings),
    args: [
      'proxy',
      'waypoint',
      ...domain(settings),
      ...['--serviceCluster', text`${SERVICE_ACCOUNT}.$(POD_NAMESPACE)`],
      ...logLevelPairs(settings),
      logAsJson(settings),
      outlierLog(settings),
    ],
    env: environment(settings),
    resources: Object.keys(resources).length === 0 ? undefined : asNode(resources),
    ...MANAGED_PROBES,
    securityContext: securityContext(settings),
    volumeMounts: [
      volumes.MOUNTS.workloadSocket,
      volumes.MOUNTS.rootCertificate,
      volumes.MOUNTS.data,
      volumes.MOUNTS.envoy,
      volumes.MOUNTS.token,
      volumes.MOUNTS.podInfo,
    ],
  };
}

/** OpenShift gives each namespace users of its own. */
function securityContext({ gateways, platform }: InjectionSettings): Mapping {
  return {
    privileged: false,
    ...(platform === 'openshift' ? {} : { runAsGroup: 1337, runAsUser: 1337 }),
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: gateways.seccompProfile === undefined ? undefined : asNode(gateways.seccompProfile),
  };
}

function environment(settings: InjectionSettings): Items {
  const view = env.variable('ISTIO_META_REQUESTED_NETWORK_VIEW', NETWORK);
  return [
    env.fromField('ISTIO_META_SERVICE_ACCOUNT', 'spec.serviceAccountName'),
    env.NODE_NAME,
    ...env.identity(settings),
    env.CPU_LIMIT,
    env.PROXY_CONFIG,
    env.METADATA,
    ...env.RUNTIME_LIMITS,
    env.clusterId(settings),
    when<Items>(NETWORK, [
      env.variable('ISTIO_META_NETWORK', NETWORK),
      when<Items>(equals(CONTROLLER, 'istio.io-eastwest-controller'), [view]),
    ]),
    env.variable('ISTIO_META_INTERCEPTION_MODE', 'REDIRECT'),
    ...managedWorkload(),
    ...env.mesh(settings),
  ];
}
