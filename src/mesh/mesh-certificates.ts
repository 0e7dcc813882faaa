import type { Construct } from 'constructs';
import type { IstiodProps } from '../control-plane/istiod/istiod-props';
import type { MeshConfig } from '../control-plane/mesh-config';
import type { MeshReference } from '../control-plane/mesh-reference';
import type { ZtunnelProps } from '../control-plane/ztunnel/ztunnel-props';
import { Cluster } from '../core/cluster';
import { addCheck } from '../core/planner';
import { isUnknown } from '../core/unknown';
import type { Finding } from '../errors/finding';
import type { MeshPluginCaProps } from '../security/certificates/plugin-ca-props';
import type { TrustDomainMigration } from '../security/certificates/trust-domain-migration';
import { placeOf, within } from '../traffic/rules/refuse';
import { certificateSettings } from '../security/certificates/certificate-lifetime';
import type { CertificateSettings } from '../security/certificates/certificate-lifetime';
import { WARN_BEFORE } from '../security/certificates/ca-validity';
import { IstioCsr } from '../security/certificates/istio-csr';
import { findLeftPolicies } from '../security/certificates/left-policies';
import { compareTrustDomains } from '../security/certificates/mesh-trust-domains';
import { compareRevisions } from '../security/certificates/revision-signers';
import type { RevisionSigner } from '../security/certificates/revision-signers';
import { mergeProps } from './merge-props';
import type { MeshProps } from './mesh-props';

/** What a mesh's components have to know of its certificates: who signs them, how long they hold, whose are accepted. */
export class MeshCertificates {
  private readonly settings: CertificateSettings | undefined;
  private readonly csr: IstioCsr | undefined;

  /** @throws MeshError for times and an istio-csr that there cannot be. */
  public constructor(
    mesh: Construct & MeshReference,
    private readonly props: MeshProps,
  ) {
    const { certificates, istioCsr, primary, trustDomainMigration } = props;
    this.settings = certificates === undefined ? undefined : certificateSettings(within(placeOf(mesh), 'certificates'), certificates);
    // no istiod runs where another cluster's is asked
    if (primary === undefined) {
      compareRevisions({ construct: mesh, namespace: mesh.namespace, signer: signerOf(props) });
      this.compareDomains(mesh);
    }
    if (trustDomainMigration !== undefined) findLeftPolicies(mesh, trustDomainMigration);
    if (istioCsr === undefined) return;
    this.csr = IstioCsr.isIstioCsr(istioCsr) ? istioCsr : new IstioCsr(mesh, 'istio-csr', { ...this.ownIstioCsr(mesh), ...istioCsr, mesh });
    if (trustDomainMigration?.stage === 'issue-new') this.warnOfRestart(mesh, trustDomainMigration);
  }

  public istioCsr(): IstioCsr | undefined {
    return this.csr;
  }

  /** It is time to renew an authority when what it signs would hold longer. */
  public pluginCa(given: MeshPluginCaProps): MeshPluginCaProps {
    const ttl = this.settings?.workloadTtl;
    if (ttl?.isLongerThan(WARN_BEFORE) !== true || given.certManager !== undefined || given.warnBefore !== undefined) return given;
    return { ...given, warnBefore: ttl };
  }

  /** Over what the mesh says otherwise. */
  public istiod(meshConfig: MeshConfig | undefined): IstiodProps {
    const { pluginCa, trustDomainMigration } = this.props;
    const proxies = this.settings?.proxies ?? {};
    const aliases = this.aliases();
    const config = mergeProps<MeshConfig>(
      ...(Object.keys(proxies).length === 0 ? [] : [{ defaultConfig: { proxyMetadata: proxies } } as MeshConfig]),
      meshConfig,
      ...(trustDomainMigration === undefined || aliases.length === 0 ? [] : [{ trustDomainAliases: aliases } as MeshConfig]),
    );
    const env = this.settings?.istiod ?? {};
    return {
      ...(Object.keys(config).length > 0 && { meshConfig: config }),
      ...(Object.keys(env).length > 0 && { env }),
      ...(pluginCa !== undefined && { certificatesFrom: 'cacerts' as const }),
      ...(this.csr !== undefined && { certificatesFrom: 'istio-csr' as const, proxy: { caAddress: this.csr.address } }),
    };
  }

  public ztunnel(): ZtunnelProps {
    const env = this.settings?.ztunnel ?? {};
    return { ...(Object.keys(env).length > 0 && { env }), ...(this.csr !== undefined && { caAddress: this.csr.address }) };
  }

  /** Those of the stage, and those that are for good; of the latter, one that is known at deployment only is refused where it is written. */
  private aliases(): readonly string[] {
    const { trustDomainMigration, meshConfig } = this.props;
    const given = meshConfig?.trustDomainAliases ?? [];
    return [...new Set([...(trustDomainMigration?.aliases ?? []), ...(isUnknown(given) ? [] : given)])];
  }

  /** Meshes without an id of their own may be different ones. What is known at deployment only is not compared. */
  private compareDomains(mesh: Construct): void {
    const { meshId, meshConfig } = this.props;
    if (isUnknown(meshConfig?.trustDomainAliases)) return;
    const trustDomain = meshConfig?.trustDomain ?? Cluster.factsOf(mesh).trustDomain;
    const domains = [trustDomain, ...this.aliases()];
    if (typeof meshId === 'string' && domains.every((each) => typeof each === 'string')) compareTrustDomains({ construct: mesh, meshId, trustDomain, aliases: domains.slice(1) });
  }

  /** istiod signs for whoever it is that asks, in the mesh's trust domain; istio-csr wants to be asked by the right name. */
  private warnOfRestart(mesh: Construct, { from, to }: TrustDomainMigration): void {
    const finding: Finding = {
      code: 'restart-for-istio-csr',
      severity: 'warning',
      construct: mesh.node.path,
      property: 'trustDomainMigration',
      got: `new certificates of ${to}, by istio-csr`,
      expected: `pods that ask by ${to}: those that were started before ask by ${from}, and get no certificate any more`,
      fix: 'restart all pods of the mesh right after this stage',
    };
    addCheck(mesh, `restart-for-istio-csr ${mesh.node.path}`, () => [finding]);
  }

  /** What follows from the mesh, unless the props of istio-csr say otherwise. */
  private ownIstioCsr({ namespace }: MeshReference): Partial<ConstructorParameters<typeof IstioCsr>[2]> {
    const { certificates, clusterName, dataPlane, networkPolicy, platform, ztunnel } = this.props;
    const { workloadTtl, maxWorkloadTtl } = this.settings ?? {};
    const longest = certificates?.maxWorkloadTtl !== undefined ? maxWorkloadTtl : certificates?.workloadTtl === undefined ? undefined : workloadTtl;
    const namespaceOfZtunnel = ztunnel?.namespace ?? (platform === 'openshift' ? 'kube-system' : namespace);
    return {
      ...(clusterName !== undefined && { clusterName }),
      ...(networkPolicy !== undefined && { networkPolicy }),
      ...(longest !== undefined && { maxCertificateDuration: longest }),
      ...(dataPlane === 'ambient' && { trustedNodeAccounts: [`${namespaceOfZtunnel}/${ztunnel?.name ?? 'ztunnel'}`] }),
    };
  }
}

/** Said for the mesh, or for its istiod alone. */
function signerOf({ pluginCa, istioCsr, istiod }: MeshProps): RevisionSigner['signer'] {
  const { certificatesFrom } = istiod ?? {};
  if (pluginCa !== undefined || certificatesFrom === 'cacerts') return 'pluginCa';
  return istioCsr !== undefined || certificatesFrom === 'istio-csr' ? 'istioCsr' : undefined;
}
