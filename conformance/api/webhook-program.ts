import { Chart } from 'cdk8s';
import { CanaryRelease, Cluster, IngressRoute, Mesh, MeshApp, StrictMtlsNamespace, Tls } from '../../src';
import type { MeshProps } from '../../src';
import type { KubeObject } from '../kubernetes/client';
import { parseObjects } from './document';

/** A mesh with these props, and a namespace whose policies and routes come after the webhooks that ask istiod about them. */
export function webhookProgram(props: MeshProps): KubeObject[] {
  const app = new MeshApp();
  const prod = new Cluster(app, 'prod', { istio: '1.31.3' });
  const mesh = new Mesh(new Chart(prod, 'platform'), 'mesh', props);
  const chart = new Chart(prod, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh, denyByDefault: true });
  const web = shop.addService('web', { port: 8080 });
  const cart = shop.addService('cart', { port: 8080, versions: ['v1', 'v2'] });
  cart.allowFrom(web);
  new CanaryRelease(chart, 'cart-canary', { service: cart, stable: 'v1', canary: 'v2', weight: 10 });
  new IngressRoute(chart, 'web-route', {
    gateway: mesh.addIngressGateway('public'),
    host: 'shop.example.com',
    tls: Tls.secret('shop-cert'),
    routes: [{ path: '/', to: web }],
  });
  return parseObjects(app.synthYaml());
}
