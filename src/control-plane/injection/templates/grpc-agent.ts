import { call, go } from '../template/go';
import { each, fields, when } from '../template/nodes';
import type { Fields, Items, Mapping, Parts, Template } from '../template/nodes';
import type { InjectionSettings } from '../settings';
import { annotatedReadiness, annotatedResources, domain, IMAGE, logAsJson, logLevelArguments } from './proxy-container';
import { proxyImage, pullPolicy, statusPort, stsPort } from './proxy-container';
import * as env from './proxy-env';
import { LOCALHOST_PROBES } from './sidecar';
import { canonicalLabels, commonAnnotations } from './pod-metadata';
import * as volumes from './proxy-volumes';

/** Port of the agent, which answers for itself where there is no Envoy. */
const AGENT_PORT = 15020;
/** Where the agent and the gRPC libraries of the application meet. */
const XDS = volumes.mount('istio-xds', '/etc/istio/proxy');

/** Pods whose gRPC libraries do what a proxy would do; an agent beside them gets certificates and configuration. */
export function grpcAgentTemplate(settings: InjectionSettings): Template {
  const annotations = fields(commonAnnotations(), { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' });
  const others = when<Items>(call('ne', go('$container.Name'), 'istio-proxy'), [application(settings)]);
  return {
    variables: [proxyImage(settings), env.CONTAINER_VARIABLES],
    documents: [
      {
        metadata: { labels: canonicalLabels(), annotations },
        spec: {
          containers: [agent(settings), each('$index, $container', go('.Spec.Containers'), [others])],
          volumes: volumesOf(settings),
          ...volumes.pullSecrets(settings),
        },
      },
    ],
  };
}

function agent(settings: InjectionSettings): Parts {
  return fields(
    {
      name: 'istio-proxy',
      image: IMAGE,
      ports: [{ containerPort: AGENT_PORT, protocol: 'TCP', name: 'mesh-metrics' }],
      args: ['proxy', 'sidecar', ...domain(settings), ...logLevelArguments(settings), stsPort(settings), logAsJson(settings)],
      lifecycle: {
        postStart: { exec: { command: ['pilot-agent', 'wait', `--url=http://localhost:${AGENT_PORT}/healthz/ready`] } },
      },
      env: environment(settings),
      ...pullPolicy(settings),
    },
    probed(settings),
  );
}

/** Without health checks, the agent has neither resources nor mounts but those that the pod asks for: so it is in Istio. */
function probed(settings: InjectionSettings): Fields {
  const always = volumes.USER_MOUNTS;
  const checked = fields(
    { readinessProbe: annotatedReadiness(settings, AGENT_PORT) },
    annotatedResources(settings),
    { volumeMounts: [...mounts(settings), always] },
  );
  return fields(when<Fields>(call('ne', statusPort(settings), '0'), checked));
}

function environment(settings: InjectionSettings): Items {
  return [
    env.variable('ISTIO_META_GENERATOR', 'grpc'),
    env.variable('OUTPUT_CERTS', '/var/lib/istio/data'),
    LOCALHOST_PROBES,
    ...env.identity(settings),
    env.PROXY_CONFIG,
    env.POD_PORTS,
    env.APP_CONTAINERS,
    env.clusterId(settings),
    env.NODE_NAME,
    env.network(settings),
    ...env.workload(),
    ...env.mesh(settings),
    env.METADATA,
    // gRPC asks istiod for names, not the DNS
    env.variable('ISTIO_META_DNS_CAPTURE', 'false'),
    env.variable('DISABLE_ENVOY', 'true'),
  ];
}

/** The application's containers meet the agent in shared folders. */
function application(settings: InjectionSettings): Mapping {
  return {
    name: go('$container.Name'),
    env: [
      env.variable('GRPC_XDS_EXPERIMENTAL_SECURITY_SUPPORT', 'true'),
      env.variable('GRPC_XDS_BOOTSTRAP', '/etc/istio/proxy/grpc-bootstrap.json'),
    ],
    volumeMounts: [volumes.MOUNTS.data, XDS, volumes.certificateMount(settings)],
  };
}

function mounts(settings: InjectionSettings): Items {
  return [
    volumes.MOUNTS.workloadSocket,
    volumes.certificateMount(settings),
    volumes.ofIstiod(settings, volumes.MOUNTS.rootCertificate),
    volumes.MOUNTS.data,
    XDS,
    volumes.MOUNTS.token,
    volumes.mtlsMount(settings),
    volumes.MOUNTS.podInfo,
  ];
}

function volumesOf(settings: InjectionSettings): Items {
  return [
    volumes.empty('workload-socket', 'unsaid'),
    volumes.certificateVolume(settings, 'unsaid'),
    volumes.bootstrapVolume(),
    volumes.inMemory('istio-xds'),
    volumes.empty('istio-data'),
    volumes.POD_INFO_VOLUME,
    volumes.tokenVolume(settings.tokenAudience),
    volumes.ofIstiod(settings, volumes.rootCertificateVolume(settings)),
    volumes.mtlsVolume(settings),
    volumes.USER_VOLUMES,
  ];
}

