import type { JsonObject } from '../../rules/json';

/**
 * The profiles that istioctl knows, each as the spec of an IstioOperator over the default one; of all releases. What they choose
 * among the charts' values is said by the values `profile` and `global.platform`.
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/config-profiles/
 */
export const OPERATOR_PROFILES: Readonly<Record<string, JsonObject>> = {
  default: {
    components: {
      base: { enabled: true },
      pilot: { enabled: true },
      ingressGateways: [{ name: 'istio-ingressgateway', enabled: true }],
      egressGateways: [{ name: 'istio-egressgateway', enabled: false }],
    },
    values: {
      defaultRevision: '',
      global: { istioNamespace: 'istio-system', configValidation: true },
      gateways: { 'istio-ingressgateway': {}, 'istio-egressgateway': {} },
      ztunnel: { resourceName: 'ztunnel' },
    },
  },
  ambient: {
    components: { cni: { enabled: true }, ztunnel: { enabled: true }, ...withoutIngress() },
    values: { profile: 'ambient' },
  },
  demo: {
    components: { egressGateways: [{ name: 'istio-egressgateway', enabled: true }] },
    values: { profile: 'demo' },
  },
  empty: { components: { base: { enabled: false }, pilot: { enabled: false }, ...withoutIngress() } },
  minimal: { components: withoutIngress() },
  openshift: {
    components: { cni: { enabled: true, namespace: 'kube-system' } },
    values: { global: { platform: 'openshift' } },
  },
  'openshift-ambient': {
    components: {
      cni: { enabled: true, namespace: 'kube-system' },
      ztunnel: { enabled: true, namespace: 'kube-system' },
      ...withoutIngress(),
    },
    values: { profile: 'ambient', global: { platform: 'openshift' } },
  },
  preview: { values: { profile: 'preview' } },
  remote: { components: { base: { enabled: true }, pilot: { enabled: true }, ...withoutIngress() }, values: { profile: 'remote' } },
  stable: { values: { profile: 'stable' } },
};

function withoutIngress(): { readonly ingressGateways: readonly JsonObject[] } {
  return { ingressGateways: [{ name: 'istio-ingressgateway', enabled: false }] };
}
