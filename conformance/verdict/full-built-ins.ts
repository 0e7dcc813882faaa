import type { Json, JsonObject } from '../../src/rules/json';
import { FULL_POD } from './pod';

const LABELS = { app: 'shop' };
const SELECTOR = { matchLabels: LABELS, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] };
const TEMPLATE = { metadata: { labels: LABELS, annotations: { note: 'x' } }, spec: { containers: [{ name: 'web', image: 'shop:v1' }] } };
const JOB_POD = { metadata: { labels: LABELS }, spec: { containers: [{ name: 'web', image: 'shop:v1' }], restartPolicy: 'Never' } };
const RULE = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments', 'deployments/scale'], scope: 'Namespaced' };
const CONDITIONS = [{ name: 'not-system', expression: "object.metadata.namespace != 'kube-system'" }];
const HOOK = {
  name: 'a.example.com', admissionReviewVersions: ['v1', 'v1beta1'], sideEffects: 'NoneOnDryRun', clientConfig: { url: 'https://example.com/validate' }, rules: [RULE],
  failurePolicy: 'Fail', matchPolicy: 'Exact', timeoutSeconds: 10, matchConditions: CONDITIONS, namespaceSelector: SELECTOR, objectSelector: SELECTOR,
};
const SOURCE = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'before' };
const PEERS = [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }, { namespaceSelector: SELECTOR, podSelector: SELECTOR }];
const INDEXED_JOB = {
  completionMode: 'Indexed', completions: 5, parallelism: 2, backoffLimitPerIndex: 1, maxFailedIndexes: 2, activeDeadlineSeconds: 600, ttlSecondsAfterFinished: 60,
  managedBy: 'example.com/jobs', suspend: true,
  podFailurePolicy: {
    rules: [
      { action: 'FailIndex', onExitCodes: { containerName: 'web', operator: 'In', values: [1, 2] } },
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    ],
  },
  podReplacementPolicy: 'Failed',
  successPolicy: { rules: [{ succeededIndexes: '0,2-4', succeededCount: 2 }] },
  template: JOB_POD,
};
const SCALING = { stabilizationWindowSeconds: 60, selectPolicy: 'Max', policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }, { type: 'Pods', value: 2, periodSeconds: 30 }] };
const SCHEMA: Json = {
  type: 'object',
  properties: {
    metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 30 } } },
    spec: {
      type: 'object',
      required: ['mode'],
      properties: {
        mode: { type: 'string', enum: ['a', 'b'], default: 'a' },
        port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        names: { type: 'array', items: { type: 'string', pattern: '^[a-z]+$' }, 'x-kubernetes-list-type': 'set' },
        items: {
          type: 'array',
          items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, size: { type: 'integer', minimum: 1 } } },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
        },
        labels: { type: 'object', additionalProperties: { type: 'string', nullable: true } },
        one: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, oneOf: [{ required: ['a'] }, { required: ['b'], not: { properties: { a: { minLength: 2 } } } }] },
      },
      'x-kubernetes-validations': [{ rule: "self.mode == 'a' || has(self.free)", message: 'free has to be there', reason: 'FieldValueInvalid', fieldPath: '.mode' }],
    },
    status: { type: 'object', properties: { size: { type: 'integer' } } },
  },
};

/** Right objects of a kind that hold as much as one object can; what excludes each other is in different ones. */
export const FULL_BODIES: Readonly<Record<string, readonly JsonObject[]>> = {
  Pod: [
    { spec: FULL_POD },
    {
      spec: {
        containers: [{ name: 'web', image: 'shop:v1', securityContext: { windowsOptions: { runAsUserName: 'DOMAIN\\user', gmsaCredentialSpecName: 'spec' } } }],
        os: { name: 'windows' }, nodeName: 'node-1', hostname: 'shop', dnsPolicy: 'Default',
      },
    },
    {
      spec: {
        containers: [
          {
            name: 'web', image: 'shop:v1', ports: [{ containerPort: 80, hostPort: 80 }], volumeDevices: [{ name: 'disk', devicePath: '/dev/x' }],
            volumeMounts: [{ name: 'own', mountPath: '/own', subPathExpr: '$(NAME)', mountPropagation: 'Bidirectional' }], securityContext: { privileged: true },
            env: [{ name: 'NAME', valueFrom: { fileKeyRef: { volumeName: 'scratch', path: 'env', key: 'NAME' } } }],
            resources: { requests: { 'hugepages-2Mi': '4Mi', 'memory': '1Gi', 'example.com/gpu': 1 }, limits: { 'hugepages-2Mi': '4Mi', 'memory': '1Gi', 'example.com/gpu': 1 }, claims: [{ name: 'gpu', request: 'one' }] },
            livenessProbe: { grpc: { port: 80, service: 'health' } }, restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
          },
        ],
        initContainers: [{ name: 'sidecar', image: 'shop:v1', restartPolicy: 'Always', startupProbe: { tcpSocket: { port: 80 } }, lifecycle: { preStop: { exec: { command: ['true'] } } } }],
        volumes: [
          { name: 'disk', persistentVolumeClaim: { claimName: 'disk' } }, { name: 'own', hostPath: { path: '/own' } }, { name: 'scratch', emptyDir: {} }, { name: 'code', image: { reference: 'code:v1' } },
          { name: 'csi', csi: { driver: 'CSI.example.com', nodePublishSecretRef: { name: 'secret' }, volumeAttributes: { a: 'b' } } }, { name: 'nfs', nfs: { server: 'nfs', path: '/data' } },
        ],
        hostNetwork: true, resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'gpu' }], resources: { requests: { memory: '2Gi' }, limits: { memory: '4Gi' } },
        tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }, { operator: 'Exists' }, { key: 'b', operator: 'Equal', value: 'c' }],
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', minDomains: 2, labelSelector: SELECTOR, matchLabelKeys: ['version'], nodeAffinityPolicy: 'Honor', nodeTaintsPolicy: 'Ignore' }],
      },
    },
  ],
  ConfigMap: [{ data: { 'a.b': 'x' }, binaryData: { c: 'AA==' } }],
  Secret: [
    { type: 'kubernetes.io/tls', data: { 'tls.crt': 'AA==', 'tls.key': 'AA==' } },
    { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{"auths":{}}' } },
    { type: 'kubernetes.io/basic-auth', stringData: { username: 'a' } },
    { type: 'kubernetes.io/ssh-auth', data: { 'ssh-privatekey': 'AA==' } },
  ],
  Service: [
    {
      spec: {
        type: 'LoadBalancer', selector: LABELS, ports: [{ name: 'http', port: 80, targetPort: 'http', appProtocol: 'kubernetes.io/h2c' }, { name: 'dns', port: 53, protocol: 'UDP' }],
        loadBalancerSourceRanges: ['10.0.0.0/8'], loadBalancerClass: 'example.com/lb', allocateLoadBalancerNodePorts: false, externalTrafficPolicy: 'Local', internalTrafficPolicy: 'Local',
        sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } }, ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', trafficDistribution: 'PreferClose',
      },
    },
    { spec: { type: 'ExternalName', externalName: 'shop.example.com' } },
    { spec: { clusterIP: 'None', clusterIPs: ['None'], selector: LABELS, publishNotReadyAddresses: true } },
    { spec: { ports: [{ port: 80 }], externalIPs: ['192.0.2.1'], externalTrafficPolicy: 'Cluster' } },
  ],
  Namespace: [{ spec: { finalizers: ['kubernetes', 'example.com/keep'] } }],
  PersistentVolumeClaim: [
    { spec: { accessModes: ['ReadWriteOncePod'], resources: { requests: { storage: '1Gi' }, limits: { storage: '2Gi' } }, selector: SELECTOR, storageClassName: 'fast', volumeMode: 'Block', dataSource: SOURCE, dataSourceRef: SOURCE } },
    { spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } }, dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'other' }, volumeAttributesClassName: 'gold' } },
  ],
  ResourceQuota: [
    { spec: { hard: { 'pods': '10', 'limits.cpu': '1' }, scopes: ['NotTerminating', 'NotBestEffort'], scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] } } },
    { spec: { hard: { 'count/deployments.apps': '3', 'requests.example.com/gpu': '2', 'persistentvolumeclaims': '1' }, scopeSelector: { matchExpressions: [{ scopeName: 'VolumeAttributesClass', operator: 'Exists' }] } } },
  ],
  LimitRange: [
    {
      spec: {
        limits: [
          { type: 'Container', min: { cpu: '100m' }, max: { cpu: '2' }, default: { cpu: '1' }, defaultRequest: { cpu: '500m' }, maxLimitRequestRatio: { cpu: '4' } },
          { type: 'Pod', max: { memory: '4Gi' } }, { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } },
        ],
      },
    },
  ],
  MutatingWebhookConfiguration: [{ webhooks: [{ ...HOOK, reinvocationPolicy: 'IfNeeded' }] }],
  ValidatingWebhookConfiguration: [{ webhooks: [HOOK] }],
  ValidatingAdmissionPolicy: [
    {
      spec: {
        failurePolicy: 'Ignore', paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' },
        matchConstraints: { matchPolicy: 'Exact', namespaceSelector: SELECTOR, objectSelector: SELECTOR, resourceRules: [{ ...RULE, resourceNames: ['a'] }], excludeResourceRules: [RULE] },
        matchConditions: CONDITIONS, variables: [{ name: 'size', expression: 'object.spec.replicas' }, { name: 'isBig', expression: 'variables.size > 5' }],
        validations: [{ expression: 'object.spec.containers.all(c, c.image != params.image) && !variables.isBig', messageExpression: "'too big: ' + string(variables.size)", reason: 'Forbidden' }],
        auditAnnotations: [{ key: 'size', valueExpression: 'string(variables.size)' }],
      },
    },
  ],
  ValidatingAdmissionPolicyBinding: [
    { spec: { policyName: 'policy', validationActions: ['Deny', 'Audit'], paramRef: { name: 'limit', namespace: 'shop', parameterNotFoundAction: 'Deny' }, matchResources: { resourceRules: [RULE], excludeResourceRules: [{ ...RULE, resourceNames: ['a'] }] } } },
    { spec: { policyName: 'policy', validationActions: ['Warn'], paramRef: { selector: SELECTOR, parameterNotFoundAction: 'Allow' } } },
  ],
  CustomResourceDefinition: [
    {
      spec: {
        group: 'example.com', scope: 'Cluster', names: { plural: 'things', kind: 'Thing', shortNames: ['th'], categories: ['all'] },
        versions: [
          {
            name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: SCHEMA }, selectableFields: [{ jsonPath: '.spec.mode' }],
            subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size', labelSelectorPath: '.status.selector' } },
            additionalPrinterColumns: [{ name: 'Mode', type: 'string', format: 'byte', jsonPath: '.spec.mode', priority: 1 }],
          },
          { name: 'v1beta1', served: true, storage: false, deprecated: true, deprecationWarning: 'use v1', schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } },
        ],
        conversion: { strategy: 'Webhook', webhook: { clientConfig: { service: { name: 'convert', namespace: 'shop', path: '/convert', port: 443 } }, conversionReviewVersions: ['v1'] } },
      },
    },
  ],
  Deployment: [{ spec: { replicas: 0, selector: SELECTOR, template: TEMPLATE, strategy: { type: 'Recreate' }, minReadySeconds: 5, progressDeadlineSeconds: 10, revisionHistoryLimit: 1, paused: true } }],
  DaemonSet: [{ spec: { selector: SELECTOR, template: TEMPLATE, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '10%' } }, minReadySeconds: 5, revisionHistoryLimit: 1 } }],
  ReplicaSet: [{ spec: { replicas: 1, selector: SELECTOR, template: TEMPLATE, minReadySeconds: 5 } }],
  StatefulSet: [
    {
      spec: {
        serviceName: 'shop', replicas: 2, selector: SELECTOR, podManagementPolicy: 'Parallel', updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } }, ordinals: { start: 1 },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' }, minReadySeconds: 5, revisionHistoryLimit: 1,
        template: { ...TEMPLATE, spec: { containers: [{ name: 'web', image: 'shop:v1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }] } },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }],
      },
    },
    { spec: { serviceName: 'shop', selector: SELECTOR, template: TEMPLATE, updateStrategy: { type: 'OnDelete' } } },
  ],
  HorizontalPodAutoscaler: [
    {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' }, minReplicas: 2, maxReplicas: 5, behavior: { scaleUp: { ...SCALING, tolerance: '50m' }, scaleDown: SCALING },
        metrics: [
          { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } },
          { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'web', target: { type: 'Utilization', averageUtilization: 50 } } },
          { type: 'Pods', pods: { metric: { name: 'requests', selector: SELECTOR }, target: { type: 'AverageValue', averageValue: '10' } } },
          { type: 'Object', object: { describedObject: { apiVersion: 'v1', kind: 'Service', name: 'shop' }, metric: { name: 'requests' }, target: { type: 'Value', value: '10' } } },
          { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '10' } } },
        ],
      },
    },
  ],
  Job: [{ spec: INDEXED_JOB }, { spec: { manualSelector: true, selector: SELECTOR, template: JOB_POD } }],
  CronJob: [
    {
      spec: {
        schedule: '0 3 * jan-mar mon,fri', timeZone: 'Europe/Berlin', concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 10, successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 0,
        jobTemplate: { spec: INDEXED_JOB },
      },
    },
  ],
  EndpointSlice: [
    {
      addressType: 'IPv6', ports: [{ name: 'http', port: 80, protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' }, { name: '', port: 81 }],
      endpoints: [{ addresses: ['2001:db8::1'], hostname: 'a', nodeName: 'node-1', zone: 'z', hints: { forZones: [{ name: 'z' }], forNodes: [{ name: 'node-1' }] }, deprecatedTopology: { a: 'b' } }],
    },
    { addressType: 'FQDN', endpoints: [{ addresses: ['a.example.com.'] }], ports: [] },
  ],
  Ingress: [
    {
      spec: {
        defaultBackend: { resource: { apiGroup: 'example.com', kind: 'Bucket', name: 'b' } }, tls: [{ hosts: ['*.example.com'] }],
        rules: [{ host: '*.example.com', http: { paths: [{ path: '/a', pathType: 'Exact', backend: { service: { name: 'shop', port: { name: 'http' } } } }, { pathType: 'ImplementationSpecific', backend: { service: { name: 'shop', port: { number: 80 } } } }] } }],
      },
    },
  ],
  IngressClass: [{ spec: { controller: 'example.com/controller', parameters: { apiGroup: 'example.com', kind: 'Params', name: 'p', scope: 'Namespace', namespace: 'shop' } } }],
  NetworkPolicy: [
    {
      spec: {
        podSelector: SELECTOR, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: PEERS, ports: [{ port: 80, endPort: 90, protocol: 'TCP' }, { port: 'http' }] }],
        egress: [{ to: PEERS, ports: [{ protocol: 'UDP', port: 53 }] }, {}],
      },
    },
  ],
  PodDisruptionBudget: [{ spec: { maxUnavailable: '50%', selector: SELECTOR, unhealthyPodEvictionPolicy: 'AlwaysAllow' } }],
  ClusterRole: [
    { rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }, { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['a'], verbs: ['*'] }] },
    { aggregationRule: { clusterRoleSelectors: [SELECTOR] } },
  ],
  Role: [{ rules: [{ apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['a'], verbs: ['*'] }] }],
  ClusterRoleBinding: [
    { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:view' }, subjects: [{ kind: 'User', name: 'a', apiGroup: 'rbac.authorization.k8s.io' }, { kind: 'Group', name: 'b', apiGroup: 'rbac.authorization.k8s.io' }] },
  ],
  RoleBinding: [{ roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'view' }, subjects: [{ kind: 'ServiceAccount', name: 'a' }, { kind: 'Group', name: 'b' }] }],
  PriorityClass: [{ value: -10, globalDefault: true, preemptionPolicy: 'PreemptLowerPriority' }],
};
