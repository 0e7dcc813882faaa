import type { CapturedIpRanges, CapturedPorts } from './proxy-props';

/** Ports or ranges as Istio's annotations have them. */
export function joined(list: CapturedPorts | CapturedIpRanges): string {
  return typeof list === 'string' ? list : list.join(',');
}
