import { asRecord, text } from '../kubernetes/status';
import { field } from './json';
import type { JsonObject } from './json';

/** A pod. */
export interface Workload {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ip: string;
  readonly serviceAccount: string;
  /** Whether a proxy stands in front of it, to which clients speak mutual TLS. */
  readonly sidecar: boolean;
  /** The annotation by which it says how its proxy is set up: YAML, empty where it says nothing. */
  readonly proxyConfig: string;
}

/** The pods of Deployments, by the Deployment's name and what is added to it, with labels of their own. */
export type Pods = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

/**
 * The pods of each Deployment, of which there is one where nothing else is said. Their addresses are such that no machine
 * has: they are replaced by those of local upstreams when Envoy's configuration is made local, so that what Istio makes does
 * not depend on the ports of this run.
 */
export function workloadsOf(manifests: readonly JsonObject[], sidecar: boolean, pods: Pods = {}): readonly Workload[] {
  const deployments = manifests.filter((object) => object['kind'] === 'Deployment');
  const all = deployments.flatMap((deployment) => {
    const template = field(deployment, 'spec', 'template');
    const name = text(field(deployment, 'metadata', 'name'));
    const labels = asRecord(field(template, 'metadata', 'labels')) as Readonly<Record<string, string>>;
    const one = {
      namespace: text(field(deployment, 'metadata', 'namespace')),
      serviceAccount: text(field(template, 'spec', 'serviceAccountName')),
      sidecar: sidecar && labels['sidecar.istio.io/inject'] !== 'false',
      proxyConfig: text(field(template, 'metadata', 'annotations', 'proxy.istio.io/config')),
    };
    const own = pods[name];
    if (own === undefined) return [{ ...one, name, labels }];
    return Object.entries(own).map(([suffix, more]) => ({ ...one, name: `${name}-${suffix}`, labels: { ...labels, ...more } }));
  });
  return all.map((workload, index) => ({ ...workload, ip: `10.77.0.${index + 1}` }));
}

/** The label that says where a pod runs, such as `at('eu', 'a')`; more of the place may follow. */
export function at(...place: readonly string[]): Readonly<Record<string, string>> {
  return { 'topology.istio.io/locality': place.join('.') };
}
