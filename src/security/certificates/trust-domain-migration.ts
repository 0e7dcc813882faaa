import { Host } from '../../core/host';
import { oneOf, refuse, requireKeys, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';

const BRAND = Symbol.for('mesh-constructs.TrustDomainMigration');

/**
 * How far a migration is:
 *
 * - `before`: certificates are of the old trust domain, and no other is accepted;
 * - `accept-new`: they still are, and the new one is accepted as well;
 * - `issue-new`: they are of the new one as they are renewed, and the old one is accepted as well;
 * - `done`: they are of the new one, and no other is accepted.
 */
export type TrustDomainStage = 'before' | 'accept-new' | 'issue-new' | 'done';

const STAGES: readonly TrustDomainStage[] = ['before', 'accept-new', 'issue-new', 'done'];

/** Which trust domain goes, which comes, and how far that is. */
export interface TrustDomainMigrationProps {
  readonly from: string;
  readonly to: string;
  readonly stage: TrustDomainStage;
}

/**
 * The move of a mesh from one trust domain to another, in stages of which each is a synthesis of its own. Between two of them, all
 * clusters have to have the one before.
 *
 * It tells a `Cluster` its trust domain, and a `Mesh` what counts as the same. An ambient mesh cannot accept two, and is refused in
 * between: ztunnel knows no aliases.
 *
 * @see https://istio.io/latest/docs/tasks/security/authorization/authz-td-migration/
 * @example
 * const domain = TrustDomainMigration.of({ from: 'old.example', to: 'new.example', stage: 'accept-new' });
 * const prod = new Cluster(app, 'prod', { trustDomain: domain.trustDomain });
 * const mesh = new Mesh(new Chart(prod, 'platform'), 'mesh', { trustDomainMigration: domain });
 */
export class TrustDomainMigration {
  /** @throws MeshError when a trust domain is none, both are the same, or the stage is not known. */
  public static of(props: TrustDomainMigrationProps): TrustDomainMigration {
    const place: Place = { construct: '', property: 'trustDomainMigration' };
    requireKeys(place, props, ['from', 'to', 'stage']);
    const [from, to] = [domain(within(place, 'from'), props.from), domain(within(place, 'to'), props.to)];
    if (from === to) throw refuse(within(place, 'to'), 'same-trust-domain', JSON.stringify(to), 'another trust domain than from', 'leave the migration out, and give the trust domain to the Cluster');
    return new TrustDomainMigration(from, to, oneOf(within(place, 'stage'), props.stage, STAGES));
  }

  /** True for one of any copy of this library. */
  public static isTrustDomainMigration(value: unknown): value is TrustDomainMigration {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** The trust domain of new certificates, and of the identities in policies. */
  public readonly trustDomain: string;
  /** Trust domains whose certificates are accepted as well, and whose identities count as the same. */
  public readonly aliases: readonly string[];

  private constructor(
    public readonly from: string,
    public readonly to: string,
    public readonly stage: TrustDomainStage,
  ) {
    const isNew = stage === 'issue-new' || stage === 'done';
    this.trustDomain = isNew ? to : from;
    this.aliases = stage === 'accept-new' ? [to] : stage === 'issue-new' ? [from] : [];
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this.aliases);
    Object.freeze(this);
  }

  /**
   * What to ask Prometheus before `done`: who called within the last hour by a certificate of the old trust domain, and who was called
   * by one; a line for each identity. Nothing is left for longer than a workload's certificate holds.
   *
   * @see https://istio.io/latest/docs/reference/config/metrics/
   */
  public get remainingQuery(): string {
    // once for PromQL's text, once for the pattern
    const pattern = `spiffe://${this.from.replaceAll('.', '\\\\.')}/.*`;
    const metrics = ['istio_requests_total', 'istio_tcp_connections_opened_total'];
    return metrics.flatMap((metric) => ['source_principal', 'destination_principal'].map((side) => counted(side, `${metric}{${side}=~"${pattern}"}`))).join(' or ');
  }
}

/** What grew, and what was not there before: a counter that begins at one and stays there does not grow, and is a call. */
function counted(side: string, series: string): string {
  return `sum by (${side}) (increase(${series}[1h]) > 0 or (max_over_time(${series}[1h]) > 0 unless ${series} offset 1h))`;
}

function domain(place: Place, value: string): string {
  const name = Host.of(value, place).value;
  if (!name.includes('*')) return name;
  throw refuse(place, 'bad-trust-domain', JSON.stringify(name), 'one trust domain', 'name it whole');
}
