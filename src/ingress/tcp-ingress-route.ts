import { Construct } from 'constructs';
import { requirePlace } from '../core/place';
import type { PlannedObject } from '../core/planned-object';
import { requireProps } from '../core/required-props';
import type { Known } from '../core/unknown';
import { MeshService } from '../traffic/mesh-service';
import { checkedDestinations } from '../traffic/rules/checked-destination';
import { placeOf, requireKeys, wholeNumber, within } from '../traffic/rules/refuse';
import type { RouteTarget } from '../traffic/rules/route-props';
import { servicesFor } from '../traffic/rules/services';
import { checkedGateways, gatewayKey, scopeAt } from './gateway-references';
import type { IngressGateway } from './ingress-gateway';
import { addToIngress } from './ingress-planner';
import { letIn } from './let-in';
import { PlannedObjects } from './planned-objects';

/** Props of a {@link TcpIngressRoute}. */
export interface TcpIngressRouteProps {
  /** The gateway, or several: of this program, or `IngressGateway.fromName`. */
  readonly gateway: IngressGateway | readonly IngressGateway[];
  /** Port of the gateway's Service that clients connect to. Where this program makes the Service, it gets the port. */
  readonly port: Known<number>;
  /**
   * Where connections go: a service, some of its pods, or several with shares that add up to 100 percent. Without a version a
   * service's own shares hold.
   */
  readonly to: RouteTarget;
}

const HIGHEST_PORT = 65_535;

/**
 * Leads connections to a port of a gateway to services, whatever is spoken on them, and lets the gateway call those that let in
 * nobody without a grant. Connections name no host: a port has one route.
 *
 * It makes a Gateway and a VirtualService, in the namespaces that those of an `IngressRoute` are in.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#TCPRoute
 */
export class TcpIngressRoute extends Construct {
  /** The VirtualService, to be patched, at each of the gateways. */
  public readonly virtualServiceObject: PlannedObject;
  /** The Gateway object, to be patched, at each of the gateways. */
  public readonly gatewayObject: PlannedObject;

  /**
   * @throws MeshError when there is no gateway, port or service; at synthesis, when something else is served at the port, or there
   * is no such version or port of a service.
   */
  public constructor(scope: Construct, id: string, props: TcpIngressRouteProps) {
    requireProps(requirePlace(scope, id), props);
    super(scope, id);
    const place = placeOf(this);
    requireKeys(place, props, ['gateway', 'port', 'to']);
    const gateways = checkedGateways(this, props.gateway, within(place, 'gateway'));
    const port = wholeNumber(within(place, 'port'), props.port, 1, HIGHEST_PORT);
    const to = checkedDestinations(props.to, place, { services: servicesFor(this, MeshService), hasOwn: false });
    const [gatewayObjects, virtualServiceObjects] = [new PlannedObjects(), new PlannedObjects()];
    this.gatewayObject = gatewayObjects;
    this.virtualServiceObject = virtualServiceObjects;
    for (const gateway of gateways) {
      letIn(gateway, [], to);
      const key = gatewayKey(gateway);
      const objects = { scope: scopeAt(this, gateway, gateways), gatewayObject: gatewayObjects.at(key), virtualServiceObject: virtualServiceObjects.at(key) };
      addToIngress({ owner: this, gateway, port, to, ...objects });
    }
  }
}
