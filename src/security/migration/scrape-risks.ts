import type { JsonObject } from '../../rules/json';
import { labelsIn, listIn, objectIn, textIn, textsIn } from '../../traffic/scope/reading';
import type { Manifest } from '../../traffic/scope/program-manifests';
import { picks } from '../mtls/program-pods';
import type { ProgramPods } from '../mtls/program-pods';
import { labelsOf, numberedPort } from './migration-view';
import type { MigrationView } from './migration-view';
import { keepOpen } from './mtls-risk';
import type { MtlsRisk } from './mtls-risk';
import { isStrict, isTrue } from './pod-risks';

/**
 * Prometheus reading ports of the application itself, in plain text. Where the sidecar merges metrics, it reads the sidecar's port 15020,
 * which takes plain text in any mode.
 *
 * @see https://istio.io/latest/docs/ops/integrations/prometheus/
 */
export function scrapeRisks(view: MigrationView, namespace: string): MtlsRisk[] {
  const monitors = ['PodMonitor', 'ServiceMonitor'].flatMap((kind) => view.view.manifests.of(`monitoring.coreos.com/${kind}`));
  return [...view.podsIn(namespace).flatMap((pods) => annotatedRisks(view, pods)), ...monitors.flatMap((monitor) => monitorRisks(view, monitor, namespace))];
}

function annotatedRisks(view: MigrationView, pods: ProgramPods): MtlsRisk[] {
  const { annotations } = pods;
  if (annotations['prometheus.io/scrape'] !== 'true' || isMerged(view, pods)) return [];
  const port = numberedPort(pods, annotations['prometheus.io/port'] ?? firstPort(pods));
  if (!isOpenNow(view, pods, port)) return [];
  return [{ ...scraped(pods, port), construct: pods.construct.node.path, property: `${pods.template}metadata.annotations`, got: `prometheus.io/scrape: "true", and no proxy that merges metrics: Prometheus reads port ${port ?? '?'} itself` }];
}

/** The sidecar reads the application's metrics, and Prometheus reads the sidecar. */
function isMerged(view: MigrationView, pods: ProgramPods): boolean {
  if (view.proxyOf(pods).kind !== 'sidecar') return false;
  const own = pods.annotations['prometheus.istio.io/merge-metrics'];
  return own === undefined ? view.meshConfig['enablePrometheusMerge'] !== false : isTrue(own);
}

function monitorRisks(view: MigrationView, monitor: Manifest, namespace: string): MtlsRisk[] {
  const { construct, spec } = monitor;
  if (!isAbout(monitor, namespace)) return [];
  const selector = objectIn(spec, 'selector');
  const isOfPods = listIn(spec, 'podMetricsEndpoints').length > 0;
  const endpoints = listIn(spec, isOfPods ? 'podMetricsEndpoints' : 'endpoints').filter((endpoint) => !hasCertificate(endpoint));
  const found = isOfPods
    ? view.podsIn(namespace).filter((pods) => fits(selector, pods.labels)).flatMap((pods) => endpoints.map((endpoint) => ({ pods, port: numberedPort(pods, portOf(endpoint)) })))
    : view.servicesIn(namespace).filter(({ manifest }) => manifest !== undefined && fits(selector, labelsOf(manifest))).flatMap((service) =>
        view.podsBehind(namespace, service.selector).flatMap((pods) =>
          endpoints.map((endpoint) => ({ pods, port: service.ports.find(({ name }) => name !== undefined && name === textIn(endpoint, 'port'))?.pod ?? numberedPort(pods, portOf(endpoint)) })),
        ),
      );
  const first = found.find(({ pods, port }) => port !== undefined && isOpenNow(view, pods, port));
  if (first === undefined) return [];
  return [{ ...scraped(first.pods, first.port), construct: construct.node.path, property: isOfPods ? 'spec.podMetricsEndpoints' : 'spec.endpoints', got: `port ${first.port ?? '?'} of ${first.pods.kind} ${namespace}/${first.pods.name}, which Prometheus reads itself` }];
}

/** Whether plain text gets there now, and will not any more. */
function isOpenNow(view: MigrationView, pods: ProgramPods, port: number | undefined): boolean {
  return ['sidecar', 'ambient'].includes(view.proxyOf(pods).kind) && isStrict(view, pods, port);
}

function scraped(pods: ProgramPods, port: number | undefined): Pick<MtlsRisk, 'code' | 'expected' | 'fix'> {
  return {
    code: 'scraped-directly',
    expected: "metrics that the sidecar hands out, on port 15020: Prometheus has no certificate",
    fix: `let the sidecar merge them, or keep the port open: ${keepOpen(`the ${pods.kind} ${pods.name}`, port)}; where Prometheus speaks the mesh's TLS, say so in acceptedRisks`,
  };
}

function isAbout({ namespace: own, spec }: Manifest, namespace: string): boolean {
  const selector = objectIn(spec, 'namespaceSelector');
  if (selector['any'] === true) return true;
  const names = textsIn(selector, 'matchNames');
  return names.length === 0 ? own === namespace : names.includes(namespace);
}

function portOf(endpoint: JsonObject): unknown {
  return endpoint['targetPort'] ?? endpoint['portNumber'] ?? endpoint['port'];
}

/** TLS alone is what an application ends itself, and the proxy asks for a certificate. */
function hasCertificate(endpoint: JsonObject): boolean {
  const { cert, certFile } = objectIn(endpoint, 'tlsConfig');
  return (textIn(endpoint, 'scheme') ?? '').toLowerCase() === 'https' && (cert !== undefined || certFile !== undefined);
}

/** A selector that says nothing is for all. */
function fits(selector: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  const wanted = labelsIn(selector, 'matchLabels');
  const expressions = listIn(selector, 'matchExpressions');
  return (Object.keys(wanted).length === 0 || picks(wanted, { labels })) && expressions.every((expression) => holds(expression, labels));
}

function holds(expression: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  const own = labels[textIn(expression, 'key') ?? ''];
  const isListed = own !== undefined && textsIn(expression, 'values').includes(own);
  switch (textIn(expression, 'operator')) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return own !== undefined;
    case 'DoesNotExist':
      return own === undefined;
    default:
      return true;
  }
}

function firstPort(pods: ProgramPods): number | undefined {
  return pods.containers.flatMap((container) => listIn(container, 'ports')).map((port) => port['containerPort']).find((port): port is number => typeof port === 'number');
}
