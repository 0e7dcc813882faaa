import { bare, go } from '../template/go';
import type { Items, Mapping, Template } from '../template/nodes';
import type { InjectionSettings } from '../settings';
import * as env from './proxy-env';
import { asNode, domain, IMAGE, logAsJson, logLevelArguments, pullPolicy, stsPort } from './proxy-container';
import { PROMETHEUS_PORT, PROXY_GID, proxyImage, PROXY_UID, READY } from './proxy-container';
import { canonicalLabels, commonAnnotations } from './pod-metadata';
import * as volumes from './proxy-volumes';

/** Ports below 1024 are open to every user of the pod. */
export const LOW_PORTS = { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] };

/** Pods that are gateways: the proxy is the application. */
export function gatewayTemplate(settings: InjectionSettings): Template {
  const { gateways } = settings;
  return {
    variables: [proxyImage(settings), env.CONTAINER_VARIABLES],
    documents: [
      {
        metadata: { labels: canonicalLabels(), annotations: commonAnnotations() },
        spec: {
          securityContext: gateways.securityContext === undefined ? LOW_PORTS : asNode(gateways.securityContext),
          containers: [proxy(settings)],
          volumes: volumesOf(settings),
          ...volumes.pullSecrets(settings),
        },
      },
    ],
  };
}

function proxy(settings: InjectionSettings): Mapping {
  const { lifecycle, readinessProbe } = settings.proxy;
  return {
    name: 'istio-proxy',
    image: IMAGE,
    ports: [PROMETHEUS_PORT],
    args: ['proxy', 'router', ...domain(settings), ...logLevelArguments(settings), stsPort(settings), logAsJson(settings)],
    lifecycle: lifecycle === undefined ? undefined : asNode(lifecycle),
    securityContext: { runAsUser: bare(PROXY_UID), runAsGroup: bare(PROXY_GID) },
    env: [
      ...env.identity(settings),
      env.CPU_LIMIT,
      env.PROXY_CONFIG,
      env.POD_PORTS,
      ...env.RUNTIME_LIMITS,
      env.compliance(settings),
      env.APP_CONTAINERS,
      env.clusterId(settings),
      env.NODE_NAME,
      env.variable('ISTIO_META_INTERCEPTION_MODE', go('.ProxyConfig.InterceptionMode.String')),
      env.network(settings),
      ...env.workload(),
      env.bootstrapOverride(),
      ...env.mesh(settings),
      env.METADATA,
    ],
    ...pullPolicy(settings),
    readinessProbe: { httpGet: READY, ...readinessProbe, timeoutSeconds: 3 },
    volumeMounts: [
      volumes.MOUNTS.workloadSocket,
      volumes.MOUNTS.credentialSocket,
      volumes.certificateMount(settings),
      volumes.ofIstiod(settings, volumes.MOUNTS.rootCertificate),
      volumes.MOUNTS.data,
      volumes.bootstrapMount(),
      volumes.MOUNTS.envoy,
      volumes.MOUNTS.token,
      volumes.mtlsMount(settings),
      volumes.MOUNTS.podInfo,
    ],
  };
}

function volumesOf(settings: InjectionSettings): Items {
  return [
    volumes.empty('workload-socket', 'unsaid'),
    volumes.empty('credential-socket'),
    volumes.certificateVolume(settings, 'said'),
    volumes.bootstrapVolume(),
    volumes.inMemory('istio-envoy'),
    volumes.empty('istio-data'),
    volumes.POD_INFO_VOLUME,
    volumes.tokenVolume(settings.tokenAudience),
    volumes.ofIstiod(settings, volumes.rootCertificateVolume(settings)),
    volumes.mtlsVolume(settings),
  ];
}
