import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Chart } from 'cdk8s';
import { App } from 'cdk8s';
import { egress } from '../../examples/05-egress/main';
import { AuthorizationPolicy, DestinationRule, Gateway, ServiceEntry, Sidecar, VirtualService } from '../../imports/istio';
import { Deployment, Namespace, Service } from '../../imports/kubernetes';
import { synthTo } from '../../src/testing/synth-to';
import type { SynthResult } from '../../src/testing/synth-to';

const ROOT = resolve(__dirname, '../..');
const WAY_OUT = 'egress.istio-egress.svc.cluster.local';
const PAYMENTS = 'api.payments.example.com';

let outdir: string;
let platform: SynthResult;
let shop: SynthResult;
beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), 'egress-'));
  const app = egress(new App({ outdir }));
  platform = synthTo(app.node.findChild('platform') as Chart);
  shop = synthTo(app.node.findChild('shop') as Chart);
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

test('nobody calls out but the shop, and the shop calls what it declares', () => {
  expect(platform.one(Sidecar)).toMatchObject({
    metadata: { namespace: 'istio-system' },
    spec: { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, egress: [{ hosts: ['*/*.svc.cluster.local'] }] },
  });
  const declared = shop.many(ServiceEntry).flatMap(({ spec }) => spec.hosts.map((host) => `shop/${host}`));
  expect(declared).toHaveLength(5);
  expect(shop.one(Sidecar).spec?.egress?.[0]?.hosts).toEqual(['*/*.svc.cluster.local', ...declared.sort()]);
});

test('payments, mail and the ledger leave through the gateway, the others straight from the pods', () => {
  const throughGateway = shop.many(VirtualService).filter(({ spec }) => JSON.stringify(spec).includes(WAY_OUT));
  expect(throughGateway.map(({ spec }) => spec?.hosts?.[0])).toEqual(expect.arrayContaining([PAYMENTS, 'smtp.mail.example.com', 'ledger.corp.example.com']));
  expect(throughGateway).toHaveLength(3);
});

test('each subset, Gateway and port that a route names is there', () => {
  const subsets = shop.many(DestinationRule).flatMap(({ spec }) => (spec?.subsets ?? []).map(({ name }) => `${spec?.host} ${name}`));
  const gateways = shop.many(Gateway).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  const ports = platform.one(Service, 'egress').spec?.ports?.map(({ port }) => port) ?? [];
  const routes = shop.many(VirtualService).flatMap(({ spec }) => [...(spec?.http ?? []), ...(spec?.tls ?? []), ...(spec?.tcp ?? [])]);
  const led = routes.flatMap(({ route }) => route ?? []).filter(({ destination }) => destination?.host === WAY_OUT);
  expect(led).toHaveLength(3);
  for (const { destination } of led) {
    expect(subsets).toContain(`${WAY_OUT} ${destination?.subset}`);
    expect(ports).toContain(destination?.port?.number);
  }
  for (const { spec } of shop.many(VirtualService)) expect(gateways).toEqual(expect.arrayContaining((spec?.gateways ?? []).filter((name) => name !== 'mesh')));
});

test('the gateway is injected, and Gateways and policies are for its pods', () => {
  expect(platform.one(Namespace, 'istio-egress').metadata.labels).toMatchObject({ 'istio-injection': 'enabled' });
  const labels = platform.one(Deployment, 'egress').spec?.template.metadata?.labels;
  for (const { spec, metadata } of shop.many(Gateway)) {
    expect(metadata.namespace).toBe('istio-egress');
    expect(labels).toMatchObject(spec?.selector ?? { none: 'given' });
  }
  expect(shop.many(DestinationRule).find(({ spec }) => spec?.workloadSelector !== undefined)).toMatchObject({
    metadata: { namespace: 'istio-egress' },
    spec: { host: PAYMENTS, trafficPolicy: { portLevelSettings: [{ tls: { mode: 'MUTUAL', credentialName: 'payments-client', sni: PAYMENTS, subjectAltNames: [PAYMENTS] } }] } },
  });
});

test('only orders pay and write the ledger, and everything in the shop sends mail', () => {
  const rules = shop.many(AuthorizationPolicy).filter(({ metadata }) => metadata.namespace === 'istio-egress').map(({ spec }) => spec?.rules);
  expect(rules).toHaveLength(3);
  expect(rules).toEqual(
    expect.arrayContaining([
      [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/orders'] } }], when: [{ key: 'connection.sni', values: [PAYMENTS] }] }],
      [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/orders'] } }], when: [{ key: 'connection.sni', values: ['ledger.corp.example.com'] }] }],
      [{ from: [{ source: { namespaces: ['shop'] } }], when: [{ key: 'connection.sni', values: ['smtp.mail.example.com'] }] }],
    ]),
  );
});

test('the program runs', () => {
  const env = { ...process.env, CDK8S_OUTDIR: outdir, TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.dev.json') };
  execFileSync(join(ROOT, 'node_modules', '.bin', 'tsx'), ['main.ts'], { cwd: join(ROOT, 'examples', '05-egress'), env, stdio: 'pipe' });
  expect(readdirSync(outdir).filter((name) => name.endsWith('.yaml')).sort()).toEqual(['0000-platform-crds.k8s.yaml', '0001-platform.k8s.yaml', '0002-shop.k8s.yaml']);
}, 30_000);
