import { Chart } from 'cdk8s';
import { addWorkload } from '../../examples/02-traffic/workload';
import { Mesh, StrictMtlsNamespace } from '../../src';
import type { MeshService, ServicePort } from '../../src';
import { asList } from '../kubernetes/status';
import { sidecarOf } from './case';
import type { Check, Outcome, Through } from './case';
import { without } from './json';
import { change } from './manifests';
import type { Edit, Program } from './manifests';
import type { Request } from './request';

/** The small program that most cases are about: `caller` asks `web`, which has two versions, or `other`. */
export interface Shop {
  readonly web: MeshService;
  readonly other: MeshService;
  readonly caller: MeshService;
  readonly chart: Chart;
}

/**
 * @param add makes what the case is about
 * @param ports those of `web` and `other`
 */
export const shop = (add: (shop: Shop) => void, ports: readonly (number | ServicePort)[] = [8080]): Program => (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const namespace = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = namespace.addService('web', { ports, versions: ['v1', 'v2'] });
  const other = namespace.addService('other', { ports });
  const caller = namespace.addService('caller', { port: 8080 });
  for (const service of [web, caller, other]) addWorkload(chart, service);
  add({ web, other, caller, chart });
};

export const WEB = 'web.shop.svc.cluster.local';

/** The sidecar of the caller, asked for a port. */
export const callerAt = (port = 8080, to?: string): Through => sidecarOf('caller', 'shop', port, to);

export const from = (body: string): Outcome => ({ status: 200, body });

/** A request to `web`. */
export const asked = (what: string, request: Partial<Request>, expect: Outcome, control?: Outcome): Check => ({
  what,
  request: { host: `${WEB}:8080`, ...request },
  expect,
  ...(control === undefined ? {} : { control }),
});

/** Takes all rules out, and leaves the shares, which come last. */
export const noRules: Edit = change('VirtualService', 'web', (spec) => ({ ...spec, http: asList(spec['http']).slice(-1) }));

export const noPolicy: Edit = change('DestinationRule', 'web', (spec) => without(spec, 'trafficPolicy'));

/** What a share of so many requests is when each is drawn on its own, with five standard deviations to both sides. */
export function share(percent: number, times: number): readonly [number, number] {
  const chance = percent / 100;
  const spread = 5 * Math.sqrt(times * chance * (1 - chance));
  return [Math.max(0, Math.ceil(times * chance - spread)), Math.min(times, Math.floor(times * chance + spread))];
}
