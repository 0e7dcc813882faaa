import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { EgressLockdown, EgressRoute, ExternalService, Mesh, MeshApp, StrictMtlsNamespace, TlsOrigination } from 'mesh-constructs';
import { addWorkload } from './workload';

/** A shop that may call what it needs outside of the cluster and nothing else, most of it by one guarded way out. */
export function egress<T extends App>(app: T): T {
  const platform = new Chart(app, 'platform');
  const mesh = new Mesh(platform, 'mesh');
  const wayOut = mesh.addEgressGateway('egress');
  // nobody calls out unless a namespace is allowed to
  new EgressLockdown(platform, 'lockdown', { mesh });

  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = shop.addService('web', { port: 8080 });
  const orders = shop.addService('orders', { port: 8080 });
  for (const service of [web, orders]) addWorkload(chart, service);
  orders.allowFrom(web, { methods: ['POST'] });

  // orders speak plain HTTP; the gateway shows the shop's certificate, and tries again what failed
  const payments = new ExternalService(chart, 'payments', {
    host: 'api.payments.example.com',
    ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.mutual({ secret: 'payments-client' }) }],
    timeout: '9s',
    retries: { attempts: 2, perTryTimeout: '3s', retryOn: ['connect-failure', 503] },
    trafficPolicy: { connectionPool: { tcp: { maxConnections: 50, connectTimeout: '2s' } }, outlierDetection: 'server-errors' },
  });
  // the library of this one encrypts by itself: the gateway passes it on
  const mail = new ExternalService(chart, 'mail', { host: 'smtp.mail.example.com', ports: [{ port: 465, protocol: 'TLS' }] });
  // a database in two places of the company's network: the firewall knows the gateway's address only
  const ledger = new ExternalService(chart, 'ledger', {
    host: 'ledger.corp.example.com',
    ports: [{ port: 5432, protocol: 'TCP' }],
    addresses: ['10.20.0.5', '10.20.0.6'],
    endpoints: [{ address: '10.20.0.5', weight: 3 }, { address: '10.20.0.6', ports: { 5432: 15_432 } }],
  });
  new EgressRoute(chart, 'payments-out', { gateway: wayOut, to: payments, allowFrom: [orders] });
  new EgressRoute(chart, 'mail-out', { gateway: wayOut, to: mail, allowFrom: [shop] });
  new EgressRoute(chart, 'ledger-out', { gateway: wayOut, to: ledger, allowFrom: [orders] });

  // these leave straight from the pods: pictures of many hosts, and rates in TLS that the sidecar adds, for this namespace only
  const pictures = new ExternalService(chart, 'pictures', { host: '*.pictures.example.com' });
  const rates = new ExternalService(chart, 'rates', {
    host: 'rates.example.com',
    ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.simple() }],
    timeout: '2s',
    exportTo: ['.'],
  });
  new EgressLockdown(chart, 'lockdown', { namespace: shop, allow: [payments, mail, pictures, rates, ledger] });
  return app;
}

if (require.main === module) egress(new MeshApp()).synth();
