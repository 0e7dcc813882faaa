import { isIP, isIPv6 } from 'node:net';
import { Construct } from 'constructs';
import { EndpointSlice } from '../../../imports/kubernetes/endpoint-slice';
import { Service } from '../../../imports/kubernetes/service';
import { describeValue, refusal } from '../../core/refusal';
import { dns1123Subdomain } from '../../validation/names';
import { definedProps } from '../component-checks';
import { makeControlPlane } from '../istiod/control-plane-objects';
import type { ControlPlane } from '../istiod/istiod';
import { inScope, istiodSettings } from '../istiod/istiod-settings';
import type { IstiodSettings } from '../istiod/istiod-settings';
import { ISTIOD_SHAPE, SERVICE_SHAPE } from '../istiod/istiod-shape';
import { injectionLabelsOf } from '../mesh-reference';
import { flag, requireShape, text } from '../prop-shape';
import type { Shape } from '../prop-shape';
import { releaseOf, since } from '../release';
import { remoteEndpoints, remoteService } from './remote-endpoint';
import type { RemoteIstiodProps } from './remote-istiod-props';

const REMOTE_SHAPE: Shape = {
  ...ISTIOD_SHAPE,
  address: text,
  externalService: flag,
  remoteService: SERVICE_SHAPE,
  localInjector: flag,
  configCluster: flag,
};

/**
 * What a cluster needs whose istiod runs elsewhere: the webhook that has its pods injected there, a Service that leads there,
 * and the role that the remote istiod reads the cluster with. It makes what the chart `istiod` makes with the profile `remote`.
 *
 * @see https://istio.io/latest/docs/setup/install/multicluster/primary-remote/
 */
export class RemoteIstiod extends Construct implements ControlPlane {
  /** Namespace of the objects, which proxies take istiod to be in. */
  public readonly namespace: string;
  /** Undefined for the default revision. */
  public readonly revision: string | undefined;
  public readonly injectionLabels: Readonly<Record<string, string>>;
  /** @internal */
  public readonly settings: IstiodSettings;

  /** @throws MeshError when nothing says where istiod is, for an address that is none, and as `Istiod` does. */
  public constructor(scope: Construct, id: string, props: RemoteIstiodProps) {
    super(scope, id);
    requireShape(this, props, REMOTE_SHAPE);
    this.requireAddress(props);
    const { address, remoteService: service = {}, localInjector = false, configCluster = false } = props;
    const defaults = { meshConfigMap: localInjector, injectorConfigMap: localInjector };
    this.settings = istiodSettings(this, { ...defaults, ...definedProps(props) }, { address, localInjector, configCluster, ...service });
    const { namespace, revision } = this.settings;
    this.namespace = namespace;
    this.revision = revision;
    this.injectionLabels = injectionLabelsOf(this, revision);
    makeControlPlane(this, this.settings);
    if (inScope(this.settings, 'namespace')) this.makeService();
  }

  private makeService(): void {
    const service = remoteService(this.settings);
    if (service !== undefined) new Service(this, 'remote-service', service);
    const endpoints = remoteEndpoints(this.settings);
    if (endpoints !== undefined) new EndpointSlice(this, 'remote-endpoints', endpoints);
  }

  private requireAddress({ address, injectorWebhook, externalService, istio }: RemoteIstiodProps): void {
    const place = { construct: this.node.path };
    const isElsewhere = externalService === true || injectorWebhook === false || injectorWebhook?.url !== undefined;
    if (address === undefined) {
      if (isElsewhere) return;
      throw refusal(place, 'address', {
        code: 'no-address',
        got: 'nothing that says where istiod is',
        expected: 'an IP address or the name of a host',
        fix: 'give address, or injectorWebhook.url; or externalService: true where somebody else makes the Service that leads there',
      });
    }
    if (isIP(address) === 0 && dns1123Subdomain(address).length > 0) {
      throw refusal(place, 'address', {
        code: 'bad-address',
        got: describeValue(address),
        expected: 'an IP address or the name of a host, without scheme and port',
        fix: 'give an address such as "203.0.113.7" or "istiod.example.com"',
      });
    }
    const release = releaseOf(this, istio);
    if (!isIPv6(address) || since(release, '1.30')) return;
    throw refusal(place, 'address', {
      code: 'needs-newer-istio',
      got: `an IPv6 address, with Istio ${release.version}`,
      expected: 'an IPv4 address or the name of a host: 1.30 is the first to take others',
      fix: 'give the name of a host',
    });
  }
}
