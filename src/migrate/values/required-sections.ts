import type { Finding } from '../../errors/finding';
import type { JsonObject } from '../../rules/json';
import { valueAt } from '../props-from';
import type { Chart } from './charts';

/** Sections in which the templates of a chart look without asking whether they are there: Helm fails where one is null. */
const REQUIRED_SECTIONS: Readonly<Partial<Record<Chart['name'], readonly string[]>>> = {
  base: ['global', 'base', 'experimental'],
  istiod: [
    'base',
    'cpu',
    'env',
    'experimental',
    'gateways',
    'global',
    'global.defaultPodDisruptionBudget',
    'global.istiod',
    'global.logging',
    'global.multiCluster',
    'global.proxy',
    'global.sds',
    'global.sds.token',
    'istiodRemote',
    'memory',
    'meshConfig',
    'sidecarInjectorWebhook',
    'sidecarInjectorWebhook.templates',
    'taint',
    'telemetry',
    'telemetry.v2',
    'telemetry.v2.prometheus',
    'telemetry.v2.stackdriver',
  ],
  cni: ['ambient', 'global', 'global.logging', 'logging', 'repair', 'resourceQuotas'],
  ztunnel: ['global', 'meshConfig', 'meshConfig.defaultConfig', 'multiCluster', 'peerCaCrl', 'resourceQuotas'],
};

/** A finding for each section that the values take away and the chart cannot do without. */
export function missingSections(chart: Chart, values: JsonObject, construct: string): Finding[] {
  return (REQUIRED_SECTIONS[chart.name] ?? [])
    .filter((path) => valueAt(values, path) === null)
    .map((path) => ({
      code: 'bad-value',
      construct,
      property: path,
      got: 'null',
      expected: `values by name: the chart ${chart.name} fails without them`,
      fix: `leave ${path} out for its defaults, or set to null what is to go from it`,
    }));
}
