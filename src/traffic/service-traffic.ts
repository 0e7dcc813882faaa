import { Lazy } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { DestinationRule } from '../../imports/istio/destination-rule';
import type { DestinationRuleSpec, DestinationRuleTrafficPolicy } from '../../imports/istio/destination-rule';
import { VirtualService } from '../../imports/istio/virtual-service';
import type { VirtualServiceHttp, VirtualServiceTcp } from '../../imports/istio/virtual-service';
import { compareConstructs } from '../core/construct-path';
import { addPlanner } from '../core/planner';
import { rootState } from '../core/root-state';
import type { Finding } from '../errors/finding';
import { MeshError, meshError } from '../errors/mesh-error';
import { ownTraffic } from './other-owners';
import type { CheckedRoute } from './rules/checked-route';
import { httpRules } from './rules/http-rules';
import { sharedRoutes } from './shared-routes';
import { VersionedTraffic } from './versioned-traffic';
import type { Destination, Shares, VersionedService } from './versioned-traffic';

const SUBSETS = 'subsets';
const ROUTE = 'route';

/** What the mesh does with the traffic of one service: the owner of its DestinationRule and of its VirtualService. */
export class ServiceTraffic {
  private versioned: VersionedTraffic | undefined;
  private readonly rules: CheckedRoute[] = [];
  private policy: { readonly owner: IConstruct; readonly spec: DestinationRuleTrafficPolicy } | undefined;
  private destinationRule: DestinationRule | undefined;
  private route: VirtualService | undefined;

  public constructor(private service: VersionedService) {}

  /**
   * Tells of one more construct that stands for the service. The objects are made in the first of them, by path, so that the
   * file they are written to does not depend on the order of construction.
   */
  public isKnownAs(service: VersionedService): void {
    if (compareConstructs(service, this.service) >= 0) return;
    const { destinationRule, route } = this;
    for (const id of [SUBSETS, ROUTE]) this.service.node.tryRemoveChild(id);
    this.service = service;
    this.destinationRule = undefined;
    this.route = undefined;
    if (this.versioned !== undefined) this.versioned.service = service;
    if (destinationRule !== undefined) this.makeDestinationRule();
    if (route !== undefined) this.makeRoute();
  }

  /** Makes subsets of the service's versions, the first time it is called. @throws MeshError when there is none, or one twice. */
  public addVersions(): void {
    if (this.versioned !== undefined) return;
    this.versioned = new VersionedTraffic(this.service);
    this.makeDestinationRule();
  }

  /** See `MeshService.split`. */
  public split(owner: IConstruct, shares: Shares): void {
    if (this.versioned === undefined) throw this.noVersions(owner);
    this.versioned.split(owner, shares);
    this.makeRoute();
  }

  /** Adds a rule for some of the requests; whether it goes with the others is seen at synthesis. */
  public addRule(rule: CheckedRoute): void {
    this.rules.push(rule);
    this.makeRoute();
    const services = rootState(rule.owner, 'serviceTraffic', () => new Set<ServiceTraffic>());
    services.add(this);
    addPlanner(rule.owner, { key: 'service-rules', plan: () => planRules(services) });
  }

  /** Sets how callers treat the service's pods. @throws MeshError when something else has. */
  public setPolicy(owner: IConstruct, spec: DestinationRuleTrafficPolicy): void {
    if (this.policy !== undefined) throw this.secondOwner(owner, 'trafficPolicy', this.policy.owner);
    this.policy = { owner, spec };
    this.makeDestinationRule();
  }

  /** Where requests for the service go: to its subsets by their shares, or to all of its pods alike. */
  public destinations(): readonly Destination[] {
    return this.versioned?.shared() ?? [{ destination: { host: this.service.host } }];
  }

  /** What keeps the rules from being one VirtualService. */
  public findings(): readonly Finding[] {
    return this.http().findings;
  }

  private http(): { readonly http: VirtualServiceHttp[]; readonly findings: readonly Finding[] } {
    const rules = [...this.rules].sort((a, b) => compareConstructs(a.owner, b.owner));
    const { host, versions, ports } = this.service;
    const target = { host, versions, ports, shares: () => this.destinations() };
    const sharedBy = this.versioned?.owner;
    return httpRules({ target, ...(sharedBy === undefined ? {} : { sharedBy }) }, rules);
  }

  /** Read at synthesis: ports, rules and shares may come until then. */
  private routes(): { readonly http?: VirtualServiceHttp[]; readonly tcp?: VirtualServiceTcp[] } {
    const shared = this.versioned?.shared();
    const owner = this.versioned?.owner;
    const byShares = shared === undefined || owner === undefined ? {} : sharedRoutes(owner, this.service.host, this.service.ports, shared);
    return this.rules.length === 0 ? byShares : { ...byShares, http: this.http().http };
  }

  private makeDestinationRule(): void {
    if (this.destinationRule !== undefined) return;
    const { name, namespace, host } = this.service;
    const subsets = (): DestinationRuleSpec['subsets'] =>
      this.versioned === undefined ? undefined : this.service.versions.map((version) => ({ name: version, labels: { version } }));
    this.destinationRule = new DestinationRule(this.service, SUBSETS, {
      metadata: { name, namespace },
      spec: {
        host,
        subsets: Lazy.any({ produce: subsets }) as never,
        trafficPolicy: Lazy.any({ produce: () => this.policy?.spec }) as never,
      },
    });
    this.own();
    // a route to a subset that is not there yet answers 503
    this.route?.needs(this.destinationRule);
  }

  private makeRoute(): void {
    if (this.route !== undefined) return;
    const { name, namespace, host } = this.service;
    this.route = new VirtualService(this.service, ROUTE, {
      metadata: { name, namespace },
      spec: {
        hosts: [host],
        http: Lazy.any({ produce: () => this.routes().http }) as never,
        tcp: Lazy.any({ produce: () => this.routes().tcp }) as never,
      },
    });
    this.own();
    if (this.destinationRule !== undefined) this.route.needs(this.destinationRule);
  }

  private own(): void {
    const { namespace, host } = this.service;
    ownTraffic(this.service, { namespace, host, made: (kind) => (kind === 'VirtualService' ? this.route : this.destinationRule) });
  }

  private noVersions(owner: IConstruct): Error {
    return meshError({
      code: 'no-versions',
      construct: owner.node.path,
      property: 'service',
      got: `${this.service.node.path}, which has no versions`,
      expected: 'a service with versions',
      fix: "give it versions: ['v1', 'v2']",
    });
  }

  private secondOwner(owner: IConstruct, property: string, first: IConstruct): Error {
    return meshError({
      code: 'second-owner',
      construct: owner.node.path,
      property,
      got: `${this.service.host}, whose policy ${first.node.path} sets already`,
      expected: 'one owner of the policy of a service',
      fix: 'remove one of the two',
    });
  }
}

function planRules(services: ReadonlySet<ServiceTraffic>): void {
  const findings = [...services].flatMap((service) => service.findings());
  if (findings.length > 0) throw new MeshError(findings);
}
