import type { Construct } from 'constructs';
import { contradiction } from '../component-checks';
import { count, flag, list, object, oneOf, orFalse, props, requireShape, text, texts } from '../prop-shape';
import type { Check, Shape } from '../prop-shape';
import type { InjectorProps } from './injection-props';
import { TEMPLATE_NAMES } from './injector-config';

const port: Check = {
  expected: 'a port, 1 to 65535',
  holds: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535,
};
const ipRanges: Check = {
  expected: "'*' or a list of ranges of IP addresses such as 10.0.0.0/8",
  holds: (value) => value === '*' || texts.holds(value),
};
const ports: Check = {
  expected: "'*' or a list of ports",
  holds: (value) => value === '*' || (Array.isArray(value) && value.every((entry) => typeof entry === 'string' || port.holds(entry))),
};
const textMap: Check = {
  expected: 'an object of texts',
  holds: (value) => object.holds(value) && Object.values(value as object).every((entry) => typeof entry === 'string'),
};

const PROXY: Shape = {
  image: text,
  init: props({ image: text, forceApplyIptables: flag }),
  clusterDomain: text,
  logLevel: oneOf('trace', 'debug', 'info', 'warning', 'warn', 'error', 'critical', 'off'),
  componentLogLevel: text,
  outlierLogPath: text,
  resources: props({ requests: object, limits: object }),
  trafficCapture: props({
    outbound: props({ ipRanges, excludeIpRanges: ipRanges, ports, excludePorts: ports }),
    inbound: props({ ports, excludePorts: ports }),
  }),
  privileged: flag,
  capNetBindService: flag,
  seccompProfile: object,
  lifecycle: object,
  holdApplicationUntilProxyStarts: flag,
  statusPort: orFalse(port),
  readinessProbe: props({ initialDelaySeconds: count, periodSeconds: count, failureThreshold: count }),
  startupProbe: orFalse(props({ failureThreshold: count })),
  tracer: oneOf('zipkin', 'lightstep', 'datadog', 'stackdriver', 'openCensusAgent', 'none'),
  caAddress: text,
  caName: text,
  mountMtlsCerts: flag,
  stsPort: port,
};

const INJECTION: Shape = {
  policy: oneOf('enabled', 'disabled'),
  alwaysInjectSelector: list,
  neverInjectSelector: list,
  injectedAnnotations: textMap,
  templates: textMap,
  defaultTemplates: texts,
  enableNamespacesByDefault: flag,
  reinvocationPolicy: oneOf('Never', 'IfNeeded'),
  rewriteAppHTTPProbe: flag,
};

/** What the props of an injector may be; see `InjectorProps`. */
const INJECTOR_SHAPE: Shape = {
  proxy: props(PROXY),
  injection: props(INJECTION),
  waypoint: props({
    resources: props({ requests: object, limits: object }),
    affinity: object,
    nodeSelector: textMap,
    tolerations: list,
    topologySpreadConstraints: list,
  }),
  gateways: props({ securityContext: object, seccompProfile: object, agentgatewayImage: text }),
  network: text,
};

/**
 * Refuses props that no injector can have.
 *
 * @throws MeshError naming the construct and each prop.
 */
export function checkInjector(construct: Construct, given: InjectorProps): void {
  const own = Object.entries(given).filter(([name]) => Object.hasOwn(INJECTOR_SHAPE, name));
  requireShape(construct, Object.fromEntries(own), INJECTOR_SHAPE);
  const { injection } = given;
  const known = [...TEMPLATE_NAMES, ...Object.keys(injection?.templates ?? {})].sort();
  const missing = (injection?.defaultTemplates ?? []).find((name) => !known.includes(name));
  if (missing === undefined) return;
  throw contradiction(
    construct,
    'injection.defaultTemplates',
    `the template ${JSON.stringify(missing)}, which there is not`,
    `one of ${known.join(', ')}`,
    'give its text in injection.templates, or leave it out',
  );
}
