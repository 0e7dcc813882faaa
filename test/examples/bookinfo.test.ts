import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Chart } from 'cdk8s';
import { App } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { bookinfo } from '../../examples/01-bookinfo/main';
import { AuthorizationPolicy, DestinationRule, PeerAuthentication, VirtualService } from '../../imports/istio';
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
    const application = chart('bookinfo');
    expect(application.one(Namespace).metadata.labels).toEqual({ 'istio-injection': 'enabled' });
    expect(application.many(Service).map(({ metadata }) => metadata.name)).toEqual(['details', 'productpage', 'ratings', 'reviews']);
    const images = application.many(Deployment).flatMap(({ spec }) => spec?.template.spec?.containers.map(({ image }) => image));
    expect(images).toContain('docker.io/istio/examples-bookinfo-reviews-v3:1.20.3');
    expect(images).toHaveLength(6);
  });

  test('the pods of a version are selected by app and version, and nothing that a rename would change', () => {
    const { spec } = chart('bookinfo').one(Deployment, 'reviews-v2');
    expect(spec?.selector.matchLabels).toEqual({ app: 'reviews', version: 'v2' });
    expect(spec?.template.metadata?.labels).toMatchObject({ app: 'reviews', version: 'v2' });
  });

  test('reviews gets 90 percent of v1 and 10 of v2, and both subsets exist', () => {
    const mesh = chart('bookinfo-mesh');
    const [http] = mesh.one(VirtualService, 'reviews').spec?.http ?? [];
    expect(http?.route?.map(({ destination, weight }) => [destination?.subset, weight])).toEqual([['v1', 90], ['v2', 10]]);
    expect(mesh.one(DestinationRule, 'reviews').spec?.subsets?.map(({ name }) => name)).toEqual(['v1', 'v2', 'v3']);
  });

  test('mutual TLS is strict, nothing is allowed by default, and ratings takes calls of reviews only', () => {
    const mesh = chart('bookinfo-mesh');
    expect(mesh.one(PeerAuthentication).spec?.mtls?.mode).toBe('STRICT');
    expect(mesh.one(AuthorizationPolicy, 'allow-nothing').spec).toEqual({});
    const rules = mesh.one(AuthorizationPolicy, 'ratings').spec?.rules;
    expect(rules?.[0]?.from?.[0]?.source?.principals).toEqual(['cluster.local/ns/bookinfo/sa/bookinfo-reviews']);
  });

  test('every CRD of Istio 1.31.1', () => {
    expect(chart('istio-crds').many(CustomResourceDefinition)).toHaveLength(15);
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

    const { 'istio-crds.k8s.yaml': crds, ...others } = filesIn(plain);
    expect(parseAllDocuments(crds ?? '')).toHaveLength(15);
    const golden = join(EXAMPLE, 'golden');
    if (process.env['UPDATE_GOLDEN'] === 'true') {
      rmSync(golden, { recursive: true, force: true });
      cpSync(plain, golden, { recursive: true, filter: (path) => !path.includes('istio-crds') });
    }
    expect(others).toEqual(filesIn(golden));
  }, 60_000);
});
