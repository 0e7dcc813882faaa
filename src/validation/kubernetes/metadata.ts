/** What the server checks in the metadata of most of its own kinds, and not in that of others. */
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { finalizerName } from './configuration';
import { failForms, notNegative } from './checks';
import { eachText, within } from './fields';

/** Kinds whose new objects keep the generation that they come with. */
const KEEP_GENERATION = new Set([
  'ConfigMap', 'LimitRange', 'Namespace', 'PersistentVolumeClaim', 'ResourceQuota', 'Secret', 'Service', 'ServiceAccount', 'HorizontalPodAutoscaler',
  'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding',
]);
/** Kinds whose finalizers may be of any qualified name. */
const ANY_FINALIZER = new Set([
  'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'CustomResourceDefinition',
  'PodDisruptionBudget',
]);

export function checkOwnMetadata(object: Data, kind: string, report: Report): void {
  within(object, 'metadata', report, (metadata) => {
    if (KEEP_GENERATION.has(kind)) notNegative(metadata, 'generation', report);
    if (!ANY_FINALIZER.has(kind)) eachText(metadata, 'finalizers', report, (name) => failForms(name, finalizerName, report));
  });
}
