/**
 * Probes and the hooks of a container's life.
 * Sources: https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/ and
 * https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/
 */
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { exactlyOne, failForms, failRange, notNegative, oneOf, refused, required } from './checks';
import { each, isSet, numberIn, textIn, within } from './fields';
import { httpHeaderName, portName } from './forms';

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

/** The probes of a container that runs beside others; `gracePeriod` is that of the pod. */
export function checkProbes(container: Data, gracePeriod: number | undefined, report: Report): void {
  for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    within(container, field, report, (probe) => {
      checkHandler(probe, gracePeriod, report);
      for (const number of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']) notNegative(probe, number, report);
      const period = numberIn(probe, 'terminationGracePeriodSeconds');
      if (period !== undefined && period <= 0) failRange(period, 1, Number.POSITIVE_INFINITY, report, '.terminationGracePeriodSeconds');
      if (field === 'readinessProbe') refused(probe, 'terminationGracePeriodSeconds', 'a container that is not ready is not stopped', report);
      else checkOnce(probe, report);
    });
  }
}

/** One success is enough for probes that stop a container where they fail; 0 stands for the default. */
function checkOnce(probe: Data, report: Report): void {
  const threshold = numberIn(probe, 'successThreshold', 1);
  if (threshold === undefined || threshold === 0 || threshold === 1) return;
  report.fail('kubernetes-rule', threshold, '1, which alone makes sense for this probe', { below: '.successThreshold' });
}

/** What is done when a container starts and before it stops. */
export function checkLifecycle(container: Data, gracePeriod: number | undefined, report: Report): void {
  within(container, 'lifecycle', report, (lifecycle) => {
    within(lifecycle, 'postStart', report, (handler) => checkHandler(handler, gracePeriod, report));
    within(lifecycle, 'preStop', report, (handler) => checkHandler(handler, gracePeriod, report));
  });
}

function checkHandler(handler: Data, gracePeriod: number | undefined, report: Report): void {
  exactlyOne(handler, HANDLERS, report);
  // of several the first is looked at
  const kind = HANDLERS.find((field) => isSet(handler, field));
  if (kind === undefined) return;
  within(handler, kind, report, (action) => {
    if (kind === 'exec') required(action, 'command', report);
    else if (kind === 'httpGet') checkHttp(action, report);
    else if (kind === 'tcpSocket') checkPort(action, 'port', report);
    else if (kind === 'grpc') failRange(numberIn(action, 'port', 0) ?? 1, 1, 65_535, report, '.port');
    else checkSleep(action, gracePeriod, report);
  });
}

function checkHttp(action: Data, report: Report): void {
  checkPort(action, 'port', report);
  oneOf(action, 'scheme', ['HTTP', 'HTTPS'], report);
  each(action, 'httpHeaders', report, (header) => {
    const name = textIn(header, 'name');
    if (name !== undefined) failForms(name, httpHeaderName, report, '.name');
  });
}

function checkSleep(action: Data, gracePeriod: number | undefined, report: Report): void {
  const seconds = numberIn(action, 'seconds', 0);
  if (seconds === undefined || gracePeriod === undefined || (seconds >= 0 && seconds <= gracePeriod)) return;
  failRange(seconds, 0, gracePeriod, report, '.seconds');
}

/** A port by number or by name; nothing counts as 0, which is none. */
export function checkPort(data: Data, field: string, report: Report): void {
  const value = data[field] ?? 0;
  if (typeof value === 'number') failRange(value, 1, 65_535, report, `.${field}`);
  else if (typeof value === 'string') failForms(value, portName, report, `.${field}`);
}
