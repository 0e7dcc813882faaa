import { Chart } from 'cdk8s';
import { addWorkload } from '../../examples/02-traffic/workload';
import { Mesh, StrictMtlsNamespace } from '../../src';
import type { IngressGateway, IngressGatewayProps, MeshService } from '../../src';
import { asList } from '../kubernetes/status';
import { gatewayOf } from './case';
import type { Through } from './case';
import { change } from './manifests';
import type { Edit, Program } from './manifests';

/** The small program that cases of gateways are about: the gateway `edge`, and services behind it. */
export interface Edge {
  readonly gateway: IngressGateway;
  /** Of two versions. */
  readonly web: MeshService;
  readonly other: MeshService;
  /** Its pods end TLS themselves. */
  readonly secure: MeshService;
  /** Speaks no HTTP. */
  readonly db: MeshService;
  readonly chart: Chart;
  readonly mesh: Mesh;
}

export const EDGE_HOST = 'edge.example.com';

/** @param add makes what the case is about */
export const edge = (add: (edge: Edge) => void, props: IngressGatewayProps = {}): Program => (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const gateway = mesh.addIngressGateway('edge', props);
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const namespace = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = namespace.addService('web', { port: 8080, versions: ['v1', 'v2'] });
  web.split(chart, { v1: 100 });
  const other = namespace.addService('other', { port: 8080 });
  const secure = namespace.addService('secure', { port: 8200, appProtocol: 'tls' });
  const db = namespace.addService('db', { port: 5432, versions: ['v1', 'v2'] });
  for (const service of [web, other, secure, db]) addWorkload(chart, service);
  add({ gateway, web, other, secure, db, chart, mesh });
};

export const edgeAt = (port: number): Through => gatewayOf('edge', 'istio-ingress', port);

/** Takes the rules of a host out, but for the last ones. */
export const lastRules = (host: string, left = 1): Edit => change('VirtualService', host, (spec) => ({ ...spec, http: asList(spec['http']).slice(-left) }));

/** Leaves a host unserved, beside another that nobody asks for. */
export const noServers = (host: string): Edit =>
  change('Gateway', host, (spec) => ({ ...spec, servers: asList(spec['servers']).map((server) => ({ ...(server as object), hosts: ['unserved.example.com'] })) }));

export { from } from './shop';
