import type { JsonObject } from '../../rules/json';
import { labelsIn, listIn, numberIn, objectIn, textIn, textsIn } from '../../traffic/scope/reading';
import type { Manifest } from '../../traffic/scope/program-manifests';
import { isGateway } from '../mtls/pod-proxy';
import type { ProgramPods } from '../mtls/program-pods';
import type { MigratingService, MigrationView } from './migration-view';
import { keepOpen } from './mtls-risk';
import type { MtlsRisk } from './mtls-risk';
import { isStrict } from './pod-risks';

/** Clients outside of the cluster, which come without a certificate of the mesh: past its gateways, to the pods themselves. */
export function outsideRisks(view: MigrationView, namespace: string): MtlsRisk[] {
  const services = view.servicesIn(namespace).filter((service) => isReached(view, service));
  const ingresses = view.view.manifests.of('networking.k8s.io/Ingress').filter((ingress) => ingress.namespace === namespace && !isOfIstio(ingress));
  const routes = ROUTES.flatMap((kind) => view.view.manifests.of(`gateway.networking.k8s.io/${kind}`));
  return [
    ...services.flatMap((service) => exposedRisks(view, service)),
    ...view.podsIn(namespace).flatMap((pods) => hostPortRisks(view, pods)),
    ...ingresses.flatMap((ingress) => services.flatMap((service) => ingressRisks(view, ingress, service))),
    ...routes.flatMap((route) => services.flatMap((service) => routeRisks(view, route, service))),
  ];
}

/** Pods of gateways take what comes from outside, and whatever has no proxy takes plain text as before. */
export function isReached(view: MigrationView, service: MigratingService): boolean {
  const pods = view.podsBehind(service.namespace, service.selector);
  return view.mayHaveProxies(service) && !(pods.length > 0 && pods.every(isGateway));
}

function exposedRisks(view: MigrationView, service: MigratingService): MtlsRisk[] {
  const { spec } = service.manifest ?? {};
  const type = spec === undefined ? undefined : textIn(spec, 'type');
  const isExposed = type === 'LoadBalancer' || type === 'NodePort';
  if (spec === undefined || (!isExposed && textsIn(spec, 'externalIPs').length === 0)) return [];
  const strict = service.ports.find(({ pod }) => view.isStrictBehind(service, pod));
  if (strict === undefined) return [];
  const way = isExposed ? `type: ${type}` : 'externalIPs';
  return [{ ...external(nameOf(service), strict.pod), construct: service.construct.node.path, property: isExposed ? 'spec.type' : 'spec.externalIPs', got: `${way}, by which clients outside of the cluster call port ${strict.port} of ${nameOf(service)}` }];
}

/** A port of the node leads past all Services to the pods. */
function hostPortRisks(view: MigrationView, pods: ProgramPods): MtlsRisk[] {
  if (!['sidecar', 'ambient'].includes(view.proxyOf(pods).kind)) return [];
  const ports = pods.containers.flatMap((container) => listIn(container, 'ports')).filter((port) => (numberIn(port, 'hostPort') ?? 0) > 0);
  const strict = ports.find((port) => isStrict(view, pods, numberIn(port, 'containerPort')));
  if (strict === undefined) return [];
  const name = `${pods.namespace}/${pods.name}`;
  return [{ ...external(`the ${pods.kind} ${name}`, numberIn(strict, 'containerPort')), construct: pods.construct.node.path, property: `${pods.template}spec.containers`, got: `hostPort: ${numberIn(strict, 'hostPort') ?? '?'}, by which clients outside of the cluster call ${pods.kind} ${name}` }];
}

function ingressRisks(view: MigrationView, { construct, name, spec }: Manifest, service: MigratingService): MtlsRisk[] {
  const paths = listIn(spec, 'rules').flatMap((rule) => listIn(objectIn(rule, 'http'), 'paths'));
  const backends = [objectIn(spec, 'defaultBackend'), ...paths.map((path) => objectIn(path, 'backend'))].map((backend) => objectIn(backend, 'service'));
  const found = backends.filter((backend) => textIn(backend, 'name') === service.name).map((backend) => portOf(service, objectIn(backend, 'port'))).find((port) => view.isStrictBehind(service, port?.pod));
  const isNamed = backends.some((backend) => textIn(backend, 'name') === service.name && view.isStrictBehind(service, portOf(service, objectIn(backend, 'port'))?.pod));
  if (!isNamed) return [];
  const of = textIn(spec, 'ingressClassName');
  return [{ ...external(nameOf(service), found?.pod), construct: construct.node.path, property: 'spec', got: `the Ingress ${name}${of === undefined ? '' : ` of the class ${of}`}, whose controller calls ${nameOf(service)}` }];
}

const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'];

/** Routes of gateways that are not Istio's. */
function routeRisks(view: MigrationView, route: Manifest, service: MigratingService): MtlsRisk[] {
  const classes = listIn(route.spec, 'parentRefs').flatMap((parent) => {
    const gateways = view.view.manifests.of('gateway.networking.k8s.io/Gateway');
    const gateway = gateways.find(({ name, namespace }) => name === textIn(parent, 'name') && namespace === (textIn(parent, 'namespace') ?? route.namespace));
    const named = gateway === undefined ? undefined : textIn(gateway.spec, 'gatewayClassName');
    return named === undefined || /^istio(-|$)/.test(named) ? [] : [named];
  });
  const backends = listIn(route.spec, 'rules').flatMap((rule) => listIn(rule, 'backendRefs'));
  const backend = backends.find((each) => textIn(each, 'name') === service.name && (textIn(each, 'namespace') ?? route.namespace) === service.namespace);
  const [named] = classes;
  const port = backend === undefined ? undefined : service.ports.find((each) => each.port === numberIn(backend, 'port'));
  if (backend === undefined || named === undefined || !view.isStrictBehind(service, port?.pod)) return [];
  return [{ ...external(nameOf(service), port?.pod), construct: route.construct.node.path, property: 'spec.parentRefs', got: `a route of a gateway of the class ${named}, which calls ${nameOf(service)}` }];
}

function external(what: string, port: number | undefined): Pick<MtlsRisk, 'code' | 'expected' | 'fix'> {
  return {
    code: 'external-client',
    expected: 'clients with certificates of the mesh: plain text is refused',
    fix: `lead them through a gateway of the mesh (IngressRoute), or keep the port open: ${keepOpen(what, port)}; where they do speak its TLS, say so in acceptedRisks`,
  };
}

function portOf(service: MigratingService, port: JsonObject): MigratingService['ports'][number] | undefined {
  return service.ports.find((each) => each.port === numberIn(port, 'number') || (each.name !== undefined && each.name === textIn(port, 'name')));
}

function isOfIstio({ spec, metadata }: Manifest): boolean {
  return (textIn(spec, 'ingressClassName') ?? labelsIn(metadata, 'annotations')['kubernetes.io/ingress.class']) === 'istio';
}

function nameOf({ namespace, name }: MigratingService): string {
  return `${namespace}/${name}`;
}
