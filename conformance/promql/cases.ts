import { Chart } from 'cdk8s';
import { Mesh, MeshApp, MtlsMigration, MtlsPolicy } from '../../src';
import type { MtlsQuery } from '../../src';
import { Deployment, Namespace } from '../../imports/kubernetes';
import type { Series } from './promtool';

/** Metrics as proxies report them, the query of a migration, and what it has to show. */
export interface QueryCase {
  readonly what: string;
  readonly query: string;
  readonly series: readonly Series[];
  /** Callers and called, as `caller > called`. */
  readonly shows: readonly string[];
}

/** What proxies have counted. */
interface Counted {
  readonly from: string;
  readonly to: string;
  readonly policy: 'mutual_tls' | 'none' | 'unknown';
  readonly metric?: string;
  readonly reporter?: 'source' | 'destination' | 'waypoint';
  /** In promtool's notation. @default - it grows all the time */
  readonly values?: string;
}

const REQUESTS = 'istio_requests_total';
const OPENED = 'istio_tcp_connections_opened_total';
const BYTES = 'istio_tcp_received_bytes_total';
const SENT = 'istio_tcp_sent_bytes_total';
const ALWAYS = '1+5x300';

function counted({ from, to, policy, metric = REQUESTS, reporter = 'destination', values = ALWAYS }: Counted): Series {
  return { series: `${metric}{reporter="${reporter}", connection_security_policy="${policy}", pod="a", response_code="200", ${labels(from, to)}}`, values };
}

/** Each is `namespace/workload`; callers in plain text have no principal. */
function labels(from: string, to: string): string {
  const [fromNamespace = '', fromWorkload = ''] = from.split('/');
  const [toNamespace = '', toWorkload = ''] = to.split('/');
  return `source_workload_namespace="${fromNamespace}", source_workload="${fromWorkload}", source_principal="unknown", destination_workload_namespace="${toNamespace}", destination_workload="${toWorkload}"`;
}

export function shownAs(pair: string): string {
  const [from = '', to = ''] = pair.split(' > ');
  return `{${labels(from, to)}}`;
}

/** The queries that programs get: for a namespace, for one with exceptions, for two that go together, for the mesh. */
function queries(): Readonly<Record<'shop' | 'till' | 'both' | 'mesh', readonly MtlsQuery[]>> {
  const app = new MeshApp({ outdir: 'unused' });
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh', { controlPlane: false, mtls: 'PERMISSIVE' });
  const chart = new Chart(app, 'apps');
  for (const name of ['both-a', 'both-b', 'shop', 'till']) new Namespace(chart, name, { metadata: { labels: mesh.injectionLabels } });
  const pods = { metadata: { labels: { app: 'printer' } }, spec: { containers: [{ name: 'main', image: 'registry.example.com/printer:1' }] } };
  const target = new Deployment(chart, 'printer', { metadata: { name: 'printer.v1', namespace: 'till' }, spec: { selector: { matchLabels: { app: 'printer' } }, template: pods } });
  new MtlsPolicy(chart, 'old-till', { target, ports: { 9100: 'PERMISSIVE' } });
  const { stages } = new MtlsMigration(chart, 'strict', { mesh, stage: 'start', order: [['both-a', 'both-b']] });
  const of = (name: string): readonly MtlsQuery[] => stages.find((stage) => stage.name === name)?.queries ?? [];
  return { shop: of('shop'), till: of('till'), both: of('both-a+both-b'), mesh: of('mesh') };
}

export function queryCases(): readonly QueryCase[] {
  const { shop, till, both, mesh } = queries();
  const [requests, opened, bytes, sent] = shop.map(({ promql }) => promql) as [string, string, string, string];
  const one = (what: string, series: Counted, shows: readonly string[], query = requests): QueryCase => ({ what, query, series: [counted(series)], shows });
  const plain = { from: 'unknown/unknown', to: 'shop/web', policy: 'none' } as const;
  const seen = ['unknown/unknown > shop/web'];
  return [
    one('mutual TLS', { from: 'old/cron', to: 'shop/web', policy: 'mutual_tls' }, []),
    one('plain text, as a sidecar says it', plain, seen),
    one('plain text, as ztunnel says it', { ...plain, policy: 'unknown', metric: OPENED }, seen, opened),
    one('plain text of a caller that is known', { from: 'old/cron', to: 'shop/web', policy: 'none' }, ['old/cron > shop/web']),
    one('what callers report', { ...plain, reporter: 'source', policy: 'unknown' }, []),
    one('plain text to another namespace', { ...plain, to: 'mail/web' }, []),
    one('a namespace whose name begins the same', { ...plain, to: 'shop-two/web' }, []),
    one('one request within the window, of a counter that begins at one', { ...plain, values: '_x200 1x100' }, seen),
    one('one request within the window, of a counter that stood still before', { ...plain, values: '7x200 8x100' }, seen),
    one('a caller that was mended before the window', { ...plain, values: '0+5x100 500x200' }, []),
    one('a proxy that began anew within the window', { ...plain, values: '0+5x250 0+1x50' }, seen),
    one('a connection that has been open since before the window, and is used', { ...plain, metric: BYTES }, seen, bytes),
    one('a connection over which a caller only listens', { ...plain, metric: SENT }, seen, sent),
    one('the same, among the connections that are opened', { ...plain, metric: OPENED, values: '1x300' }, [], opened),
    { what: 'several callers, and replicas of one', query: requests, series: [counted(plain), { ...counted(plain), series: counted(plain).series.replace('pod="a"', 'pod="b"') }, counted({ from: 'old/cron', to: 'shop/web', policy: 'none' }), counted({ from: 'web/web', to: 'shop/web', policy: 'mutual_tls' })], shows: [...seen, 'old/cron > shop/web'] },
    ...['both-a', 'both-b'].map((name) => one(`one of two that go together (${name})`, { ...plain, to: `${name}/web` }, [`unknown/unknown > ${name}/web`], both[0]?.promql)),
    one('neither of two that go together', { ...plain, to: 'both-c/web' }, [], both[0]?.promql),
    one('a workload with an exception, among the others', { ...plain, to: 'till/printer.v1' }, [], till[0]?.promql),
    one('a workload of which the name is almost that of an exception', { ...plain, to: 'till/printerxv1' }, ['unknown/unknown > till/printerxv1'], till[0]?.promql),
    one('a workload beside one with an exception', { ...plain, to: 'till/desk' }, ['unknown/unknown > till/desk'], till[0]?.promql),
    one('a workload with an exception, by itself', { ...plain, to: 'till/printer.v1' }, ['unknown/unknown > till/printer.v1'], till[4]?.promql),
    one('a workload without one, among those with exceptions', { ...plain, to: 'till/desk' }, [], till[4]?.promql),
    one('the mesh: a namespace that had a stage of its own', plain, [], mesh[0]?.promql),
    one('the mesh: a namespace that had none', { ...plain, to: 'elsewhere/job' }, ['unknown/unknown > elsewhere/job'], mesh[0]?.promql),
    one('the mesh: mutual TLS', { from: 'shop/web', to: 'elsewhere/job', policy: 'mutual_tls' }, [], mesh[0]?.promql),
  ];
}

/** Series that the query would miss, were it only about what grows: each control has to come out otherwise. */
export const CONTROL = { what: 'only what grows', series: [counted({ from: 'unknown/unknown', to: 'shop/web', policy: 'none', values: '_x200 1x100' })], query: `sum by (source_workload) (increase(${REQUESTS}{connection_security_policy!="mutual_tls"}[24h]) > 0)` };
