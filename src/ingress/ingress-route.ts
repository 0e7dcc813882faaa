import { Construct } from 'constructs';
import { Host } from '../core/host';
import { requirePlace } from '../core/place';
import { requireSameCluster } from '../core/references';
import { describeValue } from '../core/refusal';
import { requireProps } from '../core/required-props';
import type { PlannedObject } from '../core/planned-object';
import { MeshService } from '../traffic/mesh-service';
import { checkedDestinations } from '../traffic/rules/checked-destination';
import type { CheckedDestination } from '../traffic/rules/checked-destination';
import { oneOf, placeOf, refuse, requireKeys, within } from '../traffic/rules/refuse';
import type { Place } from '../traffic/rules/refuse';
import { servicesFor } from '../traffic/rules/services';
import { checkedGateways, gatewayKey, scopeAt } from './gateway-references';
import { requireTokensChecked } from './claim-findings';
import { hstsValue } from './hsts';
import type { IngressGateway } from './ingress-gateway';
import { addToIngress } from './ingress-planner';
import type { IngressPath, IngressRouteProps } from './ingress-route-props';
import { checkIngressRule, ruleFor } from './ingress-rule';
import type { GatewayRule, IngressRule } from './ingress-rule';
import { letIn } from './let-in';
import { PlannedObjects } from './planned-objects';
import { Tls } from './tls';

const KEYS = ['gateway', 'host', 'tls', 'routes', 'redirect', 'hsts', 'tokensCheckedElsewhere'];

/**
 * Leads requests for a host from a gateway to services, and lets the gateway call those that let in nobody without a
 * grant.
 *
 * All IngressRoutes of one gateway and host become one VirtualService, and all hosts of one certificate one Gateway:
 * several teams may add to a host, and no order of creation decides. Both are in the gateway's namespace; those of a
 * gateway that another program makes are in the chart's, where it has one.
 *
 * @see https://istio.io/latest/docs/ops/best-practices/traffic-management/#split-virtual-services
 */
export class IngressRoute extends Construct {
  /** The VirtualService of the host, to be patched: one for all routes of the host, at each of its gateways. */
  public readonly virtualServiceObject: PlannedObject;
  /** The Gateway object that serves the host, to be patched: one for all hosts of the certificate, at each of its gateways. */
  public readonly gatewayObject: PlannedObject;

  /**
   * @throws MeshError when there is no gateway or route, a path does not begin with `/`, the host is no full name, `tls` is none,
   * or a value of a route cannot be; at synthesis, when routes of one host do not fit together, lead in a circle, or to a
   * version or port that a service does not have, or look at claims of tokens that the gateway does not check.
   */
  public constructor(scope: Construct, id: string, props: IngressRouteProps) {
    requireProps(requirePlace(scope, id), props);
    super(scope, id);
    const place = placeOf(this);
    requireKeys(place, props, KEYS);
    const gateways = checkedGateways(this, props.gateway, within(place, 'gateway'));
    const tls = this.checkedTls(props.tls);
    const host = this.checkedHost(props.host);
    const isPassthrough = tls.mode === 'PASSTHROUGH';
    const given = this.checkedRoutes(props.routes);
    const passthrough = isPassthrough ? this.connections(given, within(place, 'routes')) : undefined;
    const rules = isPassthrough ? [] : this.rules(given, place, gateways);
    const redirect = props.redirect === undefined ? undefined : this.checkedRedirect(props.redirect, tls, within(place, 'redirect'));
    const hsts = props.hsts === undefined ? undefined : this.checkedHsts(props.hsts, tls, within(place, 'hsts'));
    const isCheckedElsewhere = props.tokensCheckedElsewhere !== undefined && oneOf(within(place, 'tokensCheckedElsewhere'), props.tokensCheckedElsewhere, [true, false]);
    const [gatewayObjects, virtualServiceObjects] = [new PlannedObjects(), new PlannedObjects()];
    this.gatewayObject = gatewayObjects;
    this.virtualServiceObject = virtualServiceObjects;
    for (const gateway of gateways) {
      const own = rules.map((rule) => ruleFor(gateway, rule)).filter((rule): rule is IngressRule => rule !== undefined);
      if (!isCheckedElsewhere) requireTokensChecked(this, gateway, own.map(({ route }) => route));
      letIn(gateway, own.map(({ route }) => route), passthrough ?? []);
      const key = gatewayKey(gateway);
      const objects = { scope: scopeAt(this, gateway, gateways), gatewayObject: gatewayObjects.at(key), virtualServiceObject: virtualServiceObjects.at(key) };
      addToIngress({ owner: this, gateway, host, tls, redirect, hsts, rules: own, passthrough, ...objects });
    }
  }

  /** Istio's gateways refuse names without dots: they stand for no host that a client could ask for. */
  private checkedHost(given: string): string {
    const host = Host.parse(given, { construct: this.node.path, property: 'host' });
    if (!host.isShort || host.isWildcard) return host.value;
    throw refuse(within(placeOf(this), 'host'), 'bad-host', describeValue(given), 'a full name, such as "shop.example.com"', 'give the name that clients ask for');
  }

  private checkedTls(tls: unknown): Tls {
    const place = within(placeOf(this), 'tls');
    if (!Tls.isTls(tls)) throw refuse(place, 'bad-tls', describeValue(tls), 'Tls.secret(name), or Tls.plainText() in so many words', 'say how the host is served');
    for (const secret of [tls.certificate?.kind === 'secret' ? tls.certificate.secret.construct : undefined, tls.clientCa?.construct]) {
      if (secret !== undefined) requireSameCluster(this, secret, 'tls');
    }
    return tls;
  }

  private checkedRoutes(routes: readonly IngressPath[]): readonly IngressPath[] {
    if (Array.isArray(routes) && routes.length > 0) return routes as readonly IngressPath[];
    const got = Array.isArray(routes) ? '[]' : describeValue(routes);
    throw refuse(within(placeOf(this), 'routes'), 'no-routes', got, 'a list of at least one path and where it leads', "say where requests go: [{ path: '/', to: service }]");
  }

  private rules(given: readonly IngressPath[], place: Place, gateways: readonly IngressGateway[]): GatewayRule[] {
    const name = (index: number): string => (given.length === 1 ? this.node.id : `${this.node.id}-${index}`);
    return given.map((route, index) => checkIngressRule(this, route, within(place, `routes[${index}]`), name(index), gateways));
  }

  /** Who does not end TLS sees no requests: there is one way for all connections. */
  private connections(given: readonly IngressPath[], place: Place): readonly CheckedDestination[] {
    const at = { ...place, property: `${place.property}[0]` };
    if (given.length > 1) throw refuse(place, 'passthrough', `${given.length} routes`, 'one, as the gateway sees no requests', 'end TLS at the gateway: Tls.secret(name)');
    const [route] = given as readonly [Extract<IngressPath, { readonly to: unknown }>];
    requireProps(this, route, at.property);
    const other = Object.keys(route).find((key) => key !== 'to' && key !== 'port');
    if (other !== undefined) {
      throw refuse(within(at, other), 'passthrough', `${other}, with Tls.passthrough()`, 'to and port only, as the gateway sees no requests', 'take it out, or end TLS at the gateway: Tls.secret(name)');
    }
    const reader = { services: servicesFor(this, MeshService), hasOwn: false };
    return checkedDestinations(route.port === undefined ? route.to : ({ service: route.to, port: route.port } as never), at, reader);
  }

  private checkedRedirect(redirect: unknown, tls: Tls, place: Place): boolean {
    const checked = oneOf(place, redirect, [true, false]);
    if (tls.mode !== 'NONE' || !checked) return checked;
    throw refuse(place, 'redirect-loop', 'true, for a host in plain text', 'a host with TLS', 'serve it with Tls.secret(name), or leave redirect out');
  }

  private checkedHsts(hsts: unknown, tls: Tls, place: Place): string {
    const value = hstsValue(hsts, place);
    if (tls.terminates) return value;
    const got = tls.mode === 'NONE' ? 'a host in plain text' : 'TLS that the gateway does not end';
    throw refuse(place, 'bad-hsts', got, 'answers that the gateway gives over TLS: browsers heed no others', 'take hsts out, or serve the host with Tls.secret(name)');
  }
}
