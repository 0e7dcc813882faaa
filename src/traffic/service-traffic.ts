import type { IConstruct } from 'constructs';
import { compareConstructs } from '../core/construct-path';
import { addCheck, addPlanner } from '../core/planner';
import { rootState } from '../core/root-state';
import type { Finding } from '../errors/finding';
import { meshError } from '../errors/mesh-error';
import { GatewayApiObjects } from './gateway-api/gateway-api-objects';
import { IstioObjects } from './istio-objects';
import type { ServiceFacts } from './kubernetes-service';
import type { ServicePolicy } from './resilience/service-policy';
import type { CheckedRoute } from './rules/checked-route';
import type { RuleKind } from './rules/rule-ports';
import { ServiceRules } from './rules/service-rules';
import type { ServiceShares } from './rules/service-rules';
import type { TrafficApi, TrafficModel, TrafficObjects } from './traffic-objects';
import { VersionedTraffic } from './versioned-traffic';
import type { Destination, Shares, VersionedService } from './versioned-traffic';

/** What is known of a service whose traffic it is. */
export interface TrafficSource {
  /** The API that its routes are written in; other references to the service may say it, too. */
  readonly api: TrafficApi;
  /** What its manifest says; undefined where another program makes it. */
  readonly manifest: (() => ServiceFacts) | undefined;
}

/** What the mesh does with the traffic of one service: the owner of its routes and of its DestinationRule. */
export class ServiceTraffic implements TrafficModel {
  public readonly rules = new ServiceRules();
  private versioned: VersionedTraffic | undefined;
  private owned: ServicePolicy | undefined;
  private api: TrafficApi = 'istio';
  private objects: TrafficObjects = new IstioObjects(this);
  private readonly needed = { destinationRule: false, route: false };

  public constructor(
    public service: VersionedService,
    private readonly source: TrafficSource,
  ) {
    this.isKnownAs(service);
  }

  public get hasVersions(): boolean {
    return this.versioned !== undefined;
  }

  public get policy(): ServicePolicy | undefined {
    return this.owned;
  }

  public manifest(): ServiceFacts | undefined {
    return this.source.manifest?.();
  }

  /**
   * Tells of one more construct that stands for the service, and of what it may have said. The objects are made in the first of
   * them, by path, so that the file they are written to does not depend on the order of construction.
   */
  public isKnownAs(service: VersionedService): void {
    const isFirst = compareConstructs(service, this.service) < 0;
    if (!isFirst && this.source.api === this.api) return;
    this.objects.remove();
    if (isFirst) this.service = service;
    if (this.versioned !== undefined) this.versioned.service = this.service;
    this.api = this.source.api;
    this.objects = this.api === 'istio' ? new IstioObjects(this) : new GatewayApiObjects(this);
    if (this.needed.destinationRule) this.objects.needDestinationRule();
    if (this.needed.route) this.objects.needRoute();
  }

  /** Makes subsets of the service's versions, the first time it is called. @throws MeshError when there is none, or one twice. */
  public addVersions(): void {
    if (this.versioned !== undefined) return;
    this.versioned = new VersionedTraffic(this.service);
    this.needDestinationRule();
  }

  /** See `MeshService.split`. */
  public split(owner: IConstruct, shares: Shares): void {
    if (this.versioned === undefined) throw this.noVersions(owner);
    this.versioned.split(owner, shares);
    this.needRoute();
  }

  /** Adds a rule for some of the requests or connections; whether it goes with the others is seen at synthesis. */
  public addRule(rule: CheckedRoute, kind: RuleKind = 'http'): void {
    this.rules.add(kind, rule);
    this.needRoute();
    const services = rootState(rule.owner, 'serviceTraffic', () => new Set<ServiceTraffic>());
    services.add(this);
    addCheck(rule.owner, 'service-rules', () => [...services].flatMap((each) => each.findings()));
  }

  /** Sets how callers treat the service's pods. @throws MeshError when something else has. */
  public setPolicy(policy: ServicePolicy): void {
    const { owner } = policy;
    if (this.owned !== undefined) throw this.secondOwner(owner, 'trafficPolicy', this.owned.owner);
    this.owned = policy;
    this.needDestinationRule();
    // ports and versions of the service may come until synthesis
    addPlanner(owner, { key: `policy of ${owner.node.path} for ${this.service.host}`, plan: () => policy.requireFit(this.service) });
  }

  /** Where requests for the service go: to its subsets by their shares, or to all of its pods alike. */
  public destinations(): readonly Destination[] {
    return this.versioned?.shared() ?? [{ destination: { host: this.service.host } }];
  }

  /** What keeps the rules from being routes of the service. */
  public findings(): readonly Finding[] {
    return this.rules.findings(this.shares());
  }

  /** Who shares the service's traffic, and how, as it is now. */
  public shares(): ServiceShares {
    const [owner, destinations] = [this.versioned?.owner, this.versioned?.shared()];
    return { service: this.service, shared: owner === undefined || destinations === undefined ? undefined : { owner, destinations } };
  }

  private needDestinationRule(): void {
    this.needed.destinationRule = true;
    this.objects.needDestinationRule();
  }

  private needRoute(): void {
    this.needed.route = true;
    this.objects.needRoute();
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
