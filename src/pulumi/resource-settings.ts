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

/**
 * A server-side apply of a field that istiod has written since is a conflict, and the provider takes none out of a list that is
 * to be ignored. Applied all the same, istiod sets it again at once.
 */
const PATCH_FORCE = { 'pulumi.com/patchForce': 'true' };

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

/**
 * The object as it is registered: what a Secret holds is a secret of Pulumi, too; annotations tell the provider what it cannot
 * know.
 *
 * @param annotations of how long to wait for it
 */
export function registered(item: ObjectItem, manifest: Registrable['manifest'], annotations: Readonly<Record<string, string>> = {}): Registrable['manifest'] {
  const { kind, group } = item.object.identity;
  const metadata = treeAt(manifest, 'metadata');
  const added = { ...annotations, ...(ofIstiod(item).length > 0 && PATCH_FORCE) };
  const { data, stringData } = manifest;
  return {
    ...manifest,
    ...(Object.keys(added).length > 0 && { metadata: { ...metadata, annotations: { ...treeAt(metadata, 'annotations'), ...added } } }),
    ...(kind === 'Secret' && group === '' && { ...(data !== undefined && { data: secret(data) }), ...(stringData !== undefined && { stringData: secret(stringData) }) }),
  };
}

function aliasesOf(apiVersion: string, { group, kind }: Identity): Alias[] {
  const others = (VERSIONS[group] ?? []).map((version) => `${group}/${version}`).filter((other) => other !== apiVersion);
  return others.map((other) => ({ type: resourceType(other, kind) }));
}

/**
 * What istiod changes of the webhooks that check its configuration: once it answers, it has them refuse what it would refuse.
 * (The `caBundle`, which it writes too, is no field of ours unless a program gives one; then istiod leaves all of it alone.)
 */
function ofIstiod({ object: { identity, manifest } }: ObjectItem): string[] {
  if (identity.kind !== 'ValidatingWebhookConfiguration') return [];
  return listAt(manifest, 'webhooks').flatMap((webhook, index) => {
    const isIstios = textAt(webhook, 'name').endsWith('.istio.io') && textAt(webhook, 'clientConfig', 'caBundle') === '';
    return isIstios && textAt(webhook, 'failurePolicy') === 'Ignore' ? [`webhooks[${index}].failurePolicy`] : [];
  });
}
