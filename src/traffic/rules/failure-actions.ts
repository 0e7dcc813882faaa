import type { VirtualServiceHttp, VirtualServiceHttpFault, VirtualServiceHttpRetries } from '../../../imports/istio/virtual-service';
import { Duration, ISTIO_DURATION } from '../../core/duration';
import { describeValue } from '../../core/refusal';
import { oneOf, percentage, refuse, requireKeys, someList, within, wholeNumber } from './refuse';
import type { Place } from './refuse';
import type { FaultAbort, ForwardRouteProps, GrpcStatus, RetryCondition, RouteFault, RouteRetries } from './route-props';

const RETRY_ON: readonly string[] = [
  '5xx', 'gateway-error', 'reset', 'reset-before-request', 'connect-failure', 'retriable-4xx', 'refused-stream',
  'cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable',
];
const GRPC_STATUSES: readonly GrpcStatus[] = [
  'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED',
];
const MOST_ATTEMPTS = 2 ** 31 - 1;

/** How long callers wait, and what is tried again in that time. @throws MeshError */
export function patience({ timeout, retries }: ForwardRouteProps, place: Place): Pick<VirtualServiceHttp, 'timeout' | 'retries'> {
  const whole = timeout === undefined ? undefined : Duration.of(timeout, { ...ISTIO_DURATION, ...within(place, 'timeout') });
  return {
    ...(whole === undefined ? {} : { timeout: whole.value }),
    ...(retries === undefined ? {} : { retries: checkedRetries(retries, whole, within(place, 'retries')) }),
  };
}

function checkedRetries(retries: RouteRetries, timeout: Duration | undefined, place: Place): VirtualServiceHttpRetries {
  requireKeys(place, retries, ['attempts', 'perTryTimeout', 'retryOn']);
  const attempts = wholeNumber(within(place, 'attempts'), retries.attempts, 0, MOST_ATTEMPTS);
  const { perTryTimeout, retryOn } = retries;
  if (attempts === 0 && (perTryTimeout !== undefined || retryOn !== undefined)) {
    throw refuse(place, 'bad-retries', 'no retries, and how they are done', 'attempts: 0 alone, or one attempt or more', 'take perTryTimeout and retryOn out');
  }
  const perTry = perTryTimeout === undefined ? undefined : Duration.of(perTryTimeout, { ...ISTIO_DURATION, ...within(place, 'perTryTimeout') });
  if (perTry !== undefined && timeout !== undefined) requireTime(perTry, attempts, timeout, within(place, 'perTryTimeout'));
  return {
    attempts,
    ...(perTry === undefined ? {} : { perTryTimeout: perTry.value }),
    ...(retryOn === undefined ? {} : { retryOn: conditions(retryOn, within(place, 'retryOn')) }),
  };
}

/**
 * A try that the timeout cuts off, or never lets begin, is one that somebody counts on in vain.
 *
 * @throws MeshError when the tries do not fit into the timeout.
 */
export function requireTime(perTry: Duration, attempts: number, timeout: Duration, place: Place): void {
  const tries = BigInt(attempts + 1);
  if (perTry.nanos * tries <= timeout.nanos) return;
  const needed = `${Duration.ofNanos(perTry.nanos * tries)}`;
  const got = `${perTry} for each of ${tries} tries (the first, and ${attempts} more), together ${needed}`;
  throw refuse(place, 'retries-beyond-timeout', got, `${timeout} at most, the timeout of the rule`, `give a timeout of ${needed}, fewer attempts, or less time for each`);
}

function conditions(given: readonly RetryCondition[], place: Place): string {
  const checked = someList(place, given).map((condition, index) => {
    const at = { ...place, property: `${place.property}[${index}]` };
    return typeof condition === 'number' ? String(wholeNumber(at, condition, 400, 599)) : oneOf(at, condition, RETRY_ON);
  });
  return [...new Set(checked)].join(',');
}

/**
 * Failures made on purpose.
 *
 * @param isCohort whether the rule is for the requests of some senders only
 * @throws MeshError when nothing says whom it is for.
 */
export function checkedFault(fault: RouteFault, isCohort: boolean, place: Place): VirtualServiceHttpFault {
  requireKeys(place, fault, ['abort', 'delay', 'everyone']);
  const { abort, delay, everyone } = fault;
  if (abort === undefined && delay === undefined) throw refuse(place, 'bad-fault', 'no failure', 'an abort, a delay or both', 'take the fault out');
  if (everyone !== undefined && everyone !== true) {
    throw refuse(within(place, 'everyone'), 'bad-fault', describeValue(everyone), 'true, or nothing', 'take it out');
  }
  if (!isCohort && everyone === undefined) {
    throw refuse(
      place,
      'fault-for-everyone',
      'a failure, and a match that nobody in particular fits',
      'a match by header, cookie, query or source',
      'match the requests of a rehearsal, such as headers: { "x-rehearse": "yes" }; or say everyone: true',
    );
  }
  return {
    ...(abort === undefined ? {} : { abort: checkedAbort(abort, within(place, 'abort')) }),
    ...(delay === undefined ? {} : { delay: checkedDelay(delay, within(place, 'delay')) }),
  };
}

function checkedAbort(abort: FaultAbort, place: Place): NonNullable<VirtualServiceHttpFault['abort']> {
  requireKeys(place, abort, ['httpStatus', 'grpcStatus', 'percentage']);
  const share = { percentage: { value: percentage(within(place, 'percentage'), abort.percentage) } };
  const { httpStatus, grpcStatus } = abort;
  if ((httpStatus === undefined) === (grpcStatus === undefined)) {
    throw refuse(place, 'bad-fault', httpStatus === undefined ? 'no status' : 'two statuses', 'either httpStatus or grpcStatus', 'give one of them');
  }
  if (httpStatus !== undefined) return { httpStatus: wholeNumber(within(place, 'httpStatus'), httpStatus, 200, 599), ...share };
  return { grpcStatus: oneOf<string>(within(place, 'grpcStatus'), grpcStatus, GRPC_STATUSES), ...share };
}

function checkedDelay(delay: NonNullable<RouteFault['delay']>, place: Place): NonNullable<VirtualServiceHttpFault['delay']> {
  requireKeys(place, delay, ['fixedDelay', 'percentage']);
  const { value } = Duration.of(delay.fixedDelay, { ...ISTIO_DURATION, ...within(place, 'fixedDelay') });
  return { fixedDelay: value, percentage: { value: percentage(within(place, 'percentage'), delay.percentage) } };
}
