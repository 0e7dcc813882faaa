import type { Finding } from '../../errors/finding';
import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import type { MeshView } from '../../traffic/scope/mesh-view';
import type { Manifest } from '../../traffic/scope/program-manifests';
import { labelsIn, listIn, objectIn, textIn, textsIn } from '../../traffic/scope/reading';
import type { CheckedGrant } from './authorizer-planner';
import { fitsPattern } from './header-patterns';

/**
 * Routes of a gateway by headers that only its authorizer sets. A proxy chooses the route when a request comes in: by what the client
 * wrote there, before that is taken out and before the authorizer is asked.
 */
export function earlyRoutes(grant: CheckedGrant, view: MeshView): Finding[] {
  const { target, authorizer } = grant;
  if (target.of !== 'gateway' || authorizer.ownHeaders.length === 0) return [];
  return [...virtualServices(grant, view), ...httpRoutes(grant, view)].flatMap(([route, headers]) => {
    const header = headers.map((each) => each.toLowerCase()).find((each) => authorizer.ownHeaders.some((pattern) => fitsPattern(pattern, each)));
    if (header === undefined) return [];
    return [
      {
        construct: target.scope.node.path,
        property: 'custom',
        code: 'routed-before',
        got: `${header}, which only ${authorizer.node.path} sets, and by which ${route.construct.node.path} chooses a route`,
        expected: 'routes by what clients may say: the gateway chooses them before the authorizer is asked, by what the client wrote',
        fix: 'choose by the host or the path, or behind the gateway; or leave the header out of ownHeaders, where clients may choose',
      },
    ];
  });
}

type RoutedBy = readonly [route: Manifest, headers: readonly string[]];

function virtualServices({ target }: CheckedGrant, { manifests }: MeshView): RoutedBy[] {
  const labels = target.selector?.() ?? {};
  const selected = manifests.of('networking.istio.io/Gateway').filter(({ spec }) => Object.entries(labelsIn(spec, 'selector')).every(([key, value]) => labels[key] === value));
  const names = new Set(selected.map(({ name, namespace }) => `${namespace}/${name}`));
  return manifests.of('networking.istio.io/VirtualService').flatMap((route): RoutedBy[] => {
    const bound = textsIn(route.spec, 'gateways').map((each) => (each.includes('/') ? each : `${route.namespace}/${each}`));
    if (!bound.some((each) => names.has(each))) return [];
    const matches = listIn(route.spec, 'http').flatMap((http) => listIn(http, 'match'));
    return [[route, matches.flatMap((match) => [...Object.keys(objectIn(match, 'headers')), ...Object.keys(objectIn(match, 'withoutHeaders'))])]];
  });
}

function httpRoutes({ target }: CheckedGrant, { manifests }: MeshView): RoutedBy[] {
  return manifests.of('gateway.networking.k8s.io/HTTPRoute').flatMap((route): RoutedBy[] => {
    const isBound = listIn(route.spec, 'parentRefs').some((parent) => isGateway(parent) && textIn(parent, 'name') === target.name && (textIn(parent, 'namespace') ?? route.namespace) === target.namespace);
    if (!isBound) return [];
    const matches = listIn(route.spec, 'rules').flatMap((rule) => listIn(rule, 'matches'));
    return [[route, matches.flatMap((match) => listIn(match, 'headers').flatMap((header) => textIn(header, 'name') ?? []))]];
  });
}

function isGateway(parent: JsonObject): boolean {
  return isJsonObject(parent) && (textIn(parent, 'kind') ?? 'Gateway') === 'Gateway';
}
