import { Lazy } from 'cdk8s';
import { DestinationRule } from '../../imports/istio/destination-rule';
import type { DestinationRuleSpec } from '../../imports/istio/destination-rule';
import { VirtualService } from '../../imports/istio/virtual-service';
import { ownTraffic } from './other-owners';
import type { TrafficModel, TrafficObjects } from './traffic-objects';

const SUBSETS = 'subsets';
const ROUTE = 'route';

/** The traffic of a service in Istio's API: one DestinationRule, one VirtualService. */
export class IstioObjects implements TrafficObjects {
  private destinationRule: DestinationRule | undefined;
  private route: VirtualService | undefined;

  public constructor(private readonly model: TrafficModel) {}

  public needDestinationRule(): void {
    if (this.destinationRule !== undefined) return;
    const { service } = this.model;
    const { name, namespace, host } = service;
    const subsets = (): DestinationRuleSpec['subsets'] =>
      this.model.hasVersions ? service.versions.map((version) => this.subset(version)) : undefined;
    this.destinationRule = new DestinationRule(service, SUBSETS, {
      metadata: { name, namespace },
      spec: {
        host,
        subsets: Lazy.any({ produce: subsets }) as never,
        trafficPolicy: Lazy.any({ produce: () => this.model.policy?.forAll() }) as never,
      },
    });
    this.own();
    // a route to a subset that is not there yet answers 503
    this.route?.needs(this.destinationRule);
  }

  public needRoute(): void {
    if (this.route !== undefined) return;
    const { service } = this.model;
    const { name, namespace } = service;
    // read at synthesis: ports, rules and shares may come until then
    const { rules } = this.model;
    this.route = new VirtualService(service, ROUTE, {
      metadata: { name, namespace },
      spec: {
        hosts: Lazy.any({ produce: () => rules.hosts(this.model.shares()) }) as never,
        http: Lazy.any({ produce: () => rules.routes('http', this.model.shares()) }) as never,
        tcp: Lazy.any({ produce: () => rules.routes('tcp', this.model.shares()) }) as never,
        tls: Lazy.any({ produce: () => rules.routes('tls', this.model.shares()) }) as never,
      },
    });
    this.own();
    if (this.destinationRule !== undefined) this.route.needs(this.destinationRule);
  }

  public remove(): void {
    for (const id of [SUBSETS, ROUTE]) this.model.service.node.tryRemoveChild(id);
    this.destinationRule = undefined;
    this.route = undefined;
  }

  private subset(version: string): NonNullable<DestinationRuleSpec['subsets']>[number] {
    const trafficPolicy = this.model.policy?.forVersion(version);
    return { name: version, labels: { version }, ...(trafficPolicy === undefined ? {} : { trafficPolicy }) };
  }

  private own(): void {
    const { service } = this.model;
    const { namespace, host } = service;
    ownTraffic(service, { namespace, host, made: (kind) => (kind === 'VirtualService' ? this.route : this.destinationRule) });
  }
}
