import type { KubeObject } from '../kubernetes/client';
import { applyInOrder } from './apply';
import { Cases } from './cases';
import type { Control } from './control';
import { configMap, webhook } from './control';
import { judgeTags, takeStep } from './step-rows';

/** Steps that are wrong. */
export const STEP_CONTROLS: Readonly<Record<string, Control>> = {
  'steps: a webhook whose Service is not there': {
    notices: async (server, istiod) => {
      const cases = new Cases('control');
      await takeStep({ server, istiod, present: [], objects: [webhook('lost')] }, cases);
      return cases.row().details ?? [];
    },
    words: /^webhooks after MutatingWebhookConfiguration lost: .*MutatingWebhookConfiguration lost asks Service default\/nobody, which is not there/,
  },
  'steps: a tag that leads to another Service': {
    notices: async (server) => {
      const cases = new Cases('control');
      await applyInOrder(server, [{ ...webhook('tag'), metadata: { name: 'tag', labels: { 'istio.io/tag': 'prod' } } }]);
      await judgeTags(server, { prod: 'istiod-new' }, cases);
      return cases.row().details ?? [];
    },
    words: /^tag prod: it leads to nobody and not to istiod-new$/,
  },
  'steps: a validator that moves to an istiod which is not up yet': {
    notices: async (server, istiod) => {
      const [one, two] = [new Cases('control'), new Cases('control')];
      const checked = { ...configMap('checked'), metadata: { name: 'checked', namespace: 'default', labels: { control: 'checked' } } };
      const present = await takeStep({ server, istiod, present: [], objects: [...istiodNamed('istiod-a'), validator('istiod-a'), checked] }, one);
      const objects = [...istiodNamed('istiod-a'), ...istiodNamed('istiod-b'), validator('istiod-b'), checked];
      await takeStep({ server, istiod, present, objects }, two);
      // the first step is right: only the move is the mistake
      const early = (one.row().details ?? []).filter((detail) => detail.includes('failed calling webhook'));
      return early.length > 0 ? early.map((detail) => `(too early) ${detail}`) : (two.row().details ?? []);
    },
    words: /^apply, ConfigMap default\/checked: .*failed calling webhook "only\.example\.com".*istiod-b\.default\.svc/,
  },
};

function validator(service: string): KubeObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'control' },
    webhooks: [
      {
        name: 'only.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        clientConfig: { service: { name: service, namespace: 'default' } },
        rules: [{ operations: ['CREATE', 'UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
        objectSelector: { matchLabels: { control: 'checked' } },
      },
    ],
  };
}

function istiodNamed(name: string): KubeObject[] {
  const metadata = { name, namespace: 'default' };
  const labels = { app: name };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ name: 'https', port: 443, protocol: 'TCP' }] } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'istiod', image: 'none.example.com/istiod:1' }] } },
      },
    },
  ];
}
