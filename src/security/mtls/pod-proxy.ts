import { objectIn, labelsIn, textIn } from '../../traffic/scope/reading';
import type { Manifest } from '../../traffic/scope/program-manifests';
import type { ProgramPods } from './program-pods';

/** What stands between pods and the network, as far as the program says. */
export interface PodProxy {
  /**
   * `sidecar`, a proxy of their own; `ambient`, that of their node; `own`, pods that speak the mesh's TLS themselves: gateways, and gRPC
   * without a proxy; `none`; or `unknown`, where another program makes the namespace.
   */
  readonly kind: 'sidecar' | 'ambient' | 'own' | 'none' | 'unknown';
  /** For `none`: why, and where it is said. */
  readonly why: string;
  readonly property: string;
}

const INJECT = 'sidecar.istio.io/inject';
const TEMPLATES = 'inject.istio.io/templates';
const MODE = 'istio.io/dataplane-mode';

/**
 * Which proxy pods get, by what Istio's injector and its CNI plugin look at.
 *
 * @param namespace the Namespace that they are in, where the program makes it
 * @param byDefault whether the mesh injects pods of namespaces that say nothing
 * @see https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 */
export function proxyOf(pods: ProgramPods, namespace: Manifest | undefined, byDefault = false): PodProxy {
  const { labels, annotations, template } = pods;
  const around = namespace === undefined ? undefined : labelsIn(objectIn(namespace.whole, 'metadata'), 'labels');
  if (pods.hostNetwork) return { kind: 'none', why: 'pods in the network of their node', property: `${template}spec.hostNetwork` };
  if (pods.containers.some((container) => textIn(container, 'name') === 'istio-proxy')) return isGateway(pods) ? OWN : SIDECAR;
  const isWished = isInjected(pods, around, byDefault);
  const injected = /\b(gateway|grpc-(agent|simple))\b/.test(annotations[TEMPLATES] ?? '') ? OWN : SIDECAR;
  if (isWished === true && labels[INJECT] === 'true') return injected;
  if ((labels[MODE] ?? around?.[MODE]) === 'ambient' && around?.['istio-injection'] !== 'enabled') return AMBIENT;
  if (isWished === true) return injected;
  const wish = labels[INJECT] ?? annotations[INJECT];
  if (wish === 'false') return { kind: 'none', why: `pods with ${INJECT}: "false"`, property: `${template}metadata.${labels[INJECT] === undefined ? 'annotations' : 'labels'}` };
  if (labels[MODE] === 'none' && around?.[MODE] === 'ambient') return { kind: 'none', why: `pods with ${MODE}: none`, property: `${template}metadata.labels` };
  if (isWished === undefined) return { kind: 'unknown', why: '', property: '' };
  if (wish === 'true' && labels[INJECT] === undefined) return { kind: 'none', why: `pods with ${INJECT}: "true" as an annotation, where the injector goes by labels`, property: `${template}metadata.annotations` };
  return { kind: 'none', why: `pods of the namespace ${pods.namespace}, which does not join the mesh`, property: 'metadata.namespace' };
}

/** Namespaces in which the injector leaves all pods alone. */
const IGNORED: ReadonlySet<string> = new Set(['kube-node-lease', 'kube-public', 'kube-system', 'local-path-storage']);

/** Its webhook is asked by labels, of the namespace before those of the pods; whoever is asked for may still say no. Undefined where the namespace is not known. */
function isInjected({ namespace, labels, annotations }: ProgramPods, around: Readonly<Record<string, string>> | undefined, byDefault: boolean): boolean | undefined {
  const wish = labels[INJECT];
  if ((wish ?? annotations[INJECT]) === 'false' || IGNORED.has(namespace)) return false;
  if (around === undefined) return wish === 'true' ? true : undefined;
  return around['istio-injection'] === undefined ? joins({ ...around, [MODE]: '' }, byDefault) || wish === 'true' || labels['istio.io/rev'] !== undefined : around['istio-injection'] === 'enabled';
}

const SIDECAR: PodProxy = { kind: 'sidecar', why: '', property: '' };
const AMBIENT: PodProxy = { kind: 'ambient', why: '', property: '' };
const OWN: PodProxy = { kind: 'own', why: '', property: '' };

/** Whether the labels of a Namespace have its pods join a mesh. */
export function joins(labels: Readonly<Record<string, string>>, byDefault = false): boolean {
  if (labels[MODE] === 'ambient') return true;
  return labels['istio-injection'] === undefined ? byDefault || labels['istio.io/rev'] !== undefined : labels['istio-injection'] === 'enabled';
}

export function isGateway({ annotations }: Pick<ProgramPods, 'annotations'>): boolean {
  return /\bgateway\b/.test(annotations[TEMPLATES] ?? '');
}
