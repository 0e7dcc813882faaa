import type { Construct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { componentNamespace, definedProps } from '../component-checks';
import { injectionSettings } from '../injection/settings';
import type { InjectionSettings } from '../injection/settings';
import type { JsonObject } from '../../rules/json';
import type { Platform } from '../component';
import { releaseOf, since } from '../release';
import type { Release } from '../release';
import { checkIstiodProps } from './istiod-checks';
import type { IstiodProps } from './istiod-props';

/** What the objects of a control plane are made from: the props, and what follows from them. */
export interface IstiodSettings {
  readonly props: IstiodProps;
  readonly release: Release;
  /** Where istiod runs. */
  readonly namespace: string;
  /** Root namespace of the mesh. */
  readonly istioNamespace: string;
  /** Undefined for the default revision. */
  readonly revision: string | undefined;
  /** Name of istiod's Deployment, Service and ServiceAccount: `istiod`, or `istiod-<revision>`. */
  readonly name: string;
  /** What names of other objects end in for this revision: nothing, or `-<revision>`. */
  readonly suffix: string;
  readonly trustDomain: string;
  readonly clusterDomain: string;
  readonly platform: PlatformDefaults;
  readonly env: Readonly<Record<string, string>>;
  readonly injection: InjectionSettings;
  /** Whether istiod runs in this cluster, and whether one that runs elsewhere may change things in it. */
  readonly runs: boolean;
  readonly administers: boolean;
  /** Undefined where no istiod outside of the cluster is used. */
  readonly remote: RemoteSettings | undefined;
  /** Extension providers that other constructs add to the mesh's configuration until it is rendered, by name. */
  readonly addedProviders: Map<string, () => JsonObject>;
}

/** An istiod outside of the cluster. */
export interface RemoteSettings {
  /** IP address or host name; undefined where the cluster's Service for it is somebody else's. */
  readonly address: string | undefined;
  /** Whether an istiod of this cluster injects pods, and only configuration comes from the remote one. */
  readonly localInjector: boolean;
  readonly ipFamilyPolicy?: string;
  readonly ipFamilies?: readonly string[];
}

/** What a platform has another default for. */
interface PlatformDefaults {
  readonly cni: { readonly enabled: boolean; readonly provider: string };
  readonly ztunnelNamespace: string | undefined;
  readonly terminationMessagePolicy: 'FallbackToLogsOnError' | undefined;
}

/** An istiod outside of the cluster as props give it, and whether the cluster holds the mesh's configuration. */
export interface RemoteUse extends RemoteSettings {
  readonly configCluster: boolean;
}

/**
 * The settings of a control plane, with all defaults filled in.
 *
 * @throws MeshError for a release that is not known, and for props that no control plane can have.
 */
export function istiodSettings(construct: Construct, props: IstiodProps, remote?: RemoteUse): IstiodSettings {
  const release = releaseOf(construct, props.istio);
  const facts = Cluster.factsOf(construct);
  checkIstiodProps(construct, props, release);
  const namespace = componentNamespace(construct, props.namespace);
  const suffix = props.revision === undefined ? '' : `-${props.revision}`;
  const platform = platformDefaults(props.platform, release);
  const clusterDomain = props.proxy?.clusterDomain ?? facts.clusterDomain;
  const env = props.env ?? {};
  const { istioNamespace = namespace } = props;
  return {
    props,
    release,
    namespace,
    istioNamespace,
    revision: props.revision,
    name: `istiod${suffix}`,
    suffix,
    trustDomain: facts.trustDomain,
    clusterDomain,
    platform,
    env,
    injection: injectionSettings(
      definedProps({
        release,
        namespace: istioNamespace,
        revision: props.revision,
        image: props.image,
        logging: props.logging,
        platform: props.injectionPlatform === undefined ? props.platform : props.injectionPlatform || undefined,
        nativeNftables: props.nativeNftables,
        cni: { ...platform.cni, ...definedProps(props.cni ?? {}) },
        env,
        clusterName: props.clusterName,
        meshId: props.meshId,
        pilotCertProvider: props.pilotCertProvider,
        trustBundleName: props.trustBundleName,
        tokenAudience: props.tokenAudience,
      }),
      definedProps({
        proxy: { ...props.proxy, clusterDomain },
        injection: props.injection,
        waypoint: props.waypoint,
        gateways: props.gateways,
        network: props.network ?? facts.network,
      }),
    ),
    runs: remote === undefined || remote.localInjector,
    administers: remote === undefined || remote.localInjector || remote.configCluster,
    remote,
    addedProviders: new Map(),
  };
}

/** Whether objects of a namespace, or of the whole cluster, are to be made. */
export function inScope({ props }: IstiodSettings, scope: 'cluster' | 'namespace'): boolean {
  return (props.resourceScope ?? 'all') === 'all' || props.resourceScope === scope;
}

function platformDefaults(platform: Platform | undefined, release: Release): PlatformDefaults {
  const isOpenShift = platform === 'openshift';
  return {
    cni: isOpenShift ? { enabled: true, provider: 'multus' } : { enabled: false, provider: 'default' },
    ztunnelNamespace: isOpenShift ? 'kube-system' : undefined,
    terminationMessagePolicy: isOpenShift && since(release, '1.31') ? 'FallbackToLogsOnError' : undefined,
  };
}
