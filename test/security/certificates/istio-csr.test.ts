import { Chart } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { ClusterRole } from '../../../imports/kubernetes/cluster-role';
import { ConfigMap } from '../../../imports/kubernetes/config-map';
import { DaemonSet } from '../../../imports/kubernetes/daemon-set';
import { Deployment } from '../../../imports/kubernetes/deployment';
import { PodDisruptionBudget } from '../../../imports/kubernetes/pod-disruption-budget';
import { Role } from '../../../imports/kubernetes/role';
import { Service } from '../../../imports/kubernetes/service';
import { Cluster } from '../../../src/core/cluster';
import { MeshApp } from '../../../src/core/mesh-app';
import { unknown } from '../../../src/core/unknown';
import { Mesh } from '../../../src/mesh/mesh';
import type { MeshProps } from '../../../src/mesh/mesh-props';
import { IstioCsr } from '../../../src/security/certificates/istio-csr';
import type { IstioCsrProps } from '../../../src/security/certificates/istio-csr-props';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { makeCertificate } from '../../support/certificate-maker';
import { describeShared, sharedText } from '../../support/shared';

const root = makeCertificate('root');
const NAME = 'cert-manager-istio-csr';

function platform(): Chart {
  return new Chart(new MeshApp(), 'platform');
}

function meshWith(props: MeshProps): Chart {
  const chart = platform();
  new Mesh(chart, 'mesh', props);
  return chart;
}

function csr(props: Partial<Record<keyof IstioCsrProps, unknown>>, chart = platform()): Chart {
  new IstioCsr(chart, 'csr', { mesh: Mesh.fromName(chart, 'mesh'), issuer: 'istio-ca', ...props } as IstioCsrProps);
  return chart;
}

const podOf = (chart: Chart, name: string): NonNullable<NonNullable<ReturnType<typeof deployment>['spec']>['template']>['spec'] => deployment(chart, name).spec?.template?.spec;
const deployment = (chart: Chart, name: string) => synthTo(chart).one(Deployment, name);
const argsOf = (chart: Chart): readonly string[] => (podOf(chart, NAME)?.containers?.[0]?.args ?? []) as readonly string[];
const istiodCertificate = (chart: Chart): Record<string, unknown> => (chart.toJson() as { kind: string; spec: Record<string, unknown> }[]).find(({ kind }) => kind === 'Certificate')?.spec ?? {};

describe('a mesh with istio-csr', () => {
  const chart = meshWith({ istioCsr: { issuer: 'istio-ca' } });

  test('has istiod sign nothing, and proxies ask istio-csr', () => {
    const env = podOf(chart, 'istiod')?.containers?.[0]?.env as { name: string; value?: string }[];
    expect(env.filter(({ name }) => name === 'ENABLE_CA_SERVER')).toEqual([{ name: 'ENABLE_CA_SERVER', value: 'false' }]);
    const values = JSON.parse(synthTo(chart).one(ConfigMap, 'istio-sidecar-injector').data?.['values'] ?? '') as { global: { caAddress: string } };
    expect(values.global.caAddress).toBe('cert-manager-istio-csr.cert-manager.svc:443');
    expect(synthTo(chart).one(Service, NAME).spec?.ports).toMatchObject([{ port: 443, targetPort: 6443 }]);
  });

  test('has istiod wait for its certificate and the root', () => {
    const volumes = podOf(chart, 'istiod')?.volumes as { name: string; secret?: { optional: boolean }; configMap?: { optional: boolean } }[];
    const named = (name: string) => volumes.find((volume) => volume.name === name);
    expect(named('istio-csr-dns-cert')?.secret?.optional).toBe(false);
    expect(named('istio-csr-ca-configmap')?.configMap?.optional).toBe(false);
    expect(named('cacerts')?.secret?.optional).toBe(true);
  });

  test('comes before istiod', () => {
    const written = (chart.node.root as MeshApp).synthYaml();
    const place = (name: string): number => written.search(new RegExp(`kind: Deployment\\nmetadata:\\n(.*\\n){0,14}?  name: ${name}\\n`));
    expect(place(NAME)).toBeGreaterThan(0);
    expect(place(NAME)).toBeLessThan(place('istiod'));
    expect(written.indexOf('kind: Certificate')).toBeLessThan(place('istiod'));
  });

  test("asks for istiod's certificate, of the names that proxies and the API server know", () => {
    expect(istiodCertificate(chart)).toMatchObject({
      commonName: 'istiod.istio-system.svc',
      dnsNames: ['istiod.istio-system.svc'],
      uris: ['spiffe://cluster.local/ns/istio-system/sa/istiod'],
      secretName: 'istiod-tls',
      duration: '1h',
      renewBefore: '20m',
      issuerRef: { name: 'istio-ca', kind: 'ClusterIssuer', group: 'cert-manager.io' },
    });
  });

  test('its pods are as little as they can be, and outside of the mesh', () => {
    const { template } = deployment(chart, NAME).spec ?? {};
    expect(template?.metadata?.labels).toMatchObject({ 'sidecar.istio.io/inject': 'false', 'istio.io/dataplane-mode': 'none' });
    expect(template?.spec?.containers?.[0]?.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } });
    expect(template?.spec?.containers?.[0]?.resources).toMatchObject({ requests: { cpu: '100m' }, limits: { memory: '512Mi' } });
  });

  test('may do what it has to, and no more', () => {
    const program = synthTo(chart);
    expect(program.one(Role, NAME).rules?.map(({ resources, verbs }) => [resources, verbs])).toEqual([
      [['certificaterequests'], ['get', 'list', 'create', 'update', 'delete', 'watch']],
      [['leases'], ['get', 'list', 'create', 'update', 'watch']],
      [['events'], ['create']],
    ]);
    const verbs = program.one(ClusterRole, NAME).rules?.flatMap((rule) => rule.resources?.map((resource) => `${resource}${(rule.resourceNames ?? []).map((name) => ` ${name}`).join('')}: ${rule.verbs.join()}`));
    // of all ConfigMaps of the cluster it changes those with the root
    expect(verbs).toEqual(['configmaps: list,create,watch', 'configmaps istio-ca-root-cert: get,update', 'namespaces: get,list,watch', 'tokenreviews: create']);
  });

  test('is told what it is for', () => {
    expect(argsOf(chart)).toEqual(expect.arrayContaining(['--trust-domain=cluster.local', '--cluster-id=Kubernetes', '--certificate-namespace=istio-system', '--leader-election-namespace=istio-system', '--serving-certificate-dns-names=cert-manager-istio-csr.cert-manager.svc', '--max-client-certificate-duration=1h']));
    expect(argsOf(chart).join()).not.toContain('ca-trusted-node-accounts');
  });
});

describe('what follows from the mesh', () => {
  test('an ambient one: ztunnel asks it, and is trusted to ask for pods', () => {
    const chart = meshWith({ dataPlane: 'ambient', istioCsr: { issuer: 'istio-ca' } });
    const env = synthTo(chart).one(DaemonSet, 'ztunnel').spec?.template?.spec?.containers?.[0]?.env as { name: string; value: string }[];
    expect(env.find(({ name }) => name === 'CA_ADDRESS')?.value).toBe('cert-manager-istio-csr.cert-manager.svc:443');
    expect(argsOf(chart)).toContain('--ca-trusted-node-accounts=istio-system/ztunnel');
    expect(JSON.stringify(synthTo(chart).one(ClusterRole, NAME).rules)).toContain('"pods"');
  });

  test('trust domain, cluster, namespace, revision and times', () => {
    const cluster = new Cluster(new MeshApp(), 'east', { trustDomain: 'prod.example' });
    const chart = new Chart(cluster, 'platform');
    new Mesh(chart, 'mesh', { namespace: 'mesh-system', revision: 'r1', clusterName: 'east', certificates: { workloadTtl: '2h' }, istioCsr: { issuer: 'istio-ca' } });
    expect(argsOf(chart)).toEqual(expect.arrayContaining(['--trust-domain=prod.example', '--cluster-id=east', '--certificate-namespace=mesh-system', '--max-client-certificate-duration=2h']));
    expect(istiodCertificate(chart)).toMatchObject({ dnsNames: ['istiod-r1.mesh-system.svc'], uris: ['spiffe://prod.example/ns/mesh-system/sa/istiod-r1'] });
  });

  test('a second revision asks the istio-csr of the first', () => {
    const chart = platform();
    const first = new Mesh(chart, 'first', { revision: 'a', istioCsr: { issuer: 'istio-ca', revisions: ['a', 'b'] } });
    if (first.istioCsr === undefined) throw new Error('there is none');
    new Mesh(chart, 'second', { revision: 'b', istioCsr: first.istioCsr });
    expect(istiodCertificate(chart)['dnsNames']).toEqual(['istiod-a.istio-system.svc', 'istiod-b.istio-system.svc']);
    expect(synthTo(chart).many(Deployment, NAME)).toHaveLength(1);
  });

  test('of each cluster its own', () => {
    const app = new MeshApp();
    const charts = ['east', 'west'].map((name) => new Chart(new Cluster(app, name), 'platform'));
    for (const chart of charts) new Mesh(chart, 'mesh', { clusterName: chart.node.scope?.node.id ?? '', istioCsr: { issuer: 'istio-ca' } });
    expect(charts.map((chart) => argsOf(chart).find((each) => each.startsWith('--cluster-id')))).toEqual(['--cluster-id=east', '--cluster-id=west']);
  });
});

describe('by itself, for the mesh of another program', () => {
  test('says where to ask', () => {
    const chart = platform();
    expect(new IstioCsr(chart, 'csr', { mesh: Mesh.fromName(chart, 'mesh'), issuer: 'istio-ca', namespace: 'pki' }).address).toBe('cert-manager-istio-csr.pki.svc:443');
  });

  test('a root that is given is handed on, and one of Pulumi as it is', () => {
    const chart = csr({ rootCert: root.pem });
    expect(synthTo(chart).one(ConfigMap).data).toEqual({ 'root-cert.pem': root.pem });
    expect(argsOf(chart)).toContain('--root-ca-file=/var/run/secrets/istio-csr/root-cert.pem');
    const known = unknown<string>('the root');
    expect((synthTo(csr({ rootCert: known })).one(ConfigMap).data as unknown as Record<string, unknown>)['root-cert.pem']).toBe(known);
  });

  test('one pod has no budget, which would keep it from ever being moved', () => {
    expect(synthTo(csr({ replicas: 1 })).many(PodDisruptionBudget)).toEqual([]);
    expect(synthTo(csr({})).many(PodDisruptionBudget)).toHaveLength(1);
  });

  test('release and place of the image', () => {
    expect(podOf(csr({}), NAME)?.containers?.[0]?.image).toBe('quay.io/jetstack/cert-manager-istio-csr:v0.17.0');
    expect(podOf(csr({ version: '0.16.0', image: { hub: 'registry.example/pki' } }), NAME)?.containers?.[0]?.image).toBe('registry.example/pki/cert-manager-istio-csr:v0.16.0');
  });
});

describeShared("cert-manager's own schema", () => {
  const crds = parseAllDocuments(sharedText('crds/cert-manager-1.21.2.yaml')).flatMap((each) => (each.toJS() as Crd | null) ?? []);
  const certificates = crds.find(({ metadata }) => metadata.name === 'certificates.cert-manager.io');
  const spec = certificates?.spec.versions.find(({ name }) => name === 'v1')?.schema.openAPIV3Schema.properties?.['spec'];

  test.each([
    ["istiod's", csr({ istiodDnsNames: ['istiod.example.com'] })],
    ['an authority of a mesh', meshWith({ pluginCa: { certManager: { issuer: 'root-ca', algorithm: 'RSA' } } })],
  ])('has every field of the Certificate of %s', (_, chart) => {
    expect(unknownFields(istiodCertificate(chart), spec)).toEqual([]);
  });

  test('is looked at', () => {
    expect(unknownFields({ secretNames: 'x', privateKey: { algorithm: 'DSA' } }, spec)).toEqual(['secretNames', 'privateKey.algorithm=DSA']);
  });
});

interface Crd {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[] };
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly string[];
}

/** Fields that a schema has not, and values that are none of those it lists. */
function unknownFields(value: unknown, schema: Schema | undefined, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => unknownFields(each, schema?.items, `${at}[]`));
  if (schema?.enum !== undefined && !schema.enum.includes(value as string)) return [`${at}=${String(value)}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const inner = schema?.properties?.[key];
    const path = at === '' ? key : `${at}.${key}`;
    return inner === undefined ? [path] : unknownFields(each, inner, path);
  });
}

describe('bad input', () => {
  test.each<[string, Partial<Record<keyof IstioCsrProps | 'issuers', unknown>>, { code: string; property: string }]>([
    ['no issuer', { issuer: undefined }, { code: 'bad-text', property: 'issuer' }],
    ['an issuer that cannot be', { issuer: 'My CA' }, { code: 'bad-name', property: 'issuer' }],
    ['a kind that cert-manager has not', { issuerKind: 'Isuer' }, { code: 'bad-choice', property: 'issuerKind' }],
    ['an old release', { version: 'v0.12.0' }, { code: 'bad-version', property: 'version' }],
    ['half a release', { version: '0.17' }, { code: 'bad-version', property: 'version' }],
    ['no pods', { replicas: 0 }, { code: 'bad-replicas', property: 'replicas' }],
    ['the namespace of istiod', { namespace: 'istio-system' }, { code: 'root-namespace', property: 'namespace' }],
    ['minutes for istiod', { istiodCertificateDuration: '30m' }, { code: 'bad-duration', property: 'istiodCertificateDuration' }],
    ['a renewal before the beginning', { istiodCertificateRenewBefore: '1h' }, { code: 'bad-duration', property: 'istiodCertificateRenewBefore' }],
    ['a name that is none', { istiodDnsNames: ['Istiod'] }, { code: 'bad-host', property: 'istiodDnsNames[0]' }],
    ['an account without a namespace', { trustedNodeAccounts: ['ztunnel'] }, { code: 'bad-name', property: 'trustedNodeAccounts[0]' }],
    ['a revision twice', { revisions: ['a', 'a'] }, { code: 'named-twice', property: 'revisions' }],
    ['no revision', { revisions: [] }, { code: 'empty-list', property: 'revisions' }],
    ['a revision that cannot be', { revisions: ['a', 'B.1'] }, { code: 'bad-revision', property: 'revisions[1]' }],
    ['a group that cannot be', { issuerGroup: 'cert manager' }, { code: 'bad-name', property: 'issuerGroup' }],
    ['an empty name', { clusterName: '' }, { code: 'bad-text', property: 'clusterName' }],
    ['null for a namespace', { namespace: null }, { code: 'bad-reference', property: 'namespace' }],
    ['names that are known at deployment only', { istiodDnsNames: unknown<string[]>('names') }, { code: 'unknown-value', property: 'istiodDnsNames' }],
    ['a flag that is known at deployment only', { networkPolicy: unknown<boolean>('flag') }, { code: 'unknown-value', property: 'networkPolicy' }],
    ['a misspelt key', { issuers: 'a' }, { code: 'unknown-prop', property: 'issuers' }],
    ['a key in place of the root', { rootCert: root.key.pem }, { code: 'key-for-certificate', property: 'rootCert' }],
    ['a leaf in place of the root', { rootCert: makeCertificate('leaf', { ca: false }).pem }, { code: 'not-a-ca', property: 'rootCert' }],
    ['null in place of the root', { rootCert: null }, { code: 'bad-pem', property: 'rootCert' }],
    ['a list of one namespace', { namespace: ['pki'] }, { code: 'bad-reference', property: 'namespace' }],
  ])('%s', (_, props, expected) => {
    const error = caught(() => csr(props));
    expect(error.findings).toMatchObject([{ ...expected, construct: 'platform/csr' }]);
    expect(error.message).not.toMatch(/[A-Za-z0-9+/]{40}/);
  });

  test('a root that has ended', () => {
    const ended = makeCertificate('root', { from: new Date('2020-01-01'), until: new Date('2021-01-01') });
    expect(caught(() => synthTo(csr({ rootCert: ended.pem }))).findings).toMatchObject([{ code: 'ca-expired', property: 'rootCert', got: 'CN=root, which ended on 2021-01-01' }]);
  });

  test.each<[string, (chart: Chart) => MeshProps, { code: string; property: string }]>([
    ['one that is for other revisions', () => ({ revision: 'b', istioCsr: { issuer: 'a', revisions: ['a', 'c'] } }), { code: 'unknown-revision', property: 'istioCsr.revisions' }],
    ['an address beside it', () => ({ istioCsr: { issuer: 'a' }, istiod: { proxy: { caAddress: 'x:1' } } }), { code: 'said-twice', property: 'istiod.proxy.caAddress' }],
    ["another revision's", (chart) => ({ revision: 'b', istioCsr: new IstioCsr(chart, 'csr', { mesh: Mesh.fromName(chart, 'other', { revision: 'a' }), issuer: 'a' }) }), { code: 'unknown-revision', property: 'istioCsr' }],
    ["another namespace's", (chart) => ({ istioCsr: new IstioCsr(chart, 'csr', { mesh: Mesh.fromName(chart, 'other', { namespace: 'other' }), issuer: 'a' }) }), { code: 'other-namespace', property: 'istioCsr' }],
    ["another cluster's", (chart) => {
      const there = new Chart(new Cluster(chart.node.root as MeshApp, 'there'), 'platform');
      return { istioCsr: new IstioCsr(there, 'csr', { mesh: Mesh.fromName(there, 'mesh'), issuer: 'a' }) };
    }, { code: 'other-cluster', property: 'istioCsr' }],
    ['another construct', (chart) => ({ istioCsr: chart as never }), { code: 'bad-reference', property: 'istioCsr' }],
    ['a name', () => ({ istioCsr: 'istio-ca' as never }), { code: 'bad-prop', property: 'istioCsr' }],
  ])('a mesh with %s', (_, props, expected) => {
    const chart = platform();
    expect(caught(() => new Mesh(chart, 'mesh', props(chart))).findings).toMatchObject([{ ...expected, construct: 'platform/mesh' }]);
  });
});

test('a Mesh of the program that goes on asking istiod is told so', () => {
  const chart = platform();
  const mesh = new Mesh(chart, 'mesh');
  expect(caught(() => new IstioCsr(chart, 'csr', { mesh, issuer: 'istio-ca' })).findings).toMatchObject([{ code: 'mesh-asks-istiod', construct: 'platform/csr', property: 'mesh' }]);
  const told = platform();
  const asking = new Mesh(told, 'mesh', { istiod: { certificatesFrom: 'istio-csr', proxy: { caAddress: 'cert-manager-istio-csr.cert-manager.svc:443' } } });
  expect(new IstioCsr(told, 'csr', { mesh: asking, issuer: 'istio-ca' }).address).toBe('cert-manager-istio-csr.cert-manager.svc:443');
});

test('istiod is told to wait by a prop of its own', () => {
  const chart = platform();
  expect(caught(() => new Mesh(chart, 'mesh', { istiod: { certificatesFrom: 'vault' as never } })).findings).toMatchObject([{ code: 'bad-prop', property: 'certificatesFrom' }]);
});
