import type { IConstruct } from 'constructs';
import type { VirtualServiceHttp, VirtualServiceTcp, VirtualServiceTls } from '../../../imports/istio/virtual-service';
import { compareConstructs } from '../../core/construct-path';
import { SynthSession } from '../../core/synth-session';
import type { Finding } from '../../errors/finding';
import { sharedRoutes } from '../shared-routes';
import type { Destination, VersionedService } from '../versioned-traffic';
import type { CheckedRoute } from './checked-route';
import { namesOf, tcpRules, tlsRules } from './connection-rules';
import { httpRules } from './http-rules';
import { ownNames } from './own-names';
import type { RuleKind } from './rule-ports';
import type { RuledService } from './ruled-host';

/** What the VirtualService of a service says of each kind. */
interface ServiceRoutes {
  readonly http: VirtualServiceHttp[] | undefined;
  readonly tcp: VirtualServiceTcp[] | undefined;
  readonly tls: VirtualServiceTls[] | undefined;
}

/** A service and how it is shared, as they are when the rules are put together. */
export interface ServiceShares {
  readonly service: VersionedService;
  /** Who shares its traffic by a split or a canary, and how. */
  readonly shared?: { readonly owner: IConstruct; readonly destinations: readonly Destination[] } | undefined;
}

/** The rules of a kind as routes, and what is wrong with them. */
interface RuledRoutes {
  readonly routes: unknown;
  readonly findings: readonly Finding[];
}

const KINDS = ['http', 'tcp', 'tls'] as const;
const NONE: readonly CheckedRoute[] = [];

/** All rules of one service, for requests and for connections. */
export class ServiceRules {
  private readonly given = new Map<RuleKind, CheckedRoute[]>();
  private isSorted = true;

  public add(kind: RuleKind, rule: CheckedRoute): void {
    const rules = this.given.get(kind);
    if (rules === undefined) this.given.set(kind, [rule]);
    else rules.push(rule);
    this.isSorted = false;
  }

  /** Rules of a kind, in the order of their constructs' paths. */
  public of(kind: RuleKind): readonly CheckedRoute[] {
    if (!this.isSorted) for (const rules of this.given.values()) rules.sort((a, b) => compareConstructs(a.owner, b.owner));
    this.isSorted = true;
    return this.given.get(kind) ?? NONE;
  }

  /**
   * The hosts of the VirtualService: the service's full name, and the other names that TLS connections ask for, which Istio wants
   * there.
   */
  public hosts({ service, shared }: ServiceShares): string[] {
    const tls = this.of('tls');
    const hasNames = tls.length > 0 || (shared !== undefined && sharedRoutes(shared.owner, service, []).tls !== undefined);
    const { host } = service;
    return hasNames ? [host, ...namesOf(tls, ownNames(service)).filter((name) => name !== host)] : [host];
  }

  /**
   * What the VirtualService says of a kind: its rules, else its shares. Read at synthesis: ports, rules and shares may come until
   * then.
   *
   * @throws MeshError when a service is shared whose ports carry what proxies have no say over.
   */
  public routes<K extends RuleKind>(kind: K, shares: ServiceShares): ServiceRoutes[K] {
    const ruled = this.ruled(shares).get(kind);
    if (ruled !== undefined) return ruled.routes as ServiceRoutes[K];
    const { service, shared } = shares;
    return shared === undefined ? undefined : (sharedRoutes(shared.owner, service, shared.destinations)[kind] as ServiceRoutes[K]);
  }

  /** What keeps the rules from being one VirtualService. */
  public findings(shares: ServiceShares): readonly Finding[] {
    const findings = [...this.ruled(shares).values()].flatMap((ruled) => ruled.findings);
    return findings.length === 0 ? this.foreignNames(shares) : findings;
  }

  /** All that a VirtualService says it says of all of its hosts: of names that only TLS connections ask for, too. */
  private foreignNames(shares: ServiceShares): Finding[] {
    if (this.of('tls').length === 0 || this.routes('http', shares) === undefined) return [];
    const own = ownNames(shares.service);
    return this.of('tls').flatMap((rule) => {
      const name = namesOf([rule], own).find((each) => !own.includes(each));
      return name === undefined ? [] : [foreignName(rule, name)];
    });
  }

  /** By kind, of those that there are rules of: for what is wrong with them, and for what is written. */
  private ruled(shares: ServiceShares): ReadonlyMap<RuleKind, RuledRoutes> {
    return SynthSession.of(shares.service).once(this, () => {
      const service = ruledService(shares);
      const kinds = KINDS.filter((kind) => this.of(kind).length > 0);
      return new Map(kinds.map((kind) => [kind, ruledRoutes(kind, service, this.of(kind), shares)]));
    });
  }
}

function ruledRoutes(kind: RuleKind, service: RuledService, rules: readonly CheckedRoute[], shares: ServiceShares): RuledRoutes {
  if (kind === 'tcp') return tcpRules(service, rules);
  if (kind === 'tls') return tlsRules(service, rules, ownNames(shares.service));
  const { http, findings } = httpRules(service, rules);
  return { routes: http, findings };
}

/** The service as its rules see it. */
export function ruledService({ service, shared }: ServiceShares): RuledService {
  const { host, versions, ports } = service;
  const hostOfVersion = (version: string): string | undefined => service.hostOfVersion(version);
  const target = { host, versions, ports, hostOfVersion, shares: () => shared?.destinations ?? [{ destination: { host } }] };
  return { target, ...(shared === undefined ? {} : { sharedBy: shared.owner }) };
}

function foreignName({ owner, matches }: CheckedRoute, name: string): Finding {
  return {
    code: 'bad-host',
    construct: owner.node.path,
    property: `${matches.find(({ conditions }) => conditions.wanted.get('sni')?.text === name)?.place.property ?? 'match'}.sniHosts`,
    got: `"${name}", for a service whose requests are ruled, too: that would be a host of them as well`,
    expected: "the service's own names",
    fix: 'make a Service of its own for the port that carries TLS',
  };
}
