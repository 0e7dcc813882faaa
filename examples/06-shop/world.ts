import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { Cluster, ExternalService, Mesh, RateLimitService, StrictMtlsNamespace, TlsOrigination } from 'mesh-constructs';
import type { EgressGateway, IngressGateway, MeshProps, MeshService } from 'mesh-constructs';
import { addWorkload } from './workload';

/** A list in the order in which things are made: any will do. */
export type InOrder = <T>(items: readonly T[]) => readonly T[];

const TEAMS = ['platform', 'storefront', 'orders', 'partners'] as const;
/** Services by name, of which team they are, and what is special about them. */
const SERVICES = {
  web: { team: 'storefront', port: 8080, versions: ['v1', 'v2'] },
  search: { team: 'storefront', port: 8080 },
  assets: { team: 'storefront', port: 8080 },
  reviews: { team: 'storefront', port: 9090, portName: 'grpc', versions: ['v1', 'v2', 'v3'] },
  orders: { team: 'orders', port: 8080, versions: ['v1', 'v2'] },
  stock: { team: 'orders', port: 8080 },
  reports: { team: 'orders', port: 8080 },
  ledger: { team: 'orders', port: 5432, versions: ['main', 'replica'] },
  vault: { team: 'orders', port: 8200, appProtocol: 'tls' },
} as const;

export type TeamName = (typeof TEAMS)[number];
export type ServiceName = keyof typeof SERVICES;

/** What the teams work with. */
export interface World {
  readonly charts: Readonly<Record<TeamName, Chart>>;
  readonly namespaces: { readonly storefront: StrictMtlsNamespace; readonly orders: StrictMtlsNamespace };
  readonly mesh: Mesh;
  readonly edge: IngressGateway;
  readonly internal: IngressGateway;
  readonly wayOut: EgressGateway;
  readonly quotas: RateLimitService;
  readonly services: Readonly<Record<ServiceName, MeshService>>;
  readonly outside: { readonly payments: ExternalService; readonly mail: ExternalService };
}

/** A cluster with its mesh, two ways in and one way out, and the services of all teams. */
export function makeWorld(app: App, inOrder: InOrder, meshProps: MeshProps): World {
  const cluster = new Cluster(app, 'prod', { istio: '1.31.3', kubernetes: '1.34' });
  const charts = made(inOrder(TEAMS), (name) => new Chart(cluster, name));
  const mesh = new Mesh(charts.platform, 'mesh', meshProps);
  const namespaces = made(inOrder(['storefront', 'orders'] as const), (name) => new StrictMtlsNamespace(charts[name], name, { mesh }));
  const services = made(inOrder(Object.keys(SERVICES) as ServiceName[]), (name) => {
    const { team, ...props } = SERVICES[name];
    const service = namespaces[team].addService(name, props);
    addWorkload(charts[team], service);
    return service;
  });
  const outside = made(inOrder(['payments', 'mail'] as const), (name) => new ExternalService(charts.partners, name, { namespace: namespaces.orders, ...OUTSIDE[name] }));
  return {
    charts,
    namespaces,
    mesh,
    edge: mesh.addIngressGateway('public', { clientIp: { externalTrafficPolicy: 'Local' } }),
    internal: mesh.addIngressGateway('internal', { workload: { service: { type: 'ClusterIP' } } }),
    wayOut: mesh.addEgressGateway('egress'),
    quotas: new RateLimitService(charts.platform, 'quotas', { namespace: namespaces.storefront }),
    services,
    outside,
  };
}

const OUTSIDE = {
  payments: {
    host: 'api.payments.example.com',
    ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.mutual({ secret: 'payments-client' }) }],
    timeout: '9s',
    retries: { attempts: 2, perTryTimeout: '3s' },
  },
  mail: { host: 'smtp.mail.example.com', ports: [{ port: 465, protocol: 'TLS' }] },
} as const;

function made<Name extends string, T>(names: readonly Name[], make: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;
}
