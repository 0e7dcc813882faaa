import type { MutatingWebhook, MutatingWebhookConfigurationProps } from '../../../imports/kubernetes/mutating-webhook-configuration';
import type { LabelSelectorRequirement } from '../../../imports/kubernetes/meta-v1';
import { definedProps } from '../component-checks';
import type { InjectionProps } from '../injection/injection-props';
import { commonLabels, revisionLabel } from './istiod-labels';
import type { IstiodSettings } from './istiod-settings';
import type { InjectorWebhookProps } from './webhook-props';

/** What the webhooks need of a control plane: those of a tag may stand without its Istiod. */
export interface InjectorWebhookSettings extends Pick<IstiodSettings, 'namespace' | 'release' | 'revision' | 'name' | 'suffix'> {
  readonly webhook: InjectorWebhookProps;
  readonly injection: Pick<InjectionProps, 'enableNamespacesByDefault' | 'reinvocationPolicy'>;
}

/** Namespaces whose pods the cluster itself needs. */
const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'];

const REVISION = 'istio.io/rev';
const NAMESPACE_INJECTION = 'istio-injection';
const POD_INJECTION = 'sidecar.istio.io/inject';

/** Has the pods injected that are to be by this revision; by the default one also those that name no revision. */
export function injectorWebhooks(settings: InjectorWebhookSettings): MutatingWebhookConfigurationProps {
  return configuration(settings, `istio-sidecar-injector${settings.suffix}`, settings.revision ?? 'default', settings.revision === undefined, {});
}

/** Has the pods injected that name a tag; for the tag `default`, also those that name no revision. */
export function tagWebhooks(settings: InjectorWebhookSettings, tag: string): MutatingWebhookConfigurationProps {
  return configuration(settings, `istio-revision-tag-${tag}`, tag, tag === 'default', { 'istio.io/tag': tag });
}

function configuration(
  settings: InjectorWebhookSettings,
  prefix: string,
  revision: string,
  isDefault: boolean,
  labels: Readonly<Record<string, string>>,
): MutatingWebhookConfigurationProps {
  const { namespace, injection } = settings;
  const auto = isDefault && injection.enableNamespacesByDefault === true;
  return {
    metadata: definedProps({
      // the names of the one control plane that most clusters have are the short ones
      name: namespace === 'istio-system' ? prefix : `${prefix}-${namespace}`,
      labels: { app: 'sidecar-injector', ...revisionLabel(settings), ...labels, ...commonLabels(settings) },
      annotations: settings.webhook.annotations,
    }),
    webhooks: [...webhooksOfRevision(settings, revision), ...(isDefault ? defaultWebhooks(settings) : []), ...(auto ? [webhookWithoutLabels(settings)] : [])],
  };
}

/** A namespace, or a pod in a namespace without labels, names the revision. */
function webhooksOfRevision(settings: InjectorWebhookSettings, revision: string): MutatingWebhook[] {
  return [
    webhook(settings, 'rev.namespace', [isOneOf(REVISION, revision), isAbsent(NAMESPACE_INJECTION)], [isNone(POD_INJECTION, 'false')]),
    webhook(
      settings,
      'rev.object',
      [isAbsent(REVISION), isAbsent(NAMESPACE_INJECTION)],
      [isNone(POD_INJECTION, 'false'), isOneOf(REVISION, revision)],
    ),
  ];
}

/** A namespace, or a pod in a namespace without labels, asks for injection and names no revision. */
function defaultWebhooks(settings: InjectorWebhookSettings): MutatingWebhook[] {
  return [
    webhook(settings, 'namespace', [isOneOf(NAMESPACE_INJECTION, 'enabled')], [isNone(POD_INJECTION, 'false')]),
    webhook(
      settings,
      'object',
      [isAbsent(NAMESPACE_INJECTION), isAbsent(REVISION)],
      [isOneOf(POD_INJECTION, 'true'), isAbsent(REVISION)],
    ),
  ];
}

/** Neither the namespace nor the pod says anything. */
function webhookWithoutLabels(settings: InjectorWebhookSettings): MutatingWebhook {
  return webhook(
    settings,
    'auto',
    [isAbsent(NAMESPACE_INJECTION), isAbsent(REVISION), isNone('kubernetes.io/metadata.name', ...SYSTEM_NAMESPACES)],
    [isAbsent(POD_INJECTION), isAbsent(REVISION)],
  );
}

function webhook(
  settings: InjectorWebhookSettings,
  prefix: string,
  namespaces: LabelSelectorRequirement[],
  pods: LabelSelectorRequirement[],
): MutatingWebhook {
  const { url, path = '/inject', caBundle } = settings.webhook;
  const service = { name: settings.name, namespace: settings.namespace, path, port: 443 };
  return {
    name: `${prefix}.sidecar-injector.istio.io`,
    clientConfig: definedProps({ ...(url === undefined ? { service } : { url }), caBundle }),
    sideEffects: 'None',
    rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
    failurePolicy: 'Fail',
    reinvocationPolicy: settings.injection.reinvocationPolicy ?? 'Never',
    admissionReviewVersions: ['v1'],
    namespaceSelector: { matchExpressions: namespaces },
    objectSelector: { matchExpressions: pods },
  };
}

function isOneOf(key: string, ...values: string[]): LabelSelectorRequirement {
  return { key, operator: 'In', values };
}

function isNone(key: string, ...values: string[]): LabelSelectorRequirement {
  return { key, operator: 'NotIn', values };
}

function isAbsent(key: string): LabelSelectorRequirement {
  return { key, operator: 'DoesNotExist' };
}
