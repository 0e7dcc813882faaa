import type { IConstruct } from 'constructs';
import { compareConstructs } from '../core/construct-path';
import { meshError } from '../errors/mesh-error';
import type { ServiceFacts, ServicePort } from './kubernetes-service';
import type { ServiceTraffic } from './service-traffic';
import type { TrafficApi } from './traffic-objects';
import type { VersionedService } from './versioned-traffic';

/** What one reference says of a service that another program makes; what is undefined it leaves to others. */
export interface ServiceReference {
  readonly ports: readonly ServicePort[];
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly serviceAccount: string | undefined;
  readonly versions: readonly string[] | undefined;
  readonly api: TrafficApi | undefined;
}

/** What is known of a service, wherever it is from. */
export interface KnownService {
  readonly versions: readonly string[] | undefined;
  readonly facts: () => ServiceFacts;
  /** The API that its routes are written in. */
  readonly api: TrafficApi;
  /** What its manifest says; undefined where another program makes it. */
  readonly manifest: (() => ServiceFacts) | undefined;
  /** Name of the ServiceAccount of its pods. */
  readonly serviceAccount: () => string;
  /** The construct whose traffic it is, of those that stand for the service: the first by path. */
  readonly representedBy: (service: VersionedService) => VersionedService;
  /** What the mesh does with its traffic. */
  traffic: ServiceTraffic | undefined;
}

/** A service that another program makes: all references to it are one, and know what any of them said. */
export class NamedService implements KnownService {
  public traffic: ServiceTraffic | undefined;
  private readonly ports = new Map<string, ServicePort>();
  private said: Partial<Omit<ServiceReference, 'ports'>> = {};
  private first: VersionedService | undefined;

  public constructor(
    private readonly name: string,
    private readonly host: string,
  ) {}

  public get versions(): readonly string[] | undefined {
    return this.said.versions;
  }

  public get api(): TrafficApi {
    return this.said.api ?? 'istio';
  }

  public readonly manifest = undefined;

  public readonly facts = (): ServiceFacts => {
    const ports = [...this.ports.values()].sort((a, b) => a.port - b.port);
    return { ports, selector: this.said.selector ?? { app: this.name } };
  };

  public readonly serviceAccount = (): string => this.said.serviceAccount ?? this.name;

  public readonly representedBy = (service: VersionedService): VersionedService => {
    if (this.first === undefined || compareConstructs(service, this.first) < 0) this.first = service;
    return this.first;
  };

  /** @throws MeshError when the reference contradicts what another one said. */
  public add(reference: IConstruct, { ports, ...rest }: ServiceReference): void {
    for (const [property, value] of Object.entries(rest)) {
      const known = this.said[property as keyof typeof rest];
      if (value === undefined) continue;
      if (known !== undefined && sorted(known) !== sorted(value)) throw this.differs(reference, property, value, known);
      this.said = { ...this.said, [property]: known ?? value };
    }
    for (const port of ports) this.addPort(reference, port);
  }

  /** A port that says more is the one that counts: one reference may give the number, another the protocol. */
  private addPort(reference: IConstruct, port: ServicePort): void {
    const { protocol = 'TCP' } = port;
    const key = `${port.port} ${protocol}`;
    const known = this.ports.get(key) ?? port;
    for (const property of ['name', 'appProtocol'] as const) {
      const [one, other] = [known[property], port[property]];
      if (one !== undefined && other !== undefined && one !== other) throw this.differs(reference, 'ports', port, known);
    }
    this.ports.set(key, { port: port.port, protocol, name: known.name ?? port.name, appProtocol: known.appProtocol ?? port.appProtocol });
  }

  private differs(reference: IConstruct, property: string, got: unknown, known: unknown): Error {
    return meshError({
      code: 'reference-differs',
      construct: reference.node.path,
      property,
      got: `${sorted(got)} for ${this.host}`,
      expected: `${sorted(known)}, as another reference to it says, or nothing`,
      fix: 'refer to it once and hand the reference on, or say the same at all places',
    });
  }
}

/** Labels are equal whatever the order of their keys. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return String(part);
    return typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)) : part;
  });
}
