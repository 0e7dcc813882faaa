import { Size } from 'cdk8s';
import type { Chart } from 'cdk8s';
import { Cpu, Deployment, EmptyDirMedium, LabelSelector, ServiceAccount, Volume } from 'cdk8s-plus-28';
import type { MeshService } from 'mesh-constructs';

/** The pods of one version of a service: a Deployment of cdk8s-plus, as a program may have it already. */
export function addWorkload(chart: Chart, service: MeshService, version: string): void {
  const { name } = service;
  const id = `${name}-${version}`;
  const labels = { app: name, version };
  const deployment = new Deployment(chart, id, {
    metadata: { name: id, labels },
    podMetadata: { labels },
    replicas: 1,
    serviceAccount: ServiceAccount.fromServiceAccountName(chart, `${id}-account`, name),
    // selected by app and version, as the service and its subsets do
    select: false,
  });
  deployment.select(LabelSelector.of({ labels }));
  const container = deployment.addContainer({
    name,
    image: `docker.io/istio/examples-bookinfo-${id}:1.20.3`,
    ports: [{ number: 9080 }],
    resources: {
      cpu: { request: Cpu.millis(50), limit: Cpu.millis(500) },
      memory: { request: Size.mebibytes(128), limit: Size.mebibytes(512) },
    },
    securityContext: { user: 1000, ensureNonRoot: true, readOnlyRootFilesystem: true },
  });
  // the root file system is read-only, so what the servers write goes to memory
  for (const [volume, path] of [['tmp', '/tmp'], ['wlp-output', '/opt/ibm/wlp/output']] as const) {
    if (volume === 'wlp-output' && name !== 'reviews') continue;
    container.mount(path, Volume.fromEmptyDir(chart, `${id}-${volume}`, volume, { medium: EmptyDirMedium.MEMORY }));
  }
}
