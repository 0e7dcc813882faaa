/**
 * What a pod asks for as a whole, which its containers have to get along with.
 * Source: https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/
 */
import { compareQuantities } from '../formats/quantity';
import type { Quantity } from '../formats/quantity';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failRefused } from './checks';
import { isSet, itemsIn, NO_FIELDS, objectIn, textIn, within } from './fields';
import { amountOf, checkContainerResource, checkPodResource, checkRequirements } from './resources';

export function checkPodResources(spec: Data, report: Report): void {
  // what running the pod costs besides its containers is judged as the limits of one
  const overhead = objectIn(spec, 'overhead');
  if (overhead !== undefined) checkOverhead(overhead, report);
  if (!isSet(spec, 'resources')) return;
  if (textIn(objectIn(spec, 'os') ?? NO_FIELDS, 'name') === 'windows') failRefused(spec, 'resources', 'the pod is for Windows', report);
  within(spec, 'resources', report, (resources) => {
    if (isSet(resources, 'claims')) failRefused(resources, 'claims', 'containers have claims', report);
    checkRequirements(resources, checkPodResource, undefined, report);
    checkContainersFit(spec, resources, report);
  });
}

function checkOverhead(overhead: Data, report: Report): void {
  report.enter('overhead');
  checkRequirements({ limits: overhead }, checkContainerResource, undefined, report);
  report.leave();
}

function checkContainersFit(spec: Data, resources: Data, report: Report): void {
  const requests = objectIn(resources, 'requests') ?? NO_FIELDS;
  const limits = objectIn(resources, 'limits') ?? NO_FIELDS;
  for (const name in requests) {
    const sum = sumOf(spec, name);
    const amount = amountOf(requests[name]);
    if (sum === undefined || amount === undefined || compareQuantities(sum, amount) <= 0) continue;
    report.fail('below-minimum', requests[name], 'as much as its containers request together', { below: `.requests[${name}]` });
  }
  for (const name in limits) {
    const limit = amountOf(limits[name]);
    if (limit === undefined) continue;
    const isOver = itemsIn(spec, 'containers').some((container) => {
      const own = amountOf(objectIn(objectIn(container, 'resources') ?? NO_FIELDS, 'limits')?.[name]);
      return own !== undefined && compareQuantities(own, limit) > 0;
    });
    if (isOver) report.fail('below-minimum', limits[name], 'the limit of each of its containers at least', { below: `.limits[${name}]` });
  }
}

/** What containers request together, the larger of those that run beside each other and those that run before. */
function sumOf(spec: Data, name: string): Quantity | undefined {
  let running = 0n;
  for (const container of itemsIn(spec, 'containers')) {
    const amount = requestOf(container, name);
    if (amount === undefined) return undefined;
    running += amount;
  }
  let before = 0n;
  let sidecars = 0n;
  for (const container of itemsIn(spec, 'initContainers')) {
    const amount = requestOf(container, name);
    if (amount === undefined) return undefined;
    if (container['restartPolicy'] === 'Always') {
      sidecars += amount;
      running += amount;
      if (sidecars > before) before = sidecars;
    } else if (sidecars + amount > before) before = sidecars + amount;
  }
  return { nanos: before > running ? before : running };
}

/** The request of a container, which is its limit where it says nothing. */
function requestOf(container: Data, name: string): bigint | undefined {
  const resources = objectIn(container, 'resources') ?? NO_FIELDS;
  const value = objectIn(resources, 'requests')?.[name] ?? objectIn(resources, 'limits')?.[name];
  return value === undefined ? 0n : amountOf(value)?.nanos;
}
