import type { ConfigMapProps } from '../../../imports/kubernetes/config-map';
import { writeYaml } from '../../core/yaml-writer';
import type { JsonObject } from '../../rules/json';
import { cniMetadata } from './cni-access';
import type { AmbientSelector } from './cni-props';
import type { CniSettings } from './cni-settings';

export const CNI_CONFIG_MAP = 'istio-cni-config';

/** The environment of the installer. It is read from a ConfigMap, so that the plugin's other parts find it as well. */
export function cniConfigMap(settings: CniSettings): ConfigMapProps {
  const { ambient, repair } = settings;
  return {
    metadata: cniMetadata(settings, CNI_CONFIG_MAP),
    data: {
      CURRENT_AGENT_VERSION: settings.image.tag ?? settings.release.version,
      AMBIENT_ENABLED: String(ambient.enabled),
      AMBIENT_ENABLEMENT_SELECTOR: selectorsText(ambient.enablementSelectors),
      AMBIENT_DNS_CAPTURE: String(ambient.dnsCapture),
      AMBIENT_IPV6: String(ambient.ipv6),
      AMBIENT_RECONCILE_POD_RULES_ON_STARTUP: String(ambient.reconcileIptablesOnStartup),
      ENABLE_AMBIENT_DETECTION_RETRY: String(ambient.enableAmbientDetectionRetry),
      ...(settings.confFileName !== '' && { CNI_CONF_NAME: settings.confFileName }),
      ISTIO_OWNED_CNI_CONFIG: String(settings.istioOwnedConfig),
      ...(settings.istioOwnedConfig && { ISTIO_OWNED_CNI_CONF_FILENAME: settings.istioOwnedConfigFileName }),
      CHAINED_CNI_PLUGIN: String(settings.chained),
      EXCLUDE_NAMESPACES: settings.excludeNamespaces.join(','),
      REPAIR_ENABLED: String(repair.enabled),
      REPAIR_LABEL_PODS: String(repair.labelPods),
      REPAIR_DELETE_PODS: String(repair.deletePods),
      REPAIR_REPAIR_PODS: String(repair.repairPods),
      REPAIR_INIT_CONTAINER_NAME: repair.initContainerName,
      REPAIR_BROKEN_POD_LABEL_KEY: repair.brokenPodLabelKey,
      REPAIR_BROKEN_POD_LABEL_VALUE: repair.brokenPodLabelValue,
      NATIVE_NFTABLES: String(settings.nativeNftables),
      ...settings.env,
    },
  };
}

/** A list as YAML; the writer writes objects only. */
function selectorsText(selectors: readonly AmbientSelector[]): string {
  if (selectors.length === 0) return '[]';
  const [, ...lines] = writeYaml([{ selectors } as unknown as JsonObject]).trimEnd().split('\n');
  return lines.join('\n');
}
