import type { Chart } from 'cdk8s';
import { Gateway, VirtualService } from '../../imports/istio';
import type { GatewaySpec } from '../../imports/istio/gateway';
import type { VirtualServiceSpec } from '../../imports/istio/virtual-service';
import { IngressRoute, Tls } from '../../src';
import type { IngressGateway, IngressPath, IngressRouteProps, MeshService } from '../../src';
import type { Finding } from '../../src/errors/finding';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

export const HOST = 'shop.example.com';

/** A gateway, a service `web` of two versions, and a short way to add routes of one host. */
export function setUp() {
  const base = program();
  const gateway: IngressGateway = base.mesh.addIngressGateway('public');
  const web: MeshService = base.shop.addService('web', { port: 8080, versions: ['v1', 'v2'] });
  const add = (id: string, routes: readonly IngressPath[], props: Partial<IngressRouteProps> = {}): IngressRoute =>
    new IngressRoute(base.chart, id, { gateway, host: HOST, tls: Tls.secret('cert'), routes, ...props });
  const service = (name: string): MeshService => base.shop.addService(name, { port: 8080 });
  return { ...base, gateway, web, add, service };
}

export function specOf(chart: Chart, name?: string): VirtualServiceSpec {
  return synthTo(chart).one(VirtualService, name ?? 'public-shop-example-com').spec ?? {};
}

export function serversOf(chart: Chart, name?: string): NonNullable<GatewaySpec['servers']> {
  const shown = synthTo(chart);
  return (name === undefined ? shown.one(Gateway) : shown.one(Gateway, name)).spec?.servers ?? [];
}

/** The first finding of a synthesis that is refused, without its severity. */
export function found(chart: Chart): Finding | undefined {
  return caught(() => synthTo(chart)).findings[0];
}
