import type { ResourceRequirements } from '../../../imports/kubernetes/core-v1';
import type { JsonObject } from '../../rules/json';
import { joined } from './captured';
import { TRUST_BUNDLE, usesTrustBundle } from './settings';
import type { InjectionSettings } from './settings';

/**
 * What the key `values` in the injector's ConfigMap holds, as JSON: settings under the names that Istio's charts give them.
 * istiod and istioctl read some; what templates of your own may read as `.Values` is there as well.
 */
export function injectorValues(settings: InjectionSettings): JsonObject {
  const { cni, env, gateways, revision } = settings;
  const { policy: _policy, ...injection } = settings.injection;
  return {
    gateways: plain({ securityContext: gateways.securityContext ?? {}, seccompProfile: gateways.seccompProfile ?? {} }),
    global: globalValues(settings),
    // templates compare it with a boolean, which no environment has
    pilot: { cni: plain(cni), env: usesTrustBundle(settings) ? { ...env, [TRUST_BUNDLE]: true } : env },
    revision: revision ?? '',
    sidecarInjectorWebhook: plain(injection),
  };
}

function globalValues(settings: InjectionSettings): JsonObject {
  const { image, logging, proxy, waypoint } = settings;
  const { agentgatewayImage } = settings.gateways;
  return {
    ...(agentgatewayImage === undefined ? {} : { agentgateway: { image: agentgatewayImage } }),
    caAddress: proxy.caAddress ?? '',
    caName: proxy.caName ?? '',
    hub: image.hub,
    imagePullPolicy: image.pullPolicy ?? '',
    imagePullSecrets: image.pullSecrets ?? [],
    istioNamespace: settings.namespace,
    logAsJson: logging.json,
    logging: { level: logging.level },
    meshID: settings.meshId ?? '',
    mountMtlsCerts: proxy.mountMtlsCerts,
    multiCluster: { clusterName: settings.clusterName ?? '' },
    nativeNftables: settings.nativeNftables,
    network: settings.network ?? '',
    pilotCertProvider: settings.pilotCertProvider,
    ...(settings.platform === undefined ? {} : { platform: settings.platform }),
    proxy: proxyValues(settings),
    proxy_init: { forceApplyIptables: proxy.init.forceApplyIptables, image: proxy.init.image },
    sds: { token: { aud: settings.tokenAudience } },
    sts: { servicePort: proxy.stsPort ?? 0 },
    tag: image.tag,
    ...(settings.trustBundleName === undefined ? {} : { trustBundleName: settings.trustBundleName }),
    variant: image.variant ?? '',
    waypoint: plain({
      affinity: waypoint.affinity ?? {},
      nodeSelector: waypoint.nodeSelector ?? {},
      resources: resources(waypoint.resources),
      tolerations: waypoint.tolerations ?? [],
      topologySpreadConstraints: waypoint.topologySpreadConstraints ?? [],
    }),
  };
}

function proxyValues({ injection, proxy }: InjectionSettings): JsonObject {
  const { outbound, inbound } = proxy.trafficCapture;
  const { startupProbe } = proxy;
  return {
    autoInject: injection.policy,
    ...(proxy.capNetBindService ? { capNetBindService: true } : {}),
    clusterDomain: proxy.clusterDomain,
    componentLogLevel: proxy.componentLogLevel,
    excludeIPRanges: joined(outbound.excludeIpRanges),
    excludeInboundPorts: joined(inbound.excludePorts),
    excludeOutboundPorts: joined(outbound.excludePorts),
    ...(proxy.holdApplicationUntilProxyStarts === undefined
      ? {}
      : { holdApplicationUntilProxyStarts: proxy.holdApplicationUntilProxyStarts }),
    image: proxy.image,
    includeIPRanges: joined(outbound.ipRanges),
    includeInboundPorts: joined(inbound.ports),
    includeOutboundPorts: joined(outbound.ports),
    ...(proxy.lifecycle === undefined ? {} : { lifecycle: plain(proxy.lifecycle) }),
    logLevel: proxy.logLevel,
    outlierLogPath: proxy.outlierLogPath ?? '',
    privileged: proxy.privileged,
    readinessFailureThreshold: proxy.readinessProbe.failureThreshold,
    readinessInitialDelaySeconds: proxy.readinessProbe.initialDelaySeconds,
    readinessPeriodSeconds: proxy.readinessProbe.periodSeconds,
    resources: resources(proxy.resources),
    seccompProfile: plain(proxy.seccompProfile ?? {}),
    startupProbe: { enabled: startupProbe !== false, failureThreshold: startupProbe === false ? 600 : startupProbe.failureThreshold },
    statusPort: proxy.statusPort === false ? 0 : proxy.statusPort,
    tracer: proxy.tracer,
  };
}

/** istiod does not start with an amount that is no text. */
function resources(amounts: ResourceRequirements): JsonObject {
  const texts = (of: Readonly<Record<string, string | number>>): JsonObject =>
    Object.fromEntries(Object.entries(of).map(([name, amount]) => [name, String(amount)]));
  return {
    ...(amounts.limits === undefined ? {} : { limits: texts(amounts.limits) }),
    ...(amounts.requests === undefined ? {} : { requests: texts(amounts.requests) }),
  };
}

/** Props of Kubernetes' own types are JSON, which their types do not say. */
function plain(value: object): JsonObject {
  return { ...(value as JsonObject) };
}
export { INJECTOR_VALUE_PATHS } from './injector-value-paths';
