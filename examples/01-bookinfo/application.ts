import { Chart, Size } from 'cdk8s';
import type { App } from 'cdk8s';
import { Cpu, Deployment, EmptyDirMedium, LabelSelector, Service, ServiceAccount, Volume } from 'cdk8s-plus-28';
import { Namespace } from 'mesh-constructs/kubernetes';

export const NAMESPACE = 'bookinfo';
const RELEASE = '1.20.3';
const PORT = 9080;

/** The services of Bookinfo and the versions that run of each. */
export const SERVICES: Readonly<Record<string, readonly string[]>> = {
  details: ['v1'],
  productpage: ['v1'],
  ratings: ['v1'],
  reviews: ['v1', 'v2', 'v3'],
};

/** The application itself: plain workloads and services, made with cdk8s-plus. */
export function addApplication(app: App): Chart {
  const chart = new Chart(app, 'bookinfo', { namespace: NAMESPACE });
  new Namespace(chart, NAMESPACE, { metadata: { labels: { 'istio-injection': 'enabled' } } });
  for (const [service, versions] of Object.entries(SERVICES)) addService(chart, service, versions);
  return chart;
}

/** The service account that the pods of a service run as: its identity in the mesh. */
export function accountOf(service: string): string {
  return `bookinfo-${service}`;
}

function addService(chart: Chart, name: string, versions: readonly string[]): void {
  const account = new ServiceAccount(chart, accountOf(name), { metadata: { name: accountOf(name) } });
  const service = new Service(chart, name, {
    metadata: { name, labels: { app: name, service: name } },
    ports: [{ name: 'http', port: PORT }],
  });
  service.selectLabel('app', name);
  for (const version of versions) addVersion(chart, name, version, account);
}

function addVersion(chart: Chart, name: string, version: string, serviceAccount: ServiceAccount): void {
  const id = `${name}-${version}`;
  const labels = { app: name, version };
  const deployment = new Deployment(chart, id, {
    metadata: { name: id, labels },
    podMetadata: { labels },
    replicas: 1,
    serviceAccount,
    // the pods are selected by app and version, as the services and subsets do
    select: false,
  });
  deployment.select(LabelSelector.of({ labels }));
  const container = deployment.addContainer({
    name,
    image: `docker.io/istio/examples-bookinfo-${id}:${RELEASE}`,
    ports: [{ number: PORT }],
    resources: {
      cpu: { request: Cpu.millis(50), limit: Cpu.millis(500) },
      memory: { request: Size.mebibytes(128), limit: Size.mebibytes(512) },
    },
    securityContext: { user: 1000, ensureNonRoot: true, readOnlyRootFilesystem: true },
  });
  // the root file system is read-only, so what the servers write goes to memory-backed folders
  for (const [volume, path] of [['tmp', '/tmp'], ['wlp-output', '/opt/ibm/wlp/output']] as const) {
    if (volume === 'wlp-output' && name !== 'reviews') continue;
    container.mount(path, Volume.fromEmptyDir(chart, `${id}-${volume}`, volume, { medium: EmptyDirMedium.MEMORY }));
  }
}
