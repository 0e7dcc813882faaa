import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { ConfigMap } from '../../imports/kubernetes';
import { CanaryRelease, Cluster, IngressRoute, Mesh, MeshApp, StrictMtlsNamespace, Tls } from '../../src';
import { caught } from '../support/caught';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'plain-app-'));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

function build(app: App): void {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const chart = new Chart(app, 'shop', { labels: { team: 'web' } });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = shop.addService('web', { port: 80, versions: ['v1', 'v2'] });
  shop.addService('orders', { port: 80 }).allowFrom(web);
  new CanaryRelease(chart, 'canary', { service: web, stable: 'v1', canary: 'v2', weight: 5 });
  const gateway = mesh.addIngressGateway('public');
  new IngressRoute(chart, 'route', { gateway, host: 'a.example.com', tls: Tls.secret('cert'), routes: [{ path: '/', to: web }] });
}

/** All objects that were written, whatever the files and the order. */
function objects(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  const documents = paths.flatMap((path) => parseAllDocuments(readFileSync(join(folder, path), 'utf8')));
  return documents.map((document) => JSON.stringify(document.toJS())).sort();
}

test('a plain cdk8s.App writes the same objects as MeshApp', () => {
  for (const [name, app] of [['plain', new App({ outdir: join(outdir, 'plain') })], ['mesh', new MeshApp({ outdir: join(outdir, 'mesh') })]] as const) {
    build(app);
    app.synth();
    expect(objects(join(outdir, name)).length).toBeGreaterThan(25);
  }
  expect(objects(join(outdir, 'plain'))).toEqual(objects(join(outdir, 'mesh')));
});

test('a plain App refuses what MeshApp refuses, in the same words', () => {
  const messages = [new App({ outdir }), new MeshApp({ outdir })].map((app) => {
    for (const id of ['a', 'b']) new ConfigMap(new Chart(app, id, { namespace: 'x' }), 'same', { data: { one: 1 } } as never);
    return caught(() => app.synth()).message;
  });
  expect(messages[0]).toBe(messages[1]);
  expect(messages[0]).toContain('3 problems found');
});

test('dependencies that lead back are refused by MeshApp with the chain', () => {
  const app = new MeshApp({ outdir });
  const [a, b] = ['a', 'b'].map((id) => new Chart(app, id, { namespace: 'x' })) as [Chart, Chart];
  const [one, two] = [new ConfigMap(a, 'one'), new ConfigMap(b, 'two')];
  one.needs(two);
  two.needs(one);
  const [finding] = caught(() => app.synth()).findings;
  expect(finding).toMatchObject({ code: 'dependency-cycle' });
  expect(finding?.got).toBe('a/one => b/two => a/one');
});

test('two clusters with shared owners: each has the shared objects once', () => {
  const app = new MeshApp({ outdir });
  for (const name of ['staging', 'prod']) {
    const cluster = new Cluster(app, name);
    for (const id of ['one', 'two']) new Mesh(new Chart(cluster, id), 'mesh', { controlPlane: false, namespace: `${id}-system` }).addIngressGateway(id);
  }
  app.synth();
  const namespaces = ['prod', 'staging'].map((cluster) => objects(join(outdir, cluster)).filter((text) => text.includes('"Namespace"') && text.includes('istio-ingress')).length);
  expect(namespaces).toEqual([1, 1]);
});
