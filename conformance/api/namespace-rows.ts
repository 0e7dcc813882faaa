import { Chart } from 'cdk8s';
import { Cluster, Mesh, MeshApp, StrictMtlsNamespace } from '../../src';
import type { StrictMtlsNamespaceProps } from '../../src';
import { istioBinaries } from '../istio/binaries';
import { runInjection } from '../istio/inject';
import { injectorIn } from '../istio/injector-files';
import type { KubeObject } from '../kubernetes/client';
import { until } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import { asRecord } from '../kubernetes/status';
import type { JudgeRow } from '../runner/judge';
import { applyInOrder, complaints } from './apply';
import { Cases } from './cases';
import { parseObjects } from './document';
import { withServer } from './server';

type Injected = Awaited<ReturnType<typeof injectedPods>>;
/** What the server says to a pod: nothing, or why it is refused. */
type Say = (pod: KubeObject) => Promise<string>;

/**
 * Pods, as Istio's own code injects them, in strict namespaces with levels, limits and quotas: the server lets in what the
 * library says can stand there, and refuses what it says cannot.
 */
export async function namespaceRows(log: (line: string) => void, keep: (row: JudgeRow) => void): Promise<void> {
  const { inject } = await istioBinaries({ log });
  const pods = await injectedPods(inject);
  await withServer({ log, quotas: true }, async (server) => {
    keep(await levels(server, pods));
    keep(await limits(server, pods));
    keep(await quotas(server, pods));
  });
}

async function levels(server: ApiServer, pods: Injected): Promise<JudgeRow> {
  const cases = new Cases('namespaces: pod security');
  const level = async (name: string, podSecurity?: StrictMtlsNamespaceProps['podSecurity']): Promise<Say> => into(server, cases, name, { ...(podSecurity !== undefined && { podSecurity }) });
  const [baseline, restricted, open] = [await level('by-default'), await level('restricted', 'restricted'), await level('open', false)];
  await judge(cases, 'an injected pod, with the CNI plugin, by default', () => baseline(pods.plugin));
  await judge(cases, 'an injected pod, without the plugin, by default', () => baseline(pods.init), /violates PodSecurity "baseline.*NET_ADMIN/s);
  await judge(cases, 'a pod of the host network, by default', () => baseline(hostNetwork(pods.plain)), /violates PodSecurity "baseline.*host namespaces/s);
  await judge(cases, 'an injected pod that names its seccompProfile, restricted', () => restricted(pods.plugin));
  await judge(cases, 'an injected pod whose containers alone do, restricted', () => restricted(pods.bare), /violates PodSecurity "restricted.*seccompProfile/s);
  await judge(cases, 'the same with a profile of the proxies, restricted', () => restricted(pods.profiled));
  await judge(cases, 'an injected pod, without the plugin, restricted', () => restricted(pods.init), /violates PodSecurity "restricted/);
  await judge(cases, 'control: an injected pod, without the plugin, with no level', () => open(pods.init));
  await judge(cases, 'control: a pod of the host network, with no level', () => open(hostNetwork(pods.plain)));
  return cases.row();
}

async function limits(server: ApiServer, pods: Injected): Promise<JudgeRow> {
  const cases = new Cases('namespaces: LimitRange');
  const wide = await into(server, cases, 'wide', { limitRange: { container: { max: { cpu: 2, memory: '1Gi' } } } });
  // what the library refuses to write
  const narrow = await into(server, cases, 'narrow', {}, [{ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'namespace', namespace: 'narrow' }, spec: { limits: [{ type: 'Container', max: { cpu: 1 } }] } }]);
  await judge(cases, 'a bound that the proxy keeps', () => wide(pods.plugin));
  await judge(cases, 'a bound that the proxy does not keep', () => narrow(pods.plugin), /maximum cpu usage per Container is 1, but limit is 2/);
  return cases.row();
}

async function quotas(server: ApiServer, pods: Injected): Promise<JudgeRow> {
  const cases = new Cases('namespaces: ResourceQuota');
  const hard = { pods: 1, 'requests.cpu': '250m' } as const;
  const say = await into(server, cases, 'counted', { resourceQuota: hard });
  await count(server, 'counted', hard, { pods: '0', 'requests.cpu': '0' });
  await until('the quota to be held', 20_000, async () => !/status unknown/.test(await say(pods.plugin)));
  await judge(cases, 'a pod and its proxy, within the quota', () => say(pods.plugin));
  await count(server, 'counted', hard, { pods: '1', 'requests.cpu': '200m' });
  await judge(cases, 'a second pod', () => seen(() => say(pods.plugin), /exceeded quota/), /exceeded quota: namespace.*pods=1/s);
  return cases.row();
}

/** What a quota controller would write. */
async function count(server: ApiServer, namespace: string, hard: object, used: object): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas/namespace/status`;
  await server.request('PATCH', path, { status: { hard: Object.fromEntries(Object.entries(hard).map(([key, value]) => [key, String(value)])), used } }, { contentType: 'application/merge-patch+json' });
}

/** The server reads quotas off a copy of its own, a moment later. */
async function seen(say: () => Promise<string>, words: RegExp): Promise<string> {
  let said = '';
  await until('the quota to be seen', 20_000, async () => words.test((said = await say()))).catch(() => undefined);
  return said;
}

/** A namespace as the library writes it, on the server; what the server says to pods in it, of which none is kept. */
async function into(server: ApiServer, cases: Cases, name: string, props: Omit<StrictMtlsNamespaceProps, 'mesh'>, more: readonly KubeObject[] = []): Promise<Say> {
  const app = new MeshApp();
  const cluster = new Cluster(app, 'prod');
  const mesh = new Mesh(new Chart(cluster, 'platform'), 'mesh', { cni: true });
  new StrictMtlsNamespace(new Chart(cluster, 'team'), name, { mesh, ...props });
  const core = parseObjects(app.synthYaml()).filter(({ apiVersion, metadata }) => apiVersion === 'v1' && [asRecord(metadata)['name'], asRecord(metadata)['namespace']].includes(name));
  const said = complaints(await applyInOrder(server, [...core, ...more]));
  cases.judge(`${name}: the namespace`, said.length === 0 ? undefined : said.join('; '));
  return async (pod) => {
    const verdict = await server.dryRunCreate({ ...pod, metadata: { ...asRecord(pod['metadata']), namespace: name } });
    return verdict.accepted ? '' : verdict.message;
  };
}

/** Without words the pod has to be let in. */
async function judge(cases: Cases, what: string, say: () => Promise<string>, words?: RegExp): Promise<void> {
  const said = await say();
  const isRight = words === undefined ? said === '' : words.test(said);
  cases.judge(what, isRight ? undefined : `expected ${words === undefined ? 'it to be let in' : String(words)}, got ${said === '' ? 'it let in' : said}`);
}

const PROFILE = { seccompProfile: { type: 'RuntimeDefault' } };
const CLOSED = { allowPrivilegeEscalation: false, runAsNonRoot: true, runAsUser: 1000, capabilities: { drop: ['ALL'] } };
const RESOURCES = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '500m', memory: '128Mi' } };

function pod(ofPod: object, ofContainer: object): KubeObject {
  const container = { name: 'main', image: 'example.com/orders:1', resources: RESOURCES, securityContext: { ...CLOSED, ...ofContainer } };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'orders', namespace: 'any' }, spec: { serviceAccountName: 'orders', securityContext: ofPod, containers: [container] } };
}

function hostNetwork(plain: KubeObject): KubeObject {
  return { ...plain, spec: { ...asRecord(plain['spec']), hostNetwork: true } };
}

/** One pod as control planes of different settings inject it. */
async function injectedPods(program: string): Promise<Record<'plain' | 'plugin' | 'init' | 'bare' | 'profiled', KubeObject>> {
  const plain = pod(PROFILE, {});
  const bare = pod({}, PROFILE);
  const cases = [
    { name: 'plugin', injector: 'plugin', given: plain },
    { name: 'init', injector: 'init', given: plain },
    { name: 'bare', injector: 'plugin', given: bare },
    { name: 'profiled', injector: 'profiled', given: bare },
  ];
  const injectors = { plugin: injectorOf({ cni: true }), init: injectorOf({}), profiled: injectorOf({ cni: true, istiod: { proxy: { seccompProfile: { type: 'RuntimeDefault' } } } }) };
  const made = await runInjection(program, { injectors, cases: cases.map(({ given, ...each }) => ({ ...each, input: JSON.stringify(given), nativeSidecars: true })) });
  const podOf = (name: string): KubeObject => {
    const { objects: [found], error } = made.get(name) ?? { objects: [] };
    if (found === undefined) throw new Error(`no injected pod "${name}": ${error ?? 'istio-inject did not answer'}`);
    return found;
  };
  return { plain, plugin: podOf('plugin'), init: podOf('init'), bare: podOf('bare'), profiled: podOf('profiled') };
}

function injectorOf(props: ConstructorParameters<typeof Mesh>[2]): NonNullable<ReturnType<typeof injectorIn>> {
  const app = new MeshApp();
  new Mesh(new Chart(app, 'platform'), 'mesh', props);
  const files = injectorIn(parseObjects(app.synthYaml()));
  if (files === undefined) throw new Error('the mesh writes no injector');
  return files;
}
