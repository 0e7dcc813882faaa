import type { Finding } from '../../errors/finding';
import type { MeshView } from '../../traffic/scope/mesh-view';
import type { Manifest } from '../../traffic/scope/program-manifests';
import { objectIn, textIn, textsIn } from '../../traffic/scope/reading';
import type { Isolation } from './isolations';
import type { KeptPatches } from './kept-patches';
import { networkGatewayNamespaces } from './network-gateways';

const ANNOTATION = 'networking.istio.io/exportTo';
const KINDS = ['VirtualService', 'DestinationRule', 'ServiceEntry'] as const;

interface Context {
  readonly patches: KeptPatches;
  /** Namespaces that go against the isolation: said already, and not to be said twice. */
  readonly more: readonly string[];
}

/**
 * Shows services, routes and external services of an isolated namespace to those who use it, and to nobody else, whoever made them.
 * What says itself to whom it is shown is left as it is, and must not say more.
 *
 * @see https://istio.io/latest/docs/ops/configuration/mesh/configuration-scoping/
 */
export function exportObjects(view: MeshView, isolation: Isolation, { patches, more }: Context): Finding[] {
  const { manifests } = view;
  const { namespace } = isolation;
  const inside = (kind: string): readonly Manifest[] => manifests.inside(namespace, kind);
  const routes = inside('networking.istio.io/VirtualService');
  const gateways = [...routes.flatMap(gatewaysOf), ...networkGatewayNamespaces(view)];
  const shownTo = [...new Set(['.', ...isolation.seenFrom, ...gateways, ...more])].filter((each) => each !== namespace).sort();
  const findings = inside('/Service').flatMap((service) => {
    const own = textIn(objectIn(service.metadata, 'annotations'), ANNOTATION);
    if (own !== undefined && !patches.has(service.construct, ANNOTATION)) return wider(service, own.split(',').map((each) => each.trim()), isolation, shownTo);
    patches.annotate(service.construct, ANNOTATION, shownTo.join(','));
    return [];
  });
  for (const kind of KINDS) {
    for (const object of inside(`networking.istio.io/${kind}`)) {
      const own = textsIn(object.spec, 'exportTo');
      if (own.length > 0 && !patches.has(object.construct, '/spec/exportTo')) findings.push(...wider(object, own, isolation, shownTo));
      else if ('spec' in object.whole) patches.set(object.construct, '/spec/exportTo', shownTo);
    }
  }
  return findings;
}

/** Namespaces of gateways that a route is bound to: an egress gateway's, say, which does not use the namespace. */
function gatewaysOf({ spec }: Manifest): string[] {
  return textsIn(spec, 'gateways').filter((gateway) => gateway.includes('/')).map((gateway) => gateway.split('/')[0] ?? '');
}

function wider({ construct }: Manifest, own: readonly string[], { construct: by, namespace }: Isolation, shownTo: readonly string[]): Finding[] {
  const beyond = own.filter((each) => each !== '~' && each !== namespace && !shownTo.includes(each));
  if (beyond.length === 0) return [];
  return [
    {
      code: 'outside-isolation',
      construct: construct.node.path,
      property: 'exportTo',
      got: `${beyond.map((each) => JSON.stringify(each)).join(' and ')}, though ${by.node.path} isolates the namespace ${namespace}`,
      expected: `some of ${shownTo.join(', ')}`,
      fix: `leave it out, or name the namespace in usedBy of ${by.node.path}`,
    },
  ];
}
