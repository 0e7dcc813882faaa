import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JsonPatch } from 'cdk8s';
import { AuthorizationPolicy } from '../../../imports/istio';
import { ConfigMap, Deployment, PodDisruptionBudget, Service, ServiceAccount } from '../../../imports/kubernetes';
import { RateLimitService } from '../../../src';
import type { RateLimitServiceProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { program } from '../../support/program';

function made(props: RateLimitServiceProps = {}): ReturnType<typeof synthTo> {
  const { chart } = program();
  new RateLimitService(chart, 'ratelimit', props);
  return synthTo(chart);
}

type Objects = ReturnType<typeof synthTo>;
const container = (objects: Objects, name: string) => objects.one(Deployment, name).spec?.template.spec?.containers[0];
const variable = (objects: Objects, name: string) => container(objects, 'ratelimit')?.env?.find((each) => each.name === name);

test('the service, and a Redis of its own', () => {
  const objects = made();
  for (const kind of [Deployment, Service, ServiceAccount]) {
    expect(objects.many(kind as typeof Deployment).map(({ metadata }) => metadata.name).sort()).toEqual(['ratelimit', 'ratelimit-redis']);
  }
  expect(objects.one(Deployment, 'ratelimit').spec?.replicas).toBe(2);
  expect(objects.one(PodDisruptionBudget).spec).toMatchObject({ maxUnavailable: 1, selector: { matchLabels: { app: 'ratelimit' } } });
  expect(variable(objects, 'REDIS_URL')?.value).toBe('ratelimit-redis.shop.svc.cluster.local:6379');
});

test('proxies speak gRPC to it, which Istio is told', () => {
  expect(made().one(Service, 'ratelimit').spec?.ports).toMatchObject([{ port: 8081, appProtocol: 'grpc' }]);
});

test('counters are for the service alone', () => {
  expect(made().one(AuthorizationPolicy, 'ratelimit-redis').spec).toEqual({
    action: 'ALLOW',
    rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/ratelimit'] } }] }],
    selector: { matchLabels: { app: 'ratelimit-redis' } },
  });
});

test.each(['ratelimit', 'ratelimit-redis'])('%s has the least of privileges', (name) => {
  const objects = made();
  expect(container(objects, name)?.securityContext).toMatchObject({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect(objects.one(Deployment, name).spec?.template.spec).toMatchObject({ serviceAccountName: name, automountServiceAccountToken: false });
  expect(container(objects, name)).toMatchObject({ readinessProbe: {}, livenessProbe: {}, resources: { requests: { cpu: '50m' }, limits: { memory: '256Mi' } } });
});

test('there is one Redis, also while it is replaced', () => {
  expect(made().one(Deployment, 'ratelimit-redis').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
});

test('limits are read from the ConfigMap, where the program looks for them', () => {
  const objects = made();
  const pod = objects.one(Deployment, 'ratelimit').spec?.template.spec;
  const [root, subdirectory] = ['RUNTIME_ROOT', 'RUNTIME_SUBDIRECTORY'].map((name) => variable(objects, name)?.value);
  expect(pod?.volumes).toMatchObject([{ configMap: { name: objects.one(ConfigMap).metadata?.name } }]);
  expect(container(objects, 'ratelimit')?.volumeMounts).toMatchObject([{ name: pod?.volumes?.[0]?.name, mountPath: `${root}/${subdirectory}/config` }]);
});

test('a Redis that there is already', () => {
  const objects = made({ redis: { url: 'redis.example.com:6380', secret: { name: 'redis-auth' }, tls: true } });
  expect(objects.many(Deployment)).toHaveLength(1);
  expect(variable(objects, 'REDIS_URL')?.value).toBe('redis.example.com:6380');
  expect(variable(objects, 'REDIS_TLS')?.value).toBe('true');
  expect(variable(objects, 'REDIS_AUTH')).toEqual({ name: 'REDIS_AUTH', valueFrom: { secretKeyRef: { name: 'redis-auth', key: 'password' } } });
});

test('without limits it has a configuration all the same', () => {
  expect(made({ domain: 'prod' }).one(ConfigMap).data).toEqual({ 'config.yaml': 'domain: prod\ndescriptors: []\n' });
});

test('one replica needs no budget, which would only be in the way of draining a node', () => {
  expect(made({ replicas: 1 }).many(PodDisruptionBudget)).toEqual([]);
});

test('images and resources', () => {
  const objects = made({
    image: 'registry.example.com/ratelimit:1',
    resources: { requests: { cpu: '1' } },
    redis: { image: 'registry.example.com/redis:8', resources: { limits: { memory: '1Gi' } } },
  });
  expect(container(objects, 'ratelimit')).toMatchObject({ image: 'registry.example.com/ratelimit:1', resources: { requests: { cpu: '1', memory: '64Mi' } } });
  expect(container(objects, 'ratelimit-redis')).toMatchObject({ image: 'registry.example.com/redis:8', command: ['redis-server'], resources: { limits: { memory: '1Gi' } } });
});

test('pods can be patched, as where the platform gives users out', () => {
  const { chart } = program();
  const { deployment, redisDeployment } = new RateLimitService(chart, 'ratelimit');
  for (const each of [deployment, redisDeployment]) each?.addJsonPatch(JsonPatch.remove('/spec/template/spec/containers/0/securityContext/runAsUser'));
  const objects = synthTo(chart);
  for (const name of ['ratelimit', 'ratelimit-redis']) expect(container(objects, name)?.securityContext).not.toHaveProperty('runAsUser');
});

test('a limit below the default request is no contradiction', () => {
  expect(container(made({ resources: { limits: { memory: '32Mi' } } }), 'ratelimit')?.resources).toEqual({ requests: { cpu: '50m' }, limits: { memory: '32Mi' } });
});

test.each([
  ['256Mi', 128 * 2 ** 20],
  ['1G', 5e8],
  ['1e9', 5e8],
  [2 ** 28, 2 ** 27],
])('Redis keeps within its memory of %s', (memory, most) => {
  const args = container(made({ redis: { resources: { limits: { memory } } } }), 'ratelimit-redis')?.args ?? [];
  expect(args[args.indexOf('--maxmemory') + 1]).toBe(String(most));
});

test('the image is the version that is judged against Envoy', () => {
  const module = readFileSync(join(__dirname, '../../../conformance/ratelimit/go.mod'), 'utf8');
  const commit = /envoyproxy\/ratelimit v\S+-([0-9a-f]{12})$/m.exec(module)?.[1];
  expect(container(made(), 'ratelimit')?.image).toBe(`docker.io/envoyproxy/ratelimit:${commit?.slice(0, 8)}`);
});
