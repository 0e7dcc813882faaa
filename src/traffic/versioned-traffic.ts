import { Lazy } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { DestinationRule } from '../../imports/istio/destination-rule';
import { VirtualService } from '../../imports/istio/virtual-service';
import { compareConstructs } from '../core/construct-path';
import { isDnsLabel } from '../core/kubernetes-names';
import { requireSameCluster } from '../core/references';
import { describeValue } from '../core/refusal';
import { requireProps } from '../core/required-props';
import { Weight } from '../core/weight';
import { closest } from '../errors/closest';
import { meshError } from '../errors/mesh-error';
import type { ServicePort } from './kubernetes-service';
import { sharedRoutes } from './shared-routes';

/** What is known of a service that has versions. */
export interface VersionedService extends Construct {
  readonly name: string;
  readonly namespace: string;
  readonly host: string;
  readonly versions: readonly string[];
  readonly ports: readonly ServicePort[];
}

/** Shares of the traffic by version, in percent; one may be undefined, and gets what the others leave. */
export type Shares = Readonly<Record<string, Weight | number | undefined>>;

/** One of the places that requests go to, and its share in percent where there are several. */
export interface Destination {
  readonly destination: { readonly host: string; readonly subset?: string; readonly port?: { readonly number: number } };
  readonly weight?: number;
}

const SUBSETS = 'subsets';
const ROUTE = 'route';

/** The subsets of a service, and how the mesh's traffic is shared among them. */
export class VersionedTraffic {
  private destinationRule: DestinationRule;
  private owner: IConstruct | undefined;
  private shared: readonly Destination[] | undefined;

  /** @throws MeshError when there is no version, or one twice. */
  public constructor(private service: VersionedService) {
    this.refuseBadVersions();
    this.destinationRule = this.makeSubsets();
  }

  /**
   * Tells of one more construct that stands for the service. The objects are made in the first of them, by path, so that the
   * file they are written to does not depend on the order of construction.
   */
  public isKnownAs(service: VersionedService): void {
    if (compareConstructs(service, this.service) >= 0) return;
    for (const id of [SUBSETS, ROUTE]) this.service.node.tryRemoveChild(id);
    this.service = service;
    this.destinationRule = this.makeSubsets();
    if (this.owner !== undefined && this.shared !== undefined) this.makeRoute(this.owner, this.shared);
  }

  /** See `MeshService.split`. */
  public split(owner: IConstruct, shares: Shares): void {
    requireSameCluster(owner, this.service, 'service');
    requireProps(owner, shares, 'shares');
    this.refuseSecondOwner(owner);
    this.refuseUnknownVersions(owner, Object.keys(shares));
    const weights = Weight.split(shares, { construct: owner.node.path, property: 'weight' });
    const { host, versions } = this.service;
    this.owner = owner;
    this.shared = versions
      .filter((version) => weights[version] !== undefined)
      .map((version) => ({ destination: { host, subset: version }, weight: weights[version]?.value ?? 0 }));
    this.makeRoute(owner, this.shared);
  }

  /** Where requests for the service go: to its subsets by their shares, or to all of its pods alike. */
  public destinations(): readonly Destination[] {
    return this.shared ?? [{ destination: { host: this.service.host } }];
  }

  private makeSubsets(): DestinationRule {
    const { name, namespace, host, versions } = this.service;
    return new DestinationRule(this.service, SUBSETS, {
      metadata: { name, namespace },
      spec: { host, subsets: versions.map((version) => ({ name: version, labels: { version } })) },
    });
  }

  private makeRoute(owner: IConstruct, shared: readonly Destination[]): void {
    const { name, namespace, host } = this.service;
    // by what the ports are at synthesis: a Service of another library may get more until then
    const routes = (): ReturnType<typeof sharedRoutes> => sharedRoutes(owner, host, this.service.ports, shared);
    const route = new VirtualService(this.service, ROUTE, {
      metadata: { name, namespace },
      spec: {
        hosts: [host],
        http: Lazy.any({ produce: () => routes().http }) as never,
        tcp: Lazy.any({ produce: () => routes().tcp }) as never,
      },
    });
    // a route to a subset that is not there yet answers 503
    route.needs(this.destinationRule);
  }

  private refuseBadVersions(): void {
    const { versions } = this.service;
    const isList = Array.isArray(versions);
    const doubled = isList ? versions.find((version, index) => versions.indexOf(version) !== index) : undefined;
    if (isList && versions.length > 0 && doubled === undefined) {
      for (const version of versions) this.refuseBadName(version);
      return;
    }
    throw meshError({
      code: 'bad-versions',
      construct: this.service.node.path,
      property: 'versions',
      got: isList ? `[${versions.map(describeValue).join(',')}]` : describeValue(versions),
      expected: 'one or more versions, each once',
      fix: doubled === undefined ? 'leave versions out where a service has none' : `take out the second "${doubled}"`,
    });
  }

  /** Istio refuses a subset whose name is no DNS label, which an API server does not notice. */
  private refuseBadName(version: string): void {
    if (isDnsLabel(version)) return;
    const fixed = String(version).toLowerCase().replace(/[^a-z0-9]+/g, '-');
    throw meshError({
      code: 'bad-versions',
      construct: this.service.node.path,
      property: 'versions',
      got: describeValue(version),
      expected: 'versions of 1 to 63 of a-z, 0-9 and dashes within: they name subsets',
      fix: `name it "${fixed}", and label the pods so`,
    });
  }

  private refuseSecondOwner(owner: IConstruct): void {
    if (this.owner === undefined) return;
    throw meshError({
      code: 'second-owner',
      construct: owner.node.path,
      property: 'service',
      got: `${this.service.host}, whose traffic ${this.owner.node.path} shares already`,
      expected: 'one owner of the traffic of a service',
      fix: 'remove one of the two',
    });
  }

  private refuseUnknownVersions(owner: IConstruct, names: readonly string[]): void {
    const unknown = names.find((name) => !this.service.versions.includes(name));
    if (unknown === undefined) return;
    const meant = closest(unknown, this.service.versions);
    throw meshError({
      code: 'unknown-subset',
      construct: owner.node.path,
      property: 'versions',
      got: JSON.stringify(unknown),
      expected: `one of the versions ${this.service.versions.join(', ')}`,
      fix: meant === undefined ? 'add it to the versions of the service' : `did you mean "${meant}"?`,
    });
  }
}
