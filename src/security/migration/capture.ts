import type { ProgramPods } from '../mtls/program-pods';
import type { MigrationView } from './migration-view';

/** What keeps a port from the proxy, and where it is said. */
export interface Uncaptured {
  /** For messages: an annotation with its value, or a prop of the mesh. */
  readonly said: string;
  readonly property: string;
}

const PREFIX = 'traffic.sidecar.istio.io/';

/**
 * What keeps connections to a port of these pods from their sidecar.
 *
 * @see https://istio.io/latest/docs/reference/config/annotations/
 */
export function uncapturedInbound(view: MigrationView, pods: ProgramPods, port: number): Uncaptured | undefined {
  const mesh = view.settings?.injection.proxy.trafficCapture.inbound;
  const excluded = setting(pods, 'excludeInboundPorts', listOf(mesh?.excludePorts), 'trafficCapture.inbound.excludePorts');
  if (listed(excluded.value).includes(String(port))) return excluded;
  const included = setting(pods, 'includeInboundPorts', listOf(mesh?.ports, '*'), 'trafficCapture.inbound.ports');
  return listed(included.value).some((each) => each === '*' || each === String(port)) ? undefined : included;
}

/** What keeps calls of these pods to a port from their sidecar: an address is meant only where all of them are. */
export function uncapturedOutbound(view: MigrationView, pods: ProgramPods, port: number): Uncaptured | undefined {
  const interception = 'sidecar.istio.io/interceptionMode';
  if (pods.annotations[interception] === 'NONE') return { said: `${interception}: "NONE"`, property: `${pods.template}metadata.annotations` };
  const mesh = view.settings?.injection.proxy.trafficCapture.outbound;
  const excluded = setting(pods, 'excludeOutboundPorts', listOf(mesh?.excludePorts), 'trafficCapture.outbound.excludePorts');
  if (listed(excluded.value).includes(String(port))) return excluded;
  const ports = setting(pods, 'includeOutboundPorts', listOf(mesh?.ports), 'trafficCapture.outbound.ports');
  if (listed(ports.value).some((each) => each === '*' || each === String(port))) return undefined;
  const ranges = setting(pods, 'excludeOutboundIPRanges', listOf(mesh?.excludeIpRanges), 'trafficCapture.outbound.excludeIpRanges');
  if (listed(ranges.value).some((range) => range === '*' || range === '0.0.0.0/0')) return ranges;
  const included = setting(pods, 'includeOutboundIPRanges', listOf(mesh?.ipRanges, '*'), 'trafficCapture.outbound.ipRanges');
  return listed(included.value).length === 0 ? included : undefined;
}

/** What pods say counts, else what the mesh does. */
function setting({ annotations, template }: ProgramPods, name: string, mesh: string, prop: string): Uncaptured & { readonly value: string } {
  const own = annotations[`${PREFIX}${name}`];
  if (own === undefined) return { value: mesh, said: `${prop} of the mesh`, property: '' };
  return { value: own, said: `${PREFIX}${name}: "${own}"`, property: `${template}metadata.annotations` };
}

function listOf(value: unknown, none = ''): string {
  return Array.isArray(value) ? value.join(',') : typeof value === 'string' ? value : none;
}

function listed(text: string): readonly string[] {
  return text.split(',').map((each) => each.trim()).filter((each) => each !== '');
}
