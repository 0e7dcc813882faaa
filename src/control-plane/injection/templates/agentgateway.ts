import { since } from '../../release';
import { annotation, bare, firstOf, go } from '../template/go';
import { when } from '../template/nodes';
import type { Fields, Items, Mapping, Template } from '../template/nodes';
import type { InjectionSettings } from '../settings';
import { autoscaler, deployment, disruptionBudget, service, SERVICE_ACCOUNT, serviceAccount } from './gateway-objects';
import { managedSecurity, networkVariable } from './kube-gateway';
import { asNode, IMAGE, imageVariable, MANAGED_PORTS, MANAGED_PROBES, pullPolicy } from './proxy-container';
import * as env from './proxy-env';
import * as volumes from './proxy-volumes';

/**
 * Gateways and waypoints whose proxy is agentgateway and not Envoy. istiod makes them only where it is told to, by
 * `PILOT_ENABLE_AGENTGATEWAY`.
 *
 * @see https://istio.io/latest/docs/reference/commands/pilot-discovery/
 */

const NETWORK = go('$network');
/** User of the image. */
const USER = 10101;

/** What gateways and waypoints differ in. */
interface Kind {
  readonly controller: string;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly pod: Mapping;
  readonly container: Mapping;
  readonly security: Mapping;
}

/** A Gateway that is no waypoint. */
export function agentgatewayTemplate(settings: InjectionSettings): Template {
  const { lifecycle, resources } = settings.proxy;
  return template(settings, {
    controller: 'istio.io-agentgateway-controller',
    pod: { securityContext: managedSecurity(settings) },
    container: { resources: given(resources), lifecycle: lifecycle === undefined ? undefined : asNode(lifecycle) },
    security: {},
  });
}

/** A waypoint. */
export function agentgatewayWaypointTemplate(settings: InjectionSettings): Template {
  const { seccompProfile } = settings.gateways;
  return template(settings, {
    controller: 'istio.io-agentgateway-waypoint-controller',
    podLabels: { 'istio.io/dataplane-mode': 'none' },
    pod: {},
    container: { resources: given(settings.waypoint.resources) },
    security: { seccompProfile: seccompProfile === undefined ? undefined : asNode(seccompProfile) },
  });
}

function given(resources: object): Fields | undefined {
  return Object.keys(resources).length === 0 ? undefined : asNode(resources);
}

function template(settings: InjectionSettings, kind: Kind): Template {
  const image = annotation('gateway.istio.io/agentgatewayImage', settings.gateways.agentgatewayImage ?? '');
  const { controller, podLabels = {}, pod } = kind;
  const spec = {
    ...pod,
    serviceAccountName: SERVICE_ACCOUNT,
    containers: [container(settings, kind)],
    volumes: volumesOf(settings),
    ...volumes.pullSecrets(settings),
  };
  return {
    variables: [imageVariable(IMAGE, image, '.AgentgatewayImage'), networkVariable(settings)],
    documents: [
      serviceAccount('any'),
      deployment({ controller, podLabels, spec }),
      service('TCP'),
      autoscaler(),
      disruptionBudget(),
    ],
  };
}

function container(settings: InjectionSettings, { container: own, security }: Kind): Mapping {
  return {
    name: 'agentgateway',
    image: IMAGE,
    ...pullPolicy(settings),
    securityContext: {
      capabilities: { drop: ['ALL'] },
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsUser: bare(firstOf(go('.ProxyUID'), USER)),
      runAsGroup: bare(firstOf(go('.ProxyGID'), USER)),
      runAsNonRoot: true,
      ...security,
    },
    ports: MANAGED_PORTS,
    // all of its configuration comes from istiod
    args: ['--config', '{}'],
    ...own,
    env: environment(settings),
    ...MANAGED_PROBES,
    volumeMounts: mounts(settings),
  };
}

function environment(settings: InjectionSettings): Items {
  return [
    env.fromField('POD_NAME', 'metadata.name'),
    env.fromField('POD_NAMESPACE', 'metadata.namespace'),
    env.fromField('NAMESPACE', 'metadata.namespace'),
    env.fromField('INSTANCE_IP', 'status.podIP'),
    env.fromField('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
    env.fromResource('CPU_LIMIT', 'limits.cpu'),
    env.variable('GATEWAY', go('.Name')),
    env.variable('RUST_BACKTRACE', '1'),
    env.variable('CLUSTER_ID', env.clusterName(settings, go('.ClusterID'))),
    when<Items>(NETWORK, [env.variable('NETWORK', NETWORK)]),
    when<Items>(env.TRUST_DOMAIN, [env.variable('TRUST_DOMAIN', env.TRUST_DOMAIN)]),
    env.METADATA,
    env.variable('XDS_ADDRESS', go('.ProxyConfig.DiscoveryAddress')),
    // before, it asked whom it got its configuration from
    since(settings.release, '1.30') ? env.variable('CA_ADDRESS', env.caAddress(settings)) : undefined,
  ];
}

/** Since 1.30 it asks for certificates with a token of its own. */
function mounts({ release }: InjectionSettings): Items {
  const ofXds = volumes.mount('istiod-ca-cert', '/var/run/secrets/xds');
  const scratch = volumes.mount('tmp', '/tmp');
  if (!since(release, '1.30')) return [ofXds, volumes.mount('istio-token', '/var/run/secrets/xds-tokens'), scratch];
  const xdsToken = volumes.mount('xds-token', '/var/run/secrets/xds-tokens');
  return [ofXds, xdsToken, scratch, volumes.MOUNTS.rootCertificate, volumes.MOUNTS.token];
}

function volumesOf(settings: InjectionSettings): Items {
  const { release, tokenAudience } = settings;
  const tokens = since(release, '1.30')
    ? [volumes.tokenVolume(tokenAudience, 'xds-token', 'xds-token'), volumes.tokenVolume(tokenAudience)]
    : [volumes.tokenVolume(tokenAudience, 'istio-token', 'xds-token')];
  return [volumes.empty('tmp'), ...tokens, volumes.ofIstiod(settings, volumes.rootCertificateVolume(settings))];
}

