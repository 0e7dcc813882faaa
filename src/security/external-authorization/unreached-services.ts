import type { Finding } from '../../errors/finding';
import type { MeshView } from '../../traffic/scope/mesh-view';
import type { Manifest } from '../../traffic/scope/program-manifests';
import { objectIn, textIn } from '../../traffic/scope/reading';
import type { CheckedGrant } from './authorizer-planner';
import type { ControlPlane } from './mesh-providers';

const EXPORT_TO = 'networking.istio.io/exportTo';
const FOR_HEADLESS = 'PILOT_ENABLE_EDS_FOR_HEADLESS_SERVICES';

/** Services of the mesh from which a check never gets an answer, whatever port is asked: every request would be refused, or let in. */
export function unreachedService(grant: CheckedGrant, view: MeshView, planes: readonly ControlPlane[]): Finding[] {
  const { service } = grant.authorizer;
  if (service === undefined) return [];
  const found = view.manifests.of('/Service').find(({ name, namespace }) => name === service.name && namespace === service.namespace);
  return found === undefined ? [] : [...notExported(grant, found), ...headless(grant, found, planes)];
}

/** Istio keeps a service from proxies of namespaces that it is not exported to, be it a provider or not. */
function notExported({ target, authorizer }: CheckedGrant, { construct, metadata, namespace }: Manifest): Finding[] {
  const shownTo = (textIn(objectIn(metadata, 'annotations'), EXPORT_TO) ?? '*').split(',').map((each) => each.trim());
  const sees = (asking: string): boolean => shownTo.some((each) => each === '*' || each === asking || (each === '.' && asking === namespace));
  if (target.of === 'mesh' ? shownTo.includes('*') : sees(target.namespace)) return [];
  const missing = target.of === 'mesh' ? '*' : target.namespace;
  return [
    {
      construct: target.scope.node.path,
      property: 'custom',
      code: 'hidden-authorizer',
      got: `${authorizer.node.path}, whose service ${construct.node.path} is exported to ${shownTo.join(', ')} only`,
      expected: 'an authorizer that the proxies of these pods know',
      fix: `let its ${EXPORT_TO}, or the NamespaceIsolation that it follows from, hold "${missing}"`,
    },
  ];
}

/**
 * A sidecar sends what is for a headless Service to the address that its caller meant; a check has none. Gateways choose a pod.
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/traffic-routing/#headless-services
 */
function headless({ target, authorizer }: CheckedGrant, { construct, spec }: Manifest, planes: readonly ControlPlane[]): Finding[] {
  if (target.of === 'gateway' || spec['clusterIP'] !== 'None') return [];
  if (planes.some(({ settings }) => settings.env[FOR_HEADLESS] === 'true')) return [];
  return [
    {
      construct: target.scope.node.path,
      property: 'custom',
      code: 'hidden-authorizer',
      // another program may have told its istiod otherwise
      ...(planes.length === 0 && { severity: 'warning' as const }),
      got: `${authorizer.node.path}, whose service ${construct.node.path} is headless: sidecars know no address to send a check to`,
      expected: 'a service with an address of its own',
      fix: 'give the authorizer a Service for the same pods that has no clusterIP: None',
    },
  ];
}
