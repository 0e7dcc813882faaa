import { secret } from '@pulumi/pulumi';
import type { Alias, CustomResourceOptions } from '@pulumi/pulumi';
import type { Identity } from '../core/identity';
import type { ObjectItem } from '../core/object-graph';
import type { Registrable } from './inputs';
import { listAt, textAt, treeAt } from './manifest-parts';

/** Versions under which a kind may have been deployed before, by API group: it is the same object under each. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  'networking.istio.io': ['v1', 'v1beta1', 'v1alpha3'],
  'security.istio.io': ['v1', 'v1beta1'],
  'telemetry.istio.io': ['v1', 'v1alpha1'],
  'gateway.networking.k8s.io': ['v1', 'v1beta1', 'v1alpha3', 'v1alpha2'],
  autoscaling: ['v2', 'v2beta2', 'v2beta1', 'v1'],
  policy: ['v1', 'v1beta1'],
  'admissionregistration.k8s.io': ['v1', 'v1beta1'],
};

/** The type that `@pulumi/kubernetes` gives the kind, such as `kubernetes:apps/v1:Deployment`. */
export function resourceType(apiVersion: string, kind: string): string {
  return `kubernetes:${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

/**
 * The name in the resource's URN: by what the object is and not by the construct that makes it, so that a program may be
 * rearranged without anything being replaced.
 */
export function resourceName(component: string, { cluster, namespace, name }: Identity, isOneOfSeveral: boolean): string {
  return [component, isOneOfSeveral ? cluster : '', namespace, name].filter((part) => part !== '').join('/');
}

/** What follows from what the object is. */
export function settingsOf(item: ObjectItem, retainCrds: boolean): CustomResourceOptions {
  const { identity, manifest } = item.object;
  const isCrd = identity.kind === 'CustomResourceDefinition';
  const isSecret = identity.kind === 'Secret' && identity.group === '';
  const ignored = ofIstiod(item);
  const aliases = aliasesOf(String(manifest['apiVersion']), identity);
  return {
    ...(aliases.length > 0 && { aliases }),
    // with a CRD goes every object of its kind, of other programs, too
    ...(isCrd && retainCrds && { retainOnDelete: true }),
    ...(isSecret && { additionalSecretOutputs: ['data', 'stringData'] }),
    ...(ignored.length > 0 && { ignoreChanges: ignored }),
  };
}

/** The object as it is registered: what a Secret holds is a secret of Pulumi, too. */
export function registered(item: ObjectItem, manifest: Registrable['manifest'], skipsAwait: boolean): Registrable['manifest'] {
  const { kind, group } = item.object.identity;
  const metadata = treeAt(manifest, 'metadata');
  const annotated = { ...metadata, annotations: { ...treeAt(metadata, 'annotations'), 'pulumi.com/skipAwait': 'true' } };
  const { data, stringData } = manifest;
  return {
    ...manifest,
    ...(skipsAwait && { metadata: annotated }),
    ...(kind === 'Secret' && group === '' && { ...(data !== undefined && { data: secret(data) }), ...(stringData !== undefined && { stringData: secret(stringData) }) }),
  };
}

function aliasesOf(apiVersion: string, { group, kind }: Identity): Alias[] {
  const others = (VERSIONS[group] ?? []).map((version) => `${group}/${version}`).filter((other) => other !== apiVersion);
  return others.map((other) => ({ type: resourceType(other, kind) }));
}

/** What istiod writes into the configuration of its webhooks once it is up; what the program says itself is the program's. */
function ofIstiod({ object: { identity, manifest } }: ObjectItem): string[] {
  const isMutating = identity.kind === 'MutatingWebhookConfiguration';
  if (!isMutating && identity.kind !== 'ValidatingWebhookConfiguration') return [];
  return listAt(manifest, 'webhooks').flatMap((webhook, index) => {
    if (!textAt(webhook, 'name').endsWith('.istio.io')) return [];
    const isGiven = textAt(webhook, 'clientConfig', 'caBundle') !== '';
    return [...(isGiven ? [] : [`webhooks[${index}].clientConfig.caBundle`]), ...(isMutating ? [] : [`webhooks[${index}].failurePolicy`])];
  });
}
