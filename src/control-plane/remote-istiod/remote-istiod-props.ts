import type { IstiodProps } from '../istiod/istiod-props';
import type { IstiodServiceProps } from '../istiod/istiod-pod-props';

/**
 * Props of a {@link RemoteIstiod}: one of `address`, `injectorWebhook.url` and `externalService` says where istiod is. What
 * concerns istiod's own pods counts with `localInjector` only.
 */
export interface RemoteIstiodProps extends IstiodProps {
  /**
   * Where proxies and webhooks find istiod: an IP address, or the name of a host. A Service named as istiod's own leads there.
   * @default - no such Service
   */
  readonly address?: string;
  /**
   * Says that the Service that leads to istiod is made by somebody else.
   * @default false
   */
  readonly externalService?: boolean;
  /** IP families of the Service that leads to istiod. @default - Kubernetes' own */
  readonly remoteService?: Pick<IstiodServiceProps, 'ipFamilyPolicy' | 'ipFamilies'>;
  /**
   * Whether an istiod of this cluster injects pods, and only configuration comes from the remote one.
   * @default false
   */
  readonly localInjector?: boolean;
  /**
   * Whether the mesh's configuration is in this cluster: the remote istiod reads it here.
   * @default false
   * @see https://istio.io/latest/docs/setup/install/external-controlplane/
   */
  readonly configCluster?: boolean;
  /** @default - what `localInjector` says */
  readonly meshConfigMap?: boolean;
  /** @default - what `localInjector` says */
  readonly injectorConfigMap?: boolean;
}
