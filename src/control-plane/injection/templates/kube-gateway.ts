import { since } from '../../release';
import { bare, call, go } from '../template/go';
import { when } from '../template/nodes';
import type { Items, Mapping, Template } from '../template/nodes';
import type { InjectionSettings } from '../settings';
import { LOW_PORTS } from './gateway';
import { autoscaler, deployment, DEPLOYMENT_NAME, disruptionBudget, service, SERVICE_ACCOUNT, serviceAccount } from './gateway-objects';
import { asNode, domain, IMAGE, logAsJson, logLevels, MANAGED_PORTS, MANAGED_PROBES, PROMETHEUS_PORT } from './proxy-container';
import { PROXY_GID, proxyImage, PROXY_UID, pullPolicy, stsPort } from './proxy-container';
import * as env from './proxy-env';
import * as volumes from './proxy-volumes';

const NETWORK = go('$network');
/** Network that the Gateway says it is in. */
export const GATEWAY_NETWORK = call('index', go('.InfrastructureLabels'), 'topology.istio.io/network');

/** Log levels as two arguments each. */
export function logLevelPairs(settings: InjectionSettings): Items {
  return logLevels(settings).flat();
}

/** The network of the Gateway, else of the cluster. */
export function networkVariable({ network }: InjectionSettings): readonly [string, ReturnType<typeof go>] {
  return ['$network', call('valueOrDefault', GATEWAY_NETWORK, network ?? '')];
}

/** Who the workload is, where istiod has made it itself. */
export function managedWorkload(): Items {
  const owner = call('printf', 'kubernetes://apis/apps/v1/namespaces/%v/deployments/%v', go('.Namespace'), DEPLOYMENT_NAME);
  return [env.variable('ISTIO_META_WORKLOAD_NAME', DEPLOYMENT_NAME), env.variable('ISTIO_META_OWNER', owner)];
}

/** A Gateway of the Gateway API that is no waypoint. */
export function kubeGatewayTemplate(settings: InjectionSettings): Template {
  const { release } = settings;
  return {
    variables: [proxyImage(settings), networkVariable(settings)],
    documents: [
      serviceAccount(),
      deployment({ controller: 'istio.io-gateway-controller', spec: pod(settings) }),
      service(since(release, '1.31') ? go('$port.Protocol') : 'TCP'),
      autoscaler(),
      disruptionBudget(),
    ],
  };
}

function pod(settings: InjectionSettings): Mapping {
  return {
    securityContext: managedSecurity(settings),
    serviceAccountName: SERVICE_ACCOUNT,
    containers: [proxy(settings)],
    volumes: [
      volumes.empty('workload-socket', since(settings.release, '1.31') ? 'unsaid' : 'said'),
      volumes.empty('credential-socket'),
      volumes.certificateVolume(settings, 'said'),
      volumes.inMemory('istio-envoy'),
      volumes.empty('istio-data'),
      volumes.POD_INFO_VOLUME,
      volumes.tokenVolume(settings.tokenAudience),
      volumes.ofIstiod(settings, volumes.rootCertificateVolume(settings)),
    ],
    ...volumes.pullSecrets(settings),
  };
}

/** What all pods of managed gateways that are no waypoints may do. */
export function managedSecurity({ gateways }: InjectionSettings): Mapping {
  if (gateways.securityContext !== undefined) return asNode(gateways.securityContext);
  return { ...LOW_PORTS, seccompProfile: gateways.seccompProfile === undefined ? undefined : asNode(gateways.seccompProfile) };
}

function proxy(settings: InjectionSettings): Mapping {
  const { lifecycle, resources } = settings.proxy;
  return {
    name: 'istio-proxy',
    image: IMAGE,
    resources: Object.keys(resources).length === 0 ? undefined : asNode(resources),
    ...pullPolicy(settings),
    securityContext: {
      capabilities: { drop: ['ALL'] },
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsUser: bare(PROXY_UID),
      runAsGroup: bare(PROXY_GID),
      runAsNonRoot: true,
    },
    ports: [...MANAGED_PORTS, PROMETHEUS_PORT],
    args: ['proxy', 'router', ...domain(settings), ...logLevelPairs(settings), stsPort(settings), logAsJson(settings)],
    lifecycle: lifecycle === undefined ? undefined : asNode(lifecycle),
    env: environment(settings),
    ...MANAGED_PROBES,
    volumeMounts: [
      volumes.MOUNTS.workloadSocket,
      volumes.MOUNTS.credentialSocket,
      volumes.certificateMount(settings),
      volumes.ofIstiod(settings, volumes.MOUNTS.rootCertificate),
      volumes.MOUNTS.data,
      volumes.MOUNTS.envoy,
      volumes.MOUNTS.token,
      volumes.MOUNTS.podInfo,
    ],
  };
}

function environment(settings: InjectionSettings): Items {
  return [
    ...env.identity(settings),
    env.CPU_LIMIT,
    env.PROXY_CONFIG,
    env.variable('ISTIO_META_POD_PORTS', '[]'),
    env.variable('ISTIO_META_APP_CONTAINERS', ''),
    ...env.RUNTIME_LIMITS,
    env.clusterId(settings, go('.ClusterID')),
    env.NODE_NAME,
    env.variable('ISTIO_META_INTERCEPTION_MODE', go('.ProxyConfig.InterceptionMode.String')),
    when<Items>(NETWORK, [env.variable('ISTIO_META_NETWORK', NETWORK)]),
    ...managedWorkload(),
    ...env.mesh(settings),
    env.METADATA,
    // a gateway that is in a network shows what is reachable from there
    when<Items>(GATEWAY_NETWORK, [env.variable('ISTIO_META_REQUESTED_NETWORK_VIEW', GATEWAY_NETWORK)]),
  ];
}
