import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { PeerAuthentication } from '../../../imports/istio/peer-authentication';
import type { PeerAuthenticationMtls } from '../../../imports/istio/peer-authentication';
import { requirePlace } from '../../core/place';
import { describeValue } from '../../core/refusal';
import { oneOf, placeOf, refuse, requireKeys, requireNames, within } from '../../traffic/rules/refuse';
import { judgeMtls } from './mtls-clashes';
import type { MtlsMode } from './mtls-mode';
import { policyTarget } from '../access/policy-target';
import { policiesAround, programPolicies, rootNamespaces } from './program-policies';
import type { PolicySubject, PolicyTarget } from '../access/policy-target';

/** Props of a {@link MtlsPolicy}. */
export interface MtlsPolicyProps {
  /**
   * What it is for: a service, a gateway or a workload, all pods of a namespace, or those of a mesh. A `Mesh` and a
   * `StrictMtlsNamespace` of this program have a policy of their own.
   */
  readonly target: PolicySubject;
  /**
   * What pods take: mutual TLS only, plain text as well, or plain text only.
   * @default - that of the namespace, else that of the mesh
   */
  readonly mode?: MtlsMode;
  /**
   * Modes of ports of the pods, by number; for a service, a gateway or a workload.
   * @default - `mode` on all ports
   */
  readonly ports?: Readonly<Record<number, MtlsMode>>;
}

const MODES: readonly MtlsMode[] = ['STRICT', 'PERMISSIVE', 'DISABLE'];

/**
 * The mutual TLS of some pods: a PeerAuthentication. The narrower one counts: that of a port before that of the pods, before the
 * namespace's, before the mesh's. What callers send follows by itself.
 *
 * @see https://istio.io/latest/docs/reference/config/security/peer_authentication/
 * @example
 * new MtlsPolicy(chart, 'scraped', { target: orders, ports: { 9090: 'PERMISSIVE' } });
 */
export class MtlsPolicy extends Construct {
  /**
   * @throws MeshError when it says nothing, a mode or a port is none, or ports are given for more than some pods; at synthesis,
   * when other policies are for the same pods, or a DestinationRule says otherwise.
   */
  public constructor(scope: Construct, id: string, props: MtlsPolicyProps) {
    requirePlace(scope, id);
    super(scope, id);
    const place = placeOf(this);
    requireKeys(place, props, ['target', 'mode', 'ports']);
    const target = policyTarget(this, props.target, 'target');
    const mtls = props.mode === undefined ? undefined : { mode: oneOf(within(place, 'mode'), props.mode, MODES) };
    const ports = props.ports === undefined ? undefined : this.checkedPorts(target, props.ports);
    if (mtls === undefined && ports === undefined) throw refuse(within(place, 'mode'), 'no-mode', 'neither mode nor ports', `one of ${MODES.join(', ')}, or modes of ports`, 'say what the pods take');
    const { selector, namespace } = target;
    // one name for all wide policies of a namespace: of two, Istio would follow the older
    const name = selector === undefined ? 'default' : target.name;
    new PeerAuthentication(this, 'policy', {
      metadata: { name, namespace },
      spec: {
        ...(mtls === undefined ? {} : { mtls }),
        ...(ports === undefined ? {} : { portLevelMtls: ports }),
        ...(selector === undefined ? {} : { selector: { matchLabels: Lazy.any({ produce: () => this.labels(selector) }) as never } }),
      },
    });
    judgeMtls(this);
    this.node.addValidation({ validate: () => this.refuseRoot(target) });
  }

  /** In the root namespace a policy for all pods is the mesh's, and one for some pods is for nobody. */
  private refuseRoot({ of, scope, namespace }: PolicyTarget): string[] {
    const roots = rootNamespaces(policiesAround(scope, programPolicies(scope.node.root)));
    if (of === 'mesh' || !roots.includes(namespace)) return [];
    const got = of === 'namespace' ? `the namespace ${namespace}, whose policy is for the whole mesh` : `pods of the namespace ${namespace}, where Istio follows no policy for some pods`;
    throw refuse(within(placeOf(this), 'target'), 'root-namespace', got, 'a namespace of its own, or the mesh in so many words', of === 'namespace' ? 'give the mesh as target' : 'move the pods to a namespace of their own');
  }

  private checkedPorts({ selector }: PolicyTarget, given: unknown): Record<string, PeerAuthenticationMtls> {
    const place = within(placeOf(this), 'ports');
    requireNames(place, given);
    const entries = Object.entries(given as Readonly<Record<string, unknown>>).map(([port, mode]) => {
      if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535) throw refuse(within(place, port), 'bad-port', describeValue(port), 'a whole number from 1 to 65535', 'give the port that the pods listen on');
      return [port, { mode: oneOf(within(place, port), mode, MODES) }] as const;
    });
    if (entries.length === 0) throw refuse(place, 'empty-list', '{}', 'modes by port', 'leave it out');
    if (selector === undefined) throw refuse(place, 'wide-ports', 'ports, for all pods of a namespace or a mesh', 'a service, a gateway or a workload: Istio takes ports of some pods only', 'make a policy for each of them');
    return Object.fromEntries(entries);
  }

  /** Without labels it would be for all pods of the namespace. */
  private labels(selector: () => Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const labels = selector();
    if (Object.keys(labels).length > 0) return labels;
    throw refuse(within(placeOf(this), 'target'), 'no-pods', 'a service that selects no pods', 'labels that tell its pods', 'give the Service a selector');
  }
}
