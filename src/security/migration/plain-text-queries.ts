/** A query that shows who still sends plain text. */
export interface MtlsQuery {
  /** What it shows, and what to make of it. */
  readonly shows: string;
  /**
   * PromQL: one line for each caller and called workload, with how many requests, connections or bytes there were. Callers without
   * a proxy are `unknown`, but for those that ztunnel knows by their address.
   * @see https://istio.io/latest/docs/reference/config/metrics/
   */
  readonly promql: string;
}

/** Pods whose callers are looked at. */
export interface QueriedPods {
  /** Namespaces that become strict, or, for `mesh`, those that are not looked at. */
  readonly namespaces: readonly string[];
  readonly of: 'namespaces' | 'mesh';
  /** Workloads that go on taking plain text, by namespace: their callers are shown apart. */
  readonly exceptions: ReadonlyMap<string, readonly string[]>;
  /** Namespaces with exceptions for workloads that the program does not know: their callers cannot be shown apart. */
  readonly mingled: readonly string[];
}

/** What is counted. Connections that have been open for long are not opened anew, but bytes go over them, perhaps one way only. */
const METRICS = [
  { name: 'istio_requests_total', what: 'requests' },
  { name: 'istio_tcp_connections_opened_total', what: 'connections' },
  { name: 'istio_tcp_received_bytes_total', what: 'bytes on connections' },
  { name: 'istio_tcp_sent_bytes_total', what: 'bytes of answers on connections' },
] as const;

const BY = 'source_workload_namespace, source_workload, source_principal, destination_workload_namespace, destination_workload';

/** The queries for one stage; nothing may be left in them, but what is said to stay. */
export function plainTextQueries({ namespaces, of, exceptions, mingled }: QueriedPods, window: string): readonly MtlsQuery[] {
  if (of === 'namespaces' && namespaces.length === 0) return [];
  const excepted = [...exceptions].filter(([, workloads]) => workloads.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  const mixed = excepted.map(([namespace]) => namespace);
  const whole = of === 'mesh' ? [[notIn([...namespaces, ...mixed])]] : among(namespaces.filter((name) => !mixed.includes(name)));
  const strict = [...whole, ...excepted.map(([namespace, workloads]) => [is(NAMESPACE, [namespace]), isNot(WORKLOAD, workloads)])];
  const loose = excepted.map(([namespace, workloads]) => [is(NAMESPACE, [namespace]), is(WORKLOAD, workloads)]);
  const but = mingled.length === 0 ? '' : `, but for those that exceptions in ${mingled.join(', ')} are for`;
  return [
    ...queriesOf(strict, window, (what) => `${what} in plain text; nothing may be left${but}`),
    ...queriesOf(loose, window, (what) => `${what} in plain text to workloads with exceptions; only those that the exceptions are for may be left`),
  ];
}

const NAMESPACE = 'destination_workload_namespace';
const WORKLOAD = 'destination_workload';

function among(namespaces: readonly string[]): (readonly string[])[] {
  return namespaces.length === 0 ? [] : [[is(NAMESPACE, namespaces)]];
}

function notIn(namespaces: readonly string[]): string {
  return namespaces.length === 0 ? '' : isNot(NAMESPACE, namespaces);
}

function is(label: string, names: readonly string[]): string {
  return names.length === 1 ? `${label}="${names[0] ?? ''}"` : `${label}=~"${patternOf(names)}"`;
}

function isNot(label: string, names: readonly string[]): string {
  return names.length === 1 ? `${label}!="${names[0] ?? ''}"` : `${label}!~"${patternOf(names)}"`;
}

/** Names of Kubernetes hold one sign that means something in a pattern; PromQL's quotes take a backslash away. */
function patternOf(names: readonly string[]): string {
  return [...names].sort().map((name) => name.replace(/\./g, '\\\\.')).join('|');
}

function queriesOf(selectors: readonly (readonly string[])[], window: string, shows: (what: string) => string): MtlsQuery[] {
  if (selectors.length === 0) return [];
  return METRICS.map(({ name, what }) => ({ shows: shows(what), promql: selectors.map((pairs) => sum(name, pairs, window)).join(' or ') }));
}

/**
 * What was counted within the window: what grew, and what was not there before. A counter that begins at one and stays there does not
 * grow, and is one caller that comes once a day. Proxies say `none` for plain text and ztunnel says `unknown`, so all is taken that is
 * not mutual TLS.
 */
function sum(metric: string, pairs: readonly string[], window: string): string {
  const labels = ['reporter="destination"', 'connection_security_policy!="mutual_tls"', ...pairs].filter((pair) => pair !== '');
  const series = `${metric}{${labels.join(', ')}}`;
  return `sum by (${BY}) (increase(${series}[${window}]) > 0 or (max_over_time(${series}[${window}]) > 0 unless ${series} offset ${window}))`;
}
