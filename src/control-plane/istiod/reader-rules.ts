import type { PolicyRule } from '../../../imports/kubernetes/rbac-v1';
import { ISTIO_GROUPS, multiClusterGroup } from './istiod-rules';
import type { IstiodSettings } from './istiod-settings';

const READ = ['get', 'list', 'watch'];

/** What the control plane of another cluster may do in this one, by the credentials that it was given. */
export function readerRules(settings: IstiodSettings): PolicyRule[] {
  return [
    { apiGroups: [...ISTIO_GROUPS], resources: ['*'], verbs: READ },
    rule([''], ['endpoints', 'pods', 'services', 'nodes', 'replicationcontrollers', 'namespaces', 'secrets', 'configmaps'], READ),
    rule(['networking.istio.io'], ['workloadentries'], ['get', 'watch', 'list']),
    rule(['networking.x-k8s.io', 'gateway.networking.k8s.io'], ['gateways'], ['get', 'watch', 'list']),
    rule(['apiextensions.k8s.io'], ['customresourcedefinitions'], READ),
    rule(['discovery.k8s.io'], ['endpointslices'], READ),
    rule([multiClusterGroup(settings)], ['serviceexports'], [...READ, 'create', 'delete']),
    rule([multiClusterGroup(settings)], ['serviceimports'], READ),
    rule(['apps'], ['replicasets'], READ),
    rule(['authentication.k8s.io'], ['tokenreviews'], ['create']),
    rule(['authorization.k8s.io'], ['subjectaccessreviews'], ['create']),
    ...(settings.remote === undefined ? [] : remoteRules()),
  ];
}

/** A cluster without an istiod of its own has its root certificate and its webhooks kept by the remote one. */
function remoteRules(): PolicyRule[] {
  return [
    rule([''], ['configmaps'], ['create', 'get', 'list', 'watch', 'update']),
    rule(['admissionregistration.k8s.io'], ['mutatingwebhookconfigurations'], [...READ, 'update', 'patch']),
    rule(['admissionregistration.k8s.io'], ['validatingwebhookconfigurations'], [...READ, 'update']),
  ];
}

function rule(apiGroups: string[], resources: string[], verbs: string[]): PolicyRule {
  return { apiGroups, resources, verbs };
}
