import { App, Chart } from 'cdk8s';
import { HTTPRoute } from '../../../imports/gateway-api';
import type { HTTPRouteRules } from '../../../imports/gateway-api/http-route';
import { Cluster, Mesh, StrictMtlsNamespace } from '../../../src';
import type { MeshService, RouteProps } from '../../../src';
import { synthTo } from '../../../src/testing';

/** A service `web` of two versions with `api: 'gateway'`, another one in another namespace, and the cluster that they are in. */
export function setUp(cluster: ConstructorParameters<typeof Cluster>[2] = {}, ports: object = { port: 8080 }) {
  const app = new App({ outdir: 'unused' });
  const prod = new Cluster(app, 'prod', { istio: '1.31.1', gatewayApi: '1.6.1', ...cluster });
  const mesh = new Mesh(new Chart(prod, 'platform'), 'mesh', { controlPlane: false });
  const chart = new Chart(prod, 'shop', { namespace: 'shop' });
  const others = new Chart(prod, 'others', { namespace: 'others' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web: MeshService = shop.addService('web', { ...(ports as { port: number }), versions: ['v1', 'v2'], api: 'gateway' });
  const other: MeshService = new StrictMtlsNamespace(others, 'others', { mesh }).addService('other', { port: 8080 });
  return { app, prod, mesh, chart, others, shop, web, other };
}

/** The rules that rules of `web` become, but for what is done with all other requests. */
export function rulesOf(rules: Readonly<Record<string, RouteProps>>, cluster: ConstructorParameters<typeof Cluster>[2] = {}): HTTPRouteRules[] {
  const { chart, web } = setUp(cluster);
  for (const [id, rule] of Object.entries(rules)) web.route(chart, id, rule);
  return synthTo(chart).one(HTTPRoute).spec.rules ?? [];
}
