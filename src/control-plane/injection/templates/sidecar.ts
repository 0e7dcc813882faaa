import { since } from '../../release';
import { annotation, annotationOf, bare, call, equals, firstOf, go, labelOf, anyOf, not, text } from '../template/go';
import type { Go } from '../template/go';
import { fields, Opened, Run, when } from '../template/nodes';
import type { Fields, Items, Mapping, Parts, Template , When } from '../template/nodes';
import type { InjectionSettings } from '../settings';
import { annotatedReadiness, annotatedResources, asNode, domain, IMAGE, logAsJson, logLevelArguments, outlierLog } from './proxy-container';
import { PROMETHEUS_PORT, PROXY_GID, proxyImage, PROXY_UID, pullPolicy, READY, statusPort, stsPort } from './proxy-container';
import * as env from './proxy-env';
import { CANONICAL_NAME, canonicalLabels, commonAnnotations } from './pod-metadata';
import * as volumes from './proxy-volumes';
import { captureVariables, cniAnnotations, initContainer, MODE, MODE_ANNOTATION, TPROXY } from './sidecar-init';

/** Whether the proxy is an init container that goes on running, which Kubernetes calls a sidecar. */
const NATIVE = go('$native');
/** Whether the proxy may listen on ports below 1024. */
const LOW_PORTS = go('$lowPorts');

/** Pods of the mesh: a proxy beside the application, and its traffic captured. */
export function sidecarTemplate(settings: InjectionSettings): Template {
  const { proxy } = settings;
  const native = firstOf(annotationOf('sidecar.istio.io/nativeSidecar'), text`${go('.NativeSidecars')}`);
  return {
    variables: [
      ['$mode', annotation(MODE_ANNOTATION, go('.ProxyConfig.InterceptionMode'))],
      ['$tproxy', equals(MODE, 'TPROXY')],
      ['$lowPorts', equals(annotation('sidecar.istio.io/capNetBindService', proxy.capNetBindService), 'true')],
      ['$native', call('ne', native, 'false')],
      proxyImage(settings),
      ...captureVariables(settings),
      env.CONTAINER_VARIABLES,
    ],
    documents: [
      {
        metadata: { labels: labels(settings), annotations: fields(commonAnnotations(), cniAnnotations(settings)) },
        spec: fields(
          // a list that is there and empty would take away the pod's own
          new Run([
            new Opened('initContainers', anyOf(call('ne', MODE, 'NONE'), NATIVE)),
            when<Items>(call('ne', MODE, 'NONE'), [initContainer(settings)]),
            new Opened('containers', not(NATIVE)),
            proxyContainer(settings),
          ]),
          { volumes: volumesOf(settings), ...volumes.pullSecrets(settings) },
        ),
      },
    ],
  };
}

function labels({ release }: InjectionSettings): Fields {
  // a label value has at most 63 characters, and begins and ends with a letter or a digit
  const cut = call('trunc', 63, CANONICAL_NAME);
  const name = since(release, '1.31') ? call('trimAll', '-_.', cut) : call('trimSuffix', '-', cut);
  const tunnel = { 'networking.istio.io/tunnel': firstOf(labelOf('networking.istio.io/tunnel'), 'http') };
  return fields(
    { 'security.istio.io/tlsMode': firstOf(labelOf('security.istio.io/tlsMode'), 'istio') },
    when<Fields>(equals(metadata('ISTIO_META_ENABLE_HBONE'), 'true'), tunnel),
    canonicalLabels(name),
  );
}

function metadata(name: string): Go {
  return call('index', env.PROXY_METADATA, name);
}

function proxyContainer(settings: InjectionSettings): Parts {
  return fields(
    { name: 'istio-proxy', image: IMAGE },
    when<Fields>(NATIVE, { restartPolicy: 'Always' }),
    {
      ports: [PROMETHEUS_PORT],
      args: [
        'proxy',
        'sidecar',
        ...domain(settings),
        ...logLevelArguments(settings),
        stsPort(settings),
        logAsJson(settings),
        outlierLog(settings),
      ],
    },
    lifecycle(settings),
    { env: environment(settings), ...pullPolicy(settings) },
    probes(settings),
    { securityContext: securityContext(settings) },
    annotatedResources(settings),
    { volumeMounts: mounts(settings) },
  );
}

/** A native sidecar drains before it stops; another one may hold the application until it has started. */
function lifecycle(settings: InjectionSettings): Fields | When<Fields> {
  const { lifecycle: own, holdApplicationUntilProxyStarts } = settings.proxy;
  if (own !== undefined) return { lifecycle: asNode(own) };
  const port = text`--debug-port=${statusPort(settings)}`;
  const drain = { lifecycle: { preStop: { exec: { command: ['pilot-agent', 'request', port, 'POST', 'drain'] } } } };
  const hold = { lifecycle: { postStart: { exec: { command: ['pilot-agent', 'wait'] } } } };
  if (holdApplicationUntilProxyStarts === true) return when<Fields>(NATIVE, drain, hold);
  return when<Fields>(NATIVE, drain, when<Fields>(go('.ProxyConfig.HoldApplicationUntilProxyStarts.GetValue'), hold));
}

/** A status port of 0 is no health checks. */
function probes(settings: InjectionSettings): When<Fields> {
  const { startupProbe } = settings.proxy;
  const everySecond = { httpGet: READY, initialDelaySeconds: 0, periodSeconds: 1, timeoutSeconds: 3 };
  return when<Fields>(call('ne', statusPort(settings), '0'), {
    startupProbe: startupProbe === false ? undefined : { ...everySecond, ...startupProbe },
    readinessProbe: annotatedReadiness(settings, READY.port),
  });
}

function securityContext({ proxy }: InjectionSettings): Parts {
  const { privileged, seccompProfile } = proxy;
  const root = anyOf(TPROXY, LOW_PORTS);
  // Envoy's own rules are traced in the kernel's log, which takes all rights
  const tracing: Mapping = {
    allowPrivilegeEscalation: true,
    capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
    privileged: true,
    readOnlyRootFilesystem: true,
    runAsGroup: bare(PROXY_GID),
    runAsNonRoot: false,
    runAsUser: 0,
  };
  const added = [when<Items>(TPROXY, ['NET_ADMIN']), when<Items>(LOW_PORTS, ['NET_BIND_SERVICE'])];
  const usual = fields(
    {
      allowPrivilegeEscalation: privileged,
      capabilities: fields(when<Fields>(root, { add: added }), { drop: ['ALL'] }),
      privileged,
      readOnlyRootFilesystem: true,
    },
    when<Fields>(
      root,
      { runAsNonRoot: false, runAsUser: 0, runAsGroup: 1337 },
      { runAsNonRoot: true, runAsUser: bare(PROXY_UID), runAsGroup: bare(PROXY_GID) },
    ),
  );
  return fields(
    when<Fields>(equals(metadata('IPTABLES_TRACE_LOGGING'), 'true'), tracing, usual),
    seccompProfile === undefined ? undefined : { seccompProfile: asNode(seccompProfile) },
  );
}

/** For proxies that find the application at localhost only. */
export const LOCALHOST_PROBES = when<Items>(equals(go('.InboundTrafficPolicyMode'), 'localhost'), [
  env.variable('REWRITE_PROBE_LEGACY_LOCALHOST_DESTINATION', 'true'),
]);

function environment(settings: InjectionSettings): Items {
  const mode = anyOf(annotationOf(MODE_ANNOTATION), go('.ProxyConfig.InterceptionMode.String'));
  return [
    LOCALHOST_PROBES,
    ...env.identity(settings),
    env.CPU_LIMIT,
    env.PROXY_CONFIG,
    env.POD_PORTS,
    env.APP_CONTAINERS,
    ...env.RUNTIME_LIMITS,
    env.compliance(settings),
    env.clusterId(settings),
    env.NODE_NAME,
    env.variable('ISTIO_META_INTERCEPTION_MODE', mode),
    env.network(settings),
    ...env.workload(env.LABELLED_WORKLOAD),
    env.bootstrapOverride(),
    ...env.mesh(settings),
    env.datadog(settings),
    env.openTelemetry(settings),
    env.METADATA,
  ];
}

function mounts(settings: InjectionSettings): Items {
  return [
    volumes.MOUNTS.workloadSocket,
    volumes.MOUNTS.credentialSocket,
    volumes.certificateMount(settings),
    volumes.ofIstiod(settings, volumes.MOUNTS.rootCertificate),
    volumes.ofIstiod(settings, volumes.MOUNTS.revoked),
    volumes.MOUNTS.data,
    volumes.bootstrapMount(),
    volumes.MOUNTS.envoy,
    volumes.MOUNTS.token,
    volumes.mtlsMount(settings),
    volumes.MOUNTS.podInfo,
    volumes.lightstepMount(settings),
    volumes.USER_MOUNTS,
  ];
}

function volumesOf(settings: InjectionSettings): Items {
  return [
    volumes.empty('workload-socket', 'unsaid'),
    volumes.empty('credential-socket', 'unsaid'),
    volumes.certificateVolume(settings, 'unsaid'),
    volumes.bootstrapVolume(),
    volumes.inMemory('istio-envoy'),
    volumes.empty('istio-data'),
    volumes.POD_INFO_VOLUME,
    volumes.tokenVolume(settings.tokenAudience),
    volumes.ofIstiod(settings, volumes.rootCertificateVolume(settings)),
    volumes.REVOKED_VOLUME,
    volumes.mtlsVolume(settings),
    volumes.USER_VOLUMES,
    volumes.lightstepVolume(settings),
  ];
}

