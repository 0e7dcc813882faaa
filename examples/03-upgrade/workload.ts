import type { Chart } from 'cdk8s';
import type { MeshService } from 'mesh-constructs';
import { Deployment } from 'mesh-constructs/kubernetes';

/** The pods of a service; they run as the service's own account. */
export function addWorkload(chart: Chart, { name, ports }: MeshService): void {
  const labels = { app: name };
  new Deployment(chart, name, {
    metadata: { labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          containers: [{ name, image: `registry.example.com/shop/${name}:1`, ports: ports.map(({ port }) => ({ containerPort: port })) }],
        },
      },
    },
  });
}
