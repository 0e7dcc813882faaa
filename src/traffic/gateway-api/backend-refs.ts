import type { Place } from '../rules/refuse';
import type { Destination } from '../versioned-traffic';
import { noForm } from './no-form';

/** A reference to a Service, as routes and their filters have it. */
export interface ServiceRef {
  readonly name: string;
  readonly namespace?: string;
  readonly port: number;
}

/** A Service in another namespace that routes of a kind lead to. */
export interface CrossReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Turns the hosts that rules lead to into references to Services. */
export class BackendReader {
  /** Services of other namespaces that were referred to. */
  public readonly crossing: CrossReference[] = [];

  /**
   * @param kind kind of the route
   * @param namespace namespace of the route
   * @param port port that a destination has that names none: the one that was asked
   */
  public constructor(
    private readonly clusterDomain: string,
    private readonly kind: string,
    private readonly namespace: string,
    private readonly port?: number,
  ) {}

  /** Destinations with their weights. @throws MeshError for what is no Service. */
  public refsTo(route: readonly Destination[], place: Place): (ServiceRef & { readonly weight?: number })[] {
    return route.map(({ destination, weight }) => ({ ...this.refTo(destination, place), ...(weight === undefined ? {} : { weight }) }));
  }

  /** One destination. @throws MeshError for what is no Service. */
  public refTo({ host, subset, port }: Destination['destination'], place: Place): ServiceRef {
    const suffix = `.svc.${this.clusterDomain}`;
    const [name, namespace, ...rest] = host.endsWith(suffix) ? host.slice(0, -suffix.length).split('.') : [];
    const number = port?.number ?? this.port;
    if (name === undefined || namespace === undefined || rest.length > 0 || number === undefined) {
      throw noForm(place, host, 'a Service of the cluster, and its port: routes lead to nothing else');
    }
    if (subset !== undefined) {
      throw noForm(place, `version ${subset} of ${host}, a subset of its DestinationRule`, 'a version that has a Service of its own: the Gateway API has no subsets', `give ${name} api: 'gateway' where it is made`);
    }
    if (namespace === this.namespace) return { name, port: number };
    this.crossing.push({ kind: this.kind, namespace, name });
    return { name, namespace, port: number };
  }
}
