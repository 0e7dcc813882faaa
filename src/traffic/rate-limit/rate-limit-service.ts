import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { ConfigMap } from '../../../imports/kubernetes/config-map';
import { Deployment } from '../../../imports/kubernetes/deployment';
import { PodDisruptionBudget } from '../../../imports/kubernetes/pod-disruption-budget';
import { Service } from '../../../imports/kubernetes/service';
import { ServiceAccount } from '../../../imports/kubernetes/service-account';
import { requirePlace } from '../../core/place';
import { addCheck } from '../../core/planner';
import { requireProps } from '../../core/required-props';
import { MeshService } from '../mesh-service';
import type { CheckedLimit } from './global-limits';
import { limitConfig, limitFindings } from './limit-config';
import type { RateLimitServiceProps } from './rate-limit-service-props';
import { rateLimitSettings } from './rate-limit-settings';
import type { RateLimitSettings } from './rate-limit-settings';
import { configName, GRPC_PORT, labelsOf, rateLimitDeployment, REDIS_PORT, redisDeployment } from './rate-limit-workload';
import type { MadeRedis } from './redis-settings';

interface Port {
  readonly name: string;
  readonly port: number;
  readonly appProtocol: string;
}

const BRAND = Symbol.for('mesh-constructs.RateLimitService');

/**
 * Envoy's rate-limit service, which counts requests for all proxies together, and the Redis in which it counts.
 *
 * It makes a Deployment, a Service, a ServiceAccount and a PodDisruptionBudget of its name, the ConfigMap `<name>-limits` with
 * the limits of all `GlobalRateLimit`s that ask it, and, unless a Redis is given, a Deployment, a Service and a ServiceAccount
 * `<name>-redis`. Who has no limit there is not let in.
 *
 * @see https://github.com/envoyproxy/ratelimit
 * @example
 * const counters = new RateLimitService(chart, 'ratelimit', { namespace: shop });
 */
export class RateLimitService extends Construct {
  /** True for a RateLimitService of any copy of this library. */
  public static isRateLimitService(value: unknown): value is RateLimitService {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  public readonly name: string;
  public readonly namespace: string;
  /** The service that proxies ask. */
  public readonly service: MeshService;
  /** The Redis that it brings along; undefined where one was given. */
  public readonly redis: MeshService | undefined;
  /** The pods that answer, to be patched. */
  public readonly deployment: Deployment;
  /** The pod of the Redis that it brings along, to be patched. */
  public readonly redisDeployment: Deployment | undefined;
  /** @internal */
  public readonly settings: RateLimitSettings;

  private readonly limits: CheckedLimit[] = [];

  /** @throws MeshError when there is no namespace, or a name, a number, a length of time or an address cannot be. */
  public constructor(scope: Construct, id: string, props: RateLimitServiceProps = {}) {
    requireProps(requirePlace(scope, id), props);
    super(scope, id);
    Object.defineProperty(this, BRAND, { value: true });
    this.settings = rateLimitSettings(this, props);
    const { name, namespace, redis } = this.settings;
    this.name = name;
    this.namespace = namespace;
    const counters = redis.isOwn ? this.makeRedis(redis) : { service: undefined, deployment: undefined, url: redis.url };
    this.redis = counters.service;
    this.redisDeployment = counters.deployment;
    this.deployment = this.makePods(counters.url);
    this.service = makeService(this, this.settings, name, this.deployment, { name: 'grpc', port: GRPC_PORT, appProtocol: 'grpc' });
    this.redis?.allowFrom(this.service);
  }

  /** The cluster by which Istio's proxies know it. @internal */
  public get cluster(): string {
    return `outbound|${GRPC_PORT}||${this.service.host}`;
  }

  /** Adds limits to its configuration. @internal */
  public addLimits(limits: readonly CheckedLimit[]): void {
    this.limits.push(...limits);
    addCheck(this, `rate-limits ${this.node.path}`, () => limitFindings(this.limits));
  }

  private makePods(redisUrl: string): Deployment {
    const { settings } = this;
    const { name, namespace, replicas, domain } = settings;
    const metadata = { name, namespace, labels: labelsOf(name) };
    const config = new ConfigMap(this, 'limits', {
      metadata: { ...metadata, name: configName(name) },
      // at synthesis: limits may come until then
      data: { 'config.yaml': Lazy.any({ produce: () => limitConfig(domain, this.limits) }) as unknown as string },
    });
    const deployment = new Deployment(this, 'deployment', rateLimitDeployment(settings, redisUrl));
    deployment.needs(config);
    if (replicas > 1) {
      new PodDisruptionBudget(this, 'budget', { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: { app: name } } } });
    }
    return deployment;
  }

  private makeRedis(redis: MadeRedis): { readonly service: MeshService; readonly deployment: Deployment; readonly url: string } {
    const { settings } = this;
    const name = `${settings.name}-redis`;
    const place = new Construct(this, 'redis');
    const deployment = new Deployment(place, 'deployment', redisDeployment(settings, name, redis));
    const service = makeService(place, settings, name, deployment, { name: 'tcp-redis', port: REDIS_PORT, appProtocol: 'tcp' });
    return { service, deployment, url: `${service.host}:${REDIS_PORT}` };
  }
}

/** The Service of some pods, and the account that they run as. */
function makeService(scope: Construct, { namespace }: RateLimitSettings, name: string, workload: Deployment, port: Port): MeshService {
  const metadata = { name, namespace, labels: labelsOf(name) };
  new ServiceAccount(scope, 'account', { metadata, automountServiceAccountToken: false });
  const service = new Service(scope, 'service', { metadata, spec: { selector: { app: name }, ports: [{ ...port }] } });
  return MeshService.from(service, { workload });
}
