import { since } from '../../release';
import { annotation, annotationOf, bare, call, go, hasAnnotation, text } from '../template/go';
import type { Go } from '../template/go';
import { each, fields, when } from '../template/nodes';
import type { Fields, Item, Items, Mapping, Variable } from '../template/nodes';
import { joined } from '../captured';
import type { CapturedPorts } from '../proxy-props';
import type { InjectionSettings } from '../settings';
import { agentLogLevel, annotatedResources, asNode, imageVariable, PROXY_GID, PROXY_UID, pullPolicy, statusPort, wantedImage } from './proxy-container';
import { PROXY_METADATA } from './proxy-env';

/** How traffic gets into the proxy: `REDIRECT`, `TPROXY` or `NONE`. */
export const MODE_ANNOTATION = 'sidecar.istio.io/interceptionMode';
export const MODE = go('$mode');
export const TPROXY = go('$tproxy');
const INIT_IMAGE = go('$initImage');
const EXCLUDED_PORTS = go('$excludedPorts');
/** TPROXY works for this user only. */
const USER = call('ternary', 1337, PROXY_UID, TPROXY);
const GROUP = call('ternary', 1337, PROXY_GID, TPROXY);

const VIRTUAL_INTERFACES = 'istio.io/reroute-virtual-interfaces';
/** Older name of the same. */
const KUBEVIRT_INTERFACES = 'traffic.sidecar.istio.io/kubevirtInterfaces';
const EXCLUDED_INTERFACES = 'traffic.sidecar.istio.io/excludeInterfaces';
const INCLUDED_OUTBOUND_PORTS = 'traffic.sidecar.istio.io/includeOutboundPorts';
const EXCLUDED_OUTBOUND_PORTS = 'traffic.sidecar.istio.io/excludeOutboundPorts';

/** Images and ports that are said more than once. */
export function captureVariables(settings: InjectionSettings): readonly Variable[] {
  const { release, proxy } = settings;
  const excluded = annotation('traffic.sidecar.istio.io/excludeInboundPorts', joined(proxy.trafficCapture.inbound.excludePorts));
  return [
    imageVariable(INIT_IMAGE, wantedImage(proxy.init.image), since(release, '1.31') ? '.ProxyInitImage' : '.ProxyImage'),
    // the agent's own port is never captured
    [EXCLUDED_PORTS.code, call('excludeInboundPort', statusPort(settings), excluded)],
  ];
}

/** The container that captures the pod's traffic; with the CNI plugin, the one that checks that it is captured. */
export function initContainer(settings: InjectionSettings): Item {
  const { cni } = settings;
  return fields(
    {
      name: cni.enabled ? 'istio-validation' : 'istio-init',
      image: INIT_IMAGE,
      args: initArguments(settings),
      ...pullPolicy(settings),
    },
    when<Fields>(PROXY_METADATA, { env: [each('$key, $value', PROXY_METADATA, [{ name: bare(go('$key')), value: go('$value') }])] }),
    annotatedResources(settings),
    { securityContext: securityContext(settings) },
  );
}

function initArguments(settings: InjectionSettings): Items {
  const { cni, logging, nativeNftables, proxy } = settings;
  const capture = captured(settings);
  return [
    'istio-iptables',
    ...['-p', call('default', '15001', go('.MeshConfig.ProxyListenPort'))],
    ...['-z', call('default', '15006', go('.MeshConfig.ProxyInboundListenPort'))],
    ...['-u', USER],
    ...['-m', MODE],
    ...['-i', capture.outboundIpRanges],
    ...['-x', capture.excludedOutboundIpRanges],
    ...['-b', capture.inboundPorts],
    // the ports of Envoy's metrics and of readiness are never captured
    ...['-d', text`15090,15021${call('ternary', text`,${EXCLUDED_PORTS}`, '', call('ne', EXCLUDED_PORTS, ''))}`],
    ...whenCaptured(INCLUDED_OUTBOUND_PORTS, proxy.trafficCapture.outbound.ports, ['-q', capture.outboundPorts]),
    ...whenCaptured(EXCLUDED_OUTBOUND_PORTS, proxy.trafficCapture.outbound.excludePorts, ['-o', capture.excludedOutboundPorts]),
    when<Items>(
      hasAnnotation(VIRTUAL_INTERFACES),
      ['-k', annotationOf(VIRTUAL_INTERFACES)],
      when<Items>(hasAnnotation(KUBEVIRT_INTERFACES), ['-k', annotationOf(KUBEVIRT_INTERFACES)]),
    ),
    when<Items>(hasAnnotation(EXCLUDED_INTERFACES), ['-c', annotationOf(EXCLUDED_INTERFACES)]),
    text`--log_output_level=${agentLogLevel(settings)}`,
    logging.json ? '--log_as_json' : undefined,
    ...(cni.enabled ? ['--run-validation', '--skip-rule-apply'] : []),
    !cni.enabled && proxy.init.forceApplyIptables ? '--force-apply' : undefined,
    nativeNftables ? '--native-nftables' : undefined,
  ];
}

function securityContext({ cni, proxy }: InjectionSettings): Mapping {
  const { privileged, seccompProfile } = proxy;
  const rights = { allowPrivilegeEscalation: privileged, privileged };
  const profile = seccompProfile === undefined ? {} : { seccompProfile: asNode(seccompProfile) };
  if (cni.enabled) {
    return {
      ...rights,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsGroup: bare(GROUP),
      runAsUser: bare(USER),
      runAsNonRoot: true,
      ...profile,
    };
  }
  return {
    ...rights,
    capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] },
    readOnlyRootFilesystem: false,
    runAsGroup: 0,
    runAsNonRoot: false,
    runAsUser: 0,
    ...profile,
  };
}

/** Annotations by which the CNI plugin knows what to capture. */
export function cniAnnotations(settings: InjectionSettings): Fields | undefined {
  const { cni, proxy } = settings;
  if (!cni.enabled) return undefined;
  const capture = captured(settings);
  const networks = 'k8s.v1.cni.cncf.io/networks';
  const { outbound } = proxy.trafficCapture;
  return fields(
    cni.provider === 'multus'
      ? { [networks]: call('appendMultusNetwork', annotationOf(networks), 'default/istio-cni') }
      : undefined,
    { [MODE_ANNOTATION]: MODE },
    unlessEmpty('traffic.sidecar.istio.io/includeOutboundIPRanges', capture.outboundIpRanges),
    unlessEmpty('traffic.sidecar.istio.io/excludeOutboundIPRanges', capture.excludedOutboundIpRanges),
    {
      'traffic.sidecar.istio.io/includeInboundPorts': capture.inboundPorts,
      'traffic.sidecar.istio.io/excludeInboundPorts': EXCLUDED_PORTS,
    },
    whenCapturedFields(INCLUDED_OUTBOUND_PORTS, outbound.ports, capture.outboundPorts),
    whenCapturedFields(EXCLUDED_OUTBOUND_PORTS, outbound.excludePorts, capture.excludedOutboundPorts),
    unlessEmpty(KUBEVIRT_INTERFACES, annotationOf(KUBEVIRT_INTERFACES)),
    unlessEmpty(VIRTUAL_INTERFACES, annotationOf(VIRTUAL_INTERFACES)),
    unlessEmpty(EXCLUDED_INTERFACES, annotationOf(EXCLUDED_INTERFACES)),
  );
}

type Captured = 'outboundIpRanges' | 'excludedOutboundIpRanges' | 'inboundPorts' | 'outboundPorts' | 'excludedOutboundPorts';

/** What is captured: what annotations of the pod say, else the mesh's setting. */
function captured(settings: InjectionSettings): Record<Captured, Go> {
  const { outbound, inbound } = settings.proxy.trafficCapture;
  return {
    outboundIpRanges: annotation('traffic.sidecar.istio.io/includeOutboundIPRanges', joined(outbound.ipRanges)),
    excludedOutboundIpRanges: annotation('traffic.sidecar.istio.io/excludeOutboundIPRanges', joined(outbound.excludeIpRanges)),
    inboundPorts: annotation('traffic.sidecar.istio.io/includeInboundPorts', joined(inbound.ports)),
    outboundPorts: annotation(INCLUDED_OUTBOUND_PORTS, joined(outbound.ports)),
    excludedOutboundPorts: annotation(EXCLUDED_OUTBOUND_PORTS, joined(outbound.excludePorts)),
  };
}

/** Something that is there where the mesh has a setting or the pod an annotation. */
function whenCaptured(name: string, setting: CapturedPorts, items: Items): Items {
  return joined(setting) === '' ? [when<Items>(hasAnnotation(name), items)] : items;
}

function whenCapturedFields(name: string, setting: CapturedPorts, value: Go): Fields {
  const entry = { [name]: value };
  return joined(setting) === '' ? fields(when<Fields>(hasAnnotation(name), entry)) : entry;
}

function unlessEmpty(name: string, value: Go): ReturnType<typeof when<Fields>> {
  return when<Fields>(value, { [name]: value });
}
