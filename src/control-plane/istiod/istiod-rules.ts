import type { PolicyRule } from '../../../imports/kubernetes/rbac-v1';
import { since } from '../release';
import { usesClusterTrustBundle, usesKubernetesSigner } from './istiod-certificates';
import type { IstiodSettings } from './istiod-settings';

/** Groups of Istio's kinds, those of earlier releases too: an older istiod may still run beside this one. */
export const ISTIO_GROUPS = [
  'config.istio.io',
  'security.istio.io',
  'networking.istio.io',
  'authentication.istio.io',
  'rbac.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
] as const;

/** Kinds whose status istiod writes when it analyses the mesh. */
const ANALYSED = [
  'authorizationpolicies',
  'destinationrules',
  'envoyfilters',
  'gateways',
  'peerauthentications',
  'proxyconfigs',
  'requestauthentications',
  'serviceentries',
  'sidecars',
  'telemetries',
  'virtualservices',
  'wasmplugins',
  'workloadentries',
  'workloadgroups',
];

const READ = ['get', 'list', 'watch'];
const OWN = ['get', 'watch', 'list', 'update', 'patch', 'create', 'delete'];

/** What istiod may do in the whole cluster. */
export function istiodRules(settings: IstiodSettings): PolicyRule[] {
  const { props } = settings;
  return [
    // its own webhooks
    rule('admissionregistration.k8s.io', ['mutatingwebhookconfigurations'], [...READ, 'update', 'patch']),
    rule('admissionregistration.k8s.io', ['validatingwebhookconfigurations'], [...READ, 'update']),
    // the mesh's configuration
    { apiGroups: [...ISTIO_GROUPS], verbs: ['get', 'watch', 'list'], resources: ['*'] },
    ...(props.analysis === true ? [{ apiGroups: [...ISTIO_GROUPS], verbs: ['update', 'patch'], resources: ANALYSED.map(status) }] : []),
    rule('networking.istio.io', ['workloadentries'], OWN),
    rule('networking.istio.io', ['workloadentries/status', 'serviceentries/status'], OWN),
    rule('security.istio.io', ['authorizationpolicies/status'], OWN),
    rule('', ['services/status'], OWN),
    // which of the kinds it knows the cluster has
    rule('apiextensions.k8s.io', ['customresourcedefinitions'], READ),
    // services and what stands behind them
    rule('', ['pods', 'nodes', 'services', 'namespaces', 'endpoints'], READ),
    rule('discovery.k8s.io', ['endpointslices'], READ),
    ...(props.nodeUntaint?.enabled === true ? [rule('', ['nodes'], ['patch'])] : []),
    ...ingressRules(props.analysis === true),
    // the root certificate, in every namespace
    rule('', ['configmaps'], ['create', 'get', 'list', 'watch', 'update']),
    ...certificateRules(settings),
    // whether a proxy, or a gateway that asks for a Secret, may have what it asks for
    rule('authentication.k8s.io', ['tokenreviews'], ['create']),
    rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
    ...gatewayApiRules(settings),
    // credentials of other clusters
    rule('', ['secrets'], ['get', 'watch', 'list']),
    rule(multiClusterGroup(settings), ['serviceexports'], ['get', 'watch', 'list', 'create', 'delete']),
    rule(multiClusterGroup(settings), ['serviceimports'], ['get', 'watch', 'list']),
  ];
}

/** Leave to make the workloads that Gateways of the Gateway API ask for. */
export function gatewayControllerRules(): PolicyRule[] {
  return [
    rule('apps', ['deployments'], OWN),
    rule('autoscaling', ['horizontalpodautoscalers'], OWN),
    rule('policy', ['poddisruptionbudgets'], OWN),
    rule('', ['services'], OWN),
    rule('', ['serviceaccounts'], OWN),
  ];
}

/** Group of the kinds for services of several clusters; clouds have their own. */
export function multiClusterGroup({ env }: IstiodSettings): string {
  const group = env['MCS_API_GROUP'] ?? '';
  return group === '' ? 'multicluster.x-k8s.io' : group;
}

function ingressRules(analysis: boolean): PolicyRule[] {
  const legacy = ['extensions', 'networking.k8s.io'];
  return [
    ...(analysis ? [{ apiGroups: legacy, resources: ['ingresses'], verbs: READ }] : []),
    ...(analysis ? [{ apiGroups: legacy, resources: ['ingresses/status'], verbs: ['*'] }] : []),
    rule('networking.k8s.io', ['ingresses', 'ingressclasses'], READ),
    rule('networking.k8s.io', ['ingresses/status'], ['*']),
  ];
}

function certificateRules(settings: IstiodSettings): PolicyRule[] {
  const signers = settings.props.certSigners ?? [];
  const requests = [
    rule(
      'certificates.k8s.io',
      ['certificatesigningrequests', 'certificatesigningrequests/approval', 'certificatesigningrequests/status'],
      ['update', 'create', 'get', 'delete', 'watch'],
    ),
    { ...rule('certificates.k8s.io', ['signers'], ['approve']), ...(signers.length > 0 && { resourceNames: [...signers] }) },
  ];
  const bundles = [
    rule('certificates.k8s.io', ['clustertrustbundles'], ['update', 'create', 'delete', 'list', 'watch', 'get']),
    { ...rule('certificates.k8s.io', ['signers'], ['attest']), resourceNames: ['istio.io/istiod-ca'] },
  ];
  return [...(usesKubernetesSigner(settings) ? requests : []), ...(usesClusterTrustBundle(settings) ? bundles : [])];
}

function gatewayApiRules({ release }: IstiodSettings): PolicyRule[] {
  // listener sets were an experiment until 1.29
  const isStable = since(release, '1.30');
  const statuses = ['backendtlspolicies', 'gatewayclasses', 'gateways', 'grpcroutes', 'httproutes', 'referencegrants', 'tcproutes', 'tlsroutes', 'udproutes'];
  const write = ['update', 'patch'];
  return [
    { apiGroups: ['gateway.networking.k8s.io', 'gateway.networking.x-k8s.io'], resources: ['*'], verbs: ['get', 'watch', 'list'] },
    rule('gateway.networking.x-k8s.io', ['xbackendtrafficpolicies', ...(isStable ? [] : ['xlistenersets'])].map(status), write),
    rule('gateway.networking.k8s.io', [...statuses, ...(isStable ? ['listenersets'] : [])].map(status), write),
    rule('gateway.networking.k8s.io', ['gatewayclasses'], ['create', 'update', 'patch', 'delete']),
    rule('inference.networking.k8s.io', ['inferencepools'], ['get', 'watch', 'list']),
    rule('inference.networking.k8s.io', ['inferencepools/status'], write),
  ];
}

function rule(group: string, resources: string[], verbs: string[]): PolicyRule {
  return { apiGroups: [group], resources, verbs };
}

function status(kind: string): string {
  return `${kind}/status`;
}
