import type { ConfigMapProps } from '../../../imports/kubernetes/config-map';
import { writeYaml } from '../../core/yaml-writer';
import type { JsonObject } from '../../rules/json';
import { isJsonObject, sortKeys } from '../../rules/json';
import { injectorConfig } from '../injection/injector-config';
import { injectorValues } from '../injection/injector-values';
import { commonLabels, revisionLabel } from './istiod-labels';
import type { Labels } from './istiod-labels';
import type { IstiodSettings } from './istiod-settings';
import { mergedOver } from './merged-over';

/** The templates of injected pods, and the values that they read. */
export function injectorConfigMap(settings: IstiodSettings): ConfigMapProps {
  const told = mergedOver(injectorValues(settings.injection), (settings.props.templateValues ?? {}) as JsonObject);
  const values = JSON.stringify(sortKeys(told), undefined, 2);
  return configMap(settings, `istio-sidecar-injector${settings.suffix}`, { config: injectorConfig(settings.injection), values });
}

/** The authority that istiod trusts besides when it fetches keys of JWT issuers; undefined where there is none. */
export function jwksConfigMap(settings: IstiodSettings): ConfigMapProps | undefined {
  const { jwksExtraRootCa } = settings.props;
  if (jwksExtraRootCa === undefined) return undefined;
  return configMap(settings, `pilot-jwks-extra-cacerts${settings.suffix}`, { 'extra.pem': jwksExtraRootCa });
}

/** What istiod makes of Gateways of a class, by class; istiod finds it by its label. */
export function gatewayClassConfigMaps(settings: IstiodSettings): readonly (readonly [gatewayClass: string, configMap: ConfigMapProps])[] {
  const { revision = 'default', props } = settings;
  return Object.entries(props.gatewayClasses ?? {}).map(([gatewayClass, overlays]) => {
    const data = Object.entries(overlays).flatMap(([kind, overlay]) => (isJsonObject(overlay) ? [[kind, yamlText(overlay)]] : []));
    const label = { 'gateway.istio.io/defaults-for-class': gatewayClass };
    return [gatewayClass, configMap(settings, `istio-${revision}-gatewayclass-${gatewayClass}`, Object.fromEntries(data), label)];
  });
}

function configMap(settings: IstiodSettings, name: string, data: Readonly<Record<string, string>>, labels: Labels = {}): ConfigMapProps {
  return {
    metadata: { name, namespace: settings.namespace, labels: { ...revisionLabel(settings), ...labels, ...commonLabels(settings) } },
    ...(Object.keys(data).length > 0 && { data }),
  };
}

function yamlText(value: JsonObject): string {
  return writeYaml([sortKeys(value) as JsonObject]);
}
