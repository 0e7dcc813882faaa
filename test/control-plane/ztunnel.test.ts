import { Chart, Testing } from 'cdk8s';
import { ClusterRole, ClusterRoleBinding, DaemonSet, NetworkPolicy, ResourceQuota, ServiceAccount } from '../../imports/kubernetes';
import type { EnvVar } from '../../imports/kubernetes/core-v1';
import { Cluster, MeshApp } from '../../src';
import { Cni } from '../../src/control-plane/cni/cni';
import { Ztunnel } from '../../src/control-plane/ztunnel/ztunnel';
import type { ZtunnelProps } from '../../src/control-plane/ztunnel/ztunnel-props';
import { synthTo } from '../../src/testing';
import type { SynthResult } from '../../src/testing';
import { caught } from '../support/caught';

function ztunnel(props: ZtunnelProps = {}): SynthResult {
  const chart = Testing.chart();
  new Ztunnel(chart, 'ztunnel', props);
  return synthTo(chart);
}

function podOf(props: ZtunnelProps = {}) {
  const pod = ztunnel(props).one(DaemonSet).spec?.template.spec;
  if (pod === undefined) throw new Error('the DaemonSet has no pod');
  return pod;
}

function containerOf(props: ZtunnelProps = {}): ReturnType<typeof podOf>['containers'][number] {
  const [container] = podOf(props).containers;
  if (container === undefined) throw new Error('the pod has no container');
  return container;
}

const envOf = (props: ZtunnelProps = {}): readonly EnvVar[] => containerOf(props).env ?? [];
const variable = (props: ZtunnelProps, name: string): string | undefined => envOf(props).find((each) => each.name === name)?.value;
const volumeOf = (props: ZtunnelProps, volume: string): object | undefined => podOf(props).volumes?.find(({ name }) => name === volume);
const findingsOf = (props: object): unknown[] => [...caught(() => new Ztunnel(Testing.chart(), 'ztunnel', props)).findings];

test('by default: a proxy on every node, which asks the API server nothing', () => {
  const shown = ztunnel({ istio: '1.31.3' });
  expect(shown.all.map(({ kind }) => kind).sort()).toEqual(['DaemonSet', 'ServiceAccount']);
  expect(shown.one(DaemonSet).metadata).toMatchObject({ name: 'ztunnel', namespace: 'istio-system' });
  expect(containerOf({ istio: '1.31.3' }).image).toBe('docker.io/istio/ztunnel:1.31.3');
  expect(podOf()).toMatchObject({ serviceAccountName: shown.one(ServiceAccount).metadata.name, priorityClassName: 'system-node-critical' });
});

test('a node is never without one: a new pod is ready before the old one goes', () => {
  expect(ztunnel().one(DaemonSet).spec?.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
});

describe('it finds istiod', () => {
  test.each([
    [{}, 'istiod.istio-system.svc:15012'],
    [{ revision: 'canary' }, 'istiod-canary.istio-system.svc:15012'],
    [{ namespace: 'kube-system', istioNamespace: 'mesh' }, 'istiod.mesh.svc:15012'],
  ])('%j', (props, address) => {
    expect([variable(props, 'CA_ADDRESS'), variable(props, 'XDS_ADDRESS')]).toEqual([address, address]);
  });

  test('or other servers', () => {
    const props = { caAddress: 'ca.example.com:443', xdsAddress: 'xds.example.com:443' };
    expect([variable(props, 'CA_ADDRESS'), variable(props, 'XDS_ADDRESS')]).toEqual([props.caAddress, props.xdsAddress]);
  });
});

test('the revision is an annotation, on objects and pods; it goes before one that is given', () => {
  const { metadata, spec } = ztunnel({ revision: 'canary', annotations: { 'istio.io/rev': 'other', owner: 'net' } }).one(DaemonSet);
  expect(metadata.annotations).toEqual({ 'istio.io/rev': 'canary', owner: 'net' });
  expect(spec?.template.metadata?.annotations).toMatchObject({ 'istio.io/rev': 'canary' });
});

test('the network is the cluster’s, unless another is given', () => {
  const chart = new Chart(new Cluster(Testing.app(), 'east', { network: 'net-east' }), 'chart');
  expect(new Ztunnel(chart, 'a').network).toBe('net-east');
  expect(new Ztunnel(chart, 'b', { name: 'zt', network: 'net-2' }).network).toBe('net-2');
  expect(envOf().map(({ name }) => name)).not.toContain('NETWORK');
});

test('the root certificate comes from a ConfigMap, or from a ClusterTrustBundle', () => {
  expect(volumeOf({}, 'istiod-ca-cert')).toMatchObject({ configMap: { name: 'istio-ca-root-cert' } });
  expect(volumeOf({ clusterTrustBundle: true }, 'istiod-ca-cert')).toMatchObject({
    projected: { sources: [{ clusterTrustBundle: { name: 'istio.io:istiod-ca:root-cert', path: 'root-cert.pem' } }] },
  });
  expect(variable({ clusterTrustBundle: true }, 'ENABLE_CLUSTER_TRUST_BUNDLE_API')).toBe('true');
});

test('a revocation list is mounted where it is looked for', () => {
  const path = variable({ peerCaCrl: true }, 'CRL_PATH');
  const mount = containerOf({ peerCaCrl: true }).volumeMounts?.find(({ name }) => name === 'crl-volume');
  expect(path).toBe(`${mount?.mountPath}/ca-crl.pem`);
  expect(volumeOf({}, 'crl-volume')).toBeUndefined();
});

describe('the number of threads follows from the CPU', () => {
  const names = (props: ZtunnelProps): unknown[] => envOf(props).map(({ name }) => name).filter((name) => name.startsWith('ZTUNNEL_RESOURCE'));

  test.each([
    ['1.30.7', {}, []],
    ['1.31.3', {}, ['ZTUNNEL_RESOURCE_CPU_REQUEST']],
    ['1.31.3', { limits: { cpu: '4' } }, ['ZTUNNEL_RESOURCE_CPU_LIMIT', 'ZTUNNEL_RESOURCE_CPU_REQUEST']],
    ['1.31.3', { requests: { cpu: null } }, []],
  ])('%s with %j', (istio, resources, expected) => {
    expect(names({ istio, resources })).toEqual(expected);
  });
});

test('environment: the mesh’s settings before the user’s own, each in order', () => {
  const names = envOf({ env: { Z: '1', Y: '2' }, proxyMetadata: { B: '3', A: '4' } }).map(({ name }) => name);
  expect(names.filter((name) => name.length === 1)).toEqual(['A', 'B', 'Y', 'Z']);
});

describe('annotations for Prometheus', () => {
  const annotationsOf = (props: ZtunnelProps): object => ztunnel(props).one(DaemonSet).spec?.template.metadata?.annotations ?? {};

  test('stay beside the user’s own', () => {
    expect(annotationsOf({ podAnnotations: { team: 'net' } })).toMatchObject({ 'prometheus.io/port': '15020', team: 'net' });
  });

  test('go with null', () => {
    const without = annotationsOf({ podAnnotations: { 'prometheus.io/port': null, 'prometheus.io/scrape': null } });
    expect(Object.keys(without)).toEqual(['sidecar.istio.io/inject']);
  });
});

describe('platforms', () => {
  test('openshift: the pods may run as they have to', () => {
    const shown = ztunnel({ platform: 'openshift', namespace: 'kube-system' });
    expect(shown.one(ClusterRole).rules).toMatchObject([{ resources: ['securitycontextconstraints'], verbs: ['use'] }]);
    expect(shown.one(ClusterRoleBinding).subjects).toEqual([{ kind: 'ServiceAccount', name: 'ztunnel', namespace: 'kube-system' }]);
    expect(containerOf({ platform: 'openshift' }).securityContext?.seLinuxOptions).toEqual({ type: 'spc_t' });
  });

  test('gke: a quota lets its critical pods in', () => {
    expect(ztunnel({ platform: 'gke' }).one(ResourceQuota).spec).toMatchObject({ hard: { pods: '5000' } });
    expect(ztunnel({ resourceQuota: { pods: 100 } }).one(ResourceQuota).spec).toMatchObject({ hard: { pods: '100' } });
  });
});

test('the network policy lets in what it serves, DNS by UDP too', () => {
  const policy = ztunnel({ networkPolicy: true, revision: 'canary' }).one(NetworkPolicy);
  const ports = policy.spec?.ingress?.flatMap(({ ports: each = [] }) => each) ?? [];
  expect(policy.metadata.name).toBe('ztunnel-canary');
  expect(ports).toEqual(expect.arrayContaining([{ port: 15008, protocol: 'TCP' }, { port: 15053, protocol: 'UDP' }]));
});

test('another name is that of all objects; the pods are chosen as ever', () => {
  const shown = ztunnel({ name: 'zt' });
  expect([shown.one(DaemonSet).metadata.name, shown.one(ServiceAccount).metadata.name]).toEqual(['zt', 'zt']);
  expect(shown.one(DaemonSet).spec?.selector).toEqual({ matchLabels: { app: 'ztunnel' } });
});

test('the cluster-wide objects, and those of the namespace, can be made by different people', () => {
  const kindsOf = (resourceScope: 'cluster' | 'namespace'): unknown[] => ztunnel({ platform: 'openshift', resourceScope }).all.map(({ kind }) => kind).sort();
  expect(kindsOf('cluster')).toEqual(['ClusterRole', 'ClusterRoleBinding']);
  expect(kindsOf('namespace')).toEqual(['DaemonSet', 'ServiceAccount']);
});

test('it comes after the agents of the CNI plugin', () => {
  const app = new MeshApp({ outdir: 'never-written' });
  const chart = new Chart(app, 'ambient');
  new Ztunnel(chart, 'ztunnel');
  new Cni(chart, 'cni', { ambient: { enabled: true } });
  const yaml = app.synthYaml();
  expect(yaml).toContain('/install-cni:');
  expect(yaml.indexOf('/ztunnel:')).toBeGreaterThan(yaml.indexOf('/install-cni:'));
});

test('what is no such value is refused, all of it at once', () => {
  const wrong = { dnsPolicy: 'Cluster', logging: { levels: 'debug' }, name: 'Z', peerCaCrl: 'yes', resourceQuota: true, volumes: {} };
  expect(findingsOf(wrong)).toMatchObject([
    { property: 'dnsPolicy' },
    { property: 'logging.levels', fix: 'did you mean "level"?' },
    { property: 'name' },
    { property: 'peerCaCrl' },
    { property: 'resourceQuota', expected: 'an object, or false' },
    { property: 'volumes' },
  ]);
});
