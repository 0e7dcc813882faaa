import type { Construct } from 'constructs';
import type { VirtualServiceHttp } from '../../imports/istio/virtual-service';
import type { PlannedObject } from '../core/planned-object';
import type { Finding } from '../errors/finding';
import type { CheckedDestination } from '../traffic/rules/checked-destination';
import type { Conditions } from '../traffic/rules/conditions';
import type { GatewayServing } from './gateway-ports';
import { hostRules } from './host-rules';
import type { IngressGateway } from './ingress-gateway';
import type { IngressRule } from './ingress-rule';
import { labelOf } from './object-names';
import type { Tls } from './tls';

/** What one IngressRoute says of its host, for one gateway. */
export interface HttpContribution {
  /** The route, as findings name it. */
  readonly owner: Construct;
  /** Where objects are made that this is the first to ask for: the route, or a part of it for this gateway. */
  readonly scope: Construct;
  readonly gateway: IngressGateway;
  /** The host in its canonical form. */
  readonly host: string;
  readonly tls: Tls;
  /** Undefined where the route does not say. */
  readonly redirect: boolean | undefined;
  /** Value of the header `Strict-Transport-Security`; undefined where the route does not say. */
  readonly hsts: string | undefined;
  /** Empty where the gateway passes TLS through. */
  readonly rules: readonly IngressRule[];
  /** Where connections go whose TLS the gateway passes through; undefined where it reads requests. */
  readonly passthrough: readonly CheckedDestination[] | undefined;
  /** What the objects are patched by. */
  readonly gatewayObject: PlannedObject;
  readonly virtualServiceObject: PlannedObject;
}

/** What a TcpIngressRoute says of a port of one gateway. */
export interface TcpContribution {
  readonly owner: Construct;
  readonly scope: Construct;
  readonly gateway: IngressGateway;
  readonly port: number;
  readonly to: readonly CheckedDestination[];
  readonly gatewayObject: PlannedObject;
  readonly virtualServiceObject: PlannedObject;
}

/** A rule of a host, in the order that proxies try them. */
export interface HostRule {
  readonly rule: IngressRule;
  /** As a VirtualService has it. */
  readonly http: VirtualServiceHttp;
  /** One of them is enough; empty for any request. Of a rule with a `segment`, its exact path and its prefix. */
  readonly matches: readonly Conditions[];
}

/** All that a program says of one gateway, as it is when it is planned. */
export interface GatewayPlan {
  /** The reference to it that the first of its routes has. */
  readonly gateway: IngressGateway;
  readonly hosts: readonly HostPlan[];
  /** The same by their names. */
  readonly hostsByName: ReadonlyMap<string, HostPlan>;
  readonly tcp: readonly TcpContribution[];
}

/** One host of one gateway: what all of its IngressRoutes say together. */
export class HostPlan {
  private rulesAndFindings: { readonly rules: readonly HostRule[]; readonly findings: readonly Finding[] } | undefined;

  /** @param contributions in the order of their constructs' paths; one at least */
  public constructor(public readonly contributions: readonly HttpContribution[]) {}

  public get first(): HttpContribution {
    return this.contributions[0] as HttpContribution;
  }

  public get host(): string {
    return this.first.host;
  }

  public get tls(): Tls {
    return this.first.tls;
  }

  /** One text for hosts that one server can serve. */
  public get tlsKey(): string {
    return this.tls.keyIn(this.first.gateway.namespace);
  }

  /** Whether plain requests are sent to HTTPS: there is a port for them, and no route says otherwise. */
  public get redirects(): boolean {
    if (this.tls.mode === 'NONE') return false;
    return this.first.gateway.serving.http !== undefined && this.contributions.find(({ redirect }) => redirect !== undefined)?.redirect !== false;
  }

  /** Ports that the host is served at. */
  public get ports(): GatewayServing {
    const { http, https } = this.first.gateway.serving;
    if (this.tls.mode === 'NONE') return { http, https: undefined };
    return { http: this.redirects ? http : undefined, https };
  }

  /** Value of `Strict-Transport-Security` on all answers; undefined for none. */
  public get hsts(): string | undefined {
    return this.contributions.find(({ hsts }) => hsts !== undefined)?.hsts;
  }

  /** Name of the Secret of the certificate, in the namespace of the gateway's pods; undefined where there is none. */
  public get secretName(): string | undefined {
    const { secretName, certificate } = this.tls;
    return certificate?.kind === 'cert-manager' ? (secretName ?? labelOf(this.host)) : secretName;
  }

  /** In the order that proxies must try them. */
  public get rules(): readonly HostRule[] {
    return this.planned.rules;
  }

  /** What keeps the rules from having an order, or from leading anywhere. */
  public get ruleFindings(): readonly Finding[] {
    return this.planned.findings;
  }

  private get planned(): { readonly rules: readonly HostRule[]; readonly findings: readonly Finding[] } {
    return (this.rulesAndFindings ??= hostRules(this));
  }
}
