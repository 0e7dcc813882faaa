import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Chart } from 'cdk8s';
import { App } from 'cdk8s';
import { multicluster } from '../../examples/04-multicluster/main';
import { Gateway, VirtualService } from '../../imports/istio';
import { Deployment, MutatingWebhookConfiguration, Namespace, Service } from '../../imports/kubernetes';
import { synthTo } from '../../src/testing/synth-to';
import type { SynthResult } from '../../src/testing/synth-to';

const ROOT = resolve(__dirname, '../..');
const NETWORK = 'topology.istio.io/network';

let outdir: string;
let west: SynthResult;
let east: SynthResult;
beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), 'multicluster-'));
  const app = multicluster(new App({ outdir }));
  [west, east] = ['west', 'east'].map((id) => synthTo(app.node.findChild(id).node.findChild('platform') as Chart)) as [SynthResult, SynthResult];
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

function environmentOf(shown: SynthResult, deployment: string): Record<string, string | undefined> {
  const env = shown.one(Deployment, deployment).spec?.template.spec?.containers[0]?.env ?? [];
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

test('one istiod, in the west; it controls the east, too', () => {
  expect(west.many(Deployment).map(({ metadata }) => metadata.name).sort()).toEqual(['istio-eastwestgateway', 'istiod']);
  expect(environmentOf(west, 'istiod')).toMatchObject({ CLUSTER_ID: 'west', EXTERNAL_ISTIOD: 'true' });
  expect(east.many(Deployment).map(({ metadata }) => metadata.name)).toEqual(['istio-eastwestgateway']);
});

test('each cluster says its network, and the east whose istiod it hears', () => {
  expect(west.one(Namespace, 'istio-system').metadata.labels).toMatchObject({ [NETWORK]: 'network1' });
  const { labels, annotations } = east.one(Namespace, 'istio-system').metadata;
  expect(labels).toMatchObject({ [NETWORK]: 'network2' });
  expect(annotations).toEqual({ 'topology.istio.io/controlPlaneClusters': 'west' });
});

test('services of each network are reached through its gateway, with TLS passed through', () => {
  for (const [shown, network] of [[west, 'network1'], [east, 'network2']] as const) {
    const gateway = shown.one(Service, 'istio-eastwestgateway');
    expect(gateway.metadata.labels).toMatchObject({ [NETWORK]: network });
    expect(gateway.spec?.ports?.map(({ port }) => port)).toContain(15443);
    expect(environmentOf(shown, 'istio-eastwestgateway')).toMatchObject({ ISTIO_META_REQUESTED_NETWORK_VIEW: network });
    const [server] = shown.one(Gateway, 'cross-network-gateway').spec?.servers ?? [];
    expect([server?.port.number, server?.tls?.mode, server?.hosts]).toEqual([15443, 'AUTO_PASSTHROUGH', ['*.local']]);
  }
});

test('the west lets the east in to its istiod, for certificates and for webhooks; the east lets in nobody', () => {
  const leads = west.many(VirtualService).flatMap(({ spec }) => spec?.tls ?? []).map(({ match, route }) => {
    const [{ destination } = { destination: undefined }] = route ?? [];
    return [match[0]?.port, destination?.host, destination?.port?.number];
  });
  expect(leads).toEqual([
    [15012, 'istiod.istio-system.svc.cluster.local', 15012],
    [15017, 'istiod.istio-system.svc.cluster.local', 443],
  ]);
  expect(east.many(VirtualService)).toEqual([]);
});

test('pods of the east are injected by the istiod of the west, which is told their cluster and network', () => {
  const webhooks = east.one(MutatingWebhookConfiguration).webhooks ?? [];
  const [{ clientConfig } = { clientConfig: undefined }] = webhooks;
  expect(clientConfig?.service?.path ?? clientConfig?.url).toContain('/inject/cluster/east/net/network2');
});

test('the program writes a folder for each cluster', () => {
  const env = { ...process.env, CDK8S_OUTDIR: outdir, TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.dev.json') };
  execFileSync(join(ROOT, 'node_modules', '.bin', 'tsx'), ['main.ts'], { cwd: join(ROOT, 'examples', '04-multicluster'), env, stdio: 'pipe' });
  const files = ['0000-platform-crds.k8s.yaml', '0001-platform.k8s.yaml'];
  for (const cluster of ['west', 'east']) expect(readdirSync(join(outdir, cluster)).sort()).toEqual(files);
}, 30_000);
