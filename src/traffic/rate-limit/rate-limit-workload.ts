import type { EnvVar, PodSpec, PodTemplateSpec } from '../../../imports/kubernetes/core-v1';
import type { DeploymentProps } from '../../../imports/kubernetes/deployment';
import { halfOfMemory, lockedDown } from './container-settings';
import type { RateLimitSettings } from './rate-limit-settings';
import type { KnownRedis, MadeRedis } from './redis-settings';

/** The port that proxies ask on. */
export const GRPC_PORT = 8081;
const HTTP_PORT = 8080;
const METRICS_PORT = 9090;
export const REDIS_PORT = 6379;
/** Users of the images, by number, so that Kubernetes can see that they are not root. */
const DISTROLESS_USER = 65_532;
const VALKEY_USER = 999;
/** Where the service looks for its configuration, and sees it change. */
const RUNTIME = { root: '/data', subdirectory: 'ratelimit' };

/** What the ConfigMap of the limits is called. */
export function configName(name: string): string {
  return `${name}-limits`;
}

export function labelsOf(name: string): Record<string, string> {
  return { app: name, 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'rate-limit' };
}

/** Envoy's rate-limit service. */
export function rateLimitDeployment(settings: RateLimitSettings, redisUrl: string): DeploymentProps {
  const { name, namespace, replicas, image, resources, redis } = settings;
  const probe = { httpGet: { path: '/healthcheck', port: HTTP_PORT } };
  return {
    metadata: { name, namespace, labels: labelsOf(name) },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: template(name, {
        annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(METRICS_PORT), 'prometheus.io/path': '/metrics' },
        spec: {
          containers: [
            {
              name: 'ratelimit',
              image,
              command: ['/bin/ratelimit'],
              env: [...environment(redisUrl), ...redisSecrets(redis)],
              ports: [
                { name: 'grpc', containerPort: GRPC_PORT },
                { name: 'http', containerPort: HTTP_PORT },
                { name: 'http-metrics', containerPort: METRICS_PORT },
              ],
              readinessProbe: { ...probe, periodSeconds: 5 },
              livenessProbe: { ...probe, periodSeconds: 10, failureThreshold: 6 },
              resources,
              securityContext: lockedDown(DISTROLESS_USER),
              volumeMounts: [{ name: 'limits', mountPath: `${RUNTIME.root}/${RUNTIME.subdirectory}/config`, readOnly: true }],
            },
          ],
          topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { app: name } } }],
          volumes: [{ name: 'limits', configMap: { name: configName(name) } }],
        },
      }),
    },
  };
}

/** One pod: counters in two of them would be two sets of counters. */
export function redisDeployment({ namespace }: RateLimitSettings, name: string, { image, resources }: MadeRedis): DeploymentProps {
  const server = image.includes('redis') && !image.includes('valkey') ? 'redis' : 'valkey';
  const probe = { exec: { command: [`${server}-cli`, 'ping'] } };
  return {
    metadata: { name, namespace, labels: labelsOf(name) },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      strategy: { type: 'Recreate' },
      template: template(name, {
        annotations: {},
        spec: {
          containers: [
            {
              name: 'redis',
              image,
              command: [`${server}-server`],
              // nothing on disk; when memory is short, the counters go that would have ended first
              args: ['--port', String(REDIS_PORT), '--save', '', '--appendonly', 'no', '--maxmemory', String(halfOfMemory(resources)), '--maxmemory-policy', 'volatile-ttl', '--protected-mode', 'no'],
              ports: [{ name: 'tcp-redis', containerPort: REDIS_PORT }],
              readinessProbe: { ...probe, periodSeconds: 5, timeoutSeconds: 5 },
              livenessProbe: { ...probe, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
              resources,
              securityContext: lockedDown(VALKEY_USER),
            },
          ],
        },
      }),
    },
  };
}

function template(name: string, { annotations, spec }: { readonly annotations: Record<string, string>; readonly spec: PodSpec }): PodTemplateSpec {
  return {
    // each program connects when it starts, which needs the sidecar
    metadata: { labels: labelsOf(name), annotations: { ...annotations, 'proxy.istio.io/config': '{"holdApplicationUntilProxyStarts":true}' } },
    spec: { ...spec, automountServiceAccountToken: false, serviceAccountName: name },
  };
}

/** @see https://github.com/envoyproxy/ratelimit#overview */
function environment(redisUrl: string): EnvVar[] {
  const variables = {
    // counters, configuration and profiles, for who is in the pod
    DEBUG_HOST: '127.0.0.1',
    // no address is all of them, whether IPv4 or IPv6
    GRPC_HOST: '',
    GRPC_PORT: String(GRPC_PORT),
    HOST: '',
    LOG_FORMAT: 'json',
    LOG_LEVEL: 'warn',
    PORT: String(HTTP_PORT),
    PROMETHEUS_ADDR: `:${METRICS_PORT}`,
    REDIS_SOCKET_TYPE: 'tcp',
    REDIS_URL: redisUrl,
    RUNTIME_IGNOREDOTFILES: 'true',
    RUNTIME_ROOT: RUNTIME.root,
    RUNTIME_SUBDIRECTORY: RUNTIME.subdirectory,
    // the files of a ConfigMap are changed in their folder, not by another root
    RUNTIME_WATCH_ROOT: 'false',
    USE_PROMETHEUS: 'true',
    USE_STATSD: 'false',
  };
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

function redisSecrets(redis: KnownRedis | MadeRedis): EnvVar[] {
  if (redis.isOwn) return [];
  return [
    ...(redis.secret === undefined ? [] : [{ name: 'REDIS_AUTH', valueFrom: { secretKeyRef: { ...redis.secret } } }]),
    ...(redis.tls ? [{ name: 'REDIS_TLS', value: 'true' }] : []),
  ];
}
