import { Lazy } from 'cdk8s';
import type { ConfigMapProps } from '../../../imports/kubernetes/config-map';
import { writeYaml } from '../../core/yaml-writer';
import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject, sortKeys } from '../../rules/json';
import { definedProps } from '../component-checks';
import { commonLabels, revisionLabel } from './istiod-labels';
import type { IstiodSettings } from './istiod-settings';
import { mergedOver } from './merged-over';

/** The mesh's configuration and networks, which istiod reads while it runs. */
export function meshConfigMap(settings: IstiodSettings): ConfigMapProps {
  const { suffix, namespace } = settings;
  return {
    metadata: { name: `istio${suffix}`, namespace, labels: { ...revisionLabel(settings), ...commonLabels(settings) } },
    data: {
      // at synthesis: providers may be added until then
      mesh: Lazy.any({ produce: () => yamlText(meshConfig(settings)) }) as never,
      meshNetworks: yamlText({ networks: settings.props.meshNetworks ?? {} }),
    },
  };
}

/** The configuration that follows from props, with what was given over it. */
export function meshConfig(settings: IstiodSettings): JsonObject {
  const { props, istioNamespace, trustDomain } = settings;
  const given = (props.meshConfig ?? {}) as JsonObject;
  const fallback = definedProps({
    trustDomain,
    rootNamespace: istioNamespace,
    enablePrometheusMerge: true,
    defaultProviders: isGiven(given['defaultProviders']) ? undefined : defaultProviders(settings),
    defaultConfig: proxyConfig(settings),
  });
  return withProviders(mergedOver(fallback, given), settings);
}

/** Sorted, so that the order of construction does not matter; what was given stays before. */
function withProviders(config: JsonObject, { addedProviders }: IstiodSettings): JsonObject {
  if (addedProviders.size === 0) return config;
  const given = Array.isArray(config['extensionProviders']) ? config['extensionProviders'] : [];
  const added = [...addedProviders].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, provider]) => provider());
  return { ...config, extensionProviders: [...given, ...added] };
}

/** Where metrics and access logs go without a Telemetry that says it. */
function defaultProviders({ props: { telemetry = {} } }: IstiodSettings): JsonObject | undefined {
  const { prometheus = true, stackdriver = false } = telemetry === false ? { prometheus: false } : telemetry;
  if (!prometheus && !stackdriver) return undefined;
  return {
    metrics: [...(prometheus ? ['prometheus'] : []), ...(stackdriver ? ['stackdriver'] : [])],
    ...(stackdriver && { accessLogging: ['stackdriver'] }),
  };
}

/** Configuration of proxies that name none of their own. */
function proxyConfig(settings: IstiodSettings): JsonObject {
  const { props } = settings;
  return definedProps({
    discoveryAddress: `${discoveryService(settings)}.${settings.namespace}.svc:15012`,
    meshId: props.meshId,
    image: props.image?.variant === undefined || props.image.variant === '' ? undefined : { imageType: props.image.variant },
    tracing: tracing(settings),
  }) as JsonObject;
}

/** The Service that leads to the istiod that configures proxies; one outside of the cluster has it under a fixed name. */
function discoveryService({ remote, name }: IstiodSettings): string {
  if (remote?.address === undefined) return name;
  return remote.localInjector ? 'istiod-remote' : 'istiod';
}

/** Where traces go by default, for the kinds of tracers that have a usual place. */
function tracing({ props, istioNamespace }: IstiodSettings): JsonObject | undefined {
  switch (props.proxy?.tracer) {
    case 'zipkin':
      return { zipkin: { address: `zipkin.${istioNamespace}:9411` } };
    case 'datadog':
      return { datadog: { address: '$(HOST_IP):8126' } };
    case 'stackdriver':
      return { stackdriver: { debug: false, maxNumberOfAttributes: 200, maxNumberOfAnnotations: 200, maxNumberOfMessageEvents: 200 } };
    default:
      return undefined;
  }
}

function isGiven(value: Json | undefined): boolean {
  return isJsonObject(value) && Object.keys(value).length > 0;
}

function yamlText(value: JsonObject): string {
  return writeYaml([sortKeys(value) as JsonObject]);
}
