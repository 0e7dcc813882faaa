import { asList, asRecord, text } from '../kubernetes/status';
import type { Xds } from './istio-xds';
import { field, rewrite } from './json';
import type { JsonObject } from './json';

/** A place that a configuration leads to. */
export interface Address {
  /** An address of a pod or of a server outside, or a DNS name. */
  readonly host: string;
  readonly port: number;
}

/** Stands for wherever the caller itself wanted to go. */
export const ORIGINAL_DST = 'original-dst';

/** True for clusters that lead to wherever the caller wanted to go; those of the pod itself lead to the pod. */
export function followsCaller(cluster: JsonObject): boolean {
  return cluster['type'] === 'ORIGINAL_DST' && !text(cluster['name']).startsWith('inbound|');
}

/** All places that a configuration leads to. */
export function addressesOf({ clusters, endpoints }: Xds): readonly Address[] {
  const found = new Map<string, Address>();
  const add = (host: string, port: number): void => void found.set(`${host} ${port}`, { host, port });
  rewrite([clusters.map((cluster) => cluster['loadAssignment']), endpoints], (object) => {
    if (typeof object['address'] === 'string' && typeof object['portValue'] === 'number') add(object['address'], object['portValue']);
    return object;
  });
  for (const cluster of clusters) {
    const [direction, port] = text(cluster['name']).split('|');
    if (direction === 'inbound') add('127.0.0.1', Number(port));
    else if (followsCaller(cluster)) add(ORIGINAL_DST, Number(port ?? 0));
  }
  return [...found.values()];
}

/** Servers outside of the mesh: hosts that ServiceEntries declare, and the addresses that they name. */
export function outsidersOf(manifests: readonly JsonObject[]): readonly string[] {
  const named = manifests.flatMap((object) => {
    if (object['kind'] === 'WorkloadEntry') return [text(field(object, 'spec', 'address'))];
    if (object['kind'] !== 'ServiceEntry') return [];
    const endpoints = asList(field(object, 'spec', 'endpoints')).map((endpoint) => text(asRecord(endpoint)['address']));
    return [...asList(field(object, 'spec', 'hosts')).map(text), ...endpoints];
  });
  return [...new Set(named)].filter((host) => host !== '' && !host.startsWith('*'));
}
