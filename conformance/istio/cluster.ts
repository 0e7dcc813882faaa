import { asList, asRecord, text } from '../kubernetes/status';
import { injectorIn, proxyImageOf } from './injector-files';

export type KubeObject = Readonly<Record<string, unknown>>;

const PROXY = 'istio-proxy';
/** Any version, where the objects bring no injector that an analyzer could compare it with. */
const ANY_IMAGE = 'docker.io/istio/proxyv2:1.31.1';
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'];

/**
 * The objects as a cluster would hold them after a while: Services with the defaults of the API server, and pods, with the
 * proxy of the injector where the namespace or the pod asks for it. Analyzers look at pods and not at Deployments.
 */
export function asInCluster(objects: readonly KubeObject[]): KubeObject[] {
  const injected = new Set(objects.filter((object) => object['kind'] === 'Namespace' && isInjected(object)).map(nameOf));
  const injector = injectorIn(objects);
  const image = injector === undefined ? ANY_IMAGE : proxyImageOf(injector);
  const pods = objects.filter(({ kind }) => WORKLOADS.includes(text(kind))).map((workload) => podOf(workload, injected, image));
  return [...objects.map(withDefaults), ...pods];
}

function podOf(workload: KubeObject, injected: ReadonlySet<string>, image: string): KubeObject {
  const template = asRecord(asRecord(workload['spec'])['template']);
  const metadata = asRecord(template['metadata']);
  const spec = asRecord(template['spec']);
  const namespace = text(asRecord(workload['metadata'])['namespace']);
  const wish = text(asRecord(metadata['labels'])['sidecar.istio.io/inject']);
  const inject = wish === '' ? injected.has(namespace) : wish === 'true';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: `${nameOf(workload)}-0`, namespace },
    spec: inject ? withProxy(spec, image) : spec,
  };
}

/** The injector puts its own image in the place of `auto`. */
function withProxy(spec: KubeObject, image: string): KubeObject {
  const others = asList(spec['containers']).filter((container) => asRecord(container)['name'] !== PROXY);
  return { ...spec, containers: [...others, { name: PROXY, image }] };
}

function withDefaults(object: KubeObject): KubeObject {
  if (object['kind'] !== 'Service' || object['apiVersion'] !== 'v1') return object;
  const spec = asRecord(object['spec']);
  return { ...object, spec: { ...spec, ports: asList(spec['ports']).map((port) => ({ protocol: 'TCP', ...asRecord(port) })) } };
}

function isInjected(namespace: KubeObject): boolean {
  const labels = asRecord(asRecord(namespace['metadata'])['labels']);
  return labels['istio-injection'] === 'enabled' || (labels['istio-injection'] === undefined && labels['istio.io/rev'] !== undefined);
}

function nameOf(object: KubeObject): string {
  return text(asRecord(object['metadata'])['name']);
}
