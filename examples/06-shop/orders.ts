import { EgressLockdown, EgressRoute, IngressRoute, RouteDelegate, StringMatch, TcpIngressRoute, Tls } from 'mesh-constructs';
import type { World } from './world';

/** What is bought and paid, and who may see the books. */
export function orders({ charts: { orders: chart, partners }, namespaces, edge, internal, wayOut, services, outside }: World): (() => void)[] {
  const { web, orders: service, stock, reports, ledger, vault } = services;
  const reporting = new RouteDelegate(chart, 'reporting', { namespace: 'orders', routes: [{ to: reports, timeout: '30s' }] });
  return [
    () => service.route(chart, 'orders-writes', { match: { method: 'POST' }, to: { version: 'v1' }, retries: { attempts: 0 }, timeout: '5s' }),
    () => service.route(chart, 'orders-rehearsal', { match: { headers: { 'x-rehearse': 'slow' } }, fault: { delay: { fixedDelay: '2s', percentage: 50 } }, priority: 2 }),
    () => service.route(chart, 'orders-reports', { match: { uri: StringMatch.prefix('/reports/') }, delegate: reporting, priority: 3 }),
    // for every way in, the gateways' too
    () => service.split(chart, { v1: 90, v2: 10 }),
    () => service.route(chart, 'orders-rest', { timeout: '3s' }),
    () => service.trafficPolicy(chart, { outlierDetection: 'server-errors', connectionPool: { http: { http1MaxPendingRequests: 100 } }, loadBalancer: { simple: 'LEAST_REQUEST', warmup: { duration: '30s' } } }),
    () => ledger.split(chart, { main: 100 }),
    () => ledger.tcpRoute(chart, 'ledger-reports', { match: { source: reports }, to: { version: 'replica' } }),
    // inside, on a name of their own; what is on TLS already is passed on as it is
    () => new IngressRoute(chart, 'orders-in', { gateway: internal, host: 'orders.corp.example.com', tls: Tls.mutual('orders-cert'), routes: [{ path: '/orders', to: service }, { path: '/reports', delegate: reporting }] }),
    () => new IngressRoute(chart, 'vault-in', { gateway: internal, host: 'vault.corp.example.com', tls: Tls.passthrough(), routes: [{ to: vault }] }),
    () => new TcpIngressRoute(chart, 'ledger-in', { gateway: internal, port: 5432, to: { service: ledger, version: 'replica' } }),
    () => new IngressRoute(chart, 'hooks-in', { gateway: edge, host: 'hooks.example.com', tls: Tls.secret('hooks-cert'), routes: [{ match: { uri: '/paid', method: 'POST' }, to: service }] }),
    // the storefront is the only other team that may ever be let in, and each service still says whom it lets in
    () => namespaces.orders.isolate({ usedBy: [namespaces.storefront, edge, internal], grants: false }),
    () => service.allowFrom(web, { methods: ['GET', 'POST'] }),
    () => stock.allowFrom(service),
    () => ledger.allowFrom(service),
    () => ledger.allowFrom(reports),
    () => reports.allowFrom(service, { methods: ['GET'] }),
    () => service.calls(stock, ledger, outside.payments, outside.mail),
    () => new EgressRoute(partners, 'payments-out', { gateway: wayOut, to: outside.payments, allowFrom: [service] }),
    () => new EgressRoute(partners, 'mail-out', { gateway: wayOut, to: outside.mail, allowFrom: [namespaces.orders] }),
    () => new EgressLockdown(partners, 'lockdown', { namespace: namespaces.orders, allow: [outside.payments, outside.mail] }),
  ];
}
