import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Chart } from 'cdk8s';
import { App } from 'cdk8s';
import { bookinfo } from '../../examples/01-bookinfo/main';
import { AuthorizationPolicy, DestinationRule, Gateway, PeerAuthentication, VirtualService } from '../../imports/istio';
import { CustomResourceDefinition, Deployment, Namespace, Service } from '../../imports/kubernetes';
import { synthTo } from '../../src/testing/synth-to';
import type { SynthResult } from '../../src/testing/synth-to';

const ROOT = resolve(__dirname, '../..');
const EXAMPLE = join(ROOT, 'examples', '01-bookinfo');

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'bookinfo-'));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

function chart(id: string): SynthResult {
  return synthTo(bookinfo(new App({ outdir })).node.findChild(id) as Chart);
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
}

function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('what Bookinfo is made of', () => {
  test('a namespace that is injected, four services, and three versions of reviews', () => {
    const shown = chart('bookinfo');
    expect(shown.one(Namespace).metadata.labels).toEqual({ 'istio-injection': 'enabled' });
    expect(shown.many(Service).map(({ metadata }) => metadata.name).sort()).toEqual(['details', 'productpage', 'ratings', 'reviews']);
    const images = shown.many(Deployment).flatMap(({ spec }) => spec?.template.spec?.containers.map(({ image }) => image));
    expect(images).toContain('docker.io/istio/examples-bookinfo-reviews-v3:1.20.3');
    expect(images).toHaveLength(6);
  });

  test('the pods of a version are selected by app and version, and run as the account of their service', () => {
    const { spec } = chart('bookinfo').one(Deployment, 'reviews-v2');
    expect(spec?.selector.matchLabels).toEqual({ app: 'reviews', version: 'v2' });
    expect(spec?.template.metadata?.labels).toMatchObject({ app: 'reviews', version: 'v2' });
    expect(spec?.template.spec?.serviceAccountName).toBe('reviews');
  });

  test('reviews gets 90 percent of v1 and 10 of v2, and both subsets exist', () => {
    const shown = chart('bookinfo');
    const [http] = shown.one(VirtualService, 'reviews').spec?.http ?? [];
    expect(http?.route?.map(({ destination, weight }) => [destination?.subset, weight])).toEqual([['v1', 90], ['v2', 10]]);
    expect(shown.one(DestinationRule, 'reviews').spec?.subsets?.map(({ name }) => name)).toEqual(['v1', 'v2', 'v3']);
  });

  test('mutual TLS is strict for the mesh and the namespace', () => {
    for (const id of ['platform', 'bookinfo']) {
      expect(chart(id).one(PeerAuthentication, 'default').spec?.mtls?.mode).toBe('STRICT');
    }
  });

  test('nothing is allowed by default; ratings takes GET of reviews only, productpage the gateway', () => {
    const shown = chart('bookinfo');
    expect(shown.one(AuthorizationPolicy, 'deny-by-default').spec).toEqual({});
    expect(shown.one(AuthorizationPolicy, 'ratings').spec).toEqual({
      action: 'ALLOW',
      selector: { matchLabels: { app: 'ratings' } },
      rules: [
        {
          from: [{ source: { principals: ['cluster.local/ns/bookinfo/sa/reviews'] } }],
          to: [{ operation: { methods: ['GET'] } }],
        },
      ],
    });
    const [rule] = shown.one(AuthorizationPolicy, 'productpage').spec?.rules ?? [];
    expect(rule?.from).toEqual([{ source: { principals: ['cluster.local/ns/istio-ingress/sa/public'] } }]);
  });

  test('the host is served over HTTPS, plain requests are redirected, and paths are taken by segments', () => {
    const shown = chart('bookinfo');
    expect(shown.one(Gateway).spec?.servers?.map(({ port, tls }) => [port.number, tls?.mode, tls?.httpsRedirect])).toEqual([
      [80, undefined, true],
      [443, 'SIMPLE', undefined],
    ]);
    const uris = shown.one(VirtualService, 'public-bookinfo-example-com').spec?.http?.map(({ match }) => match?.map(({ uri }) => uri));
    // a path by segments is an exact path and a prefix; none of these overlap, so their texts give the order
    expect(uris).toEqual([
      [{ exact: '/api/v1/products' }, { prefix: '/api/v1/products/' }],
      [{ exact: '/login' }],
      [{ exact: '/logout' }],
      [{ exact: '/productpage' }],
      [{ exact: '/static' }, { prefix: '/static/' }],
    ]);
  });

  test('every CRD of Istio 1.31.1', () => {
    expect(chart('platform').many(CustomResourceDefinition)).toHaveLength(15);
  });

  test('the program is short', () => {
    expect(readFileSync(join(EXAMPLE, 'main.ts'), 'utf8').split('\n').length).toBeLessThan(80);
  });
});

describe('how it is made', () => {
  test('`cdk8s synth` and the plain program write the same files, equal to the golden ones', () => {
    const plain = join(outdir, 'plain');
    const viaCli = join(outdir, 'cli');
    const tsx = join(ROOT, 'node_modules', '.bin', 'tsx');
    // names of the library lead to the sources, as tsconfig.dev.json says
    const env = { TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.dev.json') };
    run(tsx, ['main.ts'], EXAMPLE, { ...env, CDK8S_OUTDIR: plain });
    run(join(ROOT, 'node_modules', '.bin', 'cdk8s'), ['synth', '--output', viaCli], EXAMPLE, env);
    expect(filesIn(viaCli)).toEqual(filesIn(plain));

    const files = filesIn(plain);
    expect(Object.keys(files)).toEqual(['0000-platform-crds.k8s.yaml', '0001-platform.k8s.yaml', '0002-bookinfo.k8s.yaml']);
    // the CRDs are held against the published ones elsewhere, and are long
    const shown = Object.fromEntries(Object.entries(files).filter(([name]) => !name.includes('-crds')));
    const golden = join(EXAMPLE, 'golden');
    if (process.env['UPDATE_GOLDEN'] === 'true') {
      rmSync(golden, { recursive: true, force: true });
      mkdirSync(golden, { recursive: true });
      for (const [name, text] of Object.entries(shown)) writeFileSync(join(golden, name), text);
    }
    expect(shown).toEqual(filesIn(golden));
  }, 60_000);
});
