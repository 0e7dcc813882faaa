import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { CanaryRelease, IngressRoute, Mesh, MeshApp, StrictMtlsNamespace, Tls } from 'mesh-constructs';
import { addWorkload } from './workload';

/** Bookinfo: four services, three versions of reviews, and the mesh around them. */
export function bookinfo<T extends App>(app: T): T {
  const platform = new Chart(app, 'platform');
  const mesh = new Mesh(platform, 'mesh');
  const edge = mesh.addIngressGateway('public');

  const chart = new Chart(app, 'bookinfo', { namespace: 'bookinfo' });
  const namespace = new StrictMtlsNamespace(chart, 'bookinfo', { mesh });
  const productpage = namespace.addService('productpage', { port: 9080, portName: 'http', versions: ['v1'] });
  const details = namespace.addService('details', { port: 9080, portName: 'http', versions: ['v1'] });
  const reviews = namespace.addService('reviews', { port: 9080, portName: 'http', versions: ['v1', 'v2', 'v3'] });
  const ratings = namespace.addService('ratings', { port: 9080, portName: 'http', versions: ['v1'] });
  for (const service of [productpage, details, reviews, ratings]) {
    for (const version of service.versions) addWorkload(chart, service, version);
  }

  details.allowFrom(productpage, { methods: ['GET'] });
  reviews.allowFrom(productpage, { methods: ['GET'] });
  ratings.allowFrom(reviews, { methods: ['GET'] });
  new CanaryRelease(chart, 'reviews-canary', { service: reviews, stable: 'v1', canary: 'v2', weight: 10 });
  new IngressRoute(chart, 'web', {
    gateway: edge,
    host: 'bookinfo.example.com',
    tls: Tls.secret('bookinfo-cert'),
    routes: [
      { exact: '/productpage', to: productpage },
      { exact: '/login', to: productpage },
      { exact: '/logout', to: productpage },
      { path: '/static', to: productpage },
      { path: '/api/v1/products', to: productpage },
    ],
  });
  return app;
}

if (require.main === module) bookinfo(new MeshApp()).synth();
