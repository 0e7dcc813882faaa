import type { Json } from '../../../rules/json';
import { annotation, anyOf, bare, firstOf, go, hasAnnotation, annotationOf, text } from '../template/go';
import type { Go } from '../template/go';
import { fields, when } from '../template/nodes';
import type { Fields, Item, Items, Mapping, Node, Variable } from '../template/nodes';
import type { InjectionSettings } from '../settings';

/** What the containers of all proxies share. */

export const PROXY_UID = firstOf(go('.ProxyUID'), 1337);
export const PROXY_GID = firstOf(go('.ProxyGID'), 1337);
/** Port of the agent that answers whether Envoy is ready. */
export const READY = { path: '/healthz/ready', port: 15021 };
const STATUS_PORT = 'status.sidecar.istio.io/port';

/** Ports of the agent in gateways that istiod makes. */
export const MANAGED_PORTS: Items = [
  { containerPort: 15020, name: 'metrics', protocol: 'TCP' },
  { containerPort: 15021, name: 'status-port', protocol: 'TCP' },
];

export const PROMETHEUS_PORT: Item = { containerPort: 15090, protocol: 'TCP', name: 'http-envoy-prom' };

/**
 * Sets a variable to the image that is wanted where that is a whole reference, else to the one that istiod makes of the
 * settings of the mesh.
 */
export function imageVariable({ code }: Go, wanted: Go, reference: string): Variable {
  return { code: [`${code} := ${wanted.code}`, `if not (contains "/" ${code})`, `${code} = ${reference}`, 'end'] };
}

/** The proxy's image by its name, unless the pod asks for another one. */
export function wantedImage(name: string): Go {
  return annotation('sidecar.istio.io/proxyImage', name);
}

export const IMAGE = go('$image');

/** Sets {@link IMAGE} to the image of proxies. */
export function proxyImage({ proxy }: InjectionSettings): Variable {
  return imageVariable(IMAGE, wantedImage(proxy.image), '.ProxyImage');
}

export function pullPolicy({ image: { pullPolicy: policy } }: InjectionSettings): Mapping {
  return policy === undefined ? {} : { imagePullPolicy: policy };
}

export function domain({ proxy }: InjectionSettings): Items {
  return ['--domain', `$(POD_NAMESPACE).svc.${proxy.clusterDomain}`];
}

export function logLevels({ proxy, logging }: InjectionSettings): readonly (readonly [flag: string, value: Go])[] {
  return [
    ['--proxyLogLevel', annotation('sidecar.istio.io/logLevel', proxy.logLevel)],
    ['--proxyComponentLogLevel', annotation('sidecar.istio.io/componentLogLevel', proxy.componentLogLevel)],
    ['--log_output_level', agentLogLevel({ logging })],
  ];
}

export function agentLogLevel({ logging }: Pick<InjectionSettings, 'logging'>): Go {
  return annotation('sidecar.istio.io/agentLogLevel', logging.level);
}

/** Levels as one argument each, as `--flag=value`. */
export function logLevelArguments(settings: InjectionSettings): Items {
  return logLevels(settings).map(([flag, value]) => text`${flag}=${value}`);
}

export function stsPort({ proxy }: InjectionSettings): Item | undefined {
  return proxy.stsPort === undefined || proxy.stsPort === 0 ? undefined : `--stsPort=${proxy.stsPort}`;
}

export function logAsJson({ logging }: InjectionSettings): Item | undefined {
  return logging.json ? '--log_as_json' : undefined;
}

export function outlierLog({ proxy }: InjectionSettings): Item | undefined {
  const { outlierLogPath } = proxy;
  return outlierLogPath === undefined || outlierLogPath === '' ? undefined : `--outlierLogPath=${outlierLogPath}`;
}

/** The port of health checks that the pod asks for, else the mesh's. */
export function statusPort({ proxy }: InjectionSettings): Go {
  return annotation(STATUS_PORT, proxy.statusPort === false ? 0 : proxy.statusPort);
}

/** Readiness of a proxy whose pod may say how it is probed. */
export function annotatedReadiness({ proxy }: InjectionSettings, port: number): Mapping {
  const { initialDelaySeconds, periodSeconds, failureThreshold } = proxy.readinessProbe;
  const annotated = (name: string, fallback: number): Go => bare(annotation(`readiness.status.sidecar.istio.io/${name}`, fallback));
  return {
    httpGet: { ...READY, port },
    initialDelaySeconds: annotated('initialDelaySeconds', initialDelaySeconds),
    periodSeconds: annotated('periodSeconds', periodSeconds),
    timeoutSeconds: 3,
    failureThreshold: annotated('failureThreshold', failureThreshold),
  };
}

/** Probes of the gateways that istiod makes: they start quickly, and nothing of the pod waits for them. */
export const MANAGED_PROBES: Mapping = {
  startupProbe: { ...managedProbe(30, 1), initialDelaySeconds: 1 },
  readinessProbe: { ...managedProbe(4, 15), initialDelaySeconds: 0 },
};

function managedProbe(failureThreshold: number, periodSeconds: number): Mapping {
  return { failureThreshold, httpGet: { ...READY, scheme: 'HTTP' }, periodSeconds, successThreshold: 1, timeoutSeconds: 1 };
}

const CPU = 'sidecar.istio.io/proxyCPU';
const MEMORY = 'sidecar.istio.io/proxyMemory';

/** One annotation about resources is enough to set aside all of the mesh's. */
export function annotatedResources({ proxy }: InjectionSettings): Mapping {
  const own = fields(amounts('requests', CPU, MEMORY), amounts('limits', `${CPU}Limit`, `${MEMORY}Limit`));
  const any = anyOf(...[CPU, MEMORY, `${CPU}Limit`, `${MEMORY}Limit`].map(hasAnnotation));
  return { resources: fields(when<Fields>(any, own, asNode(proxy.resources))) };
}

function amounts(key: string, cpu: string, memory: string): ReturnType<typeof when<Fields>> {
  const amount = (name: string, of: string): ReturnType<typeof when<Fields>> =>
    when<Fields>(hasAnnotation(of), { [name]: annotationOf(of) });
  return when<Fields>(anyOf(hasAnnotation(cpu), hasAnnotation(memory)), {
    [key]: fields(amount('cpu', cpu), amount('memory', memory)),
  });
}

/** Plain data as a node; nulls are left out. */
export function asNode(value: object): Mapping {
  return Object.fromEntries(
    Object.entries(value as { readonly [key: string]: Json | undefined }).flatMap(([key, inner]) =>
      inner === null || inner === undefined ? [] : [[key, plain(inner)]],
    ),
  );
}

function plain(value: Exclude<Json, null>): Node {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((inner) => (inner === null ? [] : [plain(inner)]));
  return typeof value === 'object' ? asNode(value) : (value as string | number | boolean);
}
