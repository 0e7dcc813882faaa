import type { JsonObject } from '../../rules/json';
import { objectIn } from '../../traffic/scope/reading';
import type { ProgramPods } from '../mtls/program-pods';
import { uncapturedInbound } from './capture';
import type { Uncaptured } from './capture';
import { isHeadless } from './client-risks';
import { numberedPort } from './migration-view';
import type { MigratingService, MigrationView } from './migration-view';
import { keepOpen } from './mtls-risk';
import type { MtlsRisk } from './mtls-risk';

/** What the pods of a namespace themselves bring: probes in plain text, ports past the proxy, headless services of mixed pods. */
export function podRisks(view: MigrationView, namespace: string): MtlsRisk[] {
  return [
    ...view.podsIn(namespace).flatMap((pods) => probeRisks(view, pods)),
    ...view.servicesIn(namespace).flatMap((service) => [...capturedRisks(view, service), ...toldRisks(view, service), ...headlessRisks(view, service)]),
  ];
}

const REWRITE = 'sidecar.istio.io/rewriteAppHTTPProbers';
const BYPASS = 'ambient.istio.io/bypass-inbound-capture';

/**
 * Probes that the kubelet makes itself, which has no certificate. ztunnel lets them through, and those of sockets only ask whether
 * somebody listens.
 *
 * @see https://istio.io/latest/docs/ops/configuration/mesh/app-health-check/
 */
function probeRisks(view: MigrationView, pods: ProgramPods): MtlsRisk[] {
  const said = pods.annotations[REWRITE];
  const isOwn = said !== undefined && isFlag(said);
  const isRewritten = isOwn ? isTrue(said) : view.settings?.injection.injection.rewriteAppHTTPProbe !== false;
  if (isRewritten || view.proxyOf(pods).kind !== 'sidecar') return [];
  const strict = probesOf(pods).find(({ port }) => isStrict(view, pods, port));
  if (strict === undefined) return [];
  return [{
    code: 'probe-not-rewritten',
    construct: pods.construct.node.path,
    property: isOwn ? `${pods.template}metadata.annotations` : `${pods.template}spec.containers`,
    got: `a ${strict.probe} on port ${strict.port ?? '?'}, which ${isOwn ? `${REWRITE}: "${said}"` : 'the mesh (rewriteAppHTTPProbe: false)'} leaves to the kubelet`,
    expected: 'probes that Istio rewrites, so that they go to its own port: the kubelet has no certificate, and the pods would be killed',
    fix: `take ${isOwn ? 'the annotation' : 'rewriteAppHTTPProbe: false'} out, or keep the port open: ${keepOpen(`the ${pods.kind} ${pods.name}`, strict.port)}`,
  }];
}

function probesOf(pods: ProgramPods): { readonly probe: string; readonly port: number | undefined }[] {
  return pods.containers.flatMap((container) => {
    const lifecycle = objectIn(container, 'lifecycle');
    const probes: readonly (readonly [string, JsonObject])[] = [
      ...['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => [probe, objectIn(container, probe)] as const),
      ...['postStart', 'preStop'].map((hook) => [hook, objectIn(lifecycle, hook)] as const),
    ];
    return probes.flatMap(([probe, handler]) => ['httpGet', 'grpc'].filter((kind) => handler[kind] !== undefined).map((kind) => ({ probe, port: numberedPort(pods, objectIn(handler, kind)['port']) })));
  });
}

/** Ports that a service leads to, and that no proxy takes: they would stay as they are, and callers' proxies speak TLS to them. */
function capturedRisks(view: MigrationView, service: MigratingService): MtlsRisk[] {
  return view.podsBehind(service.namespace, service.selector).flatMap((pods): MtlsRisk[] => {
    const strict = service.ports.filter(({ pod }) => view.modeWhenDone(pods.namespace, pods.labels, pod) === 'STRICT');
    const [found] = strict.flatMap(({ pod }) => (pod === undefined ? [] : [{ pod, past: pastProxy(view, pods, pod) }])).filter(({ past }) => past !== undefined);
    if (found?.past === undefined) return [];
    const place = { code: 'port-not-captured', construct: pods.construct.node.path, property: found.past.property, got: `${found.past.said}, which has calls to port ${found.pod} go past the proxy` } as const;
    // ztunnel still ends the mesh's TLS for them, but lets everything else in
    if (view.proxyOf(pods).kind === 'ambient') return [{ ...place, expected: 'pods that nobody reaches past ztunnel: there STRICT means nothing', fix: `take it out, or say what they take: ${keepOpen(`the ${pods.kind} ${pods.name}`, undefined)}` }];
    return [{
      ...place,
      expected: 'ports that the proxy takes: to others STRICT means nothing, and callers speak TLS that nobody ends',
      fix: `take it out, or say that the port takes plain text only: a MtlsPolicy for ${service.name} with ports: { ${found.pod}: 'DISABLE' }`,
    }];
  });
}

function pastProxy(view: MigrationView, pods: ProgramPods, port: number): Uncaptured | undefined {
  const { kind } = view.proxyOf(pods);
  if (kind === 'sidecar') return uncapturedInbound(view, pods, port);
  if (kind !== 'ambient' || !isTrue(pods.annotations[BYPASS] ?? '')) return undefined;
  return { said: `${BYPASS}: "true"`, property: `${pods.template}metadata.annotations` };
}

const TLS_MODE = 'security.istio.io/tlsMode';

/** The injector leaves a label alone by which istiod has callers speak plain text to a sidecar. */
function toldRisks(view: MigrationView, service: MigratingService): MtlsRisk[] {
  return view.podsBehind(service.namespace, service.selector).flatMap((pods): MtlsRisk[] => {
    const said = pods.labels[TLS_MODE] ?? 'istio';
    const strict = service.ports.find(({ pod }) => isStrict(view, pods, pod));
    if (said === 'istio' || said === '' || strict === undefined || view.proxyOf(pods).kind !== 'sidecar') return [];
    return [{
      code: 'told-plain-text',
      construct: pods.construct.node.path,
      property: `${pods.template}metadata.labels`,
      got: `${TLS_MODE}: "${said}", by which callers of ${service.namespace}/${service.name} send plain text`,
      expected: 'pods that callers speak the mesh\'s TLS to: plain text is refused',
      fix: `take the label out: the injector says "istio"; or keep the port open: ${keepOpen(`the ${pods.kind} ${pods.name}`, strict.pod)}`,
    }];
  });
}

/** Callers of a headless service speak TLS to all of its pods, or to none as soon as one has no proxy. */
function headlessRisks(view: MigrationView, service: MigratingService): MtlsRisk[] {
  if (!isHeadless(service)) return [];
  const pods = view.podsBehind(service.namespace, service.selector);
  const without = pods.find((each) => view.proxyOf(each).kind === 'none');
  const strict = pods.find((each) => view.proxyOf(each).kind === 'sidecar' && service.ports.some(({ pod }) => isStrict(view, each, pod)));
  if (without === undefined || strict === undefined) return [];
  return [{
    code: 'headless-without-proxies',
    construct: service.construct.node.path,
    property: 'spec.selector',
    got: `pods of ${without.kind} ${without.name} without a proxy beside those of ${strict.kind} ${strict.name} with one, behind a headless service`,
    expected: 'a proxy for each of its pods: as soon as one has none, callers send plain text to all',
    fix: `let ${without.name} join the mesh, give it a Service of its own, or keep the ports open: ${keepOpen(`the ${strict.kind} ${strict.name}`, undefined)}`,
  }];
}

/** Of the proxy's container itself: metrics and health, which take plain text in any mode. */
const OWN_PORTS: ReadonlySet<number> = new Set([15_020, 15_021, 15_090]);

/** Whether plain text to a port of pods is refused in the end. */
export function isStrict(view: MigrationView, pods: ProgramPods, port: number | undefined): boolean {
  if (port !== undefined && (OWN_PORTS.has(port) || pastProxy(view, pods, port) !== undefined)) return false;
  return view.modeWhenDone(pods.namespace, pods.labels, port) === 'STRICT';
}

/** As Go reads flags in annotations. */
function isFlag(text: string): boolean {
  return /^(1|0|[tTfF]|true|false|TRUE|FALSE|True|False)$/.test(text);
}

export function isTrue(text: string): boolean {
  return /^(1|[tT]|true|TRUE|True)$/.test(text);
}
