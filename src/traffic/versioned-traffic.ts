import type { Construct, IConstruct } from 'constructs';
import { isDnsLabel } from '../core/kubernetes-names';
import { requireSameCluster } from '../core/references';
import { describeValue } from '../core/refusal';
import { requireProps } from '../core/required-props';
import { Weight } from '../core/weight';
import { closest } from '../errors/closest';
import { meshError } from '../errors/mesh-error';
import type { ServicePort } from './kubernetes-service';

/** What is known of a service that has versions. */
export interface VersionedService extends Construct {
  readonly name: string;
  readonly namespace: string;
  readonly host: string;
  readonly versions: readonly string[];
  readonly ports: readonly ServicePort[];
  /** Host of the Service that a version has of its own; undefined where versions are subsets. */
  hostOfVersion(version: string): string | undefined;
}

/** Shares of the traffic by version, in percent; one may be undefined, and gets what the others leave. */
export type Shares = Readonly<Record<string, Weight | number | undefined>>;

/** One of the places that requests go to, and its share in percent where there are several. */
export interface Destination {
  readonly destination: { readonly host: string; readonly subset?: string; readonly port?: { readonly number: number } };
  readonly weight?: number;
}

/** The versions of a service, and how its traffic is shared among them. */
export class VersionedTraffic {
  /** Who shares the traffic; undefined while nobody does. */
  public owner: IConstruct | undefined;
  private weights: Readonly<Record<string, Weight>> = {};

  /** @throws MeshError when there is no version, or one twice. */
  public constructor(public service: VersionedService) {
    this.refuseBadVersions();
  }

  /** See `MeshService.split`. */
  public split(owner: IConstruct, shares: Shares): void {
    requireSameCluster(owner, this.service, 'service');
    requireProps(owner, shares, 'shares');
    this.refuseSecondOwner(owner);
    this.refuseUnknownVersions(owner, Object.keys(shares));
    this.weights = Weight.split(shares, { construct: owner.node.path, property: 'weight' });
    this.owner = owner;
  }

  /** Where requests go that are shared, in the order of the versions; undefined while they are not. */
  public shared(): readonly Destination[] | undefined {
    if (this.owner === undefined) return undefined;
    const { host, versions } = this.service;
    return versions
      .filter((version) => this.weights[version] !== undefined)
      .map((version) => {
        const own = this.service.hostOfVersion(version);
        const destination = own === undefined ? { host, subset: version } : { host: own };
        return { destination, weight: this.weights[version]?.value ?? 0 };
      });
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
