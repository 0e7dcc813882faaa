import { Construct } from 'constructs';
import { Secret } from '../../../imports/kubernetes/secret';
import type { IstiodSettings } from '../../control-plane/istiod/istiod-settings';
import { requireMesh } from '../../control-plane/mesh-reference';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { Duration } from '../../core/duration';
import type { ObjectProps } from '../../core/mesh-object';
import { requirePlace } from '../../core/place';
import { addCheck } from '../../core/planner';
import { requestSharedObject } from '../../core/shared-objects';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { oneOf, placeOf, refuse, requireKeys, someText, within } from '../../traffic/rules/refuse';
import { chainFindings } from './ca-chain';
import { readCaFiles } from './ca-files';
import { WARN_BEFORE, watchValidity } from './ca-validity';
import { issuerRef, requestCertificate, requireIssuerKeys, times } from './cert-manager';
import { compareAuthorities } from './mesh-roots';
import { describePem } from './pem';
import type { CertManagerCa, GivenCaProps, PluginCaProps } from './plugin-ca-props';

const GIVEN = ['rootCert', 'caCert', 'certChain', 'caKey', 'allowPlainTextKey', 'warnBefore', 'now'];
/** The Secret that istiod reads its authority from. */
export const CA_SECRET = 'cacerts';

/**
 * The authority that a mesh's istiod signs with, in place of the root that it would make up: an intermediate of a root of your own,
 * under which several clusters form one mesh.
 *
 * With `caKey` it makes the Secret `cacerts` in the mesh's namespace, before istiod; with `certManager` it has cert-manager make it;
 * with neither, it checks the certificates of a Secret that comes from elsewhere, and makes no object.
 *
 * A Mesh of this program is given it as `pluginCa`, and waits for the Secret.
 *
 * @see https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/
 * @example
 * new Mesh(platform, 'mesh', { pluginCa: { rootCert, caCert } });
 */
export class PluginCa extends Construct {
  /**
   * @throws MeshError for PEM that cannot be read, a certificate that is no authority, a chain that does not lead to the root, a key
   * that is another one's or weak, a key in plain text; at synthesis, for a certificate that has ended or not begun, and for clusters
   * of one mesh that refuse each other. A key is never shown.
   */
  public constructor(scope: Construct, id: string, props: PluginCaProps) {
    requirePlace(scope, id);
    super(scope, id);
    withoutKeys(() => this.make(props));
  }

  private make(props: PluginCaProps): void {
    const place = placeOf(this);
    requireKeys(place, props, ['mesh', 'certManager', ...GIVEN]);
    requireMesh(this, props.mesh);
    this.requireWaiting(props);
    const { namespace } = props.mesh;
    if (props.certManager !== undefined) {
      const both = GIVEN.find((name) => (props as unknown as Readonly<Record<string, unknown>>)[name] !== undefined);
      if (both !== undefined) throw refuse(within(place, both), 'contradiction', `${both} and certManager`, 'either: what cert-manager makes is not known here', 'leave one of them out');
      this.askCertManager(namespace, props.certManager);
      compareAuthorities({ construct: this, mesh: props.mesh, keptBy: 'cert-manager' });
      return;
    }
    this.check(props, props.mesh);
    if (props.caKey !== undefined) this.makeSecret(namespace, props);
  }

  /** Started before the Secret is there, istiod would make up a root. */
  private requireWaiting({ mesh, caKey }: PluginCaProps): void {
    const expected = 'a Mesh that is given its authority, or the mesh of another program';
    const istiod = settingsOf(mesh);
    if (istiod !== undefined) {
      if (istiod.props.certificatesFrom === 'cacerts') return;
      const got = `${mesh.node.path}, whose istiod does not wait for the Secret ${CA_SECRET}`;
      throw refuse(within(placeOf(this), 'mesh'), 'istiod-does-not-wait', got, expected, 'give these props to the Mesh, as pluginCa');
    }
    // a Secret of this program comes before istiod
    if (caKey !== undefined || !isInstalled(mesh)) return;
    const got = `${mesh.node.path}, whose istiod starts without the Secret ${CA_SECRET}, as Istio's own installers have it`;
    const fix = `see that ${CA_SECRET} is there before istiod first starts, which makes up a root otherwise`;
    addCheck(this, `istiod-does-not-wait ${this.node.path}`, () => [{ code: 'istiod-does-not-wait', severity: 'warning', construct: this.node.path, property: 'mesh', got, expected, fix }]);
  }

  private check(props: GivenCaProps, mesh: MeshReference): void {
    const place = placeOf(this);
    const { caKey, now, allowPlainTextKey } = props;
    if (allowPlainTextKey !== undefined) oneOf(within(place, 'allowPlainTextKey'), allowPlainTextKey, [true, false]);
    const warnBefore = Duration.of(props.warnBefore === undefined ? WARN_BEFORE : props.warnBefore, within(place, 'warnBefore'));
    if (now !== undefined && (!(now instanceof Date) || Number.isNaN(now.getTime()))) throw refuse(within(place, 'now'), 'bad-date', 'something else', 'a Date', "give new Date('2026-01-31'), or leave it out");
    if (typeof caKey === 'string' && allowPlainTextKey !== true) {
      const fix = 'leave it out and put the Secret cacerts there by a vault or as a sealed Secret, or give a secret of Pulumi; allowPlainTextKey: true for a test';
      throw refuse(within(place, 'caKey'), 'plain-text-key', `${describePem(caKey)} in plain text`, 'a value that is known only at deployment: this one would stand in the written files', fix);
    }
    const findings: Finding[] = [];
    const files = readCaFiles(place, { ...props, certChain: props.certChain === undefined ? props.caCert : props.certChain, caKey }, findings);
    // what is wrong with caCert is said once, and not of the chain made of it
    const own = findings.filter(({ property }) => props.certChain !== undefined || property !== 'certChain');
    const ways = chainFindings(place, files, own);
    if (own.length > 0) throw new MeshError(own);
    watchValidity(this, ways, { ...(now !== undefined && { now }), warnBefore });
    const { roots, signing, chain } = files;
    if (roots !== undefined && signing !== undefined && chain !== undefined) compareAuthorities({ construct: this, mesh, roots, signing, chain, ways });
  }

  private makeSecret(namespace: string, { rootCert, caCert, certChain, caKey }: GivenCaProps): void {
    const type = { apiVersion: Secret.apiVersion, kind: Secret.kind, scope: 'Namespaced' } as const;
    const stringData = { 'root-cert.pem': rootCert, 'ca-cert.pem': caCert, 'cert-chain.pem': certChain ?? caCert, 'ca-key.pem': caKey };
    // meshes of several revisions have one authority
    requestSharedObject({ scope: this, name: CA_SECRET, type, props: { metadata: { namespace }, type: 'Opaque', stringData } as ObjectProps });
  }

  /** istiod reads a Secret of the type kubernetes.io/tls as well, and a renewed one while it runs. */
  private askCertManager(namespace: string, given: CertManagerCa): void {
    const place = within(placeOf(this), 'certManager');
    requireIssuerKeys(place, given, ['commonName', 'duration', 'renewBefore', 'algorithm']);
    const algorithm = oneOf(within(place, 'algorithm'), given.algorithm === undefined ? 'ECDSA' : given.algorithm, ['ECDSA', 'RSA'] as const);
    const { duration, renewBefore } = times(place, given, '8760h');
    requestCertificate(this, CA_SECRET, namespace, {
      isCA: true,
      commonName: given.commonName === undefined ? 'istiod-ca' : commonName(within(place, 'commonName'), given.commonName),
      secretName: CA_SECRET,
      duration: duration.value,
      renewBefore: renewBefore.value,
      privateKey: { algorithm, size: algorithm === 'RSA' ? 2048 : 256, rotationPolicy: 'Always' },
      usages: ['cert sign', 'crl sign', 'digital signature'],
      issuerRef: issuerRef(place, given),
    });
  }
}

function settingsOf(mesh: unknown): IstiodSettings | undefined {
  return (mesh as { readonly settings?: IstiodSettings } | undefined)?.settings;
}

/** A mesh of values, profiles or an IstioOperator, by its structure: its istiod is one of its components. */
function isInstalled(mesh: MeshReference): boolean {
  const { components } = mesh as { readonly components?: Readonly<Record<string, unknown>> };
  return Object.values(components ?? {}).some((each) => settingsOf(each)?.runs === true);
}

/** X.509 has no longer ones. */
function commonName(place: { readonly construct: string; readonly property: string }, given: string): string {
  const name = someText(place, given);
  if (name.length <= 64) return name;
  throw refuse(place, 'bad-name', `a name of ${name.length} characters`, '64 characters at most', 'shorten it');
}

/** What was given as something else may be a key all the same: no finding shows it. */
function withoutKeys(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!MeshError.isMeshError(error)) throw error;
    throw new MeshError(error.findings.map((finding) => (finding.got.includes('-----BEGIN') ? { ...finding, got: 'a text in PEM' } : finding)));
  }
}
