import type { Chart } from 'cdk8s';
import type { MeshService } from 'mesh-constructs';
import { Deployment } from 'mesh-constructs/kubernetes';

/** The pods of a service, one Deployment for each of its versions; they run as the service's own account. */
export function addWorkload(chart: Chart, service: MeshService): void {
  const { name, ports } = service;
  for (const version of service.versions.length > 0 ? service.versions : ['v1']) {
    const labels = { app: name, version };
    new Deployment(chart, `${name}-${version}`, {
      metadata: { labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            containers: [{ name, image: `registry.example.com/shop/${name}:${version}`, ports: ports.map(({ port }) => ({ containerPort: port })) }],
          },
        },
      },
    });
  }
}
