import { asRecord, text } from '../kubernetes/status';
import { field } from './json';
import type { JsonObject } from './json';

/** A pod as istio-xds takes it. */
export interface Workload {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ip: string;
  readonly serviceAccount: string;
  /** Whether a proxy stands in front of it, to which clients speak mutual TLS. */
  readonly sidecar: boolean;
}

/**
 * One pod of each Deployment. Its address is one that no machine has: it is replaced by that of a local upstream when
 * Envoy's configuration is made local, so that what Istio makes does not depend on the ports of this run.
 */
export function workloadsOf(manifests: readonly JsonObject[], sidecar: boolean): readonly Workload[] {
  const deployments = manifests.filter((object) => object['kind'] === 'Deployment');
  return deployments.map((deployment, index) => {
    const template = field(deployment, 'spec', 'template');
    return {
      name: text(field(deployment, 'metadata', 'name')),
      namespace: text(field(deployment, 'metadata', 'namespace')),
      labels: asRecord(field(template, 'metadata', 'labels')) as Readonly<Record<string, string>>,
      ip: `10.77.0.${index + 1}`,
      serviceAccount: text(field(template, 'spec', 'serviceAccountName')),
      sidecar,
    };
  });
}
