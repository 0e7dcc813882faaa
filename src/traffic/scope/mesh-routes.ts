import type { ApiObject } from 'cdk8s';
import type { JsonObject } from '../../rules/json';
import type { Manifest, ProgramManifests } from './program-manifests';
import { labelsIn, listIn, numberIn, objectIn, textIn, textsIn } from './reading';

/** Where a route leads. */
export interface RouteDestination {
  readonly host: string;
  readonly subset: string | undefined;
}

/** Pods that a route is for alone. */
export interface RouteSource {
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** What sidecars do with the traffic for some hosts, by one object. */
export interface MeshRoutes {
  readonly construct: ApiObject;
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly exportTo: readonly string[];
  /** Also what gets copies. */
  readonly destinations: readonly RouteDestination[];
  readonly sources: readonly RouteSource[];
  /** The most tries after the first one that some route says; 0 where none says any. */
  readonly attempts: number;
}

/** All that sidecars do, by VirtualServices and by routes of the Gateway API that are attached to Services. */
export function meshRoutes(manifests: ProgramManifests, clusterDomain: string): MeshRoutes[] {
  const virtualServices = manifests.of('networking.istio.io/VirtualService');
  const delegates = new Map(virtualServices.map((each) => [`${each.namespace}/${each.name}`, each]));
  return [
    ...virtualServices.flatMap((each) => virtualServiceRoutes(each, delegates, clusterDomain)),
    ...['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute'].flatMap((kind) =>
      manifests.of(`gateway.networking.k8s.io/${kind}`).flatMap((each) => gatewayApiRoutes(each, clusterDomain)),
    ),
  ];
}

function virtualServiceRoutes(manifest: Manifest, delegates: ReadonlyMap<string, Manifest>, clusterDomain: string): MeshRoutes[] {
  const { construct, namespace, spec } = manifest;
  const gateways = textsIn(spec, 'gateways');
  const hosts = textsIn(spec, 'hosts').map((host) => fullHost(host, namespace, clusterDomain));
  if (hosts.length === 0 || (gateways.length > 0 && !gateways.includes('mesh'))) return [];
  const http = listIn(spec, 'http').filter(isForSidecars);
  const delegated = http.flatMap((route) => {
    const delegate = objectIn(route, 'delegate');
    const found = delegates.get(`${textIn(delegate, 'namespace') ?? namespace}/${textIn(delegate, 'name') ?? ''}`);
    return found === undefined ? [] : listIn(found.spec, 'http').map((rule) => ({ rule, namespace: found.namespace }));
  });
  const own = [...http, ...listIn(spec, 'tcp').filter(isForSidecars), ...listIn(spec, 'tls').filter(isForSidecars)];
  const rules = [...own.map((rule) => ({ rule, namespace })), ...delegated];
  return [
    {
      construct,
      namespace,
      hosts,
      exportTo: textsIn(spec, 'exportTo'),
      destinations: rules.flatMap(({ rule, namespace: from }) => destinationsOf(rule).map(({ host, subset }) => ({ host: fullHost(host, from, clusterDomain), subset }))),
      sources: rules.flatMap(({ rule }) => listIn(rule, 'match').flatMap(sourceOf)),
      attempts: Math.max(0, ...rules.map(({ rule }) => numberIn(objectIn(rule, 'retries'), 'attempts') ?? 0)),
    },
  ];
}

/** A route may be for a gateway alone, beside others that are for sidecars. */
function isForSidecars(rule: JsonObject): boolean {
  const matches = listIn(rule, 'match');
  return matches.length === 0 || matches.some((match) => !('gateways' in match) || textsIn(match, 'gateways').includes('mesh'));
}

function destinationsOf(rule: JsonObject): RouteDestination[] {
  const places = [...listIn(rule, 'route').map((each) => objectIn(each, 'destination')), objectIn(rule, 'mirror'), ...listIn(rule, 'mirrors').map((each) => objectIn(each, 'destination'))];
  return places.flatMap((place) => {
    const host = textIn(place, 'host');
    return host === undefined ? [] : [{ host, subset: textIn(place, 'subset') }];
  });
}

function sourceOf(match: JsonObject): RouteSource[] {
  const labels = labelsIn(match, 'sourceLabels');
  return Object.keys(labels).length === 0 ? [] : [{ namespace: textIn(match, 'sourceNamespace'), labels }];
}

function gatewayApiRoutes({ construct, namespace, spec }: Manifest, clusterDomain: string): MeshRoutes[] {
  const services = listIn(spec, 'parentRefs').filter((parent) => textIn(parent, 'kind') === 'Service');
  const rules = listIn(spec, 'rules');
  const backends = rules.flatMap((rule) => [
    ...listIn(rule, 'backendRefs'),
    ...listIn(rule, 'filters').map((filter) => objectIn(objectIn(filter, 'requestMirror'), 'backendRef')),
  ]);
  const hostOf = (reference: JsonObject): string => `${textIn(reference, 'name') ?? ''}.${textIn(reference, 'namespace') ?? namespace}.svc.${clusterDomain}`;
  return services.map((service) => ({
    construct,
    namespace,
    hosts: [hostOf(service)],
    // a route of another namespace than the service's holds for callers of its own namespace
    exportTo: (textIn(service, 'namespace') ?? namespace) === namespace ? [] : ['.'],
    destinations: backends.filter((backend) => 'name' in backend && (textIn(backend, 'kind') ?? 'Service') === 'Service').map((backend) => ({ host: hostOf(backend), subset: undefined })),
    sources: [],
    attempts: Math.max(0, ...rules.map((rule) => numberIn(objectIn(rule, 'retry'), 'attempts') ?? 0)),
  }));
}

/** Istio takes a name without dots for a service of the object's own namespace. */
export function fullHost(host: string, namespace: string, clusterDomain: string): string {
  return host.includes('.') || host.startsWith('*') ? host : `${host}.${namespace}.svc.${clusterDomain}`;
}
