import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { OWN_IMPORTS } from '../src/codegen/emit/imports';
import { generate } from '../src/codegen/generate';
import type { Generated } from '../src/codegen/generate';
import { readRelease } from '../src/codegen/input/read-release';
import { GENERATOR_VERSION } from '../src/codegen/lock';
import type { PublishedRelease, Source } from '../src/codegen/model';
import { generateMeshConfig } from './mesh-config/generate';

/** Kinds of Kubernetes that a mesh emits or refers to. */
const KUBERNETES_KINDS = [
  '/v1/ConfigMap',
  '/v1/LimitRange',
  '/v1/Namespace',
  '/v1/PersistentVolumeClaim',
  '/v1/Pod',
  '/v1/ResourceQuota',
  '/v1/Secret',
  '/v1/Service',
  '/v1/ServiceAccount',
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/v1/CustomResourceDefinition',
  'apps/v1/DaemonSet',
  'apps/v1/Deployment',
  'apps/v1/ReplicaSet',
  'apps/v1/StatefulSet',
  'autoscaling/v2/HorizontalPodAutoscaler',
  'batch/v1/CronJob',
  'batch/v1/Job',
  'discovery.k8s.io/v1/EndpointSlice',
  'networking.k8s.io/v1/Ingress',
  'networking.k8s.io/v1/IngressClass',
  'networking.k8s.io/v1/NetworkPolicy',
  'policy/v1/PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1/ClusterRole',
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding',
  'rbac.authorization.k8s.io/v1/Role',
  'rbac.authorization.k8s.io/v1/RoleBinding',
  'scheduling.k8s.io/v1/PriorityClass',
];

function read(shared: string, file: string, release: string, channel?: string): PublishedRelease {
  const input = { name: basename(file), text: readFileSync(join(shared, file), 'utf8') };
  const kinds = file.endsWith('.swagger.json') ? KUBERNETES_KINDS : undefined;
  return readRelease({ release, ...(channel === undefined ? {} : { channel }) }, [input], kinds);
}

function ownSources(shared: string): Source[] {
  const of = (file: string, release: string, channel?: string): PublishedRelease => read(shared, file, release, channel);
  return [
    { name: 'istio', releases: ['1.29.6', '1.30.3', '1.31.1'].map((release) => of(`crds/istio-${release}.yaml`, release)) },
    {
      name: 'gateway-api',
      releases: ['1.5.1', '1.6.1'].flatMap((release) =>
        ['standard', 'experimental'].map((channel) => of(`crds/gateway-api-${release}-${channel}.yaml`, release, channel)),
      ),
    },
    {
      name: 'kubernetes',
      releases: ['1.32.10', '1.36.3'].map((release) => of(`schemas/kubernetes-${release}.swagger.json`, release)),
    },
  ];
}

/** The committed imports of this project, generated from a folder that holds `crds/` and `schemas/`. */
export async function generateOwnImports(shared: string): Promise<Generated> {
  const lock = { generator: GENERATOR_VERSION, sources: {} };
  const generated = await generate(ownSources(shared), { imports: OWN_IMPORTS, docs: false, lock });
  return { ...generated, files: new Map([...generated.files, ...(await generateMeshConfig(shared))]) };
}
