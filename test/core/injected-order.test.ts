import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { Deployment } from '../../imports/kubernetes';
import { IngressGateway, Mesh, MeshApp, StrictMtlsNamespace } from '../../src';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'injected-order-'));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

/** The kinds and names of what is written, in the order of files and documents in which kubectl takes them. */
function order(app: MeshApp): string[] {
  app.synth();
  const text = readdirSync(outdir).filter((file) => file.endsWith('.yaml')).sort().map((file) => readFileSync(join(outdir, file), 'utf8')).join('---\n');
  return [...text.matchAll(/^kind: (.*)\n(?:.*\n)*?  name: (.*)$/gm)].map(([, kind = '', name = '']) => `${kind} ${name}`);
}

const INJECTOR = 'MutatingWebhookConfiguration istio-sidecar-injector';

test('a gateway comes after the injector, also where its chart would come first', () => {
  const app = new MeshApp({ outdir });
  const edge = new Chart(app, 'a-edge');
  const mesh = new Mesh(new Chart(app, 'z-platform'), 'mesh');
  new IngressGateway(edge, 'partners', { mesh, namespace: 'partners' });
  const written = order(app);
  expect(written.indexOf(INJECTOR)).toBeGreaterThan(-1);
  expect(written.indexOf('Deployment partners')).toBeGreaterThan(written.indexOf(INJECTOR));
  expect(written.indexOf('Deployment partners')).toBeGreaterThan(written.indexOf('Deployment istiod'));
});

describe('pods that say whether they want a proxy', () => {
  function program(wish: string): string[] {
    const app = new MeshApp({ outdir });
    const apps = new Chart(app, 'a-apps', { namespace: 'elsewhere' });
    new Mesh(new Chart(app, 'z-platform'), 'mesh');
    const labels = { app: 'web', 'sidecar.istio.io/inject': wish };
    new Deployment(apps, 'web', { spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web' }] } } } });
    return order(app);
  }

  test('come after the injector', () => {
    const written = program('true');
    expect(written.indexOf('Deployment web')).toBeGreaterThan(written.indexOf(INJECTOR));
  });

  test('need not, where they want none', () => {
    const written = program('false');
    expect(written.indexOf('Deployment web')).toBeLessThan(written.indexOf(INJECTOR));
  });
});

test('pods of a namespace that is injected come after the injector', () => {
  const app = new MeshApp({ outdir });
  const apps = new Chart(app, 'a-apps', { namespace: 'shop' });
  const mesh = new Mesh(new Chart(app, 'z-platform'), 'mesh');
  new StrictMtlsNamespace(new Chart(app, 'b-shop'), 'shop', { mesh });
  new Deployment(apps, 'web', { spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web' }] } } } });
  const written = order(app);
  expect(written.indexOf('Deployment web')).toBeGreaterThan(written.indexOf(INJECTOR));
});
