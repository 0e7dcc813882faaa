import { Construct } from 'constructs';
import { Gateway as GatewayObject } from '../../../imports/istio/gateway';
import { VirtualService } from '../../../imports/istio/virtual-service';
import { Cluster } from '../../core/cluster';
import { refusal } from '../../core/refusal';
import { requireProps } from '../../core/required-props';
import { Gateway } from '../gateway/gateway';
import type { GatewayProps, NetworkGateway } from '../gateway/gateway-props';
import { requireMesh } from '../mesh-reference';
import type { MeshReference } from '../mesh-reference';

/** Props of an {@link EastWestGateway}. */
export interface EastWestGatewayProps extends Omit<GatewayProps, 'networkGateway'> {
  /**
   * Name of the network whose pods it leads to.
   * @default - the Cluster's network
   */
  readonly network?: string;
  /** Ports of the Service, since Istio 1.30. @default - 15021, 15443, 15012 and 15017 */
  readonly networkPorts?: NonNullable<NetworkGateway['ports']>;
  /**
   * Whether the services of the cluster can be called through it: by pods of other networks, with mutual TLS from end to end.
   * @default true
   */
  readonly exposeServices?: boolean;
  /**
   * The control plane that other clusters reach through it, for clusters that have none of their own.
   * @default - none
   * @see https://istio.io/latest/docs/setup/install/multicluster/primary-remote/
   */
  readonly exposeControlPlane?: MeshReference;
}

/** Ports of the gateway, by what they carry. */
const SERVICES_PORT = 15443;
const DISCOVERY_PORT = 15012;
const WEBHOOK_PORT = 15017;
/** Port of istiod's Service that its webhooks are behind. */
const ISTIOD_WEBHOOK_PORT = 443;

/**
 * The way into a network for the pods of other networks of the mesh. TLS is passed through: the gateway reads whom a connection
 * is for, and no more.
 *
 * @see https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/
 */
export class EastWestGateway extends Construct {
  public readonly gateway: Gateway;
  public readonly namespace: string;
  public readonly network: string;

  /** @throws MeshError when nothing names the network, and as `Gateway` does. */
  public constructor(scope: Construct, id: string, props: EastWestGatewayProps = {}) {
    super(scope, id);
    requireProps(this, props);
    const { network, networkPorts, exposeServices, exposeControlPlane, ...workload } = props;
    this.network = network ?? Cluster.factsOf(this).network ?? this.refuseNoNetwork();
    const ports = networkPorts === undefined ? {} : { ports: networkPorts };
    this.gateway = new Gateway(this, 'workload', { name: id, ...workload, networkGateway: { network: this.network, ...ports } });
    this.namespace = this.gateway.namespace;
    if (exposeServices !== false) this.exposeServices();
    if (exposeControlPlane !== undefined) this.exposeControlPlane(exposeControlPlane);
  }

  private exposeServices(): void {
    const { clusterDomain } = Cluster.factsOf(this);
    const domain = clusterDomain.slice(clusterDomain.lastIndexOf('.') + 1);
    new GatewayObject(this, 'services', {
      metadata: { name: 'cross-network-gateway', namespace: this.namespace },
      spec: {
        selector: { ...this.gateway.selector },
        servers: [{ port: { number: SERVICES_PORT, name: 'tls', protocol: 'TLS' }, tls: { mode: 'AUTO_PASSTHROUGH' }, hosts: [`*.${domain}`] }],
      },
    });
  }

  private exposeControlPlane(mesh: MeshReference): void {
    requireMesh(this, mesh, 'exposeControlPlane');
    const suffix = mesh.revision === undefined ? '' : `-${mesh.revision}`;
    const service = `istiod${suffix}.${mesh.namespace}.svc`;
    const host = `${service}.${Cluster.factsOf(this).clusterDomain}`;
    // without a revision, whoever asks is meant: an API server that has an address alone names no host
    const sniHosts = mesh.revision === undefined ? ['*'] : [service, host];
    const gateway = new GatewayObject(this, 'control-plane', {
      metadata: { name: `istiod-gateway${suffix}`, namespace: this.namespace },
      spec: {
        selector: { ...this.gateway.selector },
        servers: [
          { port: { number: DISCOVERY_PORT, name: 'tls-istiod', protocol: 'TLS' }, tls: { mode: 'PASSTHROUGH' }, hosts: ['*'] },
          { port: { number: WEBHOOK_PORT, name: 'tls-istiodwebhook', protocol: 'TLS' }, tls: { mode: 'PASSTHROUGH' }, hosts: ['*'] },
        ],
      },
    });
    const route = (port: number, target: number) => ({
      match: [{ port, sniHosts }],
      route: [{ destination: { host, port: { number: target } } }],
    });
    new VirtualService(this, 'control-plane-routes', {
      metadata: { name: `istiod-vs${suffix}`, namespace: this.namespace },
      spec: {
        hosts: ['*'],
        gateways: [`istiod-gateway${suffix}`],
        tls: [route(DISCOVERY_PORT, DISCOVERY_PORT), route(WEBHOOK_PORT, ISTIOD_WEBHOOK_PORT)],
      },
    }).needs(gateway);
  }

  private refuseNoNetwork(): never {
    throw refusal({ construct: this.node.path }, 'network', {
      code: 'no-network',
      got: 'no network, and a Cluster that names none',
      expected: 'the name of the network behind the gateway',
      fix: "give the Cluster its network: new Cluster(app, 'west', { network: 'network1' })",
    });
  }
}
