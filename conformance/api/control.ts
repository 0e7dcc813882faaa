import type { KubeObject } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import type { StandInIstiod } from './stand-in-istiod';

/** A mistake made on purpose. */
export interface Control {
  /** Runs a check over a mistake; gives what the check says. */
  notices(server: ApiServer, istiod: StandInIstiod): Promise<readonly string[]>;
  /** How the right complaint reads. */
  readonly words: RegExp;
}

export function configMap(name: string, inNamespace = 'default'): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: inNamespace }, data: { key: 'value' } };
}

export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function crd(kind: string, schema: object = { type: 'object' }, plural = `${kind.toLowerCase()}s`): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.example.com` },
    spec: {
      group: 'example.com',
      names: { kind, plural, singular: plural.replace(/s$/, ''), listKind: `${kind}List` },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

export function custom(kind: string): KubeObject {
  return { apiVersion: 'example.com/v1', kind, metadata: { name: 'one', namespace: 'default' } };
}

export function webhook(name: string): KubeObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'only.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: { service: { name: 'nobody', namespace: 'default' } },
        rules: [{ operations: ['CREATE'], apiGroups: ['nothing.example.com'], apiVersions: ['*'], resources: ['*'] }],
      },
    ],
  };
}
