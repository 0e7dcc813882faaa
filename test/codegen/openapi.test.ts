import { PACKAGE_IMPORTS } from '../../src/codegen/emit/imports';
import { generate } from '../../src/codegen/generate';
import { readRelease } from '../../src/codegen/input/read-release';
import { GENERATOR_VERSION } from '../../src/codegen/lock';
import type { JsonObject } from '../../src/rules/json';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const TEXT = { type: 'string' };

function ref(name: string): JsonObject {
  return { $ref: `#/definitions/${name}` };
}

function definition(group: string, version: string, kind: string, properties: Record<string, JsonObject>): JsonObject {
  const common = { apiVersion: TEXT, kind: TEXT, metadata: ref(META) };
  return { type: 'object', properties: { ...common, ...properties }, 'x-kubernetes-group-version-kind': [{ group, version, kind }] };
}

function path(group: string, version: string, kind: string): JsonObject {
  return { post: { 'x-kubernetes-group-version-kind': { group, version, kind } } };
}

/** A small server: Deployment and Job share a pod, and each has a definition of its own. */
const SERVER: JsonObject = {
  swagger: '2.0',
  paths: {
    '/apis/apps/v1/namespaces/{namespace}/deployments': path('apps', 'v1', 'Deployment'),
    '/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale': path('autoscaling', 'v1', 'Scale'),
    '/apis/batch/v1/namespaces/{namespace}/jobs': path('batch', 'v1', 'Job'),
    '/apis/batch/v1beta1/namespaces/{namespace}/jobs': path('batch', 'v1beta1', 'Job'),
    '/api/v1/namespaces': path('', 'v1', 'Namespace'),
  },
  definitions: {
    [META]: { type: 'object', properties: { name: TEXT } },
    'io.k8s.api.apps.v1.Deployment': definition('apps', 'v1', 'Deployment', {
      spec: ref('io.k8s.api.apps.v1.DeploymentSpec'),
      status: ref('io.k8s.api.apps.v1.DeploymentStatus'),
    }),
    'io.k8s.api.apps.v1.DeploymentSpec': { type: 'object', properties: { pod: ref('io.k8s.api.core.v1.PodSpec') } },
    'io.k8s.api.apps.v1.DeploymentStatus': { type: 'object', properties: { ready: { type: 'boolean' } } },
    'io.k8s.api.batch.v1.Job': definition('batch', 'v1', 'Job', { pod: ref('io.k8s.api.core.v1.PodSpec') }),
    'io.k8s.api.batch.v1beta1.Job': definition('batch', 'v1beta1', 'Job', { old: TEXT }),
    'io.k8s.api.core.v1.Namespace': definition('', 'v1', 'Namespace', {}),
    'io.k8s.api.core.v1.PodSpec': {
      type: 'object',
      properties: {
        cpu: ref('io.k8s.apimachinery.pkg.api.resource.Quantity'),
        port: ref('io.k8s.apimachinery.pkg.util.intstr.IntOrString'),
        nested: ref('io.k8s.api.core.v1.PodSpec'),
      },
    },
    'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: 'string' },
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: 'string', format: 'int-or-string' },
  },
};

async function generated(): Promise<ReadonlyMap<string, string>> {
  const releases = [readRelease({ release: '1.36.0' }, [{ name: 'openapi.json', text: JSON.stringify(SERVER) }])];
  const lock = { generator: GENERATOR_VERSION, sources: {} };
  return (await generate([{ name: 'kubernetes', releases }], { imports: PACKAGE_IMPORTS, docs: false, lock })).files;
}

test('plural and scope come from the paths, and a version that is not stable counts only if none is', () => {
  const { kinds } = readRelease({ release: '1' }, [{ name: 'openapi.json', text: JSON.stringify(SERVER) }]);
  expect(kinds.map(({ kind, plural, scope, versions }) => [kind, plural, scope, versions.map((version) => version.version).join()])).toEqual([
    ['Deployment', 'deployments', 'Namespaced', 'v1'],
    ['Job', 'jobs', 'Namespaced', 'v1'],
    ['Namespace', 'namespaces', 'Cluster', 'v1'],
  ]);
});

test('kinds are chosen by name, or by group, version and name', () => {
  const read = (...filter: string[]) =>
    readRelease({ release: '1' }, [{ name: 'openapi.json', text: JSON.stringify(SERVER) }], filter).kinds.map((kind) => kind.kind);
  expect(read('Job', '/v1/Namespace')).toEqual(['Job', 'Namespace']);
  expect(read('Pod')).toEqual([]);
});

test('what one kind uses stands in its module, what several use in a module of its group', async () => {
  const files = await generated();
  expect(files.get('kubernetes/deployment.ts')).toContain('export interface DeploymentSpec {\n  pod?: PodSpec;\n}');
  expect(files.get('kubernetes/deployment.ts')).toContain("import type { PodSpec } from './core-v1';");
  expect(files.get('kubernetes/job.ts')).toContain("import type { PodSpec } from './core-v1';");
  expect(files.get('kubernetes/core-v1.ts')).toContain("import type { IntOrString, Quantity } from './meta-v1';");
  expect(files.get('kubernetes/meta-v1.ts')).toContain('export type Quantity = number | string;');
  expect(files.get('kubernetes/index.ts')).toContain("export type { PodSpec } from './core-v1';");
});

test('a definition that refers to itself does so by name', async () => {
  expect((await generated()).get('kubernetes/core-v1.ts')).toContain('  nested?: PodSpec;');
});

test('what only a status uses has no type, but a rule', async () => {
  const files = await generated();
  expect([...files.values()].some((text) => /interface DeploymentStatus/.test(text))).toBe(false);
  expect(files.get('kubernetes/definitions.rules.ts')).toContain('"io.k8s.api.apps.v1.DeploymentStatus"');
});

test('the catalog knows where the shared definitions are', async () => {
  expect((await generated()).get('catalog.ts')).toContain('loadShared: () => (require(\'./kubernetes/definitions.rules\')');
});
