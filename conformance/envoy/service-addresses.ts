import { asRecord, text } from '../kubernetes/status';
import { field } from './json';
import type { JsonObject } from './json';

/** The manifests as an API server keeps them: each Service has an address, unless it says that it wants none. */
export function withServiceAddresses(manifests: readonly JsonObject[]): readonly JsonObject[] {
  let count = 0;
  return manifests.map((object) => {
    if (object['kind'] !== 'Service' || field(object, 'spec', 'clusterIP') !== undefined || field(object, 'spec', 'type') === 'ExternalName') return object;
    count += 1;
    const clusterIP = `10.97.${Math.floor(count / 200)}.${(count % 200) + 1}`;
    return { ...object, spec: { ...asRecord(object['spec']), clusterIP, clusterIPs: [clusterIP] } };
  });
}

/** The address of the Service that a host is the name of; undefined for hosts that are none. */
export function serviceAddress(manifests: readonly JsonObject[], host: string | undefined): string | undefined {
  const service = manifests.find(({ kind, metadata }) => {
    const { name, namespace } = asRecord(metadata);
    return kind === 'Service' && host === `${text(name)}.${text(namespace)}.svc.cluster.local`;
  });
  const address = text(field(service, 'spec', 'clusterIP'));
  return address === '' || address === 'None' ? undefined : address;
}
