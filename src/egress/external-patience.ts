import type { VirtualServiceHttp } from '../../imports/istio/virtual-service';
import { Duration } from '../core/duration';
import { describeValue, refusal } from '../core/refusal';
import { requireProps } from '../core/required-props';
import type { CheckedPort } from './external-ports';
import type { ExternalRetries, ExternalServiceProps } from './external-service-props';

/** How long callers wait, and how often is tried, as a route says it. */
export type Patience = Pick<VirtualServiceHttp, 'timeout' | 'retries'>;

const CONDITION = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Timeout and retries of an external service.
 *
 * @throws MeshError where proxies see no requests to wait for, and where there is no time for all tries.
 */
export function checkedPatience(construct: string, host: string, ports: readonly CheckedPort[], props: Pick<ExternalServiceProps, 'timeout' | 'retries'>): Patience {
  for (const property of ['timeout', 'retries'] as const) {
    if (props[property] !== undefined) refuseWithoutRequests(construct, property, host, ports);
  }
  const timeout = props.timeout === undefined ? undefined : checkedDuration(construct, props.timeout, 'timeout');
  const retries = props.retries === undefined ? undefined : checkedRetries(construct, props.retries, timeout);
  return { ...(timeout !== undefined && { timeout: timeout.value }), ...(retries !== undefined && { retries }) };
}

function refuseWithoutRequests(construct: string, property: string, host: string, ports: readonly CheckedPort[]): void {
  const isSeen = ports.some(({ seenAs }) => seenAs === 'requests');
  if (isSeen && !host.startsWith('*')) return;
  throw refusal({ construct }, property, {
    code: 'no-requests',
    got: isSeen ? `one for ${host}` : `one, on ports that carry ${ports.map(({ protocol }) => protocol).join(', ')}`,
    expected: 'one host, and a port on which proxies see requests',
    fix: isSeen
      ? 'make an ExternalService for each host that is called'
      : "have callers speak HTTP and the proxy TLS: { port: 80, protocol: 'HTTP', tls: TlsOrigination.simple() }",
  });
}

/** Istio takes whole milliseconds, and reads zero as no limit. */
function checkedDuration(construct: string, given: Duration | string, property: string): Duration {
  const millisecond = Duration.millis(1);
  return Duration.of(given, { construct, property, atLeast: millisecond, multipleOf: millisecond });
}

function checkedRetries(construct: string, given: ExternalRetries, timeout: Duration | undefined): NonNullable<VirtualServiceHttp['retries']> {
  requireProps(construct, given, 'retries');
  const { attempts, retryOn } = given;
  if (!Number.isInteger(attempts) || attempts < 0) {
    throw refusal({ construct }, 'retries.attempts', { code: 'bad-retries', got: describeValue(attempts), expected: 'a whole number, 0 or more', fix: 'say 0 for never' });
  }
  const perTryTimeout = given.perTryTimeout === undefined ? undefined : checkedDuration(construct, given.perTryTimeout, 'retries.perTryTimeout');
  if (timeout !== undefined && perTryTimeout !== undefined) refuseTooLong(construct, attempts, perTryTimeout, timeout);
  return {
    attempts,
    ...(perTryTimeout !== undefined && { perTryTimeout: perTryTimeout.value }),
    ...(retryOn !== undefined && { retryOn: checkedConditions(construct, retryOn) }),
  };
}

function checkedConditions(construct: string, given: readonly string[]): string {
  const isRight = Array.isArray(given) && given.length > 0 && given.every((each) => typeof each === 'string' && CONDITION.test(each));
  if (isRight) return given.join(',');
  throw refusal({ construct }, 'retries.retryOn', {
    code: 'bad-retries',
    got: Array.isArray(given) ? JSON.stringify(given) : describeValue(given),
    expected: 'a list of conditions such as "5xx" or "connect-failure"',
    fix: 'leave it out for those of Istio; say attempts: 0 for never',
  });
}

/** Tries that the timeout cuts off are never made, though the program says so. */
function refuseTooLong(construct: string, attempts: number, perTryTimeout: Duration, timeout: Duration): void {
  const tries = attempts + 1;
  if (perTryTimeout.nanos * BigInt(tries) <= timeout.nanos) return;
  throw refusal({ construct }, 'retries.perTryTimeout', {
    code: 'retries-beyond-timeout',
    got: `${tries} tries of ${perTryTimeout.value} within ${timeout.value}`,
    expected: 'time for all tries: the first, and each that is tried again',
    fix: 'give a longer timeout, a shorter perTryTimeout or fewer attempts',
  });
}
