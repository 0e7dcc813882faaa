import type { Release } from '../../control-plane/release';
import { since } from '../../control-plane/release';
import type { JsonObject } from '../../rules/json';
import { mergeValues } from './merge';

/** Named sets of values that Istio's charts know, all of the same names in every chart. */
export interface ProfileSets {
  readonly profiles: Readonly<Record<string, JsonObject>>;
  readonly platforms: Readonly<Record<string, JsonObject>>;
  readonly compatibilityVersions: Readonly<Record<string, JsonObject>>;
}

/**
 * What `profile`, `platform` and `compatibilityVersion` stand for in the charts of a release.
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/config-profiles/
 * @see https://istio.io/latest/docs/setup/additional-setup/compatibility-versions/
 */
export function profileSetsOf(release: Release): ProfileSets {
  return { profiles: PROFILES, platforms: platformsOf(release), compatibilityVersions: compatibilityVersionsOf(release) };
}

const OTEL_COLLECTOR = { service: 'opentelemetry-collector.observability.svc.cluster.local', port: 4317 };
/** A demo runs on a laptop. */
const DEMO_RESOURCES = { requests: { cpu: '10m', memory: '40Mi' } };

const PROFILES: ProfileSets['profiles'] = {
  ambient: {
    meshConfig: {
      defaultConfig: { proxyMetadata: { ISTIO_META_ENABLE_HBONE: 'true' } },
      serviceScopeConfigs: [
        {
          servicesSelector: { matchExpressions: [{ key: 'istio.io/global', operator: 'In', values: ['true'] }] },
          scope: 'GLOBAL',
        },
      ],
    },
    global: { variant: 'distroless' },
    pilot: { env: { PILOT_ENABLE_AMBIENT: 'true' } },
    cni: { ambient: { enabled: true } },
  },
  demo: {
    meshConfig: {
      accessLogFile: '/dev/stdout',
      extensionProviders: [
        { name: 'otel', envoyOtelAls: OTEL_COLLECTOR },
        { name: 'skywalking', skywalking: { service: 'tracing.istio-system.svc.cluster.local', port: 11800 } },
        { name: 'otel-tracing', opentelemetry: OTEL_COLLECTOR },
        { name: 'jaeger', opentelemetry: { service: 'jaeger-collector.istio-system.svc.cluster.local', port: 4317 } },
      ],
    },
    cni: { resources: DEMO_RESOURCES },
    ztunnel: { resources: DEMO_RESOURCES },
    global: { proxy: { resources: DEMO_RESOURCES }, waypoint: { resources: DEMO_RESOURCES } },
    pilot: { autoscaleEnabled: false, traceSampling: 100, resources: { requests: { cpu: '10m', memory: '100Mi' } } },
    gateways: {
      'istio-egressgateway': { autoscaleEnabled: false, resources: DEMO_RESOURCES },
      'istio-ingressgateway': {
        autoscaleEnabled: false,
        ports: [
          { port: 15021, targetPort: 15021, name: 'status-port' },
          { port: 80, targetPort: 8080, name: 'http2' },
          { port: 443, targetPort: 8443, name: 'https' },
          { port: 31400, targetPort: 31400, name: 'tcp' },
          { port: 15443, targetPort: 15443, name: 'tls' },
        ],
        resources: DEMO_RESOURCES,
      },
    },
  },
  preview: { meshConfig: { defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' } } } },
  remote: {
    istiodRemote: { enabled: true },
    configMap: false,
    telemetry: { enabled: false },
    global: { omitSidecarInjectorConfigMap: true },
  },
  stable: { experimental: { stableValidationPolicy: true } },
};

function platformsOf(release: Release): ProfileSets['platforms'] {
  const k3sConfDir = '/var/lib/rancher/k3s/agent/etc/cni/net.d';
  return {
    // the chart finds the folder out by itself where none is given
    gke: { cni: { cniBinDir: '', resourceQuotas: { enabled: true } }, resourceQuotas: { enabled: true } },
    k3d: { cni: { cniConfDir: k3sConfDir, cniBinDir: '/bin' } },
    k3s: { cni: { cniConfDir: k3sConfDir, cniBinDir: '/var/lib/rancher/k3s/data/cni' } },
    microk8s: {
      cni: { cniConfDir: '/var/snap/microk8s/current/args/cni-network', cniBinDir: '/var/snap/microk8s/current/opt/cni/bin' },
    },
    minikube: { cni: { cniNetnsDir: '/var/run/docker/netns' } },
    openshift: {
      cni: {
        cniBinDir: '/var/lib/cni/bin',
        cniConfDir: '/etc/cni/multus/net.d',
        chained: false,
        cniConfFileName: 'istio-cni.conf',
        provider: 'multus',
      },
      pilot: {
        cni: { enabled: true, provider: 'multus' },
        ...(since(release, '1.31') ? { terminationMessagePolicy: 'FallbackToLogsOnError' } : {}),
      },
      seLinuxOptions: { type: 'spc_t' },
      trustedZtunnelNamespace: 'kube-system',
    },
  };
}

/** What changed its default in a release, and the setting that was its default before. */
interface BehaviouralChange {
  readonly inRelease: `1.${number}`;
  readonly before: JsonObject;
}

const BEHAVIOURAL_CHANGES: readonly BehaviouralChange[] = [
  { inRelease: '1.26', before: { ambient: { shareHostNetworkNamespace: true } } },
  { inRelease: '1.27', before: { pilot: { env: { ENABLE_NATIVE_SIDECARS: 'false' } } } },
  {
    inRelease: '1.28',
    before: { pilot: { env: { DISABLE_SHADOW_HOST_SUFFIX: 'false', PILOT_SPAWN_UPSTREAM_SPAN_FOR_GATEWAY: 'false' } } },
  },
  {
    inRelease: '1.29',
    before: {
      pilot: { env: { DISABLE_TRACK_REMAINING_CB_METRICS: 'false' } },
      cni: { ambient: { reconcileIptablesOnStartup: false } },
    },
  },
  { inRelease: '1.30', before: { pilot: { env: { PILOT_SIDECAR_PICK_BEST_SERVICE_NAMESPACE: 'false' } } } },
  {
    inRelease: '1.31',
    before: { pilot: { env: { PILOT_ENABLE_STRICT_GATEWAY_MERGING: 'false', PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS: 'false' } } },
  },
];

/** The oldest release that charts can behave like. */
const OLDEST_COMPATIBLE = 25;

/** Behaving like a release means to undo what changed after it, up to the release of the chart. */
function compatibilityVersionsOf({ minor }: Release): ProfileSets['compatibilityVersions'] {
  const own = numberOf(minor);
  const sets: Record<string, JsonObject> = {};
  for (let version = OLDEST_COMPATIBLE; version < own; version += 1) {
    sets[`1.${version}`] = BEHAVIOURAL_CHANGES.filter(({ inRelease }) => numberOf(inRelease) > version && numberOf(inRelease) <= own)
      .map(({ before }) => before)
      .reduce(mergeValues, {});
  }
  // a slip of that release alone: the setting is undone for 1.30, which had it, and not for 1.29, which had it as well
  if (minor === '1.31') sets['1.30'] = mergeValues(sets['1.30'] ?? {}, { pilot: { env: { PILOT_SPAWN_UPSTREAM_SPAN_FOR_GATEWAY: 'false' } } });
  return sets;
}

function numberOf(release: string): number {
  return Number(release.split('.')[1]);
}
