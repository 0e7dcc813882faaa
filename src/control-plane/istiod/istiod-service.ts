import type { ServicePort, ServiceProps } from '../../../imports/kubernetes/service';
import { definedProps } from '../component-checks';
import { commonLabels, podSelector, revisionLabel } from './istiod-labels';
import type { IstiodSettings } from './istiod-settings';

/** Plain and mutual-TLS configuration for proxies, the webhooks, and Prometheus. */
const PORTS: readonly ServicePort[] = [
  { name: 'grpc-xds', port: 15010, protocol: 'TCP' },
  { name: 'https-dns', port: 15012, protocol: 'TCP' },
  { name: 'https-webhook', port: 443, targetPort: 15017, protocol: 'TCP' },
  { name: 'http-monitoring', port: 15014, protocol: 'TCP' },
];

export function istiodService(settings: IstiodSettings): ServiceProps {
  const service = serviceOf(settings, settings.name, {});
  return { ...service, spec: definedProps({ ...service.spec, trafficDistribution: settings.props.service?.trafficDistribution }) };
}

/** What a Service needs of a control plane: that of a tag may stand without its Istiod. */
export type ServiceSettings = Pick<IstiodSettings, 'namespace' | 'release' | 'revision'> & { readonly props: Pick<IstiodSettings['props'], 'service'> };

/** The Service by which a tag's proxies find their revision's istiod. */
export function tagService(settings: ServiceSettings, tag: string): ServiceProps {
  return serviceOf(settings, `istiod-revision-tag-${tag}`, { 'istio.io/tag': tag });
}

function serviceOf(settings: ServiceSettings, name: string, labels: Readonly<Record<string, string>>): ServiceProps {
  const { annotations, ipFamilyPolicy, ipFamilies } = settings.props.service ?? {};
  return {
    metadata: definedProps({
      name,
      namespace: settings.namespace,
      labels: { app: 'istiod', istio: 'pilot', ...revisionLabel(settings), ...labels, ...commonLabels(settings) },
      annotations,
    }),
    spec: definedProps({
      ports: [...PORTS],
      selector: podSelector(settings),
      ipFamilyPolicy,
      ipFamilies: ipFamilies === undefined ? undefined : [...ipFamilies],
    }),
  };
}
