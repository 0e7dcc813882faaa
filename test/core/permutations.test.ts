import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { CanaryRelease, Cluster, IngressRoute, Mesh, MeshApp, StrictMtlsNamespace, Tls } from '../../src';
import type { IngressGateway, MeshService } from '../../src';
import { ConfigMap } from '../../imports/kubernetes';
import { Random } from '../support/random';

const RUNS = 500;
const NAMES = ['a', 'b', 'c', 'd'] as const;

let outdir: string;
beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), 'permutations-'));
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

type Step = () => void;

/** The same program each time, its independent steps in the order that `shuffle` gives them. */
function build(app: MeshApp, shuffle: <T>(items: readonly T[]) => T[]): void {
  const clusters = shuffle(['prod', 'staging']).map((name) => new Cluster(app, name, { istio: '1.31.1' }));
  for (const cluster of clusters) {
    const charts = new Map(shuffle(['platform', 'shop', 'extra']).map((id) => [id, new Chart(cluster, id)]));
    const chart = (id: string): Chart => charts.get(id) as Chart;
    const mesh = new Mesh(chart('platform'), 'mesh', { controlPlane: false });
    const edge = mesh.addIngressGateway('public');
    const namespace = new StrictMtlsNamespace(chart('shop'), 'shop', { mesh });
    const services = new Map(
      shuffle(NAMES).map((name) => [name, namespace.addService(name, { port: 8080, versions: ['v1', 'v2'] })]),
    );
    for (const step of shuffle(stepsOf(chart, edge, (name) => services.get(name) as MeshService))) step();
  }
}

function stepsOf(
  chart: (id: string) => Chart,
  edge: IngressGateway,
  service: (name: (typeof NAMES)[number]) => MeshService,
): Step[] {
  const route = (id: string, path: string, to: MeshService): Step => () => {
    new IngressRoute(chart('shop'), id, { gateway: edge, host: 'shop.example.com', tls: Tls.secret('cert'), routes: [{ path, to }] });
  };
  return [
    () => service('a').allowFrom(service('b'), { methods: ['GET', 'POST'] }),
    () => service('a').allowFrom(service('c'), { methods: ['POST', 'GET'] }),
    () => service('a').allowFrom(service('d')),
    () => service('b').allowFrom(edge, { ports: [8080] }),
    () => void new CanaryRelease(chart('shop'), 'canary', { service: service('a'), stable: 'v1', canary: 'v2', weight: 10 }),
    () => void new ConfigMap(chart('extra'), 'one', { metadata: { namespace: 'shop' } }),
    () => void new ConfigMap(chart('platform'), 'two', { metadata: { namespace: 'shop' } }),
    route('web', '/', service('a')),
    route('api', '/api', service('b')),
    route('api-orders', '/api/orders', service('c')),
  ];
}

function written(): Record<string, string> {
  const paths = readdirSync(outdir, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(outdir, path), 'utf8')]));
}

function synthesize(shuffle: <T>(items: readonly T[]) => T[]): Record<string, string> {
  const app = new MeshApp({ outdir });
  build(app, shuffle);
  app.synth();
  return written();
}

test(`${RUNS} orders of construction, over charts, clusters and planners: every file is the same to the byte`, () => {
  const expected = synthesize((items) => [...items]);
  expect(Object.keys(expected).length).toBeGreaterThanOrEqual(6);
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const random = new Random(seed);
    const shuffle = <T>(items: readonly T[]): T[] =>
      items.map((item) => ({ item, key: random.below(2 ** 30) })).sort((a, b) => a.key - b.key).map(({ item }) => item);
    expect({ seed, files: synthesize(shuffle) }).toEqual({ seed, files: expected });
  }
}, 120_000);
