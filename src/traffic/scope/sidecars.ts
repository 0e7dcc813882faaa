import type { ApiObject } from 'cdk8s';
import { isPart } from './dependencies';
import type { CallingService } from './mesh-view';
import type { ProgramManifests } from './program-manifests';
import { labelsIn, listIn, objectIn, textIn, textsIn } from './reading';

/** A Sidecar of the program that no SidecarScope makes. */
export interface OtherSidecar {
  readonly construct: ApiObject;
  readonly namespace: string;
  /** Pods that it is for; none for all of the namespace. */
  readonly labels: Readonly<Record<string, string>>;
  /** What proxies see: entries such as `shop/*`. */
  readonly hosts: readonly string[];
  /** Whether what they do not see is refused, rather than passed on as it is. */
  readonly isLock: boolean;
}

/** Sidecars that others make, such as an EgressLockdown. */
export function otherSidecars(manifests: ProgramManifests): OtherSidecar[] {
  return manifests.of('networking.istio.io/Sidecar').map(({ construct, namespace, spec }) => {
    const egress = listIn(spec, 'egress');
    return {
      construct,
      namespace,
      labels: labelsIn(objectIn(spec, 'workloadSelector'), 'labels'),
      hosts: egress.length === 0 ? ['*/*'] : egress.flatMap((listener) => textsIn(listener, 'hosts')),
      isLock: textIn(objectIn(spec, 'outboundTrafficPolicy'), 'mode') === 'REGISTRY_ONLY',
    };
  });
}

/**
 * The one of them that holds for a service's pods: for the pods, else for their namespace, else for the mesh.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/sidecar/
 */
export function sidecarFor(sidecars: readonly OtherSidecar[], { namespace, selector }: Pick<CallingService, 'namespace' | 'selector'>, roots: readonly string[]): OtherSidecar | undefined {
  const own = sidecars.filter((sidecar) => sidecar.namespace === namespace);
  return own.find(({ labels }) => !isForAll(labels) && isPart(labels, selector)) ?? namespaceSidecar(own, namespace) ?? sidecars.find((sidecar) => roots.includes(sidecar.namespace) && isForAll(sidecar.labels));
}

/** The one that is for all pods of a namespace. */
export function namespaceSidecar(sidecars: readonly OtherSidecar[], namespace: string): OtherSidecar | undefined {
  return sidecars.find((sidecar) => sidecar.namespace === namespace && isForAll(sidecar.labels));
}

function isForAll(labels: OtherSidecar['labels']): boolean {
  return Object.keys(labels).length === 0;
}
