import { Duration } from '../../core/duration';
import { describeValue } from '../../core/refusal';
import { oneOf, refuse, requireKeys, wholeNumber, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';

/** How long the certificates of a mesh hold, as a `Mesh` is told. */
export interface CertificateLifetimeProps {
  /**
   * How long a workload's certificate holds: what proxies and ztunnel ask for, and istiod gives. Whole seconds, a minute at least.
   * @default '24h'
   */
  readonly workloadTtl?: Duration | string;
  /**
   * The longest that istiod gives. Whoever asks for more gets none at all.
   * @default '2160h', 90 days
   */
  readonly maxWorkloadTtl?: Duration | string;
  /**
   * Share of a certificate's time that is left when a sidecar or a gateway has it renewed: more than 0, less than 1. ztunnel
   * always renews at the half.
   * @default 0.5
   */
  readonly gracePeriodRatio?: number;
  /**
   * The root that istiod makes up where it has no other authority.
   * @default - see {@link SelfSignedRootProps}
   */
  readonly selfSignedRoot?: SelfSignedRootProps;
}

/** The root that istiod makes up, and renews with the same key. */
export interface SelfSignedRootProps {
  /** How long it holds. Of a root that is there already only its renewal follows this. @default '87600h', ten years */
  readonly ttl?: Duration | string;
  /** How often istiod looks whether it is time to renew it: ten minutes at least. @default '1h' */
  readonly checkInterval?: Duration | string;
  /** Percentage of its time that is left when it is renewed: 1 to 99. @default 20 */
  readonly gracePeriodPercentile?: number;
  /** Bits of its RSA key. @default 2048 */
  readonly rsaKeySize?: 2048 | 3072 | 4096;
}

/** What follows for each component. */
export interface CertificateSettings {
  /** Environment of istiod. */
  readonly istiod: Readonly<Record<string, string>>;
  /** Environment of sidecars, gateways and waypoints. */
  readonly proxies: Readonly<Record<string, string>>;
  readonly ztunnel: Readonly<Record<string, string>>;
  /** What workloads ask for, and get at most. */
  readonly workloadTtl: Duration;
  readonly maxWorkloadTtl: Duration;
}

const DEFAULTS = { workload: '24h', most: '2160h', root: '87600h' } as const;
const SECOND = Duration.seconds(1);

/**
 * The environment that makes certificates hold as long as was said. A proxy says how long its certificate shall hold
 * (`SECRET_TTL`), and that wins over istiod's own default; but istiod refuses a request for more than its maximum.
 *
 * @throws MeshError for times that contradict each other
 */
export function certificateSettings(place: Place, props: CertificateLifetimeProps): CertificateSettings {
  requireKeys(place, props, ['workloadTtl', 'maxWorkloadTtl', 'gracePeriodRatio', 'selfSignedRoot']);
  const time = (key: 'workloadTtl' | 'maxWorkloadTtl', fallback: string): Duration =>
    Duration.of(props[key] === undefined ? fallback : props[key], { atLeast: Duration.minutes(1), multipleOf: SECOND, ...within(place, key) });
  const [ttl, most] = [time('workloadTtl', DEFAULTS.workload), time('maxWorkloadTtl', DEFAULTS.most)];
  if (ttl.isLongerThan(most)) {
    const got = `${ttl.value}${props.workloadTtl === undefined ? ', which proxies ask for,' : ''} with a maximum of ${most.value}`;
    throw refuse(within(place, 'workloadTtl'), 'ttl-over-maximum', got, 'no more than maxWorkloadTtl: istiod gives proxies that ask for more no certificate', `give workloadTtl: '${most.value}' or less`);
  }
  const ratio = props.gracePeriodRatio === undefined ? undefined : gracePeriod(within(place, 'gracePeriodRatio'), props.gracePeriodRatio);
  const isTold = props.workloadTtl !== undefined;
  return {
    istiod: {
      ...(isTold && { DEFAULT_WORKLOAD_CERT_TTL: ttl.value }),
      ...(props.maxWorkloadTtl !== undefined && { MAX_WORKLOAD_CERT_TTL: most.value }),
      ...selfSigned(within(place, 'selfSignedRoot'), props.selfSignedRoot, ttl),
    },
    proxies: { ...(isTold && { SECRET_TTL: ttl.value }), ...(ratio !== undefined && { SECRET_GRACE_PERIOD_RATIO: String(ratio) }) },
    // one unit only: ztunnel reads durations in a way of its own
    ztunnel: isTold ? { SECRET_TTL: `${ttl.toSeconds()}s` } : {},
    workloadTtl: ttl,
    maxWorkloadTtl: most,
  };
}

function gracePeriod(place: Place, value: unknown): number {
  if (typeof value === 'number' && value > 0 && value < 1) return value;
  throw refuse(place, 'bad-number', describeValue(value), 'a share of more than 0 and less than 1', 'write 0.5 for the half');
}

function selfSigned(place: Place, props: SelfSignedRootProps | undefined, workloadTtl: Duration): Record<string, string> {
  if (props === undefined) return {};
  requireKeys(place, props, ['ttl', 'checkInterval', 'gracePeriodPercentile', 'rsaKeySize']);
  const { gracePeriodPercentile, rsaKeySize } = props;
  const ttl = Duration.of(props.ttl === undefined ? DEFAULTS.root : props.ttl, { multipleOf: SECOND, ...within(place, 'ttl') });
  if (!ttl.isLongerThan(workloadTtl)) {
    throw refuse(within(place, 'ttl'), 'root-ends-first', ttl.value, `more than the ${workloadTtl.value} of workloads' certificates`, 'give years to a root, and hours or days to workloads');
  }
  const interval = props.checkInterval === undefined ? undefined : Duration.of(props.checkInterval, { atLeast: Duration.minutes(10), multipleOf: SECOND, ...within(place, 'checkInterval') });
  return {
    ...(props.ttl !== undefined && { CITADEL_SELF_SIGNED_CA_CERT_TTL: ttl.value }),
    ...(interval !== undefined && { CITADEL_SELF_SIGNED_ROOT_CERT_CHECK_INTERVAL: interval.value }),
    ...(gracePeriodPercentile !== undefined && { CITADEL_SELF_SIGNED_ROOT_CERT_GRACE_PERIOD_PERCENTILE: String(wholeNumber(within(place, 'gracePeriodPercentile'), gracePeriodPercentile, 1, 99)) }),
    ...(rsaKeySize !== undefined && { CITADEL_SELF_SIGNED_CA_RSA_KEY_SIZE: String(oneOf(within(place, 'rsaKeySize'), rsaKeySize, [2048, 3072, 4096])) }),
  };
}
