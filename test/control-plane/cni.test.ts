import { Chart, Testing } from 'cdk8s';
import { ClusterRole, ClusterRoleBinding, ConfigMap, DaemonSet, NetworkPolicy, ResourceQuota, ServiceAccount } from '../../imports/kubernetes';
import { Cluster } from '../../src';
import { Cni } from '../../src/control-plane/cni/cni';
import type { CniProps } from '../../src/control-plane/cni/cni-props';
import { synthTo } from '../../src/testing';
import type { SynthResult } from '../../src/testing';
import { caught } from '../support/caught';

function cni(props: CniProps = {}): SynthResult {
  const chart = Testing.chart();
  new Cni(chart, 'cni', props);
  return synthTo(chart);
}

type Pod = NonNullable<NonNullable<ReturnType<typeof podOf>>>;
function podOf(props: CniProps = {}) {
  const pod = cni(props).one(DaemonSet).spec?.template.spec;
  if (pod === undefined) throw new Error('the DaemonSet has no pod');
  return pod;
}

function containerOf(props: CniProps = {}): Pod['containers'][number] {
  const [container] = podOf(props).containers;
  if (container === undefined) throw new Error('the pod has no container');
  return container;
}

const configOf = (props: CniProps = {}): Record<string, string> => cni(props).one(ConfigMap).data ?? {};
const folderOf = (props: CniProps, volume: string): string | undefined => podOf(props).volumes?.find(({ name }) => name === volume)?.hostPath?.path;
const findingsOf = (props: object): unknown[] => [...caught(() => new Cni(Testing.chart(), 'cni', props)).findings];

test('by default: an agent on every node that repairs pods, without ambient mode', () => {
  const shown = cni({ istio: '1.31.3' });
  expect(shown.one(DaemonSet).metadata).toMatchObject({ name: 'istio-cni-node', namespace: 'istio-system' });
  expect(containerOf({ istio: '1.31.3' }).image).toBe('docker.io/istio/install-cni:1.31.3');
  expect(podOf().tolerations).toContainEqual({ effect: 'NoSchedule', operator: 'Exists' });
  expect(shown.many(ClusterRole).map(({ metadata }) => metadata.name)).toEqual(['istio-cni', 'istio-cni-repair-role']);
  expect(configOf()).toMatchObject({ AMBIENT_ENABLED: 'false', REPAIR_ENABLED: 'true', CHAINED_CNI_PLUGIN: 'true', EXCLUDE_NAMESPACES: 'kube-system' });
  expect([...shown.many(NetworkPolicy), ...shown.many(ResourceQuota)]).toEqual([]);
});

test('it is not privileged: every capability but those it has need of is dropped', () => {
  expect(containerOf().securityContext).toMatchObject({ privileged: false, capabilities: { drop: ['ALL'] } });
});

test('every binding is for the agent’s account, and for a role that is made', () => {
  const shown = cni({ namespace: 'kube-system', ambient: { enabled: true } });
  const account = shown.one(ServiceAccount).metadata;
  const roles = shown.many(ClusterRole).map(({ metadata }) => metadata.name);
  expect(shown.many(ClusterRoleBinding)).toHaveLength(3);
  for (const { roleRef, subjects } of shown.many(ClusterRoleBinding)) {
    expect(roles).toContain(roleRef?.name);
    expect(subjects).toEqual([{ kind: 'ServiceAccount', name: account.name, namespace: 'kube-system' }]);
  }
  expect(podOf().serviceAccountName).toBe(account.name);
});

describe('ambient mode', () => {
  const ambient = { enabled: true };

  test('gives the agent ztunnel’s socket and the pods’ network namespaces', () => {
    const mounts = containerOf({ ambient }).volumeMounts?.map(({ mountPath }) => mountPath);
    expect(mounts).toEqual(expect.arrayContaining(['/var/run/ztunnel', '/host/var/run/netns', '/host/proc']));
    expect(new Cni(Testing.chart(), 'cni', { ambient }).ambient).toBe(true);
  });

  test('chooses pods by selectors, which the agent reads as YAML', () => {
    const enablementSelectors = [{ podSelector: { matchLabels: { mesh: 'yes' } } }];
    expect(configOf({ ambient: { enabled: true, enablementSelectors } })['AMBIENT_ENABLEMENT_SELECTOR']).toBe(
      '- podSelector:\n    matchLabels:\n      mesh: "yes"',
    );
    expect(configOf({ ambient: { enabled: true, enablementSelectors: [] } })['AMBIENT_ENABLEMENT_SELECTOR']).toBe('[]');
  });

  test('in the node’s own network it need not switch to it, and asks the cluster’s DNS', () => {
    const shared = { ambient: { enabled: true, shareHostNetworkNamespace: true } };
    const names = (props: CniProps): unknown[] => containerOf(props).env?.map(({ name }) => name) ?? [];
    expect(podOf(shared)).toMatchObject({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' });
    expect(names(shared)).not.toContain('ALLOW_SWITCH_TO_HOST_NS');
    expect(names({ ambient })).toContain('ALLOW_SWITCH_TO_HOST_NS');
  });
});

describe('what is done about pods that came too early', () => {
  const rulesOf = (repair: NonNullable<CniProps['repair']>): unknown[] => cni({ repair }).one(ClusterRole, 'istio-cni-repair-role').rules ?? [];

  test.each([
    ['repaired on the node, which asks nothing of the API server', { repairPods: true, deletePods: true }, []],
    ['deleted', { repairPods: false, deletePods: true, labelPods: true }, [{ apiGroups: [''], resources: ['pods'], verbs: ['delete'] }]],
    ['labelled', { repairPods: false, labelPods: true }, [{ apiGroups: [''], resources: ['pods/status'], verbs: ['patch', 'update'] }]],
  ])('they are %s', (_what, repair, further) => {
    expect(rulesOf(repair).slice(2)).toEqual(further);
  });

  test('nothing: no permissions for it, and with no way to repair, no look at the node’s processes', () => {
    const repair = { enabled: false, repairPods: false };
    expect(cni({ repair }).many(ClusterRole)).toHaveLength(1);
    expect(folderOf({ repair }, 'cni-host-procfs')).toBeUndefined();
  });
});

describe('platforms', () => {
  test.each([
    ['gke', '/home/kubernetes/bin', '/etc/cni/net.d', '/var/run/netns'],
    ['k3d', '/bin', '/var/lib/rancher/k3s/agent/etc/cni/net.d', '/var/run/netns'],
    ['k3s', '/var/lib/rancher/k3s/data/cni', '/var/lib/rancher/k3s/agent/etc/cni/net.d', '/var/run/netns'],
    ['microk8s', '/var/snap/microk8s/current/opt/cni/bin', '/var/snap/microk8s/current/args/cni-network', '/var/run/netns'],
    ['minikube', '/opt/cni/bin', '/etc/cni/net.d', '/var/run/docker/netns'],
    ['openshift', '/var/lib/cni/bin', '/etc/cni/multus/net.d', '/var/run/netns'],
  ] as const)('%s has its own folders', (platform, bin, conf, netns) => {
    expect([folderOf({ platform }, 'cni-bin-dir'), folderOf({ platform }, 'cni-net-dir'), folderOf({ platform }, 'cni-netns-dir')]).toEqual([bin, conf, netns]);
  });

  test('openshift: Multus calls the plugin, and the agent may run as it has to', () => {
    const shown = cni({ platform: 'openshift' });
    expect(shown.all.filter(({ kind }) => kind === 'NetworkAttachmentDefinition')).toMatchObject([{ metadata: { name: 'istio-cni', namespace: 'default' } }]);
    expect(shown.one(ClusterRole, 'istio-cni').rules).toContainEqual(expect.objectContaining({ resources: ['securitycontextconstraints'] }));
    expect(containerOf({ platform: 'openshift' }).securityContext?.seLinuxOptions).toEqual({ type: 'spc_t' });
    expect(configOf({ platform: 'openshift' })).toMatchObject({ CHAINED_CNI_PLUGIN: 'false', CNI_CONF_NAME: 'istio-cni.conf' });
  });

  test('gke: a quota lets its critical pods in', () => {
    expect(cni({ platform: 'gke' }).one(ResourceQuota).spec).toMatchObject({ hard: { pods: '5000' } });
    expect(cni({ platform: 'gke', resourceQuota: false }).many(ResourceQuota)).toEqual([]);
  });

  test('what is given goes before the platform', () => {
    expect(folderOf({ platform: 'k3s', binDir: '/opt/bin' }, 'cni-bin-dir')).toBe('/opt/bin');
    expect(cni({ platform: 'openshift', provider: 'default' }).all.some(({ kind }) => kind === 'NetworkAttachmentDefinition')).toBe(false);
  });
});

describe('revisions', () => {
  test('share one plugin: only the label and the policy tell them apart', () => {
    const shown = cni({ revision: 'canary', networkPolicy: true });
    expect(shown.one(DaemonSet).metadata).toMatchObject({ name: 'istio-cni-node', labels: { 'istio.io/rev': 'canary' } });
    expect(shown.one(NetworkPolicy).metadata.name).toBe('istio-cni-canary');
  });
});

test.each([
  ['1.29.10', [{ from: [], ports: [{ port: 15014, protocol: 'TCP' }] }, { from: [], ports: [{ port: 8000, protocol: 'TCP' }] }]],
  ['1.31.3', [{ ports: [{ port: 15014, protocol: 'TCP' }] }, { ports: [{ port: 8000, protocol: 'TCP' }] }]],
])('the network policy of %s lets in metrics and readiness', (istio, ingress) => {
  expect(cni({ istio, networkPolicy: true }).one(NetworkPolicy).spec).toMatchObject({ ingress, egress: [{}] });
});

test('AppArmor is off by an annotation, or by the field of later Kubernetes versions', () => {
  const annotationsOf = (props: CniProps): object => cni(props).one(DaemonSet).spec?.template.metadata?.annotations ?? {};
  expect(annotationsOf({})).toHaveProperty(['container.apparmor.security.beta.kubernetes.io/install-cni'], 'unconfined');
  expect(annotationsOf({ appArmor: 'field' })).not.toHaveProperty(['container.apparmor.security.beta.kubernetes.io/install-cni']);
  expect(containerOf({ appArmor: 'field' }).securityContext?.appArmorProfile).toEqual({ type: 'Unconfined' });
});

test('resources are over the defaults; null takes one away', () => {
  expect(containerOf({ resources: { requests: { cpu: null }, limits: { memory: '1Gi' } } }).resources).toEqual({ requests: { memory: '100Mi' }, limits: { memory: '1Gi' } });
  expect(containerOf({ resources: { requests: { cpu: null, memory: null } } })).not.toHaveProperty('resources');
});

test('a strategy keeps the defaults that it does not speak of; null leaves them to Kubernetes', () => {
  const strategyOf = (updateStrategy: NonNullable<CniProps['updateStrategy']>): object => cni({ updateStrategy }).one(DaemonSet).spec?.updateStrategy ?? {};
  expect(strategyOf({ maxUnavailable: '20%' })).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '20%' } });
  expect(strategyOf({ type: 'OnDelete', maxUnavailable: null })).toEqual({ type: 'OnDelete' });
});

test('environment and logs', () => {
  const container = containerOf({ env: { B: '2', A: '1' }, logging: { level: 'cni:debug', json: true } });
  expect(container.args).toEqual(['--log_output_level=cni:debug', '--log_as_json']);
  expect(container.env?.slice(-2)).toEqual([{ name: 'A', value: '1' }, { name: 'B', value: '2' }]);
  expect(configOf({ env: { A: '1' } })).toMatchObject({ A: '1' });
});

test('the cluster-wide objects, and those of the namespace, can be made by different people', () => {
  const kindsOf = (resourceScope: 'cluster' | 'namespace'): string[] => [...new Set(cni({ resourceScope }).all.map(({ kind }) => String(kind)))].sort();
  expect(kindsOf('cluster')).toEqual(['ClusterRole', 'ClusterRoleBinding']);
  expect(kindsOf('namespace')).toEqual(['ConfigMap', 'DaemonSet', 'ServiceAccount']);
});

test('namespace and release come from the chart and the cluster', () => {
  const chart = new Chart(new Cluster(Testing.app(), 'prod', { istio: '1.30.3' }), 'chart', { namespace: 'kube-system' });
  new Cni(chart, 'cni');
  expect(synthTo(chart).one(DaemonSet).metadata.namespace).toBe('kube-system');
  expect(synthTo(chart).one(ConfigMap).data?.['CURRENT_AGENT_VERSION']).toBe('1.30.3');
});

test('the name of a file that Istio does not write is a contradiction', () => {
  expect(findingsOf({ istioOwnedConfigFileName: '01.conflist' })).toMatchObject([{ code: 'contradiction', property: 'istioOwnedConfigFileName' }]);
  expect(configOf({ istioOwnedConfig: true, istioOwnedConfigFileName: '01.conflist' })).toMatchObject({ ISTIO_OWNED_CNI_CONF_FILENAME: '01.conflist' });
});

test('what is no such value is refused, all of it at once', () => {
  const wrong = {
    ambient: true,
    excludeNamespaces: 'kube-system',
    platform: 'eks',
    repair: { repairPod: true },
    revision: '1.31',
    terminationGracePeriodSeconds: -1,
    tolerations: {},
    updateStrategy: { maxUnavailable: 'all' },
  };
  expect(findingsOf(wrong)).toMatchObject([
    { property: 'ambient', expected: 'an object' },
    { property: 'excludeNamespaces', expected: 'a list of texts' },
    { property: 'platform', expected: 'one of gke, k3d, k3s, microk8s, minikube, openshift' },
    { property: 'repair.repairPod', fix: 'did you mean "repairPods"?' },
    { property: 'revision', got: '"1.31"' },
    { property: 'terminationGracePeriodSeconds', got: '-1' },
    { property: 'tolerations', got: 'an object' },
    { property: 'updateStrategy.maxUnavailable', got: '"all"' },
  ]);
  expect(findingsOf({ istio: '1.31' })).toMatchObject([{ code: 'unknown-version', construct: 'test/cni', property: 'istio' }]);
});
