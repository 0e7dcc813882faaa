import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicy } from '../../imports/istio/authorization-policy';
import { DestinationRule } from '../../imports/istio/destination-rule';
import { Gateway } from '../../imports/istio/gateway';
import type { GatewayServers } from '../../imports/istio/gateway';
import { requirePlace } from '../core/place';
import { badReference, isObjectConstruct, requireSameCluster } from '../core/references';
import { describeValue, refusal } from '../core/refusal';
import { meshError } from '../errors/mesh-error';
import { labelOf } from '../ingress/object-names';
import { identitiesOf, requireCaller } from '../security/callers/access-caller';
import type { AccessCaller, CallerIdentities } from '../security/callers/access-caller';
import { MeshService } from '../traffic/mesh-service';
import { placeOf, requireKeys } from '../traffic/rules/refuse';
import { EgressGateway } from './egress-gateway';
import { egressOf } from './egress-program';
import type { CheckedPort } from './external-ports';
import { ExternalService } from './external-service';
import { GATEWAY_PORTS } from './external-traffic';

/** Props of an {@link EgressRoute}. */
export interface EgressRouteProps {
  /** The gateway: `EgressGateway.from` or `EgressGateway.fromName`. */
  readonly gateway: EgressGateway;
  /** Where the traffic goes, with at most one port that carries requests and one that carries TLS or bytes. */
  readonly to: ExternalService;
  /** Who may leave through the gateway to this host: callers, or `'everyone'` in the mesh. Nobody else may. */
  readonly allowFrom: readonly AccessCaller[] | 'everyone';
}

/**
 * Leads what the mesh sends to an external service through an egress gateway, and says who may leave so.
 *
 * Callers' proxies wrap the traffic in the mesh's mutual TLS, so that the gateway knows who calls. What callers encrypted
 * themselves, and bytes of a database or the like, are passed on as they are; TLS that the external service says to be added is added at the gateway.
 *
 * It makes a Gateway, a DestinationRule and an AuthorizationPolicy in the gateway's namespace; the routes are in the
 * VirtualService of the external service. With the first route, the gateway's pods let nobody through who is not allowed.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway-tls-origination/
 */
export class EgressRoute extends Construct {
  public readonly gateway: EgressGateway;
  public readonly to: ExternalService;
  private readonly callers: readonly AccessCaller[] | 'everyone';
  private identities: readonly CallerIdentities[] = [];

  /**
   * @throws MeshError when gateway, host or callers are none, the host is another program's or one whose addresses only the
   * caller knows, its ports cannot be told apart at the gateway, or another route leads there; at synthesis, when a caller has
   * no identity of its own, or a lockdown or `exportTo` hides the host from it.
   */
  public constructor(scope: Construct, id: string, props: EgressRouteProps) {
    requirePlace(scope, id);
    super(scope, id);
    requireKeys(placeOf(this), props, ['gateway', 'to', 'allowFrom']);
    const { gateway, to } = props;
    this.requireReferences(gateway, to);
    this.gateway = gateway;
    this.to = to;
    this.callers = this.checkedCallers(props.allowFrom);
    this.refuseUnledHosts();
    const name = labelOf(gateway.name, to.host);
    const metadata = { name, namespace: gateway.namespace };
    // Istio refuses names of subsets with dots
    const subset = labelOf(to.host);
    const connection = this.makeConnection(metadata, subset);
    const { namespace, selector, host } = gateway;
    to.leadThrough(this, { namespace, selector, gateway: `${namespace}/${name}`, host, subset }, connection);
    new Gateway(this, 'gateway', { metadata, spec: { selector: { ...gateway.selector }, servers: serversOf(to) } });
    new AuthorizationPolicy(this, 'access', {
      metadata,
      spec: {
        action: 'ALLOW',
        selector: { matchLabels: { ...gateway.selector } },
        rules: [{ from: Lazy.any({ produce: () => this.sources() }) as never, when: [{ key: 'connection.sni', values: [nameAtGateway(to.host)] }] }],
      },
    });
    egressOf(this).routes.push(this);
  }

  /**
   * Asks callers who they are, when the program is complete: a workload may be told its account until then.
   *
   * @throws MeshError when one has no identity of its own.
   * @internal
   */
  public identifyCallers(): void {
    this.identities = [];
    if (this.callers !== 'everyone') this.identities = this.callers.map((caller) => identitiesOf(this, caller));
  }

  /** Namespaces that callers are in, as far as they are named. @internal */
  public get callerNamespaces(): readonly string[] {
    const namespaces = this.identities.flatMap((identity) => [
      ...identity.namespaces,
      ...identity.principals.flatMap((principal) => /\/ns\/([^/]+)\/sa\//.exec(principal)?.[1] ?? []),
    ]);
    return [...new Set(namespaces)].sort();
  }

  /** The name in the mesh's TLS is how the gateway tells hosts from each other, for requests and for what it cannot read. */
  private makeConnection(metadata: { readonly name: string; readonly namespace: string }, subset: string): DestinationRule {
    const { host } = this.to;
    return new DestinationRule(this, 'connection', {
      metadata,
      spec: { host: this.gateway.host, subsets: [{ name: subset, trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: nameAtGateway(host) } } }] },
    });
  }

  private sources(): object[] {
    if (this.callers === 'everyone') return [{ source: { principals: ['*'] } }];
    return (['principals', 'namespaces'] as const).flatMap((key) => {
      const values = [...new Set(this.identities.flatMap((each) => each[key]))].sort();
      return values.length === 0 ? [] : [{ source: { [key]: values } }];
    });
  }

  private requireReferences(gateway: EgressGateway, to: ExternalService): void {
    if (!EgressGateway.isEgressGateway(gateway)) {
      throw badReference(this, gateway, 'gateway', 'an EgressGateway', 'give what EgressGateway.from(gateway) or EgressGateway.fromName() gave');
    }
    requireSameCluster(this, gateway, 'gateway');
    if (!ExternalService.isExternalService(to)) throw badReference(this, to, 'to', 'an ExternalService', 'make one for the host');
    requireSameCluster(this, to, 'to');
  }

  private checkedCallers(given: unknown): readonly AccessCaller[] | 'everyone' {
    if (given === 'everyone') return given;
    if (!Array.isArray(given) || given.length === 0) {
      throw refusal({ construct: this.node.path }, 'allowFrom', {
        code: 'no-callers',
        got: Array.isArray(given) ? '[]' : describeValue(given),
        expected: 'a list of those who may leave: services, workloads, ServiceAccounts, Namespaces',
        fix: "say 'everyone' for all of the mesh",
      });
    }
    return given.map((caller: unknown) => {
      requireCaller(this, caller);
      // a Service calls as the pods behind it
      return isObjectConstruct(caller) && caller.kind === 'Service' ? MeshService.from(caller) : caller;
    });
  }

  private refuseUnledHosts(): void {
    const { host, isNamed, ports, resolution } = this.to;
    const refuse = (code: string, got: string, expected: string, fix: string): never => {
      throw meshError({ code, construct: this.node.path, property: 'to', got, expected, fix });
    };
    if (isNamed) refuse('second-owner', `${host}, which another program declares`, 'a host of this program: its routes are one object', 'make the EgressRoute where the ExternalService is made');
    // the gateway would connect to the address that the caller connected to: itself
    if (resolution === 'NONE') {
      const fix = host.startsWith('*') ? 'give the endpoints that serve all of its names, or make an ExternalService for each host that is called' : 'leave resolution out, or give endpoints';
      refuse('unknown-to-gateway', `${host} with resolution NONE`, 'a host whose addresses the gateway finds: only the caller knows these', fix);
    }
    for (const [what, kinds] of [['requests', ['requests']], ['TLS or bytes', ['tls', 'bytes']]] as const) {
      const same = ports.filter(({ seenAs }) => (kinds as readonly string[]).includes(seenAs));
      if (same.length > 1) refuse('ports-through-gateway', `ports ${same.map(({ port }) => port).join(' and ')} of ${host}`, `one port for ${what}: the gateway tells hosts from each other, not ports`, 'make the routes of one of them go straight out, or take it out');
    }
  }
}

/** The name of the host in the mesh's own TLS, where a wildcard is none: a name below it that nobody calls. */
function nameAtGateway(host: string): string {
  return host.startsWith('*.') ? `wildcard-egress${host.slice(1)}` : host;
}

/** One server for what the gateway reads as requests, one for what it passes on; both end the mesh's own TLS. */
function serversOf({ host, ports }: ExternalService): GatewayServers[] {
  const has = (...kinds: readonly CheckedPort['seenAs'][]): boolean => ports.some(({ seenAs }) => kinds.includes(seenAs));
  const server = (number: number, protocol: 'HTTPS' | 'TLS'): GatewayServers => ({
    port: { number, name: protocol.toLowerCase(), protocol },
    hosts: [host],
    tls: { mode: 'ISTIO_MUTUAL' },
  });
  return [...(has('requests') ? [server(GATEWAY_PORTS.requests, 'HTTPS')] : []), ...(has('tls', 'bytes') ? [server(GATEWAY_PORTS.tls, 'TLS')] : [])];
}
