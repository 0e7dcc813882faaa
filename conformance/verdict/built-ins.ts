import type { Json, JsonObject } from '../../src/rules/json';
import { FULL_BODIES } from './full-built-ins';

const LABELS = { app: 'shop' };
const SELECTOR = { matchLabels: LABELS };
const CONTAINER = { name: 'web', image: 'shop:v1', ports: [{ name: 'http', containerPort: 8080 }], resources: { limits: { cpu: '500m', memory: '1Gi' } } };
const POD = { containers: [CONTAINER] };
const TEMPLATE = { metadata: { labels: LABELS }, spec: POD };
const CLIENT = { service: { name: 'webhook', namespace: 'shop', path: '/validate', port: 443 } };
const RULES = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: '*' }];
const ROLE_RULES = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];
const JOB_TEMPLATE = { ...TEMPLATE, spec: { ...POD, restartPolicy: 'Never' } };
const CLAIM = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const METRIC = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } };

/**
 * A right object of each kind that Kubernetes has built in, without apiVersion and metadata. What makes such an object
 * right is for the greater part code of the server, so that none can be made from the rules alone.
 */
const BODIES: Readonly<Record<string, JsonObject>> = {
  ConfigMap: { data: { key: 'value' }, binaryData: { blob: 'aGVsbG8=' }, immutable: true },
  LimitRange: { spec: { limits: [{ type: 'Container', default: { cpu: '500m' }, max: { cpu: '1' } }] } },
  Namespace: {},
  PersistentVolumeClaim: { spec: CLAIM },
  Pod: { spec: POD },
  ResourceQuota: { spec: { hard: { pods: '10', 'requests.cpu': '1' } } },
  Secret: { type: 'Opaque', data: { key: 'dmFsdWU=' }, stringData: { other: 'text' } },
  Service: { spec: { selector: LABELS, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }], type: 'ClusterIP' } },
  ServiceAccount: { automountServiceAccountToken: true, imagePullSecrets: [{ name: 'registry' }], secrets: [{ name: 'token' }] },
  MutatingWebhookConfiguration: {
    webhooks: [{ name: 'a.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig: CLIENT, rules: RULES, reinvocationPolicy: 'Never' }],
  },
  ValidatingWebhookConfiguration: {
    webhooks: [{ name: 'a.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig: CLIENT, rules: RULES, timeoutSeconds: 5 }],
  },
  ValidatingAdmissionPolicy: {
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: RULES },
      validations: [{ expression: 'object.metadata.name != "x"', message: 'not x', reason: 'Invalid' }],
      variables: [{ name: 'name', expression: 'object.metadata.name' }],
    },
  },
  ValidatingAdmissionPolicyBinding: { spec: { policyName: 'policy', validationActions: ['Deny'], matchResources: { namespaceSelector: SELECTOR } } },
  CustomResourceDefinition: {
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
      versions: [{
        name: 'v1', served: true, storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } } },
        subresources: { status: {} },
      }],
    },
  },
  DaemonSet: { spec: { selector: SELECTOR, template: TEMPLATE } },
  Deployment: { spec: { replicas: 2, selector: SELECTOR, template: TEMPLATE, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } } } },
  ReplicaSet: { spec: { replicas: 2, selector: SELECTOR, template: TEMPLATE } },
  StatefulSet: { spec: { serviceName: 'shop', selector: SELECTOR, template: TEMPLATE, volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: CLAIM }] } },
  HorizontalPodAutoscaler: {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' }, minReplicas: 1, maxReplicas: 5, metrics: [METRIC] },
  },
  CronJob: { spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: JOB_TEMPLATE } } } },
  Job: { spec: { template: JOB_TEMPLATE, backoffLimit: 2 } },
  EndpointSlice: { addressType: 'IPv4', endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready: true } }], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
  Ingress: {
    spec: {
      ingressClassName: 'istio',
      rules: [{ host: 'shop.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'shop', port: { number: 80 } } } }] } }],
      tls: [{ hosts: ['shop.example.com'], secretName: 'tls' }],
    },
  },
  IngressClass: { spec: { controller: 'istio.io/ingress-controller' } },
  NetworkPolicy: { spec: { podSelector: SELECTOR, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: SELECTOR }], ports: [{ port: 80, protocol: 'TCP' }] }] } },
  PodDisruptionBudget: { spec: { minAvailable: 1, selector: SELECTOR } },
  ClusterRole: { rules: ROLE_RULES },
  ClusterRoleBinding: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'ServiceAccount', name: 'shop', namespace: 'shop' }] },
  Role: { rules: ROLE_RULES },
  RoleBinding: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'view' }, subjects: [{ kind: 'ServiceAccount', name: 'shop', namespace: 'shop' }] },
  PriorityClass: { value: 1000, description: 'shop', globalDefault: false, preemptionPolicy: 'Never' },
};

/**
 * Right objects of a kind that Kubernetes has built in, the one with the fewest fields first: it has the most room for
 * others.
 */
export function builtInObjects(kind: string, apiVersion: string, scope: 'Namespaced' | 'Cluster', number: number): readonly JsonObject[] {
  // the name of a definition is made of its group and plural
  const name = kind === 'CustomResourceDefinition' ? 'things.example.com' : `${kind.toLowerCase()}-${number}`;
  const metadata: Record<string, Json> = { name, ...(scope === 'Namespaced' && { namespace: 'shop' }) };
  const bodies = [BODIES[kind], ...(FULL_BODIES[kind] ?? [])].filter((body) => body !== undefined);
  return bodies.map((body) => ({ apiVersion, kind, metadata, ...body }));
}
