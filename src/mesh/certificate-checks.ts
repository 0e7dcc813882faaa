import type { IConstruct } from 'constructs';
import { Cluster } from '../core/cluster';
import { isConstruct } from '../core/place';
import { describeValue, refusalFinding } from '../core/refusal';
import { isUnknown } from '../core/unknown';
import type { Finding } from '../errors/finding';
import { IstioCsr } from '../security/certificates/istio-csr';
import type { MeshIstioCsrProps } from '../security/certificates/istio-csr-props';
import { describePem } from '../security/certificates/pem';
import type { MeshProps } from './mesh-props';

type Complaint = Omit<Finding, 'construct'>;

/** Variables of istiod, proxies and ztunnel that `certificates` writes. */
const VARIABLES = [
  'SECRET_TTL',
  'SECRET_GRACE_PERIOD_RATIO',
  'DEFAULT_WORKLOAD_CERT_TTL',
  'MAX_WORKLOAD_CERT_TTL',
  'CITADEL_SELF_SIGNED_CA_CERT_TTL',
  'CITADEL_SELF_SIGNED_ROOT_CERT_CHECK_INTERVAL',
  'CITADEL_SELF_SIGNED_ROOT_CERT_GRACE_PERIOD_PERCENTILE',
  'CITADEL_SELF_SIGNED_CA_RSA_KEY_SIZE',
];

/** Variables of istiod that say who signs, or where its authority is. */
const SIGNER_VARIABLES = ['ENABLE_CA_SERVER', 'EXTERNAL_CA', 'K8S_SIGNER', 'PILOT_CERT_PROVIDER', 'ROOT_CA_DIR'];

/** What a mesh is told of its certificates that cannot be together. */
export function certificateComplaints(mesh: IConstruct, props: MeshProps): Complaint[] {
  return [...notAnObject(props), ...signers(props), ...otherSaid(props), ...trustDomain(mesh, props), ...aliases(props), ...ambientMigration(props), ...foreignCsr(mesh, props)];
}

function complaint(code: string, property: string, got: string, expected: string, fix: string): Complaint {
  return refusalFinding({}, property, { code, got, expected, fix });
}

function notAnObject({ pluginCa }: MeshProps): Complaint[] {
  if (pluginCa === undefined || isUnknown(pluginCa) || (typeof pluginCa === 'object' && (pluginCa as unknown) !== null && !Array.isArray(pluginCa))) return [];
  return [complaint('bad-prop', 'pluginCa', describePem(pluginCa), 'an object of rootCert and caCert, or of certManager', 'give such a value, or leave the prop out for its default')];
}

function signers({ pluginCa, istioCsr, certificates }: MeshProps): Complaint[] {
  const contradiction = (property: string, got: string): Complaint => complaint('contradiction', property, got, 'one of them: only one signs', 'leave one of them out');
  const root = typeof certificates === 'object' && certificates !== null ? certificates.selfSignedRoot : undefined;
  return [
    ...(pluginCa !== undefined && istioCsr !== undefined ? [contradiction('pluginCa', 'pluginCa and istioCsr')] : []),
    ...(root !== undefined && pluginCa !== undefined ? [contradiction('certificates.selfSignedRoot', 'a root that istiod makes up, and pluginCa')] : []),
    ...(root !== undefined && istioCsr !== undefined ? [contradiction('certificates.selfSignedRoot', 'a root that istiod makes up, and istioCsr')] : []),
  ];
}

/** Said in two places, one of them would count, and nobody would see which. */
function otherSaid({ certificates, pluginCa, istioCsr, istiod, ztunnel, meshConfig }: MeshProps): Complaint[] {
  const twice = (property: string, beside: string, what: string): Complaint => complaint('said-twice', property, `a value, beside ${beside}`, `one place that says ${what}`, 'leave one of them out');
  const times: Readonly<Record<string, unknown>> = { 'istiod.env': istiod?.env, 'ztunnel.env': ztunnel?.env, 'meshConfig.defaultConfig.proxyMetadata': meshConfig?.defaultConfig?.proxyMetadata };
  const variables = Object.entries(times).flatMap(([place, given]) => VARIABLES.filter((name) => Object.hasOwn((given ?? {}) as object, name)).map((name) => `${place}.${name}`));
  const signers: Readonly<Record<string, unknown>> = { 'istiod.proxy.caAddress': istiod?.proxy?.caAddress, 'ztunnel.caAddress': ztunnel?.caAddress };
  const [signed] = [pluginCa === undefined ? [] : ['pluginCa'], istioCsr === undefined ? [] : ['istioCsr']].flat();
  const env = (istiod?.env ?? {}) as object;
  return [
    ...(signed === undefined ? [] : SIGNER_VARIABLES.filter((name) => Object.hasOwn(env, name)).map((name) => twice(`istiod.env.${name}`, signed, 'who signs'))),
    ...(certificates === undefined ? [] : variables.map((property) => twice(property, 'certificates', 'how long certificates hold'))),
    ...(signed !== undefined && istiod?.certificatesFrom !== undefined ? [twice('istiod.certificatesFrom', signed, 'who signs')] : []),
    ...(istioCsr === undefined ? [] : Object.keys(signers).filter((property) => signers[property] !== undefined).map((property) => twice(property, 'istioCsr', 'who signs'))),
  ];
}

/** Identities in policies are of the Cluster's trust domain: the mesh must not give others. */
function trustDomain(mesh: IConstruct, { trustDomainMigration: migration, meshConfig }: MeshProps): Complaint[] {
  if (migration === undefined || isUnknown(migration)) return [];
  const { trustDomain: own } = Cluster.factsOf(mesh);
  if (meshConfig?.trustDomain !== undefined) return [complaint('said-twice', 'meshConfig.trustDomain', 'a value, beside trustDomainMigration', 'the trust domain of the stage', 'leave it out')];
  if (own === migration.trustDomain) return [];
  return [complaint('trust-domain-not-of-cluster', 'trustDomainMigration', `the stage ${migration.stage}, of the trust domain ${migration.trustDomain}, in a Cluster of ${own}`, 'a Cluster of that trust domain: identities in policies are of the Cluster\'s', 'give it to the Cluster: new Cluster(app, id, { trustDomain: migration.trustDomain })')];
}

/** They are put together with those of the stage. */
function aliases({ trustDomainMigration: migration, meshConfig }: MeshProps): Complaint[] {
  const given: unknown = meshConfig?.trustDomainAliases;
  if (given === undefined || (Array.isArray(given) && given.every((each) => typeof each === 'string'))) return [];
  if (isUnknown(given) && migration === undefined) return [];
  return [complaint('bad-prop', 'meshConfig.trustDomainAliases', describeValue(given), 'a list of trust domains that the program knows', 'write them in a list of texts')];
}

/**
 * ztunnel takes certificates of the trust domain of its own pods alone, and is told no aliases. It moves to the new one at once, but
 * gateways, waypoints and sidecars not before they renew their certificates: until then it would refuse them.
 */
function ambientMigration({ trustDomainMigration: migration, dataPlane }: MeshProps): Complaint[] {
  if (migration === undefined || isUnknown(migration) || dataPlane !== 'ambient' || migration.aliases.length === 0) return [];
  const expected = 'a mesh of sidecars: ztunnel takes certificates of one trust domain only, and knows no aliases';
  const fix = "change the Cluster's trustDomain without stages, when calls may be refused for a while, and restart ztunnel, waypoints and gateways";
  return [complaint('not-supported', 'trustDomainMigration', `the stage ${migration.stage}, in ambient mode`, expected, fix)];
}

/** An istio-csr that another mesh of the cluster has. */
function foreignCsr(mesh: IConstruct, { istioCsr, namespace = 'istio-system', revision = 'default' }: MeshProps): Complaint[] {
  if (istioCsr === undefined) return [];
  if (!isConstruct(istioCsr)) return ownRevision(istioCsr, revision);
  if (!IstioCsr.isIstioCsr(istioCsr)) return [complaint('bad-reference', 'istioCsr', `the construct ${(istioCsr as IConstruct).node.path}`, 'an IstioCsr, or props of one', 'give what `new IstioCsr` made, or mesh.istioCsr')];
  const [here, there] = [Cluster.pathOf(mesh), Cluster.pathOf(istioCsr)];
  if (here !== there) return [complaint('other-cluster', 'istioCsr', `the istio-csr ${istioCsr.node.path} of another cluster`, 'one of this cluster: it is asked by a name of the cluster', 'give props, so that the mesh makes one here')];
  if (typeof namespace === 'string' && namespace !== istioCsr.meshNamespace) {
    return [complaint('other-namespace', 'istioCsr', `the istio-csr of the mesh in ${istioCsr.meshNamespace}, for one in ${namespace}`, 'an istio-csr of the same namespace, where istiod\'s certificate is', 'give the meshes one namespace')];
  }
  if (istioCsr.revisions.includes(revision)) return [];
  return [complaint('unknown-revision', 'istioCsr', `the istio-csr of the revisions ${istioCsr.revisions.join(', ')}, for the revision ${revision}`, "one whose certificate is for this revision's istiod", `add it: revisions: [${[...istioCsr.revisions, revision].map((each) => `'${each}'`).join(', ')}]`)];
}

/** Its certificate would be for other istiods than the mesh's. */
function ownRevision({ revisions }: MeshIstioCsrProps, revision: string): Complaint[] {
  if (!Array.isArray(revisions) || revisions.length === 0 || revisions.includes(revision)) return [];
  return [complaint('unknown-revision', 'istioCsr.revisions', describeValue(revisions), `the mesh's own revision among them: ${revision}`, `add '${revision}', or leave revisions out`)];
}
