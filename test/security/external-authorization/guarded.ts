import { Chart } from 'cdk8s';
import { parse } from 'yaml';
import { ConfigMap } from '../../../imports/kubernetes';
import { Mesh, MeshApp, StrictMtlsNamespace } from '../../../src';
import type { HttpAuthorizer, IngressGateway, MeshProps, MeshService } from '../../../src';
import { synthTo } from '../../../src/testing';

export interface GuardedProgram {
  readonly platform: Chart;
  readonly chart: Chart;
  readonly mesh: Mesh;
  readonly edge: IngressGateway;
  readonly shop: StrictMtlsNamespace;
  readonly web: MeshService;
  /** HTTP at 4180. */
  readonly auth: MeshService;
}

/** A mesh with a control plane, a shop in it, and a service that answers checks. */
export function guardedProgram(props: MeshProps = {}): GuardedProgram {
  const app = new MeshApp({ outdir: 'unused' });
  const platform = new Chart(app, 'platform');
  const mesh = new Mesh(platform, 'mesh', { crds: false, ...props });
  const edge = mesh.addIngressGateway('public');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const login = new StrictMtlsNamespace(chart, 'login', { mesh });
  return { platform, chart, mesh, edge, shop, web: shop.addService('web', { port: 8080 }), auth: login.addService('auth', { port: 4180, appProtocol: 'http' }) };
}

/** The providers of the mesh, as istiod reads them. */
export function providersOf(chart: Chart, name = 'istio'): readonly Record<string, unknown>[] {
  const { extensionProviders = [] } = parse(synthTo(chart).one(ConfigMap, name).data?.['mesh'] ?? '') as { extensionProviders?: Record<string, unknown>[] };
  return extensionProviders;
}

/** An authorizer over HTTP with some settings. */
export const http = (service: MeshService, settings: Partial<HttpAuthorizer> = {}): { http: HttpAuthorizer } => ({ http: { service, ...settings } });
