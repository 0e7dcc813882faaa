import { Construct } from 'constructs';
import { ClusterRole } from '../../../imports/kubernetes/cluster-role';
import { ClusterRoleBinding } from '../../../imports/kubernetes/cluster-role-binding';
import { ConfigMap } from '../../../imports/kubernetes/config-map';
import { Deployment } from '../../../imports/kubernetes/deployment';
import { NetworkPolicy } from '../../../imports/kubernetes/network-policy';
import { PodDisruptionBudget } from '../../../imports/kubernetes/pod-disruption-budget';
import { Role } from '../../../imports/kubernetes/role';
import { RoleBinding } from '../../../imports/kubernetes/role-binding';
import { Service } from '../../../imports/kubernetes/service';
import { ServiceAccount } from '../../../imports/kubernetes/service-account';
import type { IstiodSettings } from '../../control-plane/istiod/istiod-settings';
import { requireMesh } from '../../control-plane/mesh-reference';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { requireShape } from '../../control-plane/prop-shape';
import { requirePlace } from '../../core/place';
import { Stage } from '../../core/stage';
import { isUnknown } from '../../core/unknown';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { placeOf, refuse, within } from '../../traffic/rules/refuse';
import { authorityFindings } from './ca-chain';
import type { PlacedCertificate } from './ca-chain';
import { readCertificates } from './ca-files';
import { WARN_BEFORE, watchValidity } from './ca-validity';
import { requestCertificate } from './cert-manager';
import { clusterRules, istioCsrDeployment, istiodCertificateSpec, LABELS, NAMESPACE_RULES, PORTS, ROOT_CONFIG_MAP, rootConfigMapData, SELECTOR } from './istio-csr-objects';
import type { IstioCsrProps } from './istio-csr-props';
import { ISTIO_CSR_SHAPE, istioCsrSettings, NAME } from './istio-csr-settings';
import type { IstioCsrSettings } from './istio-csr-settings';

const BRAND = Symbol.for('mesh-constructs.IstioCsr');
/** After its identity and its permissions, before istiod. */
const STAGE = Stage.istiod - 5;

/**
 * istio-csr, which has cert-manager sign the certificates of a mesh in place of istiod: its Deployment and Service, its identity and
 * permissions, and istiod's own certificate. It writes the root into the ConfigMap `istio-ca-root-cert` of every namespace.
 *
 * A Mesh of this program is given it as `istioCsr`, and asks it for certificates. The mesh of another program has to be told
 * {@link IstioCsr.address}.
 *
 * @see https://cert-manager.io/docs/usage/istio-csr/
 * @example
 * new Mesh(platform, 'mesh', { istioCsr: { issuer: 'istio-ca' } });
 */
export class IstioCsr extends Construct {
  /** True for an IstioCsr of any copy of this library. */
  public static isIstioCsr(value: unknown): value is IstioCsr {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** `<host>:<port>` that proxies and ztunnel ask for certificates at. */
  public readonly address: string;
  /** Where it runs. */
  public readonly namespace: string;
  /** Revisions whose istiods its certificate is for; `default` is that without a name. */
  public readonly revisions: readonly string[];
  /** Namespace of the mesh. */
  public readonly meshNamespace: string;

  /**
   * @throws MeshError for an issuer, a version or a time that there cannot be, and for a root certificate that is none; at
   * synthesis, for one that has ended.
   */
  public constructor(scope: Construct, id: string, props: IstioCsrProps) {
    requirePlace(scope, id);
    super(scope, id);
    requireShape(this, props, ISTIO_CSR_SHAPE);
    requireMesh(this, props.mesh);
    this.requireUse(props.mesh);
    Object.defineProperty(this, BRAND, { value: true });
    const settings = istioCsrSettings(this, props);
    this.address = settings.address;
    this.namespace = settings.namespace;
    this.revisions = settings.revisions;
    this.meshNamespace = settings.meshNamespace;
    if (props.rootCert !== undefined) this.addRoot(settings, props.rootCert);
    this.addAccess(settings);
    this.addWorkload(settings);
    requestCertificate(this, 'istiod', settings.meshNamespace, istiodCertificateSpec(settings));
  }

  /** A Mesh of this program that was made without it would go on having istiod sign. */
  private requireUse(mesh: MeshReference): void {
    const { settings } = mesh as { readonly settings?: IstiodSettings };
    if (settings === undefined || settings.props.certificatesFrom === 'istio-csr') return;
    throw refuse(within(placeOf(this), 'mesh'), 'mesh-asks-istiod', `${mesh.node.path}, whose proxies ask istiod for certificates`, 'a Mesh that is told of istio-csr, or the mesh of another program', 'give these props to the Mesh, as istioCsr');
  }

  private addRoot({ namespace }: IstioCsrSettings, rootCert: string): void {
    const place = placeOf(this);
    const findings: Finding[] = [];
    const roots = isUnknown(rootCert) ? [] : (readCertificates(within(place, 'rootCert'), rootCert, findings) ?? []);
    const placed = roots.map((root): PlacedCertificate => ({ certificate: root, property: 'rootCert' }));
    findings.push(...placed.flatMap((each) => authorityFindings(place, each)));
    if (findings.length > 0) throw new MeshError(findings);
    watchValidity(this, placed.map((each) => [each]), { warnBefore: WARN_BEFORE });
    new ConfigMap(this, 'root', { metadata: { name: ROOT_CONFIG_MAP, namespace, labels: LABELS }, data: rootConfigMapData(rootCert) });
  }

  private addAccess(settings: IstioCsrSettings): void {
    const { namespace, meshNamespace } = settings;
    const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace }];
    const roleRef = (kind: string): { apiGroup: string; kind: string; name: string } => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name: NAME });
    new ServiceAccount(this, 'service-account', { metadata: { name: NAME, namespace, labels: LABELS } });
    new ClusterRole(this, 'cluster-role', { metadata: { name: NAME, labels: LABELS }, rules: clusterRules(settings) });
    new ClusterRoleBinding(this, 'cluster-role-binding', { metadata: { name: NAME, labels: LABELS }, roleRef: roleRef('ClusterRole'), subjects });
    new Role(this, 'role', { metadata: { name: NAME, namespace: meshNamespace, labels: LABELS }, rules: NAMESPACE_RULES });
    new RoleBinding(this, 'role-binding', { metadata: { name: NAME, namespace: meshNamespace, labels: LABELS }, roleRef: roleRef('Role'), subjects });
  }

  private addWorkload(settings: IstioCsrSettings): void {
    const { namespace, replicas, props } = settings;
    const metadata = { name: NAME, namespace, labels: LABELS };
    new Service(this, 'service', { metadata, spec: { selector: SELECTOR, ports: [{ name: 'tls-csr', port: 443, targetPort: PORTS.serving, protocol: 'TCP' }] } });
    new Deployment(this, 'deployment', istioCsrDeployment(settings)).atStage(STAGE);
    if (replicas > 1) new PodDisruptionBudget(this, 'disruption-budget', { metadata, spec: { minAvailable: 1, selector: { matchLabels: SELECTOR } } });
    if (props.networkPolicy !== true) return;
    const ports = Object.values(PORTS).map((port) => ({ port, protocol: 'TCP' }));
    new NetworkPolicy(this, 'network-policy', { metadata, spec: { podSelector: { matchLabels: SELECTOR }, policyTypes: ['Ingress'], ingress: [{ ports }] } });
  }
}
