import type { IConstruct } from 'constructs';
import { namespaceOfPrincipal } from '../../traffic/scope/expected-callers';
import { textIn } from '../../traffic/scope/reading';
import type { ProgramPods } from '../mtls/program-pods';
import { saidTls } from '../mtls/said-tls';
import { uncapturedOutbound } from './capture';
import type { MigratingPort, MigratingService, MigrationView } from './migration-view';
import { keepOpen } from './mtls-risk';
import type { MtlsRisk } from './mtls-risk';

/** Who calls a service, as far as the program says. */
interface Client {
  /** For messages: `the service legacy/cron`. */
  readonly name: string;
  readonly construct: IConstruct;
  readonly namespace: string;
  /** Its pods; none where the program does not know them. */
  readonly pods: readonly ProgramPods[];
}

/** Clients that cannot speak the mesh's TLS: said by `calls`, let in by a grant, or the source of a route. */
export function clientRisks(view: MigrationView, namespace: string): MtlsRisk[] {
  return view.servicesIn(namespace).flatMap((service) => {
    if (!view.mayHaveProxies(service)) return [];
    return clientsOf(view, service).flatMap((client) => [...outside(view, client, service), ...past(view, client, service), ...proxyless(view, client, service)]);
  });
}

function clientsOf(view: MigrationView, service: MigratingService): readonly Client[] {
  const { view: program } = view;
  const wide = view.wideGrants.filter(({ namespace }) => namespace === service.namespace).flatMap(({ principals }) => principals.flatMap((principal) => program.byPrincipal.get(principal) ?? []));
  const services = [...program.dependencies.called].filter(([, called]) => called.some(({ host }) => host === service.host)).flatMap(([host]) => program.services.get(host) ?? []);
  const named = [...new Set([...services, ...wide])].map(({ service: construct, namespace, selector }): Client => ({
    name: `the service ${namespace}/${construct.name}`,
    construct,
    namespace,
    pods: view.podsBehind(namespace, selector),
  }));
  const expected = [
    ...program.expected.filter(({ pods, services: names }) => pods.namespace === service.namespace && (names.includes(service.name) || isFor(pods.labels, service.selector))),
    ...view.wideGrants.filter(({ namespace }) => namespace === service.namespace),
  ];
  const accounts = expected.flatMap(({ principals }) => principals).filter((principal) => !program.gateways.has(principal) && (program.byPrincipal.get(principal) ?? []).length === 0);
  const byAccount = [...new Set(accounts)].flatMap((principal): Client[] => {
    const namespace = namespaceOfPrincipal(principal);
    const account = principal.split('/sa/')[1];
    if (namespace === undefined || account === undefined) return [];
    const pods = view.podsIn(namespace).filter(({ serviceAccount }) => serviceAccount === account);
    return pods.length > 0 ? pods.map((each) => ({ name: `the ${each.kind} ${namespace}/${each.name}`, construct: each.construct, namespace, pods: [each] })) : ofNamespace(view, namespace, `the account ${namespace}/${account}`);
  });
  const whole = [...new Set(expected.flatMap(({ namespaces }) => namespaces))].flatMap((name) => ofNamespace(view, name, `the namespace ${name}`));
  return [...named, ...byAccount, ...whole];
}

/** Whether a grant for pods with some labels is for those of a service. */
function isFor(labels: Readonly<Record<string, string>>, selector: Readonly<Record<string, string>>): boolean {
  const pairs = Object.entries(labels);
  return pairs.length > 0 && (pairs.every(([key, value]) => selector[key] === value) || (Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value)));
}

function ofNamespace(view: MigrationView, namespace: string, name: string): Client[] {
  const manifest = view.namespaces.get(namespace);
  return manifest === undefined ? [] : [{ name, construct: manifest.construct, namespace, pods: [] }];
}

function outside(view: MigrationView, client: Client, service: MigratingService): MtlsRisk[] {
  // a port that goes on taking plain text is for those that speak it
  if (view.hasException(service)) return [];
  const target = `${service.namespace}/${service.name}`;
  const other = view.otherMeshOf(client.namespace);
  if (other !== undefined) {
    const got = `calls of ${client.name} to ${target}, from the mesh of ${other.node.path}`;
    return [{ code: 'client-of-other-mesh', construct: client.construct.node.path, property: '', got, expected: 'a client of the same mesh: certificates of another authority are refused', fix: `let both meshes have one root, or keep a port open: ${keepOpen(target, podPort(service))}` }];
  }
  const without = client.pods.filter((pods) => view.proxyOf(pods).kind === 'none');
  const [first] = without;
  const why = first === undefined ? undefined : `${view.proxyOf(first).why} (${first.kind} ${first.namespace}/${first.name})`;
  const noNamespace = client.pods.length === 0 && view.joins(client.namespace) === false ? `pods of the namespace ${client.namespace}, which does not join the mesh` : undefined;
  const reason = why ?? noNamespace;
  if (reason === undefined) return [];
  return [{
    code: 'client-outside-mesh',
    construct: (first ?? client).construct.node.path,
    property: first === undefined ? '' : view.proxyOf(first).property,
    got: `${reason}; ${client.name} calls ${target}`,
    expected: 'a client with a proxy: it has no certificate, and plain text is refused',
    fix: `let it join the mesh, or keep a port open: ${keepOpen(target, podPort(service))}`,
  }];
}

/** Clients that have a proxy, but whose calls do not go through it. */
function past(view: MigrationView, client: Client, service: MigratingService): MtlsRisk[] {
  const strict = service.ports.filter(({ pod }) => view.isStrictBehind(service, pod));
  return client.pods.flatMap((pods): MtlsRisk[] => {
    if (view.proxyOf(pods).kind !== 'sidecar') return [];
    // of a headless service callers see the pods and their ports
    const seen = (port: MigratingPort): number => (isHeadless(service) ? (port.pod ?? port.port) : port.port);
    const found = strict.flatMap((port) => uncapturedOutbound(view, pods, seen(port)) ?? [])[0];
    if (found === undefined) return [];
    return [{
      code: 'client-past-its-proxy',
      construct: pods.construct.node.path,
      property: found.property,
      got: `${found.said}, which has calls to ${service.namespace}/${service.name} go past the proxy`,
      expected: 'calls that the proxy makes: past it they are plain text',
      fix: `take it out, or keep a port open: ${keepOpen(`${service.namespace}/${service.name}`, podPort(service))}`,
    }];
  });
}

/**
 * gRPC without a proxy has a certificate, and speaks TLS only where a DestinationRule says so.
 *
 * @see https://istio.io/latest/blog/2021/proxyless-grpc/
 */
function proxyless(view: MigrationView, client: Client, service: MigratingService): MtlsRisk[] {
  if (view.hasException(service) || speaksTls(view, service)) return [];
  return client.pods.flatMap((pods): MtlsRisk[] => {
    const templates = pods.annotations[TEMPLATES] ?? '';
    if (view.proxyOf(pods).kind !== 'own' || !/\bgrpc-/.test(templates)) return [];
    const target = `${service.namespace}/${service.name}`;
    return [{
      code: 'client-past-its-proxy',
      construct: pods.construct.node.path,
      property: `${pods.template}metadata.annotations`,
      got: `${TEMPLATES}: "${templates}", by which calls to ${target} are made without a proxy, in plain text`,
      expected: 'a DestinationRule of mode ISTIO_MUTUAL for whoever has no proxy: nothing else tells it to speak TLS',
      fix: `give it a sidecar, write that DestinationRule for ${target}, or keep a port open: ${keepOpen(target, podPort(service))}`,
    }];
  });
}

const TEMPLATES = 'inject.istio.io/templates';

function speaksTls({ view: { manifests } }: MigrationView, { host, name, namespace }: MigratingService): boolean {
  return manifests.of('networking.istio.io/DestinationRule').some((rule) => {
    const said = textIn(rule.spec, 'host');
    return (said === host || (said === name && rule.namespace === namespace)) && saidTls(rule.spec).some(({ mode }) => mode === 'ISTIO_MUTUAL');
  });
}

export function isHeadless({ manifest }: MigratingService): boolean {
  return manifest !== undefined && textIn(manifest.spec, 'clusterIP') === 'None';
}

/** The port to keep open, where there is only one. */
function podPort({ ports }: MigratingService): number | undefined {
  return ports.length === 1 ? ports[0]?.pod : undefined;
}
