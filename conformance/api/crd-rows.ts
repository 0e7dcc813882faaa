import { Chart } from 'cdk8s';
import { catalog } from '../../imports/catalog';
import lock from '../../imports/lock.json';
import { BaseCrds } from '../../src/control-plane/base-crds';
import { Cluster } from '../../src/core/cluster';
import { MeshApp } from '../../src/core/mesh-app';
import { crdOf } from '../../src/rules/crd';
import type { KubeObject } from '../kubernetes/client';
import type { JudgeRow } from '../runner/judge';
import { establish } from './apply';
import { Cases } from './cases';
import { labelOf, parseObjects } from './document';
import { withServer } from './server';

/** The CRDs of one release. */
export interface CrdSet {
  /** Such as `Gateway API 1.6.1 standard`. */
  readonly name: string;
  /** As many as the published release has. */
  readonly expected: number;
  readonly make: () => readonly KubeObject[];
}

/** Every release whose rules are in `imports`; those of Istio by the construct that installs them. */
export function crdSets(): CrdSet[] {
  const { istio, 'gateway-api': gatewayApi } = lock.sources;
  return [
    ...istio.releases.map(({ release, kinds }) => ({ name: `Istio ${release}`, expected: kinds, make: () => istioCrds(release) })),
    ...gatewayApi.releases.map(({ release, channel, kinds }) => ({
      name: `Gateway API ${release} ${channel}`,
      expected: kinds,
      make: () => gatewayApiCrds(release, channel),
    })),
  ];
}

/** Accepted strictly and Established, on a server that has no other: an older CRD cannot always replace a newer one. */
export async function crdRow(set: CrdSet, log: (line: string) => void): Promise<JudgeRow> {
  const cases = new Cases(`CRDs of ${set.name}`);
  const crds = set.make();
  const said = await withServer({ log }, (server) => Promise.all(crds.map((crd) => establish(server, crd))));
  for (const [index, crd] of crds.entries()) cases.judge(labelOf(crd), said[index]);
  if (crds.length !== set.expected) cases.judge(set.name, `${crds.length} CRDs are made, ${set.expected} kinds were read`);
  return cases.row();
}

export function istioCrds(release: string): KubeObject[] {
  const app = new MeshApp();
  new BaseCrds(new Chart(new Cluster(app, 'cluster', { istio: release }), 'crds'), 'base');
  return parseObjects(app.synthYaml());
}

export function gatewayApiCrds(release: string, channel: string): KubeObject[] {
  return catalog.flatMap((entry) => {
    const crd = entry.source === 'gateway-api' ? crdOf(entry.load(), { release, channel }) : undefined;
    return crd === undefined ? [] : [crd];
  });
}

/** What clusters offer: the newest release that is known, in its standard channel. */
export function newestGatewayApi(): { readonly release: string; readonly channel: string } {
  const newest = lock.sources['gateway-api'].releases.filter(({ channel }) => channel === 'standard').at(-1);
  if (newest === undefined) throw new Error('imports hold no release of the Gateway API');
  return newest;
}
