import { Validator } from '../../../src/validation/validator';

const validator = new Validator({ target: { kubernetes: '1.36.3' } });
const LABELS = { app: 'shop' };
const CONTAINER = { name: 'web', image: 'shop:v1' };

function object(apiVersion: string, kind: string, body: object): object {
  return { apiVersion, kind, metadata: { name: 'shop', namespace: 'shop' }, ...body };
}

function pod(spec: object): object {
  return object('v1', 'Pod', { spec: { containers: [CONTAINER], ...spec } });
}

function container(more: object, spec: object = {}): object {
  return pod({ containers: [{ ...CONTAINER, ...more }], ...spec });
}

function deployment(spec: object): object {
  const template = { metadata: { labels: LABELS }, spec: { containers: [CONTAINER] } };
  return object('apps/v1', 'Deployment', { spec: { selector: { matchLabels: LABELS }, template, ...spec } });
}

function service(spec: object): object {
  return object('v1', 'Service', { spec: { ports: [{ port: 80 }], ...spec } });
}

function cronJob(spec: object): object {
  const template = { spec: { restartPolicy: 'Never', containers: [CONTAINER] } };
  return object('batch/v1', 'CronJob', { spec: { schedule: '@daily', jobTemplate: { spec: { template } }, ...spec } });
}

function definition(schema: object): object {
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', ...schema } } };
  const names = { plural: 'things', kind: 'Thing' };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: { group: 'example.com', scope: 'Namespaced', names, versions: [version] },
  };
}

function found(manifest: object): readonly string[] {
  return validator.validate(manifest).findings.map(({ code, property }) => `${code} ${property}`);
}

describe('what a schema does not say is said with the field', () => {
  test.each<readonly [string, object, readonly string[]]>([
    ['a volume that nobody has', container({ volumeMounts: [{ name: 'data', mountPath: '/data' }] }), ['kubernetes-rule spec.containers[0].volumeMounts[0].name']],
    ['two containers of one name', pod({ containers: [CONTAINER, CONTAINER] }), ['duplicate-item spec.containers[1].name']],
    ['a port beyond all ports', container({ ports: [{ containerPort: 65_536 }] }), ['above-maximum spec.containers[0].ports[0].containerPort']],
    ['a request above the limit', container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1500m' } } }), ['kubernetes-rule spec.containers[0].resources.requests[cpu]']],
    ['a resource of no kind', container({ resources: { limits: { gpu: 1 } } }), ['kubernetes-rule spec.containers[0].resources.limits[gpu]']],
    ['a probe without a handler', container({ livenessProbe: {} }), ['missing-field spec.containers[0].livenessProbe']],
    ['a probe that may fail once', container({ livenessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 } }), ['kubernetes-rule spec.containers[0].livenessProbe.successThreshold']],
    ['a probe of an init container that ends', pod({ initContainers: [{ name: 'init', image: 'a', readinessProbe: { exec: { command: ['true'] } } }] }), ['kubernetes-rule spec.initContainers[0].readinessProbe']],
    ['a value beside its source', container({ env: [{ name: 'A', value: 'a', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }), ['kubernetes-rule spec.containers[0].env[0].valueFrom']],
    ['a field that the environment does not have', container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } }] }), ['not-in-enum spec.containers[0].env[0].valueFrom.fieldRef.fieldPath']],
    ['two sources of a volume', pod({ volumes: [{ name: 'a', emptyDir: {}, secret: { secretName: 's' } }] }), ['kubernetes-rule spec.volumes[0].secret']],
    ['a token that expires too soon', pod({ serviceAccountName: 'a', volumes: [{ name: 'a', projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 60 } }] } }] }), ['below-minimum spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds']],
    ['a policy of no kind', pod({ restartPolicy: 'Sometimes' }), ['not-in-enum spec.restartPolicy']],
    ['a toleration of every key that compares', pod({ tolerations: [{ operator: 'Equal', value: 'a' }] }), ['kubernetes-rule spec.tolerations[0].operator']],
    ['a profile without a name', pod({ securityContext: { seccompProfile: { type: 'Localhost' } } }), ['missing-field spec.securityContext.seccompProfile.localhostProfile']],
    ['a group of a negative number', pod({ securityContext: { fsGroup: -1 } }), ['below-minimum spec.securityContext.fsGroup']],
    ['host users beside the network of the host', pod({ hostUsers: false, hostNetwork: true }), ['kubernetes-rule spec.hostNetwork']],
    ['pods that the selector does not find', deployment({ selector: { matchLabels: { app: 'other' } } }), ['kubernetes-rule spec.template.metadata.labels']],
    ['a selector of everything', deployment({ selector: {} }), ['missing-field spec.selector']],
    ['an update that can go nowhere', deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } }), ['kubernetes-rule spec.strategy.rollingUpdate.maxUnavailable']],
    ['pods of a Deployment that end', deployment({ template: { metadata: { labels: LABELS }, spec: { containers: [CONTAINER], restartPolicy: 'Never' } } }), ['not-in-enum spec.template.spec.restartPolicy']],
    ['several ports without names', service({ ports: [{ port: 80 }, { port: 81 }] }), ['missing-field spec.ports[0].name', 'missing-field spec.ports[1].name']],
    ['a load balancer that is none', service({ loadBalancerSourceRanges: ['10.0.0.0/8'] }), ['kubernetes-rule spec.loadBalancerSourceRanges']],
    ['a name that has an address', service({ type: 'ExternalName', externalName: 'a.example.com', clusterIP: '10.0.0.1' }), ['kubernetes-rule spec.clusterIP']],
    ['a Secret without its keys', object('v1', 'Secret', { type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'a' } }), ['missing-field data[tls.key]']],
    ['a key twice', object('v1', 'ConfigMap', { data: { a: 'a' }, binaryData: { a: 'AA==' } }), ['duplicate-item data[a]']],
    ['a schedule of too many hours', cronJob({ schedule: '0 24 * * *' }), ['kubernetes-rule spec.schedule']],
    ['a time zone of nowhere', cronJob({ timeZone: 'Europe/Nowhere' }), ['kubernetes-rule spec.timeZone']],
    ['a budget that asks for both', object('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1, maxUnavailable: 1 } }), ['kubernetes-rule spec']],
    ['a rule of a Role for URLs', object('rbac.authorization.k8s.io/v1', 'Role', { rules: [{ verbs: ['get'], nonResourceURLs: ['/healthz'] }] }), ['kubernetes-rule rules[0].nonResourceURLs']],
    ['a network with bits beyond its prefix', object('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: '10.0.0.1/8' } }] }] } }), ['kubernetes-rule spec.egress[0].to[0].ipBlock.cidr']],
    ['an object inside of a condition', definition({ properties: { spec: { type: 'object', oneOf: [{ properties: { a: { minLength: 1 } } }] } } }), ['missing-field spec.versions[0].schema.openAPIV3Schema.properties[spec].oneOf[0].properties[a]']],
    ['a default that the schema refuses', definition({ properties: { spec: { type: 'string', enum: ['a'], default: 'b' } } }), ['kubernetes-rule spec.versions[0].schema.openAPIV3Schema.properties[spec].default']],
    ['a rule that does not compile', definition({ 'x-kubernetes-validations': [{ rule: 'self.nothing == 1' }] }), ['kubernetes-rule spec.versions[0].schema.openAPIV3Schema.x-kubernetes-validations[0].rule']],
  ])('%s', (_what, manifest, expected) => {
    expect(found(manifest)).toEqual(expected);
  });
});

test('what the schema has said is not said again', () => {
  const findings = found(object('v1', 'Pod', { spec: { containers: [{ image: 'a' }] } }));
  expect(findings).toEqual(['missing-field spec.containers[0].name']);
});

test('a wrong type is one finding, and no error of the checks behind it', () => {
  expect(found(pod({ volumes: 'none', tolerations: [5], hostAliases: {} }))).toEqual(['wrong-type spec.volumes', 'wrong-type spec.tolerations[0]', 'wrong-type spec.hostAliases']);
});

test('a finding says what was got, what is expected and how to mend it', () => {
  const [finding] = validator.validate(pod({ dnsPolicy: 'ClusterFist' })).findings;
  expect(finding).toMatchObject({
    code: 'not-in-enum',
    property: 'spec.dnsPolicy',
    got: '"ClusterFist"',
    expected: 'one of "ClusterFirstWithHostNet", "ClusterFirst", "Default" or "None"',
    fix: 'did you mean "ClusterFirst"?',
  });
});
